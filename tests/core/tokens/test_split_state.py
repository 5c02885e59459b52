from __future__ import annotations

from itertools import product

import pytest

from rx_stream.core.tokens.split_state import run_start, split_matcher, state_after
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

PATTERNS = [pieces_of(encoding_of(name)) for name in ("o200k_base", "cl100k_base")]
CLASSES = "aA字\u0301!/1 \n"
FOLLOWING = ["", *CLASSES, "a!", "\na", " a", "!a", "'s"]


def ends(pattern: str, text: str, start: int) -> list[int]:
    """Return where parts end after a place, counted from there."""
    found = (match.end() - start for match in split_matcher(pattern).finditer(text))
    return [end for end in found if end > 0]


@pytest.mark.parametrize("pieces", PATTERNS, ids=lambda pieces: pieces.name)
def test_after_the_state_the_pattern_goes_on_as_after_the_text(pieces) -> None:
    proven = 0
    lefts = ["".join(some) for size in (1, 2, 3) for some in product(CLASSES, repeat=size)]
    rights = ["".join(some) * 8 for size in (1, 2) for some in product(CLASSES, repeat=size)]
    for left, right in product(lefts, rights):
        if len(split_matcher(pieces.pattern).findall(left + right)) > 1:
            continue  # It is asked for places inside one long part only.
        state = state_after(left, right, pieces.marks_are_letters)
        if state is None:
            continue
        proven += 1
        for more in FOLLOWING:
            whole = ends(pieces.pattern, left + right + more, len(left))
            short = ends(pieces.pattern, state + right + more, len(state))
            assert whole == short, (left, right, more, state)
    assert proven > 100


def test_a_run_starts_where_its_class_begins() -> None:
    assert run_start("blanks", "ab \n ") == 2
    assert run_start("blanks", "ab") == 2
    assert run_start("letters", "1ab") == 1

"""What is remembered of a sentence that has not ended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.sentences.open_sentence import OpenSentence

PIECES = st.lists(st.one_of(st.text("abc ", min_size=1, max_size=3), st.text("x", min_size=60)))


def check(sentence: OpenSentence, before: str, text: str) -> None:
    """Check what it tells before the end of a text that follows."""
    everything = before + text
    whole = len(everything) <= 64
    assert sentence.left(text, 0, len(text)) == (everything[-64:], whole)


@given(PIECES, st.integers(0, 9), st.integers(0, 70))
def test_the_last_64_characters_are_known_also_of_what_was_handed_over(
    pieces: list[str], keep: int, more: int
) -> None:
    sentence = OpenSentence()
    said = handed = ""
    for number, piece in enumerate(pieces):
        sentence.add(piece)
        said += piece
        check(sentence, said, "y" * (more % 5))
        check(sentence, said, "y" * more)
        if number % 3 == 2:
            handed += sentence.drain(keep)
            assert handed == said[: max(len(handed), len(said) - keep)]
            check(sentence, said, "y" * more)
    assert handed + sentence.end("z", begins_line=False) == said + "z"
    check(sentence, "", "y" * more)


@pytest.mark.parametrize("size", [63, 64, 65, 66, 130])
def test_it_is_whole_up_to_64_characters_however_they_came(size: int) -> None:
    for step in (1, 7, size):
        sentence = OpenSentence()
        text = "ab" * size
        for start in range(0, size, step):
            sentence.add(text[start : min(start + step, size)])
        check(sentence, text[:size], "")
        sentence.drain(0)
        check(sentence, text[:size], "")
        check(sentence, text[:size], "c")


def test_the_place_in_the_text_counts_from_where_the_sentence_goes_on() -> None:
    sentence = OpenSentence()
    sentence.add("ab")
    assert sentence.left("xxxcdefg", 3, 6) == ("abcde", True)
    assert sentence.left("x" * 90, 10, 80) == ("x" * 64, False)


def test_the_first_three_characters_that_are_not_blank_are_its_opening() -> None:
    sentence = OpenSentence()
    for piece, opening in ((" ", ""), (" `", "`"), ("`` x", "```"), ("y", "```")):
        assert sentence.opening_with(piece) == opening
        sentence.add(piece)
        assert sentence.opening == opening
    sentence.end("", begins_line=False)
    assert (sentence.opening, sentence.begins_line) == ("", False)

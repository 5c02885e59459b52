"""Settle the start of a long text that has no border which is safe by itself.

A run of equal or similar characters (``aaaa``, ``====``, ``字字字``, line ends) can be one part of
the split pattern, of any length, whose last tokens depend on what follows. Two ways out, both
proven:

* A part is final once the run of characters that decided its end is over.
* A list of tokens is the encoding of its text exactly if each two neighbours, encoded together,
  stay what they are. So inside one part it is enough to encode the last characters again: as soon
  as one token comes out where it was known to be, all before it stands.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import NamedTuple

from rx_stream.core.tokens.split_state import matcher, run_start, split_matcher, state_after
from rx_stream.core.tokens.token_pieces import TokenPieces

__all__ = [
    "CONTEXT",
    "LONG",
    "Frozen",
    "Settled",
    "continue_frozen",
    "freeze",
    "settle_frozen",
    "settle_start",
]

LONG = 256
"""Characters from which on a text without a safe border is taken apart."""

CONTEXT = 96
"""Characters at the end of a run that stay open: far longer than any merge reaches."""

_CONTEXT_TOKENS = 8
# A contraction ("'ll") is looked at at most this far.
_LOOK_AHEAD = 4


class Frozen(NamedTuple):
    """Stands for the settled start of a part that is still growing.

    Args:
        head: A short text that leaves the split pattern where the settled one left it.
        known: The tokens that the open rest had when the start was settled.
    """

    head: str
    known: list[int]


class Settled(NamedTuple):
    """What settling came to.

    Args:
        final: Tokens of the start of the text, which are final now.
        rest: Text whose tokens may still change.
        tokens: The tokens of the rest, as they are now.
        frozen: What the rest goes on from, if it starts inside a part.
    """

    final: list[int]
    rest: str
    tokens: list[int]
    frozen: Frozen | None = None


def settle_start(pieces: TokenPieces, tail: str) -> Settled | None:
    """Settle as much of a text without halves of characters as is certain; None if nothing is."""
    parts = _settle_parts(pieces, tail)
    if parts is None or len(parts.rest) <= LONG:
        return parts
    frozen = freeze(pieces, parts.rest, parts.tokens, "")
    if frozen is None:
        return parts if parts.final else None
    return frozen._replace(final=parts.final + frozen.final)


def _settle_parts(pieces: TokenPieces, tail: str) -> Settled | None:
    """Settle the parts that can no longer change; None if that is not certain of any."""
    spans = [match.span() for match in split_matcher(pieces.pattern).finditer(tail)]
    parts = [pieces.single(tail[a:b].encode()) for a, b in spans]
    if _joined(parts) != pieces.encode(tail):
        # The two engines have different Unicode tables for something in here.
        return None
    final = _final_parts(pieces, tail, spans)
    rest = tail[spans[final - 1][1] :] if final else tail
    return Settled(_joined(parts[:final]), rest, _joined(parts[final:]))


def settle_frozen(pieces: TokenPieces, tail: str, tokens: list[int], head: str) -> Settled | None:
    """Settle as much as is certain of a text that goes on from a frozen start; None if nothing."""
    frozen = freeze(pieces, tail, tokens, head)
    if frozen is not None:
        return frozen
    # The part may be over: then what follows is a text by itself.
    spans = [match.span() for match in split_matcher(pieces.pattern).finditer(head + tail)]
    final = _final_parts(pieces, head + tail, spans)
    end = spans[final - 1][1] - len(head) if final else 0
    if end <= 0:
        return None
    rest = tail[end:]
    open_tokens = pieces.encode(rest)
    if tokens[-len(open_tokens) :] != open_tokens:
        return None
    return Settled(tokens[: -len(open_tokens)], rest, open_tokens)


def freeze(pieces: TokenPieces, tail: str, tokens: list[int], head: str) -> Settled | None:
    """Settle all but about :data:`CONTEXT` characters of one part; None if it is not provable."""
    data = tail.encode()
    offsets = [*accumulate(map(len, map(pieces.token_bytes, tokens)), initial=0)]
    last = min(len(data) - len(tail[-CONTEXT:].encode()), offsets[-1 - _CONTEXT_TOKENS :][0])
    for index in range(bisect_left(offsets, last), len(tokens) - _CONTEXT_TOKENS // 2 + 1):
        offset = offsets[index]
        if data[offset] & 0xC0 == 0x80:
            continue  # Inside a character.
        left, right = data[:offset].decode(), data[offset:].decode()
        state = state_after(head + left, right, pieces.marks_are_letters)
        if state is None:
            continue
        if not _compatible(pieces, tokens[: index + 1]):
            return None
        rest = tokens[index:]
        return Settled(tokens[:index], right, rest, Frozen(state, rest))
    return None


def continue_frozen(pieces: TokenPieces, frozen: Frozen, tail: str) -> list[int] | None:
    """Return the tokens of a tail that goes on from a frozen start; None if not provable."""
    head, known = frozen
    tokens = pieces.encode(head + tail)
    bytes_of = pieces.token_bytes
    new = old = old_offset = 0
    new_offset = -len(head.encode())
    while new < len(tokens) and old < len(known):
        if new_offset == old_offset and tokens[new] == known[old]:
            return known[:old] + tokens[new:]
        if new_offset <= old_offset:
            new_offset += len(bytes_of(tokens[new]))
            new += 1
        else:
            old_offset += len(bytes_of(known[old]))
            old += 1
    return None


def _joined(parts: list[list[int]]) -> list[int]:
    return [token for part in parts for token in part]


def _compatible(pieces: TokenPieces, tokens: list[int]) -> bool:
    """Tell whether neighbours stay apart, also where the parts they are in should join later."""
    bytes_of = pieces.token_bytes
    return all(
        pieces.single(bytes_of(left) + bytes_of(right)) == [left, right]
        for left, right in set(pairwise(tokens))
    )


def _final_parts(pieces: TokenPieces, tail: str, spans: list[tuple[int, int]]) -> int:
    """Return how many parts at the start can no longer change."""
    letters_start = run_start("letters+marks" if pieces.marks_are_letters else "letters", tail)
    ends = "punctuation+ends" if pieces.marks_are_letters else "punctuation+newlines"
    punctuation_start = run_start(ends, tail)
    blanks_start = run_start("blanks", tail)
    numbers_start = run_start("numbers", tail)
    is_word = matcher("word+marks" if pieces.marks_are_letters else "word").fullmatch
    is_number = matcher("number").fullmatch
    end = len(tail) - _LOOK_AHEAD
    final = 0
    for a, b in spans[:-1]:  # The last one touches the end.
        part = tail[a:b]
        if is_word(part):
            limit = letters_start
        elif part.isspace():
            limit = blanks_start
        elif is_number(part):
            limit = end if b - a == 3 else numbers_start
        else:
            limit = punctuation_start
        if b > min(end, limit):
            break
        final += 1
    return final

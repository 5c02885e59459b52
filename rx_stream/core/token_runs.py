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

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from rx_stream.core.token_pieces import TokenPieces

if TYPE_CHECKING:
    from regex import Pattern

__all__ = ["CONTEXT", "Frozen", "Settled", "continue_frozen", "freeze", "settle_parts"]

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
        final: Tokens that are final now.
        rest: Text whose tokens may still change.
        tokens: The tokens of the rest, as they are now.
        frozen: What the rest goes on from, if it starts inside a part.
    """

    final: int
    rest: str
    tokens: list[int]
    frozen: Frozen | None = None


def settle_parts(pieces: TokenPieces, tail: str) -> Settled | None:
    """Settle the parts that can no longer change; None if nothing about them is certain."""
    spans = [match.span() for match in _compiled(pieces.pattern).finditer(tail)]
    try:
        parts = [pieces.single(tail[a:b].encode()) for a, b in spans]
    except UnicodeEncodeError:
        return None
    if [token for part in parts for token in part] != pieces.encode(tail):
        # The two engines have different Unicode tables for something in here.
        return None
    final = _final_parts(pieces, tail, spans)
    rest = tail[spans[final - 1][1] :] if final else tail
    count = sum(map(len, parts[:final]))
    return Settled(count, rest, [token for part in parts[final:] for token in part])


def freeze(pieces: TokenPieces, tail: str, tokens: list[int], head: str) -> Settled | None:
    """Settle all but about :data:`CONTEXT` characters of one part; None if it is not provable."""
    bytes_of = [pieces.token_bytes(token) for token in tokens]
    data = tail.encode()
    open_bytes = max(len(tail[-CONTEXT:].encode()), sum(map(len, bytes_of[-_CONTEXT_TOKENS:])))
    offset = 0
    for index, token_bytes in enumerate(bytes_of):
        at_character = offset < len(data) and data[offset] & 0xC0 != 0x80
        if offset >= len(data) - open_bytes and at_character:
            if len(tokens) - index < _CONTEXT_TOKENS // 2:
                return None
            left, right = data[:offset].decode(), data[offset:].decode()
            state = _state_after(head + left, right, pieces.marks_are_letters)
            if state is not None:
                if not _compatible(pieces, bytes_of[: index + 1], tokens):
                    return None
                rest = tokens[index:]
                return Settled(index, right, rest, Frozen(state, rest))
        offset += len(token_bytes)
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


def _compatible(pieces: TokenPieces, bytes_of: list[bytes], tokens: list[int]) -> bool:
    """Tell whether neighbours stay apart, also where the parts they are in should join later."""
    return all(
        pieces.single(bytes_of[i] + bytes_of[i + 1]) == tokens[i : i + 2]
        for i in range(len(bytes_of) - 1)
    )


@cache
def _compiled(pattern: str) -> Pattern[str]:
    import regex

    return regex.compile(pattern)


def _final_parts(pieces: TokenPieces, tail: str, spans: list[tuple[int, int]]) -> int:
    """Return how many parts at the start can no longer change."""
    letters_start = _run_start("letters+marks" if pieces.marks_are_letters else "letters", tail)
    punctuation_start = _run_start("punctuation+ends", tail)
    blanks_start = _run_start("blanks", tail)
    numbers_start = _run_start("numbers", tail)
    is_word = _run("word+marks" if pieces.marks_are_letters else "word").fullmatch
    is_number = _run("number").fullmatch
    end = len(tail) - _LOOK_AHEAD
    final = 0
    for a, b in spans:
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


# (?r) matches from the end of the text backwards: the run that touches the end.
_PATTERNS = {
    "letters+marks": r"(?r)[\p{L}\p{M}]+",
    "letters": r"(?r)\p{L}+",
    "punctuation": r"(?r)[^\s\p{L}\p{N}]+",
    "punctuation+ends": r"(?r)[^\s\p{L}\p{N}]*[\r\n/]*",
    "blanks": r"(?r)\s+",
    "numbers": r"(?r)\p{N}+",
    "last cased": r"(?r)[\p{Lu}\p{Lt}\p{Ll}]",
    "last letter": r"(?r)\p{L}",
    "two punctuation": r"(?r)[^\s\p{L}\p{N}\p{M}]{2}",
    "two punctuation or marks": r"(?r)[^\s\p{L}\p{N}]{2}",
    "two blanks": r"(?r)[^\S\r\n]{2}",
    "letter": r"\p{L}",
    "all lower": r"\p{Ll}+",
    "all upper": r"[\p{Lu}\p{Lt}]+",
    "all letters+marks": r"[\p{L}\p{M}]+",
    "all letters": r"\p{L}+",
    "all punctuation": r"[^\s\p{L}\p{N}\p{M}]+",
    "all punctuation or marks": r"[^\s\p{L}\p{N}]+",
    "all blanks": r"\s+",
    "number": r"\p{N}+",
    "word+marks": r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    "word": r"[^\r\n\p{L}\p{N}]?\p{L}+",
}


def _run(name: str) -> Pattern[str]:
    return _compiled(_PATTERNS[name])


def _run_start(name: str, text: str) -> int:
    match = _run(name).match(text)
    return len(text) if match is None else match.start()


# A punctuation mark that no token of any table joins with another character.
_LONE_MARK = "\u2e2e"
# A lower-case letter that joins with nothing.
_LONE_LOWER = "\u021f"


def _state_after(left: str, right: str, marks_are_letters: bool) -> str | None:
    """Return a short text after which the split pattern goes on as after ``left``.

    It has to do so for ``right`` and anything that follows it; None where that is not proven.
    """
    if _run("all blanks").fullmatch(right):
        return _state_after_blanks(left, right)
    if marks_are_letters:
        if _run("all letters+marks").fullmatch(right):
            return _state_after_letters(left, right)
        ends, continues = "two punctuation", "all punctuation"
    else:
        if _run("all letters").fullmatch(right):
            return "" if _run("last letter").match(left) else None
        ends, continues = "two punctuation or marks", "all punctuation or marks"
    if _run(continues).fullmatch(right):
        return "" if _run(ends).match(left) else None
    return None


def _state_after_letters(left: str, right: str) -> str | None:
    run = _run("letters+marks").match(left)
    if run is None or (run.start() and not _run("letter").search(run.group())):
        # Marks right after punctuation are part of it.
        return None
    if _run("all lower").fullmatch(right) or _run("all upper").fullmatch(right):
        return ""
    # Was a lower-case letter seen since the last upper-case one?
    last = _run("last cased").search(run.group())
    return _LONE_LOWER if last is not None and _run("all lower").match(last.group()) else ""


def _state_after_blanks(left: str, right: str) -> str | None:
    if "\n" not in right and "\r" not in right:
        return "" if _run("two blanks").match(left) else None
    match = _run("blanks").match(left)
    if match is None:
        return None
    before = left[: match.start()]
    if before and _run("punctuation").match(before):
        # Punctuation and the line ends after it are one part.
        only_ends = not match.group().strip("\r\n") and not right.strip("\r\n")
        return _LONE_MARK if only_ends else None
    return "" if "\n" in right[1:] or "\r" in right[1:] else None

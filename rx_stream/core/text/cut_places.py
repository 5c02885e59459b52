"""Where to cut a text that is too long."""

from __future__ import annotations

import re

from rx_stream.core.text.graphemes import first_grapheme, split_graphemes

__all__ = ["CLAUSE_MARKS", "WIDE_CLAUSE_MARKS", "cut_at_clause", "cut_at_grapheme"]

CLAUSE_MARKS = ",;:"
"""Marks of a clause that count if white space follows: not those in ``1,000`` or ``12:30``."""

WIDE_CLAUSE_MARKS = "\uff0c\u3001\uff1b\uff1a\u060c\u061b"
"""Marks of a clause that need no white space."""

_clause_end = re.compile(
    rf"(?:[{CLAUSE_MARKS}][\"'\u2019\u201d\xbb)\]*_]*(?=\s)|[{WIDE_CLAUSE_MARKS}])"
)
_blank = re.compile(r"[^\S\xa0\u2007\u202f]|\u200b")


def cut_at_grapheme(text: str, limit: int) -> int:
    """Return where to cut a text longer than ``limit``: behind the last character that fits.

    Returns:
        The place; beyond the limit if the first user-perceived character is that long; 0 if it
        is not known where that ends.
    """
    if text.isascii() and text[limit - 1] != "\r":
        return limit
    # A border depends on no more than the code point after it.
    last = split_graphemes(text[: limit + 1])[-1]
    if len(last) <= limit:
        return limit + 1 - len(last)
    length = len(first_grapheme(text))
    return length if length < len(text) else 0


def cut_at_clause(text: str, limit: int) -> int:
    """Return where to cut a text longer than ``limit``, best first.

    Behind the last mark of a clause that fits, with the white space that follows it; else behind
    the last white space; else as :func:`cut_at_grapheme`.
    """
    ends = [match.end() for match in _clause_end.finditer(text, 0, limit + 1)]
    for end in reversed(ends):
        place = end
        while place < limit and _blank.match(text, place):
            place += 1
        while place > end and not _is_border(text, place):
            place -= 1
        if end <= limit and _is_border(text, place):
            return place
    if _blank.match(text, limit) and _is_border(text, limit):
        return limit
    for place in range(limit, 0, -1):
        if _blank.match(text, place - 1) and _is_border(text, place):
            return place
    return cut_at_grapheme(text, limit)


def _is_border(text: str, place: int) -> bool:
    return len(split_graphemes(text[place - 1 : place + 1])) == 2

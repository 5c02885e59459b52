"""Lists inside a line, as in ``1.) The first item. 2.) The second item.``."""

from __future__ import annotations

import re

__all__ = ["InlineList", "is_list_number"]

_marker_at_end = re.compile(
    r"(?:\A|(?<=\s))((?:[\u2022\u2043]\s?)?(\d{1,3}|[a-z]|[ivx]{2,5}))\Z"
).search

_LONGEST_MARKER = 8

# After these words a number is a reference, not the next item.
_refers = re.compile(
    r"(?:\A|\W)(?:step|section|chapter|figure|table|page|part|version|level|number|option|phase|"
    r"to|of|and|or|than|in|the|for|at|is|was|a|by|from|about)\s*\Z",
    re.IGNORECASE,
).search

_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def is_list_number(token: str, original: str) -> bool:
    """Tell whether a word that begins a line and has a dot after it numbers a list item."""
    if token.isdigit():
        return len(token) <= 3
    if len(token) == 1:
        return token.islower() and original.islower()
    return token in _ROMAN


def _successors(number: str) -> tuple[str, ...]:
    if number.isdigit():
        return (str(int(number) + 1),)
    following = () if len(number) > 1 else (chr(ord(number) + 1),)
    if number in _ROMAN[:-1]:
        return (*following, _ROMAN[_ROMAN.index(number) + 1])
    return following


class InlineList:
    """Knows which number comes next in a list that began at the start of a line."""

    __slots__ = ("_expected", "_found", "_mark")

    def __init__(self) -> None:
        self._expected: tuple[str, ...] = ()
        self._found = ""
        self._mark = ""

    @property
    def is_open(self) -> bool:
        """Whether a next item is expected."""
        return self._expected != ()

    def look(self, left: str, whole: bool, mark: str) -> int | None:
        """Judge what stands before a mark that white space follows.

        Args:
            left: The text before the mark.
            whole: Whether that is the whole sentence so far.
            mark: The mark, e.g. ``".)"``.

        Returns:
            None if it numbers no item; 0 if it numbers the first one; else the length of the
            number of the next item, before which the sentence ends.
        """
        if not (whole or self._expected):
            return None
        match = _marker_at_end(left, max(0, len(left) - _LONGEST_MARKER))
        if match is None:
            return None
        number = match[2]
        before = left[: match.start()]
        if whole and not before.strip():
            self._expected = _successors(number)
            self._mark = mark
            return 0
        if number in self._expected and mark == self._mark and not _refers(before):
            self._found = number
            return len(left) - match.start()
        return None

    def advance(self) -> None:
        """Expect what follows the item just found."""
        self._expected = _successors(self._found)

    def reset(self) -> None:
        """Expect nothing: a new line has begun."""
        self._expected = ()

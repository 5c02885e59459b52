"""Whether a line of source code begins inside something, and how deep."""

from __future__ import annotations

import re
from typing import Final, Protocol

__all__ = ["BraceNesting", "Indentation", "Nesting", "PythonNesting"]

_INDENT: Final = 4
# No string begins with an escaped quote; and to try each one would cost the square of a long line.
_STRINGS: Final = r"(?<!\\)\"(?:\\.|[^\"\\\n])*\"|(?<!\\)'(?:\\.|[^'\\\n])*'"
_PYTHON: Final = re.compile(rf"\"\"\"|'''|{_STRINGS}|#.*|[\[({{]|[\])}}]|\\\r?\n\Z")
_BRACES: Final = re.compile(rf"{_STRINGS}|`|//.*|/\*|[\[(]|[\])]|[{{}}]")
_STYLES: Final = re.compile(rf"{_STRINGS}|/\*|[\[(]|[\])]|[{{}}]")


class Nesting(Protocol):
    """Follows source code line by line."""

    @property
    def inside(self) -> bool:
        """Whether the next line begins inside a string, a comment or brackets."""
        ...

    def depth(self, line: str, /) -> int:
        """Return how deep the next line is nested."""
        ...

    def feed(self, line: str, /) -> None:
        """Take a line."""
        ...

    def restart(self) -> None:
        """Be as new."""
        ...


class Indentation:
    """Knows nothing of the language: goes by the indentation."""

    __slots__ = ()

    @property
    def inside(self) -> bool:
        """Never."""
        return False

    def depth(self, line: str, /) -> int:
        """Return how far a line is indented; a tab or 4 spaces are one level."""
        indent = line[: len(line) - len(line.lstrip())].replace("\t", " " * _INDENT)
        return (len(indent) + _INDENT - 1) // _INDENT

    def feed(self, line: str, /) -> None:
        """Nothing is remembered."""

    def restart(self) -> None:
        """Nothing is remembered."""


class PythonNesting(Indentation):
    """Follows the strings and brackets of Python."""

    __slots__ = ("_brackets", "_joined", "_quotes")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Be as new."""
        self._quotes = ""  # What closes the string that we are inside.
        self._brackets = 0
        self._joined = False  # A backslash ends the line.

    @property
    def inside(self) -> bool:
        """Whether the next line goes on with a string or a statement."""
        return bool(self._quotes) or self._brackets > 0 or self._joined

    def feed(self, line: str, /) -> None:
        """Take a line."""
        at = 0
        self._joined = False
        while True:
            if self._quotes:
                end = line.find(self._quotes, at)
                if end < 0:
                    return
                at = end + 3
                self._quotes = ""
            match = _PYTHON.search(line, at)
            if match is None:
                return
            self._take(match.group())
            at = match.end()

    def _take(self, found: str) -> None:
        if found in ('"""', "'''"):
            self._quotes = found
        elif found in "([{":
            self._brackets += 1
        elif found in ")]}":
            self._brackets = max(0, self._brackets - 1)
        elif found.startswith("\\"):
            self._joined = True


class BraceNesting:
    """Follows the strings, comments and brackets of languages with braces.

    Args:
        styles: Whether it is CSS: there two slashes are part of an address.
    """

    __slots__ = ("_brackets", "_closing", "_depth", "_pattern")

    def __init__(self, *, styles: bool = False) -> None:
        self._pattern = _STYLES if styles else _BRACES
        self.restart()

    def restart(self) -> None:
        """Be as new."""
        self._closing = ""  # What ends the comment or string that we are inside.
        self._brackets = 0
        self._depth = 0

    @property
    def inside(self) -> bool:
        """Whether the next line begins inside a comment, a string or brackets."""
        return bool(self._closing) or self._brackets > 0

    def depth(self, line: str, /) -> int:
        """Return how many braces are open."""
        return self._depth

    def feed(self, line: str, /) -> None:
        """Take a line."""
        at = 0
        while True:
            if self._closing:
                end = line.find(self._closing, at)
                if end < 0:
                    return
                at = end + len(self._closing)
                self._closing = ""
            match = self._pattern.search(line, at)
            if match is None:
                return
            self._take(match.group())
            at = match.end()

    def _take(self, found: str) -> None:
        if found == "/*":
            self._closing = "*/"
        elif found == "`":
            self._closing = "`"
        elif found in "([":
            self._brackets += 1
        elif found in ")]":
            self._brackets = max(0, self._brackets - 1)
        elif found == "{":
            self._depth += 1
        elif found == "}":
            self._depth = max(0, self._depth - 1)

"""Find the places of a text where a chunk may end, as the text arrives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol

from rx_stream.core.protocols import Core

__all__ = ["Heading", "LineRuler", "Marks", "Place", "Ruler", "UnitRuler"]

# Above every level.
_ANY = 1_000
# A line or sentence that is longer than this is taken for two.
_LONGEST = 65_536


class Place(NamedTuple):
    """A place where a chunk may end.

    Args:
        at: Characters before it.
        level: How good it is.
    """

    at: int
    level: int


class Heading(NamedTuple):
    """Where a path of headings begins to hold.

    Args:
        at: Characters before the last of them.
        path: The headings, outermost first.
        below: Whether nothing but blanks is between the last of them and the one above it.
    """

    at: int
    path: tuple[str, ...]
    below: bool = False


_heading_at = attrgetter("at")


class Marks:
    """What rulers have found and nobody has passed yet.

    Attributes:
        protected: Starts and ends of what should not be cut at sentences, e.g. code.
        paths: From where on a path of headings holds.
    """

    __slots__ = ("_tracks", "paths", "protected")

    def __init__(self) -> None:
        self._tracks: list[list[Place]] = []
        self.protected: list[tuple[int, int]] = []
        self.paths = [Heading(0, ())]

    def track(self) -> list[Place]:
        """Return a new list to which one ruler adds its places in their order."""
        self._tracks.append([])
        return self._tracks[-1]

    def between(self, low: int, high: int) -> dict[int, list[int]]:
        """Return the places above ``low`` and up to ``high``, by level."""
        found: dict[int, list[int]] = {}
        for track in self._tracks:
            first, end = bisect_right(track, (low, _ANY)), bisect_right(track, (high, _ANY))
            for at, level in track[first:end]:
                found.setdefault(level, []).append(at)
        return found

    def path_at(self, at: int, end: int) -> tuple[str, ...]:
        """Return the headings above the first text from a place on, if it is before ``end``."""
        paths = self.paths
        index = bisect_right(paths, at, key=_heading_at)
        while index < len(paths) and paths[index].below and paths[index].at < end:
            index += 1
        return paths[index - 1].path

    def is_protected(self, at: int) -> bool:
        """Tell whether a place is inside something that should stay whole."""
        return any(start < at < end for start, end in self.protected)

    def forget(self, before: int) -> None:
        """Drop what lies before a place."""
        for track in self._tracks:
            del track[: bisect_right(track, (before, _ANY))]
        self.protected = [span for span in self.protected if span[1] > before]
        while len(self.paths) > 1 and self.paths[1].at <= before:
            del self.paths[0]


class Ruler(Protocol):
    """Notes places of one kind."""

    @property
    def known(self) -> int:
        """Up to where all its places are noted, in characters."""
        ...

    def feed(self, text: str, /) -> None:
        """Take more text."""
        ...

    def flush(self) -> None:
        """Note what is left: the text has ended."""
        ...


class UnitRuler:
    """Notes the ends of the pieces of a core for text, e.g. of sentences.

    Args:
        core: Cuts the text.
        level: How good its ends are.
        marks: Where to note them.
    """

    __slots__ = ("_core", "_fed", "_level", "_places", "known")

    def __init__(self, core: Core[str, str], level: int, marks: Marks) -> None:
        self._core = core
        self._level = level
        self._places = marks.track()
        self._fed = 0
        self.known = 0

    def feed(self, text: str, /) -> None:
        """Take more text."""
        start = 0
        while start < len(text):
            end = min(len(text), start + _LONGEST - (self._fed - self.known))
            self._fed += end - start
            self._note(self._core.feed(text[start:end]))
            if self._fed - self.known >= _LONGEST:
                self.flush()
            start = end

    def flush(self) -> None:
        """Note what is left: the text has ended."""
        self._note(self._core.flush())

    def _note(self, pieces: Sequence[str]) -> None:
        for piece in pieces:
            self.known += len(piece)
            self._places.append(Place(self.known, self._level))


class LineRuler:
    """Hands whole lines to what judges them.

    Args:
        judge: Called for each line with its place and its text, its newline included if it has one,
            and at the end of the text without text. Returns up to where the places are noted.
    """

    __slots__ = ("_at", "_judge", "_parts", "_size", "known")

    def __init__(self, judge: Callable[[int, str], int]) -> None:
        self._judge = judge
        self._parts: list[str] = []
        self._size = 0
        self._at = 0
        self.known = 0

    def feed(self, text: str, /) -> None:
        """Take more text."""
        start = 0
        while start < len(text):
            end = text.find("\n", start, start + _LONGEST - self._size) + 1
            whole = end > 0
            if not whole:
                end = min(len(text), start + _LONGEST - self._size)
            self._parts.append(text[start:end])
            self._size += end - start
            if whole or self._size == _LONGEST:
                self._line()
            start = end

    def flush(self) -> None:
        """Judge what is left: the text has ended."""
        if self._parts:
            self._line()
        self.known = self._judge(self._at, "")

    def _line(self) -> None:
        line = "".join(self._parts)
        self._parts.clear()
        self._size = 0
        self.known = self._judge(self._at, line)
        self._at += len(line)

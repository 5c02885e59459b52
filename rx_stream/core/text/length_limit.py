"""Pieces of limited length, from a core whose units may be of any length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from rx_stream.core.text.graphemes import ends_any_character

__all__ = ["DrainableCore", "LengthLimit"]

_WINDOW = 64


class DrainableCore(Protocol):
    """A core for text that can hand over what it holds of an unfinished unit."""

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the units that it ends."""
        ...

    def flush(self) -> Sequence[str]:
        """Return what is left."""
        ...

    def settle(self) -> Sequence[str]:
        """Return what waits only for look-ahead."""
        ...

    def drain(self) -> str:
        """Hand over settled text of the unfinished unit, which will end without it."""
        ...


class LengthLimit:
    """Cut each unit of another core into pieces of at most ``limit`` code points.

    A piece leaves once it is certain that the unit is longer, so what is held stays short. The
    pieces depend on the unit alone: not on when its text came.

    Args:
        core: Gives the units.
        limit: The most code points in a piece.
        cut: Called with a text longer than the limit and the limit; returns where to cut, or 0 if
            that needs more text.
        settles_all: Whether the core returns all that it holds when it settles.
    """

    __slots__ = (
        "_core",
        "_cut",
        "_held",
        "_is_stuck",
        "_limit",
        "_rest",
        "_settles_all",
        "_tries_at",
    )

    def __init__(
        self,
        core: DrainableCore,
        limit: int,
        cut: Callable[[str, int], int],
        *,
        settles_all: bool = True,
    ) -> None:
        self._core = core
        self._limit = limit
        self._cut = cut
        self._settles_all = settles_all
        self._held = 0  # Code points that the core holds.
        self._rest = ""  # The beginning of its unfinished unit, taken from it.
        self._tries_at = limit  # When more than this is held, there may be a piece.
        self._is_stuck = False

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the pieces that are complete."""
        self._held += len(text)
        units = self._core.feed(text)
        pieces = self._split_units(units) if units else []
        held = len(self._rest) + self._held
        if held > self._tries_at or (self._is_stuck and ends_any_character(text)):
            self._split_open(pieces)
        return pieces

    def _split_units(self, units: Sequence[str]) -> list[str]:
        pieces: list[str] = []
        for unit in units:
            self._held -= len(unit)
            whole = self._rest + unit
            self._rest = ""
            pieces += self._split(whole, ended=True)
        self._tries_at = self._limit
        self._is_stuck = False
        return pieces

    def _split_open(self, pieces: list[str]) -> None:
        taken = self._core.drain()
        self._held -= len(taken)
        pieces += self._split(self._rest + taken, ended=False)
        self._is_stuck = len(self._rest) > self._limit
        # One character of many marks is looked at again when it has doubled or has surely ended.
        self._tries_at = 2 * len(self._rest) if self._is_stuck else self._limit

    def _split(self, text: str, *, ended: bool) -> list[str]:
        pieces: list[str] = []
        limit = self._limit
        start = 0
        while len(text) - start > limit:
            place = self._place(text, start)
            if place == 0:
                break
            pieces.append(text[start : start + place])
            start += place
        rest = text[start:]
        if ended:
            pieces.append(rest)
        else:
            self._rest = rest
        return pieces

    def _place(self, text: str, start: int) -> int:
        # A window, so that a long text is not copied for each piece of it.
        size = 4 * self._limit + _WINDOW
        while True:
            place = self._cut(text[start : start + size], self._limit)
            if place or start + size >= len(text):
                return place
            size *= 2

    def settle(self) -> Sequence[str]:
        """Return what waits only for look-ahead, in pieces."""
        return self._take(self._core.settle(), all_of_it=self._settles_all)

    def flush(self) -> Sequence[str]:
        """Return what is left, in pieces."""
        return self._take(self._core.flush(), all_of_it=True)

    def _take(self, units: Sequence[str], *, all_of_it: bool) -> list[str]:
        pieces = self._split_units(units)
        if all_of_it and self._rest:
            pieces += self._split(self._rest, ended=True)
            self._rest = ""
        self._tries_at = self._limit
        self._is_stuck = False
        return pieces

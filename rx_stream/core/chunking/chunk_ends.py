"""Find where the next chunk ends: at the best place up to which it fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rx_stream.core.chunking.chunk_levels import CLAUSE, SENTENCE, STRUCTURE, Rung
from rx_stream.core.chunking.chunk_rulers import Marks
from rx_stream.core.chunking.chunk_window import ChunkWindow

__all__ = ["ChunkEnds", "Limits"]


class Limits(NamedTuple):
    """How large chunks are.

    Args:
        most: Tokens in a chunk, what it repeats included.
        overlap: Tokens of the chunk before that it repeats.
        least: Tokens below which a chunk is too small.
    """

    most: int
    overlap: int
    least: int


class ChunkEnds:
    """Finds the end of the next chunk.

    Args:
        window: Holds the text and its tokens.
        limits: How large chunks are.
        marks: Places that rulers have noted.
        ladder: Places to look for in the text, the best first; None to cut at tokens only.
        structured: Whether what lies between structural places stays whole rather than filling up
            a chunk that is too small.

    Attributes:
        at_tokens: Whether they are cut at tokens only.
    """

    __slots__ = ("_ladder", "_limits", "_marks", "_structured", "_window", "at_tokens")

    def __init__(
        self,
        window: ChunkWindow,
        limits: Limits,
        marks: Marks,
        ladder: Sequence[Rung] | None,
        *,
        structured: bool,
    ) -> None:
        self._window = window
        self._limits = limits
        self._marks = marks
        self._ladder = ladder
        self._structured = structured
        self.at_tokens = ladder is None

    def find(self) -> tuple[int, int]:
        """Return where the next chunk ends and how many tokens it has."""
        window, marks = self._window, self._marks
        found, start = self._find(), window.start
        if start < window.fresh and marks.is_protected(found[0]):
            # What should stay whole may fit if nothing is repeated before it.
            window.begin(window.fresh, window.fresh)
            without = self._find()
            if not marks.is_protected(without[0]):
                return without
            window.begin(start, window.fresh)
        return found

    def _find(self) -> tuple[int, int]:
        window, most = self._window, self._limits.most
        while True:
            limit = window.size
            if window.available > most:
                limit = window.end_of(window.first + most - 1)
            else:
                tokens = self._fitting(limit)
                if tokens is not None:
                    return limit, tokens
            found = self._best(limit) or self._anywhere(limit)
            if found is not None:
                return found
            if window.start == window.fresh:
                # A single character with more tokens than that.
                end = window.fresh + 1
                return end, window.count(window.start, end, from_border=window.bordered)
            window.shorten_overlap()

    def _fitting(self, end: int) -> int | None:
        """Return the tokens of a chunk that ends here, or None if they are too many."""
        window = self._window
        tokens = window.count(window.start, end, from_border=window.bordered)
        return tokens if tokens <= self._limits.most else None

    def _best(self, limit: int) -> tuple[int, int] | None:
        """Return the best place up to a limit where the chunk fits, and its tokens."""
        if self._ladder is None:
            return None
        window, least = self._window, self._least()
        small = None
        for level, places in self._places(limit):
            if small is not None and self._structured and level < STRUCTURE:
                return small
            for at in reversed(places):
                if at < least and small is not None:
                    break
                tokens = self._fitting(at)
                if tokens is None or window.cluster_at(at, window.fresh)[0] < at:
                    continue
                if tokens >= self._limits.least:
                    return at, tokens
                small = small or (at, tokens)
        return small

    def _least(self) -> int:
        """Return the place before which the chunk would be too small."""
        window, least = self._window, self._limits.least
        if least == 0:
            return 0
        last = window.first + min(least, window.available) - 1
        return window.end_of(last)

    def _places(self, limit: int) -> Iterator[tuple[int, list[int]]]:
        """Yield the places where the chunk might end, by level, the best level first."""
        window = self._window
        found = self._marks.between(window.fresh, limit)
        rungs = {rung.level: rung for rung in self._ladder or ()}
        for level in sorted({*found, *rungs}, reverse=True):
            places = found.get(level, [])
            if level in rungs:
                places = sorted({*places, *self._matches(rungs[level], limit)})
            if level in (SENTENCE, CLAUSE):
                places = [at for at in places if not self._marks.is_protected(at)]
            if places:
                yield level, places

    def _matches(self, rung: Rung, limit: int) -> list[int]:
        window = self._window
        text, base = window.text, window.base
        ends = (
            match.end() + base
            # One character more: some look at what follows.
            for match in rung.places.finditer(text, window.fresh - base, limit - base + 1)
        )
        return [at for at in ends if window.fresh < at <= limit]

    def _anywhere(self, limit: int) -> tuple[int, int] | None:
        """Return the last place up to a limit where the chunk fits, between two tokens."""
        window = self._window
        at = limit
        while at > window.fresh:
            whole, _ = window.cluster_at(at, window.fresh)
            if whole > window.fresh:
                at = whole
            elif window.start < window.fresh:
                return None  # Rather is nothing repeated than a cluster cut.
            tokens = self._fitting(at)
            if tokens is not None:
                return at, tokens
            at = window.end_before(at)
        return None

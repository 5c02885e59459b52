"""Cut a text into chunks of at most so many tokens, at the best places there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rx_stream.core.chunking.chunk_levels import CLAUSE, SENTENCE, STRUCTURE, Rung
from rx_stream.core.chunking.chunk_rulers import Marks, Ruler
from rx_stream.core.chunking.chunk_window import ChunkWindow

__all__ = ["ChunkPacker", "Limits", "Piece"]

# Long input is taken in slices, so that the memory is bounded.
_SLICE = 16_384


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


@dataclass(slots=True)
class Piece:
    """A chunk.

    Args:
        text: Its text.
        tokens: How many tokens that has by itself.
        start: Where it begins in the whole text, in characters.
        end: Where it ends.
        overlap: Characters at its start that repeat the end of the chunk before.
        token_start: The first token of the whole text that it has a part of.
        token_end: The token after the last one.
        path: The headings above its new text.
    """

    text: str
    tokens: int
    start: int
    end: int
    overlap: int
    token_start: int
    token_end: int
    path: tuple[str, ...]


class ChunkPacker:
    """Emits chunks; which ones depends on the text alone, not on how it was cut.

    A chunk is cut once more tokens than fit are there: at the best place among them, of several
    equally good ones at the last. So a paragraph that fits is not cut, and what is cut is cut at
    sentences, and so on down. Joined without what they repeat, the chunks are the text.

    Args:
        window: Holds the text and its tokens.
        limits: How large chunks are.
        marks: Places that rulers have noted.
        rulers: Note them.
        ladder: Places to look for in the text, the best first; None to cut at tokens only.
        structured: Whether what lies between structural places stays whole rather than filling up
            a chunk that is too small.
    """

    __slots__ = ("_bordered", "_ladder", "_limits", "_marks", "_rulers", "_structured", "window")

    def __init__(
        self,
        window: ChunkWindow,
        limits: Limits,
        marks: Marks,
        rulers: Sequence[Ruler],
        ladder: Sequence[Rung] | None,
        *,
        structured: bool,
    ) -> None:
        self.window = window
        self._limits = limits
        self._marks = marks
        self._rulers = rulers
        self._ladder = ladder
        self._structured = structured
        self._bordered = True  # Whether no token spans the start of the next chunk.

    def feed(self, text: str) -> list[Piece]:
        """Take a piece of text and return the chunks that are complete."""
        out: list[Piece] = []
        for start in range(0, len(text), _SLICE):
            part = text[start : start + _SLICE]
            self.window.feed(part)
            for ruler in self._rulers:
                ruler.feed(part)
            self._drain(out)
        return out

    def flush(self) -> list[Piece]:
        """Return the chunks that are left; text that follows is a new one."""
        out: list[Piece] = []
        window = self.window
        window.end()
        for ruler in self._rulers:
            ruler.flush()
        self._drain(out)
        window.start = window.fresh = window.size
        window.first = window.tokens_before(window.size)
        self._bordered = True
        return out

    def _drain(self, out: list[Piece]) -> None:
        window, before = self.window, len(out)
        while self._is_ready():
            end, tokens = self._end()
            out.append(self._piece(end, tokens))
            self._step(end)
        if len(out) > before:
            window.forget()
            self._marks.forget(window.start)

    def _is_ready(self) -> bool:
        window = self.window
        if window.ended:
            return window.fresh < window.size
        # Should the overlap have to be given up, the chunk would begin at its new text.
        last = window.tokens_before(window.fresh) + self._limits.most
        if last >= window.first + window.available:
            return False
        # Most texts have no rulers, and to ask none costs as much as all else here.
        if not self._rulers:
            return True
        limit = window.end_of(last - 1)
        return all(ruler.known >= limit for ruler in self._rulers)

    def _end(self) -> tuple[int, int]:
        """Return where the next chunk ends and how many tokens it has."""
        window, most = self.window, self._limits.most
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
                return end, window.count(window.start, end, from_border=self._bordered)
            self._shorten_overlap()

    def _fitting(self, end: int) -> int | None:
        """Return the tokens of a chunk that ends here, or None if they are too many."""
        window = self.window
        tokens = window.count(window.start, end, from_border=self._bordered)
        return tokens if tokens <= self._limits.most else None

    def _best(self, limit: int) -> tuple[int, int] | None:
        """Return the best place up to a limit where the chunk fits, and its tokens."""
        if self._ladder is None:
            return None
        least = self._least()
        small = None
        for level, places in self._places(limit):
            if small is not None and self._structured and level < STRUCTURE:
                return small
            for at in reversed(places):
                if at < least and small is not None:
                    break
                tokens = self._fitting(at)
                if tokens is None:
                    continue
                if tokens >= self._limits.least:
                    return at, tokens
                small = small or (at, tokens)
        return small

    def _least(self) -> int:
        """Return the place before which the chunk would be too small."""
        window, least = self.window, self._limits.least
        if least == 0:
            return 0
        last = window.first + min(least, window.available) - 1
        return window.end_of(last)

    def _places(self, limit: int) -> Iterator[tuple[int, list[int]]]:
        """Yield the places where the chunk might end, by level, the best level first."""
        window = self.window
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
        window = self.window
        text, base = window.text, window.base
        ends = (
            match.end() + base
            # One character more: some look at what follows.
            for match in rung.places.finditer(text, window.fresh - base, limit - base + 1)
        )
        return [at for at in ends if window.fresh < at <= limit]

    def _anywhere(self, limit: int) -> tuple[int, int] | None:
        """Return the last place up to a limit where the chunk fits, between two tokens."""
        window = self.window
        at = limit
        while at > window.fresh:
            whole = window.whole_cluster(at)
            at = whole if whole > window.fresh else at
            tokens = self._fitting(at)
            if tokens is not None:
                return at, tokens
            at = window.end_before(at)
        return None

    def _shorten_overlap(self) -> None:
        """Give up the first token of what is repeated: nothing new would fit."""
        window = self.window
        window.start = min(window.fresh, max(window.start + 1, window.end_of(window.first)))
        window.first = window.tokens_before(window.start)
        self._bordered = window.is_border(window.start)

    def _piece(self, end: int, tokens: int) -> Piece:
        window = self.window
        return Piece(
            window.slice(window.start, end),
            tokens,
            window.start,
            end,
            window.fresh - window.start,
            window.tokens_before(window.start),
            max(window.tokens_before(end), window.tokens_before(window.end_before(end)) + 1),
            self._marks.path_at(window.fresh),
        )

    def _step(self, end: int) -> None:
        """Begin the next chunk, with the overlap."""
        window, overlap = self.window, self._limits.overlap
        start = end
        bordered = window.is_border(end)
        if overlap and not (window.ended and end == window.size):
            token = max(window.first, window.tokens_before(end) - overlap)
            start = max(window.start, window.end_of(token - 1))
            bordered = window.is_border(start)
            while start < end and window.count(start, end, from_border=bordered) > overlap:
                start = min(end, window.end_of(token))
                bordered = window.is_border(start)
                token += 1
        window.start, window.fresh, window.first = start, end, window.tokens_before(start)
        self._bordered = bordered

"""Cut a text into chunks of at most so many tokens, at the best places there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rx_stream.core.chunking.chunk_ends import ChunkEnds, Limits
from rx_stream.core.chunking.chunk_rulers import Marks, Ruler
from rx_stream.core.chunking.chunk_window import ChunkWindow

__all__ = ["ChunkPacker", "Piece"]

# Long input is taken in slices, so that the memory is bounded.
_SLICE = 16_384


@dataclass(slots=True)
class Piece:
    """A chunk.

    Args:
        text: Its text.
        tokens: How many tokens that has by itself; None where nothing can count it.
        start: Where it begins in the whole text, in characters.
        end: Where it ends.
        overlap: Characters at its start that repeat the end of the chunk before.
        token_start: The first token of the whole text that it has a part of.
        token_end: The token after the last one.
        path: The headings above its new text.
    """

    text: str
    tokens: int | None
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
        ends: Finds where chunks end.

    Attributes:
        outcome: What counts tokens has raised; the text that was held has been returned as a last,
            uncounted chunk.
    """

    __slots__ = ("_ends", "_limits", "_marks", "_rulers", "_strides", "outcome", "window")

    def __init__(
        self,
        window: ChunkWindow,
        limits: Limits,
        marks: Marks,
        rulers: Sequence[Ruler],
        ends: ChunkEnds,
    ) -> None:
        self.window = window
        self._limits = limits
        self._marks = marks
        self._rulers = rulers
        self._ends = ends
        self.outcome: Exception | None = None
        # Whether most chunks end after so many tokens, whatever the text is.
        self._strides = ends.at_tokens and not rulers and limits.overlap == 0

    def feed(self, text: str) -> list[Piece]:
        """Take a piece of text and return the chunks that are complete."""
        out: list[Piece] = []
        start = 0
        try:
            while start < len(text) and self.outcome is None:
                part = text[start : start + _SLICE]
                start += len(part)
                self.window.feed(part)
                for ruler in self._rulers:
                    ruler.feed(part)
                self._drain(out)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.outcome = error
        if self.outcome is not None:
            self._break_off(out, text[start:])
        return out

    def flush(self) -> list[Piece]:
        """Return the chunks that are left; text that follows is a new one."""
        out: list[Piece] = []
        window = self.window
        if self.outcome is not None:
            return out
        try:
            window.end()
            for ruler in self._rulers:
                ruler.flush()
            self._drain(out)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.outcome = error
            self._break_off(out, "")
        window.begin(window.size, window.size)
        return out

    def _break_off(self, out: list[Piece], behind: str) -> None:
        """Return all text that there is as one piece: nothing can tell where to cut it."""
        window = self.window
        window.hold(behind)
        start, end, first = max(window.fresh, out[-1].end if out else 0), window.size, window.first
        out.append(Piece(window.slice(start, end), None, start, end, 0, first, first, ()))
        window.begin(end, end)

    def _drain(self, out: list[Piece]) -> None:
        window, before = self.window, len(out)
        while self._is_ready():
            if self._strides and window.bordered:
                self._stride(out)
                if not self._is_ready():
                    break
            end, tokens = self._ends.find()
            out.append(self._piece(end, tokens))
            self._step(end)
        if len(out) > before:
            window.forget()
            self._marks.forget(window.start)

    def _stride(self, out: list[Piece]) -> None:
        """Cut off full chunks as long as they end at borders: nothing need be looked for."""
        window, most = self.window, self._limits.most
        first, start = window.first, window.start
        for end in window.strides(most):
            piece = Piece(window.slice(start, end), most, start, end, 0, first, first + most, ())
            out.append(piece)
            first += most
            start = end
        window.first, window.start, window.fresh = first, start, start

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

    def _piece(self, end: int, tokens: int) -> Piece:
        window = self.window
        start, fresh = window.start, window.fresh
        last = window.tokens_before(end)
        if window.end_of(last - 1) < end:
            last += 1  # It ends inside a token.
        path = self._marks.path_at(fresh, end) if self._rulers else ()
        return Piece(
            window.slice(start, end), tokens, start, end, fresh - start, window.first, last, path
        )

    def _step(self, end: int) -> None:
        """Begin the next chunk, with the overlap."""
        window, overlap = self.window, self._limits.overlap
        start = end
        if overlap and not (window.ended and end == window.size):
            token = max(window.first, window.tokens_before(end) - overlap)
            start = self._whole(max(window.start, window.end_of(token - 1)), end)
            while start < end and self._tokens(start, end) > overlap:
                start = self._whole(max(start, window.end_of(token)), end)
                token += 1
        window.begin(start, end)

    def _whole(self, start: int, end: int) -> int:
        """Return the first place from one on, up to an end, where no cluster is cut."""
        window = self.window
        return min(end, window.cluster_at(min(start, end), window.start)[1])

    def _tokens(self, start: int, end: int) -> int:
        window = self.window
        return window.count(start, end, from_border=window.is_border(start))

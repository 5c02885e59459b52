"""Cut a stream of items: strings, chunks, and what is not text and passes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Generic, cast

from rx_stream.core.protocols import Core, SettlingCore
from rx_stream.types import (
    MEANINGFUL,
    StreamChunk,
    TextT,
    carries_meaning,
)

__all__ = ["TextItems"]


_Span = tuple[int, int | None, Mapping[str, object]]
"""What is known of a chunk whose text is held: its characters, its tokens, its metadata."""


class _Spans:
    """Remembers which chunk each held character came from, without a copy of the text.

    Attributes:
        add: Takes the span of the next chunk.
    """

    __slots__ = ("_taken", "_waiting", "add")

    def __init__(self) -> None:
        self._waiting: deque[_Span] = deque()  # Of every chunk that is not used up.
        self._taken = 0  # Characters of the first one that left in an earlier piece.
        self.add = self._waiting.append

    def piece(self, text: str, shown: str) -> StreamChunk:
        """Make the chunk of the next ``len(text)`` characters, at least one.

        Its tokens are known only where it is made of whole chunks whose tokens are known.
        """
        waiting = self._waiting
        left = len(text) + self._taken
        total = None if self._taken else 0
        length, tokens, metadata = waiting[0]
        while length <= left:
            waiting.popleft()
            left -= length
            if total is not None:
                total = None if tokens is None else total + tokens
            if not left:
                self._taken = 0
                return StreamChunk(shown, total, False, None, metadata)
            length, tokens, metadata = waiting[0]
        self._taken = left
        return StreamChunk(shown, None, False, None, metadata)


class TextItems(Generic[TextT]):
    """A core for items around a core for text.

    Text comes out as what it came in as. A chunk that says more than its text is a boundary: text
    held before it leaves before it. Anything that is not text passes at once.

    Args:
        core: Cuts the text.
        trim: Whether to take the white space off both ends of each piece, and to drop pieces that
            have nothing else.
    """

    __slots__ = ("_core", "_spans", "_trim")

    def __init__(self, core: Core[str, str], *, trim: bool = False) -> None:
        self._core = core
        self._trim = trim
        self._spans: _Spans | None = None

    def feed(self, item: TextT, /) -> Sequence[TextT]:
        """Take one item and return the pieces that are now complete."""
        out: list[object] = []
        if isinstance(item, StreamChunk):
            self._feed_chunk(item, out)
        elif isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            if self._spans is not None:
                out += self.flush()
                self._spans = None
            self._put(self._core.feed(item), out)
        else:
            out.append(item)  # Anything may travel in a stream, e.g. its progress.
        return cast("Sequence[TextT]", out)

    def settle(self) -> Sequence[TextT]:
        """Return what waits only for look-ahead."""
        out: list[object] = []
        self._put(cast("SettlingCore[str, str]", self._core).settle(), out)
        return cast("Sequence[TextT]", out)

    def flush(self) -> Sequence[TextT]:
        """Return the text that is held."""
        out: list[object] = []
        self._put(self._core.flush(), out)
        return cast("Sequence[TextT]", out)

    def _feed_chunk(self, chunk: StreamChunk, out: list[object]) -> None:
        if self._spans is None:
            out += self.flush()
            self._spans = _Spans()
        text, metadata = chunk.content, chunk.metadata
        meaning = carries_meaning(chunk)
        if text:
            if meaning:
                # What is said once must not be repeated by every piece of its text.
                metadata = {k: v for k, v in metadata.items() if k not in MEANINGFUL}
            self._spans.add((len(text), chunk.token_count, metadata))
            pieces = self._core.feed(text)
            if pieces:
                self._put(pieces, out)
        if meaning:
            self._put(self._core.flush(), out)
            out.append(replace(chunk, content="", token_count=None) if text else chunk)

    def _put(self, pieces: Sequence[str], out: list[object]) -> None:
        spans = self._spans
        for piece in pieces:
            shown = piece.strip() if self._trim else piece
            made = shown if spans is None else spans.piece(piece, shown)
            if shown:
                out.append(made)

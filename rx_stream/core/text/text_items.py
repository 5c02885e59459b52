"""Cut a stream of items: strings, chunks, and what is not text and passes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Generic, cast

from rx_stream.core.protocols import Core, SettlingCore
from rx_stream.types import (
    MEANINGFUL,
    NO_METADATA,
    StreamChunk,
    TextT,
    carries_meaning,
)

__all__ = ["TextItems"]


class _Spans:
    """Remembers which chunk each held character came from, without a copy of the text."""

    __slots__ = ("_taken", "_waiting")

    def __init__(self) -> None:
        # (characters, token count or None, metadata) of every chunk that is not used up.
        self._waiting: deque[tuple[int, int | None, Mapping[str, object]]] = deque()
        self._taken = 0  # Characters of the first one that left in an earlier piece.

    def add(self, length: int, tokens: int | None, metadata: Mapping[str, object]) -> None:
        self._waiting.append((length, tokens, metadata))

    def piece(self, text: str, shown: str) -> StreamChunk:
        """Make the chunk of the next ``len(text)`` characters.

        Its tokens are known only where it is made of whole chunks whose tokens are known.
        """
        waiting = self._waiting
        left = len(text)
        whole = self._taken == 0
        total: int | None = 0
        metadata = NO_METADATA
        while left > 0:
            length, tokens, metadata = waiting[0]
            length -= self._taken
            if length > left:
                self._taken += left
                whole = False
                break
            left -= length
            total = None if total is None or tokens is None else total + tokens
            waiting.popleft()
            self._taken = 0
        return StreamChunk(shown, total if whole else None, False, None, metadata)


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
        return cast("Sequence[TextT]", self._feed(item))

    def _feed(self, item: object) -> list[object]:
        out: list[object] = []
        if isinstance(item, StreamChunk):
            if self._spans is None:
                out += self.flush()
                self._spans = _Spans()
            self._feed_chunk(item, self._spans, out)
        elif isinstance(item, str):
            if self._spans is not None:
                out += self.flush()
                self._spans = None
            self._put(self._core.feed(item), out)
        else:
            out.append(item)
        return out

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

    def _feed_chunk(self, chunk: StreamChunk, spans: _Spans, out: list[object]) -> None:
        meaning = carries_meaning(chunk)
        if chunk.content:
            metadata = chunk.metadata
            if meaning:
                # What is said once must not be repeated by every piece of its text.
                metadata = {k: v for k, v in metadata.items() if k not in MEANINGFUL}
            spans.add(len(chunk.content), chunk.token_count, metadata)
            self._put(self._core.feed(chunk.content), out)
        if meaning:
            self._put(self._core.flush(), out)
            out.append(replace(chunk, content="", token_count=None) if chunk.content else chunk)

    def _put(self, pieces: Sequence[str], out: list[object]) -> None:
        spans = self._spans
        for piece in pieces:
            shown = piece.strip() if self._trim else piece
            made = shown if spans is None else spans.piece(piece, shown)
            if shown:
                out.append(made)

"""What has been sent so far, for the result that an error carries."""

from __future__ import annotations

from collections.abc import Sequence

from rx_stream.core.aggregator import Aggregator
from rx_stream.types import StreamChunk, StreamResult

__all__ = ["Transcript"]

_FOLD = 1024
"""Chunks that are kept before only what they said is."""


class Transcript:
    """Keeps chunks cheaply, in case the stream fails and somebody asks."""

    __slots__ = ("_aggregator", "_chunks")

    def __init__(self) -> None:
        self._chunks: list[StreamChunk] = []
        self._aggregator = Aggregator(lambda: 0.0)

    def add(self, chunks: Sequence[StreamChunk]) -> None:
        """Note chunks that are sent."""
        self._chunks += chunks
        if len(self._chunks) > _FOLD:
            self._fold()

    def _fold(self) -> None:
        for chunk in self._chunks:
            self._aggregator.see(chunk)
        self._chunks.clear()

    def result(self, error: Exception) -> StreamResult:
        """Return what has been sent before an error."""
        self._fold()
        return self._aggregator.result("error", error)

"""What has been sent so far, for the result that an error carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from rx_stream.core.llm.tool_calls import ToolCallDelta, ToolCalls
from rx_stream.types import StreamChunk, StreamResult

__all__ = ["Transcript"]

_FOLD = 1024
"""Chunks that are kept before only their text is."""


class Transcript:
    """Keeps the text of the chunks that were sent, and what tool calls they held."""

    __slots__ = ("_calls", "_chunks", "_count", "_reasoning", "_refusal", "_text", "_tokens")

    def __init__(self) -> None:
        self._chunks: list[StreamChunk] = []
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._refusal: list[str] = []
        self._calls = ToolCalls()
        self._count = 0
        self._tokens: int | None = 0

    def add(self, chunks: Sequence[StreamChunk]) -> None:
        """Note chunks that are sent."""
        self._chunks += chunks
        if len(self._chunks) > _FOLD:
            self._fold()

    def _fold(self) -> None:
        chunks, self._chunks = self._chunks, []
        for chunk in chunks:
            if chunk.content:
                self._text.append(chunk.content)
                self._count += 1
                known = self._tokens is not None and chunk.token_count is not None
                self._tokens = (
                    cast("int", self._tokens) + (chunk.token_count or 0) if known else None
                )
            metadata = chunk.metadata
            for name, pieces in (("reasoning", self._reasoning), ("refusal", self._refusal)):
                if name in metadata:
                    pieces.append(str(metadata[name]))
            calls = metadata.get("tool_calls")
            if calls:
                self._calls.feed(metadata.get("choice"), cast("list[ToolCallDelta]", calls))
        self._text = ["".join(self._text)]

    def result(self) -> StreamResult:
        """Return what has been sent, as a result."""
        self._fold()
        return StreamResult(
            content="".join(self._text),
            chunk_count=self._count,
            reasoning="".join(self._reasoning),
            refusal="".join(self._refusal),
            tool_calls=self._calls.result(),
            counted=self._tokens,
        )

"""Gather what a stream came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from rx_stream.core.tool_calls import ToolCalls
from rx_stream.types import (
    FACTS,
    NO_METADATA,
    FinishReason,
    StreamChunk,
    StreamResult,
    StreamState,
)

__all__ = ["Aggregator", "ResultCollector", "ResultReporter"]

_COMPACT = 4096
"""Pieces after which they are joined: a million small strings cost ten times their text."""


class Aggregator:
    """Keeps the text of a stream and the facts that its chunks tell.

    Args:
        clock: Gives the time in seconds; the stream begins now.
    """

    __slots__ = (
        "_blocks",
        "_chunks",
        "_clock",
        "_finish_reason",
        "_metadata",
        "_parts",
        "_reasoning",
        "_refusal",
        "_start",
        "_tokens",
        "_tools",
        "_usage",
    )

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._blocks: list[str] = []
        self._parts: list[str] = []
        self._chunks = 0  # In the blocks; the parts are counted by their list.
        self._tokens: int | None = 0
        self._finish_reason: FinishReason | None = None
        self._usage: Mapping[str, object] | None = None
        self._metadata: Mapping[str, object] = NO_METADATA
        self._reasoning: list[str] = []
        self._refusal: list[str] = []
        self._tools: ToolCalls | None = None

    def see(self, item: object, /) -> None:
        """Look at one item; what is neither text nor a chunk is left out."""
        if type(item) is str:
            if item:
                self._parts.append(item)
                self._tokens = None
                if len(self._parts) >= _COMPACT:
                    self._compact()
        elif isinstance(item, StreamChunk):
            self._see_chunk(item)
        elif isinstance(item, str):
            self.see(str(item))

    def _see_chunk(self, chunk: StreamChunk) -> None:
        tokens = chunk.token_count
        if chunk.content:
            self._parts.append(chunk.content)
            if tokens is None:
                self._tokens = None
            if len(self._parts) >= _COMPACT:
                self._compact()
        if tokens is not None and self._tokens is not None:
            self._tokens += tokens
        metadata = chunk.metadata
        if chunk.finish_reason is not None:
            self._finish_reason = chunk.finish_reason
        if metadata:
            self._metadata = metadata
            if not FACTS.isdisjoint(metadata):
                self._see_facts(metadata)

    def _see_facts(self, metadata: Mapping[str, object]) -> None:
        usage = metadata.get("usage")
        if usage is not None:
            self._usage = cast("Mapping[str, object]", usage)  # Cumulative: the last one wins.
        for key, parts in (("reasoning", self._reasoning), ("refusal", self._refusal)):
            said = metadata.get(key)
            if isinstance(said, str):
                parts.append(said)
        deltas = metadata.get("tool_calls")
        if deltas:
            if self._tools is None:
                self._tools = ToolCalls()
            choice = metadata.get("choice", 0)
            self._tools.feed(choice, cast("Iterable[Mapping[str, object]]", deltas))

    def _compact(self) -> None:
        self._chunks += len(self._parts)
        self._blocks.append("".join(self._parts))
        self._parts.clear()

    def result(
        self, state: StreamState = "completed", error: Exception | None = None
    ) -> StreamResult:
        """Return what the stream has come to so far."""
        chunks = self._chunks + len(self._parts)
        return StreamResult(
            content="".join((*self._blocks, *self._parts)),
            chunk_count=chunks,
            duration=self._clock() - self._start,
            finish_reason=self._finish_reason,
            usage=self._usage,
            tool_calls=self._tools.result() if self._tools else (),
            reasoning="".join(self._reasoning),
            refusal="".join(self._refusal),
            metadata=self._metadata,
            state=state,
            error=error,
            counted=self._tokens,
            counter=_count,
        )


def _count(text: str) -> int:
    from rx_stream.core.tokens.token_counter import count_text

    return count_text(text)


class ResultReporter:
    """A core that passes items by and reports the result of the stream once.

    Args:
        clock: Gives the time in seconds.
        report: Gets the result, before the terminal event is passed on.
    """

    __slots__ = ("_aggregator", "_report", "see")

    def __init__(
        self, clock: Callable[[], float], report: Callable[[StreamResult], object]
    ) -> None:
        self._aggregator = Aggregator(clock)
        self._report = report
        self.see = self._aggregator.see

    def feed(self, item: object, /) -> Sequence[object]:
        """See an item and return it."""
        self.see(item)
        return (item,)

    def flush(self) -> Sequence[object]:
        """Report the result of a stream that completed."""
        self._report(self._aggregator.result())
        return ()

    def fail(self, error: Exception, /) -> Sequence[object]:
        """Report the result of a stream that failed."""
        self._report(self._aggregator.result("error", error))
        return ()

    def cancel(self) -> None:
        """Report the result of a stream that was let go."""
        self._report(self._aggregator.result("cancelled"))


class ResultCollector:
    """A core that keeps everything and gives the result of a stream that completed.

    Args:
        clock: Gives the time in seconds.
    """

    __slots__ = ("_aggregator",)

    def __init__(self, clock: Callable[[], float]) -> None:
        self._aggregator = Aggregator(clock)

    def feed(self, item: object, /) -> Sequence[StreamResult]:
        """Take one item."""
        self._aggregator.see(item)
        return ()

    def flush(self) -> Sequence[StreamResult]:
        """Return the result."""
        return (self._aggregator.result(),)

    def fail(self, _: Exception, /) -> Sequence[StreamResult]:
        """Return nothing: half an answer is not a result."""
        return ()

"""Gather what a stream came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from rx_stream.core.tool_calls import ToolCalls, call_deltas
from rx_stream.types import (
    FACTS,
    NO_METADATA,
    FinishReason,
    StreamChunk,
    StreamResult,
    StreamState,
    choice_of,
)

__all__ = ["Aggregator", "ResultCollector", "ResultReporter"]

_COMPACT = 4096
"""Pieces after which they are joined: a million small strings cost ten times their text."""


class _Said:
    """What has been said in one choice."""

    __slots__ = (
        "blocks",
        "chunks",
        "finish_reason",
        "parts",
        "reasoning",
        "refusal",
        "tokens",
        "tools",
    )

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.parts: list[str] = []
        self.chunks = 0  # In the blocks; the parts are counted by their list.
        self.tokens: int | None = 0
        self.finish_reason: FinishReason | None = None
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.tools: ToolCalls | None = None

    def compact(self) -> None:
        """Join the pieces of text."""
        self.chunks += len(self.parts)
        self.blocks.append("".join(self.parts))
        self.parts.clear()

    def facts(self, metadata: Mapping[str, object]) -> None:
        """Note what a chunk says beside its text."""
        for key, parts in (("reasoning", self.reasoning), ("refusal", self.refusal)):
            said = metadata.get(key)
            if isinstance(said, str):
                parts.append(said)
        deltas = call_deltas(metadata)
        if deltas:
            if self.tools is None:
                self.tools = ToolCalls()
            self.tools.feed(deltas)

    @property
    def something(self) -> bool:
        """Whether anything has been said."""
        return bool(self.parts or self.blocks or self.reasoning or self.refusal or self.tools)


class Aggregator:
    """Keeps the text of a stream and the facts that its chunks tell.

    Of several choices (``metadata["choice"]``) the result is of the lowest that has said something:
    their texts are never mixed. Usage and metadata are those of the whole stream.

    Args:
        clock: Gives the time in seconds; the stream begins now.
    """

    __slots__ = (
        "_choice",
        "_choices",
        "_clock",
        "_finish_reason",
        "_known",
        "_metadata",
        "_said",
        "_start",
        "_strings",
        "_usage",
    )

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._finish_reason: FinishReason | None = None
        self._usage: Mapping[str, object] | None = None
        self._metadata: Mapping[str, object] = NO_METADATA
        self._said = self._strings = _Said()  # Strings are of the first choice.
        self._known: Mapping[str, object] = NO_METADATA  # Belongs to the choice that speaks.
        self._choice: object = None  # The same, as its metadata has it.
        self._choices = {0: self._said}

    def see(self, item: object, /) -> None:
        """Look at one item; what is neither text nor a chunk is left out."""
        if type(item) is str:
            if item:
                said = self._strings
                said.parts.append(item)
                said.tokens = None
                if len(said.parts) >= _COMPACT:
                    said.compact()
        elif isinstance(item, StreamChunk):
            self._see_chunk(item)
        elif isinstance(item, str):
            self.see(str.__str__(item))  # Its own text, not what a class of its own shows.

    def _see_chunk(self, chunk: StreamChunk) -> None:
        metadata, tokens = chunk.metadata, chunk.token_count
        if metadata is not self._known:
            self._known = metadata
            if metadata.get("choice") != self._choice:
                self._turn(metadata)
        said = self._said
        if chunk.content:
            said.parts.append(chunk.content)
            if tokens is None:
                said.tokens = None
            if len(said.parts) >= _COMPACT:
                said.compact()
        if tokens is not None and said.tokens is not None:
            said.tokens += tokens
        if chunk.finish_reason is not None:
            self._finish_reason = said.finish_reason = chunk.finish_reason
        if metadata:
            self._metadata = metadata
            if not FACTS.isdisjoint(metadata):
                usage = metadata.get("usage")
                if usage is not None:
                    # Cumulative: the last one wins.
                    self._usage = cast("Mapping[str, object]", usage)
                said.facts(metadata)

    def _turn(self, metadata: Mapping[str, object]) -> None:
        self._choice = metadata.get("choice")
        choice = choice_of(metadata)
        if choice not in self._choices:
            self._choices[choice] = _Said()
        self._said = self._choices[choice]

    def result(
        self, state: StreamState = "completed", error: Exception | None = None
    ) -> StreamResult:
        """Return what the stream has come to so far."""
        choices = self._choices
        said = next((choices[n] for n in sorted(choices) if choices[n].something), choices[0])
        return StreamResult(
            content="".join((*said.blocks, *said.parts)),
            chunk_count=said.chunks + len(said.parts),
            duration=self._clock() - self._start,
            finish_reason=said.finish_reason or self._finish_reason,
            usage=self._usage,
            tool_calls=said.tools.result() if said.tools else (),
            reasoning="".join(said.reasoning),
            refusal="".join(said.refusal),
            metadata=self._metadata,
            state=state,
            error=error,
            counted=said.tokens,
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

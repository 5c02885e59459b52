"""Give every chunk of a stream its exact number of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.core.tool_calls import call_deltas
from rx_stream.types import MEANINGFUL, StreamChunk, choice_of

__all__ = ["TokenTagger"]

_Channel = tuple[int, str, object]


class _Tally:
    """The tokens of one channel, and how many of them chunks have been given.

    Args:
        counter: Counts the text of this channel.
    """

    __slots__ = ("_given", "counter")

    def __init__(self, counter: CountsTokens) -> None:
        self.counter = counter
        self._given = 0

    def add(self, text: str) -> int:
        """Take text and return by how much the exact count has grown beyond what was given."""
        counter = self.counter
        counter.feed(text)
        # A piece that completes a longer token makes the count smaller: what was given stays.
        grown = counter.total - self._given
        if grown <= 0:
            return 0
        self._given += grown
        return grown

    @property
    def source(self) -> str:
        """Who counts, and whether the count is certain."""
        return self.counter.name if self.counter.exact else "estimate"


class TokenTagger:
    """Turns text into chunks that say how many tokens they have; a core for items.

    Every channel of every choice is a text of its own: the answer, the reasoning, a refusal, the
    arguments of each call of a tool. Anything that is not text passes.

    Args:
        make: Makes a counter.

    Attributes:
        outcome: What a counter has raised; the item has been returned without a count.
    """

    __slots__ = ("_answer", "_make", "_tallies", "outcome")

    def __init__(self, make: Callable[[], CountsTokens]) -> None:
        self._make = make
        self.outcome: Exception | None = None
        self._tallies: dict[_Channel, _Tally] = {}
        self._answer = self._tally((0, "content", None))

    def feed(self, item: str | StreamChunk, /) -> Sequence[StreamChunk]:
        """Take one item and return it with its tokens."""
        try:
            if isinstance(item, StreamChunk):
                return [self._tag(item)]
            if not isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                return [item]  # Anything may travel in a stream, e.g. its progress.
            answer = self._answer
            grown = answer.add(item)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.outcome = error
            return [item if isinstance(item, StreamChunk) else StreamChunk(item)]
        total = answer.counter.total
        known = {"total_tokens": total, "token_count_source": answer.source}
        return [StreamChunk(item, grown, False, None, known)]

    def flush(self) -> Sequence[StreamChunk]:
        """Hold nothing, and begin to count anew."""
        self._tallies.clear()
        self._answer = self._tally((0, "content", None))
        return []

    def _tag(self, chunk: StreamChunk) -> StreamChunk:
        grown = 0
        metadata = chunk.metadata
        choice = choice_of(metadata)
        counted = self._tally((choice, "content", None)) if choice else self._answer
        if chunk.content:
            grown = counted.add(chunk.content)
        if not MEANINGFUL.isdisjoint(metadata):
            for channel, text in _other_text(metadata):
                tally = self._tally((choice, *channel))
                grown += tally.add(text)
                counted = counted if chunk.content else tally
        count, source = chunk.token_count, "provider"
        if count is None:
            count, source = grown, counted.source
        elif "token_count_source" in metadata:
            source = metadata["token_count_source"]
        known = {**metadata, "total_tokens": counted.counter.total, "token_count_source": source}
        return StreamChunk(chunk.content, count, chunk.is_complete, chunk.finish_reason, known)

    def _tally(self, channel: _Channel) -> _Tally:
        tally = self._tallies.get(channel)
        if tally is None:
            tally = self._tallies[channel] = _Tally(self._make())
        return tally


def _other_text(metadata: Mapping[str, object]) -> Iterator[tuple[tuple[str, object], str]]:
    """Yield the text of a chunk that is not in its content, by channel."""
    for name in ("reasoning", "refusal"):
        text = metadata.get(name)
        if isinstance(text, str) and text:
            yield (name, None), text
    for delta in call_deltas(metadata):
        arguments = delta.get("arguments_delta")
        if isinstance(arguments, str) and arguments:
            yield ("tool_calls", delta.get("index")), arguments

"""Measure one call of a model as OpenTelemetry's GenAI conventions name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from rx_stream.types import StreamChunk, StreamProgress, carries_meaning

__all__ = ["CallMetrics", "Instruments"]


class Instruments(Protocol):
    """Where measurements go."""

    def record(self, name: str, value: float, attributes: Mapping[str, str], /) -> None:
        """Record one value of the metric ``gen_ai.client.<name>``."""
        ...


class CallMetrics:
    """Looks at the items that pass and records when they came.

    Args:
        clock: Gives the time in seconds; the call begins now.
        instruments: Where measurements go.
        attributes: What is known of the call beforehand.

    Source: semantic-conventions-genai, status "development".
    """

    __slots__ = ("_attributes", "_clock", "_instruments", "_last", "_started", "_usage")

    def __init__(
        self, clock: Callable[[], float], instruments: Instruments, attributes: Mapping[str, str]
    ) -> None:
        self._clock = clock
        self._instruments = instruments
        self._attributes = dict(attributes)
        self._started = clock()
        self._last: float | None = None
        self._usage: Mapping[str, object] = {}

    def feed(self, item: object, /) -> Sequence[object]:
        """See an item and return it."""
        self.see(item)
        return (item,)

    def see(self, item: object, /) -> None:
        """Record when a chunk came."""
        if isinstance(item, StreamChunk):
            if item.metadata:
                self._read(item.metadata)
            if not (item.content or carries_meaning(item)):
                return
        elif isinstance(item, StreamProgress) or not item:
            return
        now = self._clock()
        if self._last is None:
            self._record("operation.time_to_first_chunk", now - self._started)
        else:
            self._record("operation.time_per_output_chunk", now - self._last)
        self._last = now

    def _read(self, metadata: Mapping[str, object]) -> None:
        usage, model = metadata.get("usage"), metadata.get("model")
        if isinstance(usage, Mapping):
            self._usage = cast("Mapping[str, object]", usage)
        if isinstance(model, str):
            self._attributes["gen_ai.response.model"] = model

    def _record(self, name: str, value: float) -> None:
        self._instruments.record(name, value, self._attributes)

    def flush(self) -> Sequence[object]:
        """Record a call that has completed."""
        self._end()
        return ()

    def fail(self, error: Exception, /) -> Sequence[object]:
        """Record a call that has failed."""
        self._attributes["error.type"] = type(error).__qualname__
        self._end()
        return ()

    def cancel(self) -> None:
        """Record a call that nobody wanted any more."""
        self._attributes["error.type"] = "cancelled"
        self._end()

    def _end(self) -> None:
        self._record("operation.duration", self._clock() - self._started)
        # The provider's figures or none: what was counted here is no usage.
        self._attributes.pop("error.type", None)
        for kind in ("input", "output"):
            tokens = self._usage.get(f"{kind}_tokens")
            if isinstance(tokens, int):
                attributes = {**self._attributes, "gen_ai.token.type": kind}
                self._instruments.record("token.usage", tokens, attributes)

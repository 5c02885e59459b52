"""Measure one call of a model as OpenTelemetry's GenAI conventions name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar, cast

from rx_stream.types import StreamChunk, StreamProgress, carries_meaning

__all__ = ["CallMetrics", "Instruments"]

_Item = TypeVar("_Item")


class Instruments(Protocol):
    """Where measurements go."""

    def record(self, name: str, value: float, attributes: Mapping[str, str], /) -> None:
        """Record one value of the metric ``gen_ai.client.<name>``."""
        ...


class CallMetrics(Generic[_Item]):
    """Passes items through and records when they came.

    Args:
        instruments: Where measurements go.
        attributes: What is known of the call beforehand.

    Source: semantic-conventions-genai, status "development".
    """

    __slots__ = ("_attributes", "_instruments", "_last", "_started", "_usage")

    def __init__(self, instruments: Instruments, attributes: Mapping[str, str]) -> None:
        self._instruments = instruments
        self._attributes = dict(attributes)
        self._started = 0.0
        self._last: float | None = None
        self._usage: Mapping[str, object] = {}

    def start(self, now: float) -> Sequence[_Item]:
        """Begin: durations count from here."""
        self._started = now
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Pass an item."""
        self.note(item, now)
        return (item,)

    def note(self, item: _Item, now: float, /) -> None:
        """Record when a chunk came."""
        if isinstance(item, StreamChunk):
            if item.metadata:
                self._read(item.metadata)
            if not (item.content or carries_meaning(item)):
                return
        elif isinstance(item, StreamProgress) or not item:
            return
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

    def tick(self, now: float, /) -> Sequence[_Item]:
        """Do nothing: there is no timer."""
        del now
        return ()

    def flush(self, now: float, /) -> Sequence[_Item]:
        """Record a call that has completed."""
        self._end(now)
        return ()

    def fail(self, error: Exception, now: float) -> Sequence[_Item]:
        """Record a call that has failed."""
        self._attributes["error.type"] = type(error).__qualname__
        self._end(now)
        return ()

    def cancel(self, now: float) -> None:
        """Record a call that nobody wanted any more."""
        self._attributes["error.type"] = "cancelled"
        self._end(now)

    def _end(self, now: float) -> None:
        self._record("operation.duration", now - self._started)
        # The provider's figures or none: what was counted here is no usage.
        self._attributes.pop("error.type", None)
        for kind in ("input", "output"):
            tokens = self._usage.get(f"{kind}_tokens")
            if isinstance(tokens, int):
                attributes = {**self._attributes, "gen_ai.token.type": kind}
                self._instruments.record("token.usage", tokens, attributes)

    def wake_at(self) -> float | None:
        """Return None: there is no timer."""
        return None

"""The operator ``otel_metrics``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from reactivex import abc

from rx_stream.core.extras import load_extra
from rx_stream.core.progress.call_metrics import CallMetrics
from rx_stream.core.protocols import Tap
from rx_stream.operators._lift import lift_tap
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["otel_metrics"]


_SECONDS = [0.01 * 2**i for i in range(14)]
_TOKENS = [float(4**i) for i in range(14)]
_METRICS: dict[str, tuple[str, list[float], str]] = {
    "operation.duration": ("s", _SECONDS, "GenAI operation duration."),
    "operation.time_to_first_chunk": ("s", _SECONDS, "Time to receive the first chunk."),
    "operation.time_per_output_chunk": ("s", _SECONDS, "Time per chunk after the first."),
    "token.usage": ("{token}", _TOKENS, "Number of input and output tokens used."),
}


def otel_metrics(
    provider: str,
    *,
    operation: str = "chat",
    model: str | None = None,
    attributes: Mapping[str, str] | None = None,
    meter_provider: object = None,
    scheduler: abc.SchedulerBase | None = None,
) -> ItemOperator:
    """Emit each item at once, and record the call as OpenTelemetry metrics.

    Under the names of the GenAI conventions: ``gen_ai.client.operation.duration``,
    ``gen_ai.client.operation.time_to_first_chunk``,
    ``gen_ai.client.operation.time_per_output_chunk`` and, with the provider's figures where the
    stream carries them, ``gen_ai.client.token.usage``.

    Loses nothing.

    .. marble::

        'Hello' 250ms ' you' |
        [ otel_metrics("openai", model="gpt-5") ]
        'Hello' 250ms ' you' |

    Args:
        provider: ``gen_ai.provider.name``, e.g. ``"openai"``, ``"anthropic"``.
        operation: ``gen_ai.operation.name``.
        model: ``gen_ai.request.model``; the model that answered is taken from the chunks.
        attributes: More attributes of every measurement, e.g. ``server.address``.
        meter_provider: An OpenTelemetry ``MeterProvider``; by default the global one.
        scheduler: Whose clock is used; by default the subscriber's, or the process's monotonic one.

    Returns:
        An operator from items to the same items.

    Raises:
        TypeError: An argument is not text.
        ModuleNotFoundError: The API is not installed: ``pip install 'rx_stream[otel]'``.

    Source: https://github.com/open-telemetry/semantic-conventions-genai
    """
    for name, value in {"provider": provider, "operation": operation, "model": model or ""}.items():
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller's
            raise TypeError(f"otel_metrics: {name} must be a str, not {value!r}")
    known = {"gen_ai.operation.name": operation, "gen_ai.provider.name": provider}
    if model is not None:
        known["gen_ai.request.model"] = model
    known |= attributes or {}
    instruments = _Histograms(meter_provider)

    def make(clock: Callable[[], float]) -> Tap[Any]:
        return cast("Tap[Any]", CallMetrics(clock, instruments, known))

    return lift_tap(make, scheduler=scheduler_argument("otel_metrics", scheduler))


class _Histograms:
    """The histograms of the conventions, with the buckets that these advise."""

    def __init__(self, meter_provider: object) -> None:
        api = load_extra("otel_metrics", "opentelemetry.metrics", "otel")
        meter = api.get_meter("rx_stream", meter_provider=meter_provider)
        self._histograms: dict[str, Any] = {
            name: meter.create_histogram(
                f"gen_ai.client.{name}",
                unit=unit,
                description=description,
                explicit_bucket_boundaries_advisory=buckets,
            )
            for name, (unit, buckets, description) in _METRICS.items()
        }

    def record(self, name: str, value: float, attributes: Mapping[str, str], /) -> None:
        """Record one value."""
        self._histograms[name].record(value, attributes)

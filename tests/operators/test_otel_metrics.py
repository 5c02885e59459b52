from __future__ import annotations

from typing import Any

import pytest

from rx_stream import StreamChunk, StreamProgress, otel_metrics
from rx_stream.testing import TextMarbles


@pytest.fixture
def meters(need_module: Any) -> Any:
    """A meter provider, and a function that gives what was recorded."""
    need_module("opentelemetry.sdk.metrics")
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])

    def recorded() -> dict[str, list[tuple[int, float, dict[str, str]]]]:
        data = reader.get_metrics_data()
        if data is None:
            return {}
        return {
            metric.name.removeprefix("gen_ai.client."): [
                (point.count, point.sum, dict(point.attributes))
                for point in metric.data.data_points
            ]
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    yield provider, recorded
    provider.shutdown()


CALL = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}


def test_a_call_is_measured_from_the_subscription_to_the_end(meters: Any) -> None:
    provider, recorded = meters
    lab = TextMarbles()
    source = lab.cold("'' p 500ms 'a' 100ms 'b' 300ms 'c' 50ms |", lookup={"p": StreamProgress()})
    operator = otel_metrics("openai", model="m", meter_provider=provider)
    assert lab.run(source.pipe(operator)).completed
    call = {**CALL, "gen_ai.request.model": "m"}
    assert recorded() == {
        "operation.time_to_first_chunk": [(1, pytest.approx(0.5), call)],
        "operation.time_per_output_chunk": [(2, pytest.approx(0.4), call)],
        "operation.duration": [(1, pytest.approx(0.95), call)],
    }


def test_the_provider_says_its_model_and_its_usage(meters: Any) -> None:
    provider, recorded = meters
    lab = TextMarbles()
    usage = {"input_tokens": 7, "output_tokens": 42}
    end = StreamChunk(is_complete=True, metadata={"model": "m-1", "usage": usage})
    operator = otel_metrics("openai", attributes={"server.address": "x"}, meter_provider=provider)
    lab.run(lab.cold("'a' e |", lookup={"e": end}).pipe(operator))
    call = {**CALL, "server.address": "x", "gen_ai.response.model": "m-1"}
    points = sorted(recorded()["token.usage"], key=lambda point: point[1])
    assert points == [
        (1, 7, {**call, "gen_ai.token.type": "input"}),
        (1, 42, {**call, "gen_ai.token.type": "output"}),
    ]


def test_a_failed_and_a_cancelled_call_say_so(meters: Any) -> None:
    provider, recorded = meters
    lab = TextMarbles()
    operator = otel_metrics("openai", meter_provider=provider)
    lab.run(lab.cold("'a' 1s #", error=KeyError("x")).pipe(operator))
    lab.run(lab.cold("'a' 9s |").pipe(operator), dispose_at=2)
    kinds = {point[2]["error.type"]: point[1] for point in recorded()["operation.duration"]}
    assert kinds == {"KeyError": pytest.approx(1), "cancelled": pytest.approx(2)}


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((5,), {}, "otel_metrics: provider must be a str, not 5"),
        (("x",), {"operation": None}, "otel_metrics: operation must be a str, not None"),
        (("x",), {"model": 5}, "otel_metrics: model must be a str, not 5"),
    ],
)
def test_a_bad_argument_is_refused(arguments: Any, options: Any, words: str) -> None:
    with pytest.raises(TypeError) as caught:
        otel_metrics(*arguments, **options)
    assert str(caught.value) == words

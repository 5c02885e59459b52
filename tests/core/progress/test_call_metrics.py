"""The measurements of one call, without a meter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.progress.call_metrics import CallMetrics


class Clock:
    """A clock that stands until it is moved, and the instruments that were read by it."""

    def __init__(self) -> None:
        self.now = 10.0
        self.records: list[tuple[str, float, dict[str, str]]] = []

    def __call__(self) -> float:
        return self.now

    def record(self, name: str, value: float, attributes: Mapping[str, str], /) -> None:
        self.records.append((name, value, dict(attributes)))

    def names(self) -> list[str]:
        return [name for name, _, _ in self.records]


@pytest.mark.parametrize("item", ["", StreamChunk(), StreamChunk(metadata={"id": "1"}), None])
def test_what_has_no_text_and_no_meaning_is_no_chunk(item: Any) -> None:
    clock = Clock()
    call = CallMetrics(clock, clock, {})
    assert call.feed(item) == (item,)
    call.see(StreamProgress())
    assert clock.records == []


@pytest.mark.parametrize(
    "item", ["a", StreamChunk("a"), StreamChunk(metadata={"tool_calls": [1]}), b"a"]
)
def test_the_first_chunk_is_what_the_model_says_first(item: Any) -> None:
    clock = Clock()
    call = CallMetrics(clock, clock, {})
    clock.now = 10.5
    call.see(item)
    assert clock.records == [("operation.time_to_first_chunk", 0.5, {})]


def test_each_later_chunk_is_measured_from_the_one_before() -> None:
    clock = Clock()
    call = CallMetrics(clock, clock, {})
    for now in (11.0, 11.25, 12.0):
        clock.now = now
        call.see("a")
    assert [value for _, value, _ in clock.records] == [1.0, 0.25, 0.75]
    assert clock.names()[1:] == ["operation.time_per_output_chunk"] * 2


@pytest.mark.parametrize("usage", [None, 5, {}, {"input_tokens": None}])
def test_usage_that_nobody_told_is_not_recorded(usage: Any) -> None:
    clock = Clock()
    call = CallMetrics(clock, clock, {})
    call.see(StreamChunk("a", metadata={"usage": usage, "model": 5}))
    assert call.flush() == ()
    assert clock.names() == ["operation.time_to_first_chunk", "operation.duration"]
    assert clock.records[-1][2] == {}


def test_how_a_call_ended_is_told_of_its_duration_alone() -> None:
    clock = Clock()
    call = CallMetrics(clock, clock, {"a": "b"})
    call.see(StreamChunk("x", metadata={"usage": {"output_tokens": 3}}))
    assert call.fail(TimeoutError("x")) == ()
    assert clock.records[-2] == (
        "operation.duration",
        0.0,
        {"a": "b", "error.type": "TimeoutError"},
    )
    assert clock.records[-1] == ("token.usage", 3, {"a": "b", "gen_ai.token.type": "output"})
    gone = CallMetrics(clock, clock, {})
    gone.cancel()
    assert clock.records[-1] == ("operation.duration", 0.0, {"error.type": "cancelled"})

"""Timed operators behind which a reader takes its time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

import pytest

from rx_stream import (
    StreamProgress,
    backpressure,
    from_async_iterable,
    from_iterable,
    keep_alive,
    observe_on_bounded,
    share_stream,
    sse_response,
    throttle_tokens,
    timeout_between_tokens,
    timeout_first_token,
    to_async_iterable,
    track_progress,
)
from rx_stream.operators._flow_stage import FlowStage
from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.queue_gate import QueueGate
from rx_stream.testing import TextMarbles


@pytest.mark.parametrize("timeout", [timeout_between_tokens, timeout_first_token])
def test_a_source_that_waits_for_a_queue_below_does_not_stall(timeout: Any) -> None:
    lab = TextMarbles()
    got: list[str] = []
    ends: list[object] = []
    # The queue of the throttle is full for seconds at a time, and the source waits.
    from_iterable(["w "] * 200).pipe(timeout(1), throttle_tokens(10)).subscribe(
        got.append, ends.append, lambda: ends.append("completed"), scheduler=lab.scheduler
    )
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    assert ends == ["completed"]
    assert len(got) == 200


def test_reports_go_on_while_text_waits_in_a_queue_above() -> None:
    lab = TextMarbles()
    seen: list[Any] = []
    from_iterable(["w "] * 200).pipe(throttle_tokens(10), track_progress(200, 0.1)).subscribe(
        seen.append, scheduler=lab.scheduler
    )
    lab.scheduler.advance_to(lab.scheduler.clock + 10.05)
    assert len([item for item in seen if isinstance(item, StreamProgress)]) == 100


@pytest.mark.realtime
@pytest.mark.parametrize("operator", [track_progress(20, 0.01), keep_alive(0.01)])
def test_nothing_piles_up_before_a_reader_that_does_not_come(operator: Any) -> None:
    async def words() -> AsyncIterator[str]:
        for i in range(20):
            yield f"w{i} "

    async def main() -> list[Any]:
        stream = to_async_iterable(from_async_iterable(words()).pipe(operator), capacity=2)
        items = [await anext(stream)]
        await asyncio.sleep(0.3)
        return items + [item async for item in stream]

    items = asyncio.run(main())
    texts = [item for item in items if str(item).startswith("w")]
    assert len(texts) == 20
    assert len(items) - len(texts) < 10


_BETWEEN: dict[str, Callable[[TextMarbles], Any]] = {
    "observe_on_bounded": lambda lab: observe_on_bounded(lab.scheduler),
    "share_stream": lambda _: share_stream(),
    "backpressure": lambda _: backpressure("block", capacity=4),
}


@pytest.mark.parametrize("between", _BETWEEN.values(), ids=_BETWEEN)
@pytest.mark.parametrize("operator", [track_progress(20, 0.1), keep_alive(0.1)])
def test_nothing_piles_up_where_another_queue_is_before_the_reader(
    monkeypatch: pytest.MonkeyPatch, operator: Any, between: Callable[[TextMarbles], Any]
) -> None:
    lab, most = TextMarbles(), 0

    def take(stage: FlowStage[Any], value: Any, take: Any = FlowStage[Any].take) -> None:
        nonlocal most
        take(stage, value)
        most = max(most, len(stage._mailbox))

    monkeypatch.setattr(FlowStage, "take", take)
    queue: deque[Any] = deque()
    sink = FlowScheduler(lab.scheduler, QueueGate(4, queue))
    stream = from_iterable(f"w{i} " for i in count()).pipe(operator, between(lab))
    with stream.subscribe(queue.append, scheduler=sink):
        lab.scheduler.advance_to(lab.scheduler.clock + 100)
    assert len(queue) <= 4
    assert most <= 4


def test_reports_do_not_fill_the_queue_of_a_scheduler_that_has_no_turn_for_it() -> None:
    lab, busy, got = TextMarbles(), TextMarbles(), list[Any]()
    stream = from_iterable(f"w{i} " for i in count()).pipe(
        track_progress(20, 0.1), observe_on_bounded(busy.scheduler, capacity=4)
    )
    with stream.subscribe(got.append, scheduler=lab.scheduler):
        lab.scheduler.advance_to(lab.scheduler.clock + 100)
        busy.scheduler.advance_to(busy.scheduler.clock)
    assert [str(item) for item in got[:4]] == ["w0 ", "w1 ", "w2 ", "w3 "]
    assert not any(isinstance(item, StreamProgress) for item in got)


@pytest.mark.realtime
def test_nothing_piles_up_before_a_client_that_does_not_read() -> None:
    async def words() -> AsyncIterator[str]:
        for i in range(100):
            yield f"w{i} "

    app = sse_response(
        lambda _: from_async_iterable(words()).pipe(track_progress(100, 0.01)), capacity=8
    )
    scope: Any = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}

    async def main() -> bytes:
        sent: list[bytes] = []

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))
            if len(sent) == 3:
                await asyncio.sleep(0.3)

        async def receive() -> Any:
            await asyncio.Event().wait()

        await asyncio.wait_for(app(scope, receive, send), 10)
        return b"".join(sent)

    body = asyncio.run(main())
    assert body.count(b'"content"') == 100
    assert body.count(b"event: progress") < 10

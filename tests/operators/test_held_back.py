"""Timed operators behind which a reader takes its time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

import pytest
from reactivex import operators as ops

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


_BETWEEN: dict[str, Callable[[TextMarbles], Any]] = {
    "nothing": lambda _: ops.map(lambda item: item),
    "observe_on_bounded": lambda lab: observe_on_bounded(lab.scheduler),
    "share_stream": lambda _: share_stream(),
    "backpressure": lambda _: backpressure("block", capacity=4),
}


@pytest.mark.parametrize("between", _BETWEEN.values(), ids=_BETWEEN)
@pytest.mark.parametrize("operator", [track_progress(20, 0.1), keep_alive(0.1)])
def test_nothing_piles_up_before_a_reader_that_does_not_come(
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


def test_nothing_piles_up_before_a_client_that_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def words() -> AsyncIterator[str]:
        for i in range(100):
            yield f"w{i} "

    app = sse_response(
        lambda _: from_async_iterable(words()).pipe(track_progress(100, 0.01)), capacity=8
    )
    scope: Any = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}

    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        now = loop.time()
        monkeypatch.setattr(loop, "time", lambda: now)
        sent: list[bytes] = []

        async def send(message: Any) -> None:
            nonlocal now
            sent.append(message.get("body", b""))
            if len(sent) == 3:  # The client takes its time.
                for _ in range(100):
                    now += 0.01
                    await asyncio.sleep(0)

        async def receive() -> Any:
            await asyncio.Event().wait()

        await app(scope, receive, send)
        return b"".join(sent)

    # A loop of Python, as others have a time of their own.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        body = runner.run(main())
    assert body.count(b'"content"') == 100
    assert 1 <= body.count(b"event: progress") < 10

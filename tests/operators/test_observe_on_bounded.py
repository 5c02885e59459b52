"""Items change the thread through a queue that is bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.scheduler import EventLoopScheduler, ImmediateScheduler
from reactivex.scheduler.eventloop import AsyncIOThreadSafeScheduler
from reactivex.subject import Subject

from rx_stream import (
    from_async_iterable,
    from_iterable,
    observe_on_bounded,
    to_async_iterable,
    to_iterable,
)
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.schedulers.queue_gate import QueueGate
from rx_stream.testing import TextMarbles


@pytest.fixture
def worker() -> Iterator[EventLoopScheduler]:
    scheduler = EventLoopScheduler()
    yield scheduler
    scheduler.dispose()


def test_items_and_the_end_come_in_order_on_the_other_thread(worker: EventLoopScheduler) -> None:
    got: list[Any] = []
    threads: set[int] = set()
    done = threading.Event()

    def on_next(item: Any) -> None:
        threads.add(threading.get_ident())
        got.append(item)

    from_iterable(range(5000)).pipe(observe_on_bounded(worker)).subscribe(
        on_next, on_completed=done.set
    )
    assert done.wait(20)
    assert got == list(range(5000))
    assert threading.get_ident() not in threads


def test_an_error_comes_after_the_items(worker: EventLoopScheduler) -> None:
    source: Subject[str] = Subject()
    got: list[Any] = []
    done = threading.Event()

    def on_error(error: Exception) -> None:
        got.append(error)
        done.set()

    source.pipe(observe_on_bounded(worker)).subscribe(got.append, on_error)
    error = ValueError("x")
    for item in "abc":
        source.on_next(item)
    source.on_error(error)
    assert done.wait(20)
    assert got == ["a", "b", "c", error]


@pytest.mark.parametrize("capacity", [1, 8, 64])
def test_a_source_is_not_read_on_while_it_is_full(
    worker: EventLoopScheduler, capacity: int
) -> None:
    lab, made = TextMarbles(), list[int]()
    source = from_iterable(iter(lambda: made.append(1) or "x", None))
    busy = FlowScheduler(lab.scheduler, Flow(1000))
    open_up = threading.Event()
    subscription = source.pipe(observe_on_bounded(worker, capacity=capacity)).subscribe(
        lambda _: open_up.wait(20), scheduler=busy
    )
    lab.scheduler.advance_by(1)
    assert len(made) <= capacity + 1
    subscription.dispose()
    open_up.set()


@pytest.mark.parametrize("capacity", [1, 64])
def test_all_that_is_under_way_keeps_to_the_capacity_of_the_sink(
    worker: EventLoopScheduler, capacity: int
) -> None:
    made = used = worst = 0

    def items() -> Iterator[int]:
        nonlocal made
        for number in range(3000):
            made += 1
            yield number

    stream = from_iterable(items()).pipe(
        ops.map(lambda x: x), observe_on_bounded(worker), ops.map(lambda x: x)
    )
    for _ in to_iterable(stream, capacity=capacity):
        worst = max(worst, made - used)
        used += 1
        if used % 50 == 0:
            time.sleep(0.0005)
    assert used == 3000
    assert worst <= capacity


def test_from_a_thread_to_a_loop(worker: EventLoopScheduler) -> None:
    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        here = threading.get_ident()
        threads: set[int] = set()
        stream = from_iterable(range(3000), scheduler=worker).pipe(
            observe_on_bounded(AsyncIOThreadSafeScheduler(loop)),
            ops.do_action(lambda _: threads.add(threading.get_ident())),
        )
        got = [item async for item in to_async_iterable(stream)]
        assert threads == {here}
        return got

    assert asyncio.run(main()) == list(range(3000))


def test_dispose_drops_what_waits_and_opens_the_gate() -> None:
    lab, gate = TextMarbles(), Flow(3)
    source: Subject[int] = Subject()
    subscription = source.pipe(observe_on_bounded(lab.scheduler)).subscribe(
        lambda _: None, scheduler=FlowScheduler(lab.scheduler, gate)
    )
    for number in range(3):
        source.on_next(number)
    assert gate.paused
    subscription.dispose()
    assert (gate.paused, gate.level, source.observers) == (False, 0, [])


def test_a_subscriber_that_disposes_gets_nothing_more() -> None:
    got = list[int]()
    from_iterable(range(10)).pipe(observe_on_bounded(ImmediateScheduler()), ops.take(2)).subscribe(
        got.append
    )
    assert got == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((None,), TypeError), ((ImmediateScheduler(), 0), ValueError), ((asyncio, 1), TypeError)],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    scheduler, *capacity = arguments
    with pytest.raises(error, match=r"^observe_on_bounded: "):
        observe_on_bounded(scheduler, **({"capacity": capacity[0]} if capacity else {}))


def test_a_source_that_cannot_be_subscribed_is_an_error() -> None:
    async def letters() -> AsyncIterator[str]:
        yield "a"

    told: list[Exception] = []
    source = from_async_iterable(letters()).pipe(observe_on_bounded(ImmediateScheduler()))
    source.subscribe(on_error=told.append)
    assert [type(error) for error in told] == [RuntimeError]  # No loop runs here.


def test_the_capacity_of_the_sink_holds_for_two_queues_one_behind_the_other() -> None:
    lab, made, queue = TextMarbles(), list[int](), deque[Any]()
    source = from_iterable(iter(lambda: made.append(1) or "x", None))
    first, second = (observe_on_bounded(lab.scheduler) for _ in range(2))
    sink = FlowScheduler(lab.scheduler, QueueGate(2, queue))
    with source.pipe(first, second).subscribe(queue.append, scheduler=sink):
        lab.scheduler.advance_to(lab.scheduler.clock + 1)
    assert (len(made), len(queue)) == (2, 2)

"""The clock, the loop, the shared thread, and which of them is taken."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from reactivex.abc import DisposableBase
from reactivex.scheduler import (
    CurrentThreadScheduler,
    ImmediateScheduler,
    NewThreadScheduler,
    TimeoutScheduler,
    TrampolineScheduler,
)
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.testing import TestScheduler

from rx_stream.schedulers.clock import clock_of
from rx_stream.schedulers.flow import Flow, FlowScheduler, gate_of
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.schedulers.resolve import timers_for
from rx_stream.schedulers.timer_thread import TimerThreadScheduler


def test_the_argument_comes_before_the_subscribers_scheduler() -> None:
    first, second = TestScheduler(), TestScheduler()
    assert timers_for(first, second) is first
    assert timers_for(None, second) is second


def test_without_a_scheduler_the_running_loop_is_taken_and_else_the_shared_thread() -> None:
    async def main() -> object:
        return timers_for(None, None)

    assert isinstance(asyncio.run(main()), LoopScheduler)
    assert timers_for(None, None) is TimerThreadScheduler.shared()


@pytest.mark.parametrize(
    "kind",
    [
        NewThreadScheduler,
        TimeoutScheduler,
        CurrentThreadScheduler,
        TrampolineScheduler,
        ImmediateScheduler,
    ],
)
def test_a_scheduler_that_starts_a_thread_for_each_timer_or_waits_in_the_caller_gives_way(
    kind: type,
) -> None:
    scheduler = kind()
    assert timers_for(None, scheduler) is TimerThreadScheduler.shared()
    assert timers_for(None, FlowScheduler(scheduler, Flow(1))) is TimerThreadScheduler.shared()
    assert timers_for(scheduler, None) is scheduler

    async def main() -> object:
        return timers_for(None, scheduler)

    assert isinstance(asyncio.run(main()), LoopScheduler)


def test_a_gate_is_looked_through_to_the_scheduler_below() -> None:
    virtual = TestScheduler()
    flow = Flow(4)
    wrapped = FlowScheduler(FlowScheduler(virtual, Flow(2)), flow)
    assert gate_of(wrapped) is flow
    assert gate_of(virtual) is None
    assert timers_for(None, wrapped) is virtual
    assert clock_of(wrapped)() == 0.0
    virtual.advance_to(12.5)
    assert clock_of(wrapped)() == 12.5


def test_real_schedulers_have_a_clock_that_nobody_can_set(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = clock_of(TimerThreadScheduler())
    before = clock()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= clock() - before < 5
    assert clock_of(None)() >= before


def test_a_scheduled_action_sees_the_gate_again() -> None:
    virtual, flow = TestScheduler(), Flow(1)
    seen: list[object] = []
    scheduler = FlowScheduler(virtual, flow)
    scheduler.schedule(lambda s, _=None: seen.append(gate_of(s)))
    scheduler.schedule_relative(1.0, lambda s, _=None: seen.append(gate_of(s)))
    scheduler.schedule_absolute(2.0, lambda s, _=None: seen.append(gate_of(s)))
    virtual.advance_to(5.0)
    assert seen == [flow, flow, flow]


def test_a_gate_shuts_when_full_and_opens_at_half() -> None:
    flow = Flow(4)
    opened: list[int] = []
    for _ in range(4):
        flow.hold()
    assert flow.paused
    flow.when_ready(lambda: opened.append(flow.level))
    flow.release()
    assert opened == []
    flow.release()
    assert opened == [2]
    assert not flow.paused
    flow.when_ready(lambda: opened.append(-1))
    assert opened == [2, -1]


def test_a_gate_whose_reader_has_gone_is_open_for_good() -> None:
    flow = Flow(1)
    flow.hold()
    opened: list[bool] = []
    flow.when_ready(lambda: opened.append(True))
    flow.abandon()
    flow.hold(1_000)
    assert opened == [True]
    assert not flow.paused


def test_the_timer_thread_runs_actions_in_the_order_of_their_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheduler = TimerThreadScheduler()
    order: list[str] = []
    begin, done = threading.Event(), threading.Event()
    scheduler.schedule(lambda *_: begin.wait(5))  # None runs before all are scheduled.
    now, monotonic = scheduler.now, time.monotonic()

    def at(milliseconds: int, action: Callable[[], object]) -> DisposableBase:
        due = now + timedelta(milliseconds=milliseconds)
        return scheduler.schedule_absolute(due, lambda *_: action())

    with monkeypatch.context() as still:  # A busy machine may take longer than lies between them.
        still.setattr("reactivex.scheduler.scheduler.default_now", lambda: now)
        still.setattr(time, "monotonic", lambda: monotonic)
        at(30, done.set)
        at(20, lambda: order.append("second"))
        at(10, lambda: order.append("first"))
        at(15, lambda: order.append("never")).dispose()
    begin.set()
    assert done.wait(5)
    assert order == ["first", "second"]
    scheduler.close()


def test_the_timer_thread_ends_when_there_is_nothing_to_do_and_starts_again() -> None:
    scheduler = TimerThreadScheduler()
    for _ in range(2):
        ran = threading.Event()
        scheduler.schedule(lambda *_, ran=ran: ran.set())
        assert ran.wait(5)
        scheduler.close()
        assert not any(thread is scheduler._thread for thread in threading.enumerate())


def test_an_action_that_has_run_is_not_kept_while_the_thread_waits() -> None:
    class Stream:
        def tick(self, *_: object) -> None:
            pass

    scheduler = TimerThreadScheduler()
    later = scheduler.schedule_relative(30.0, lambda *_: None)  # Keeps the thread waiting.
    stream = Stream()
    gone = threading.Event()
    weakref.finalize(stream, gone.set)
    scheduler.schedule(stream.tick)
    del stream
    assert gone.wait(5)
    later.dispose()
    scheduler.close()


def test_an_action_that_raises_is_reported_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(str(args.exc_value)))
    scheduler = TimerThreadScheduler()
    ran = threading.Event()

    def fail(*_: object) -> None:
        raise ValueError("one stream")

    scheduler.schedule(fail)
    scheduler.schedule(lambda *_: ran.set())
    assert ran.wait(5)
    assert reported == ["one stream"]
    scheduler.close()


def test_a_timer_that_is_centuries_off_stops_no_other() -> None:
    scheduler = TimerThreadScheduler()
    for seconds in (1e10, 1e300):
        scheduler.schedule_relative(seconds, lambda *_: None)
    ran = threading.Event()
    scheduler.schedule_relative(0.01, lambda *_: ran.set())
    assert ran.wait(5)
    scheduler.close()


def test_disposed_timers_are_forgotten_long_before_their_time() -> None:
    scheduler = TimerThreadScheduler()
    kept = [scheduler.schedule_relative(3600.0, lambda *_: None) for _ in range(100)]
    for _ in range(5_000):
        scheduler.schedule_relative(3600.0, lambda *_: None).dispose()
    assert len(scheduler._queue) <= 2 * len(kept) + 1
    ran = threading.Event()
    scheduler.schedule(lambda *_: ran.set())
    assert ran.wait(5)
    assert sum(timer.live for timer in scheduler._queue) == len(kept)
    scheduler.close()


FORK = """
import os, threading
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

scheduler = TimerThreadScheduler.shared()
scheduler.schedule_relative(3600.0, lambda *_: None)
{where}
"""

IN_CHILD = """
def child():
    if os.fork():
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
        return
    try:
        for _ in range(2):
            ran = threading.Event()
            scheduler.schedule(lambda *_: ran.set())
            if threading.current_thread().name != "rx_stream timers":
                assert ran.wait(5)
        assert len(scheduler._queue) <= 2
        scheduler.close()
    except BaseException:
        os._exit(1)
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize(
    "where",
    [
        "child()",
        "with scheduler._lock: child()",
        "done = threading.Event()\n"
        "scheduler.schedule(lambda *_: (child(), done.set()))\n"
        "assert done.wait(5)",
    ],
)
def test_timers_run_in_a_forked_child_too(where: str) -> None:
    program = FORK.format(where=IN_CHILD + where)
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=30)


def test_the_loop_scheduler_can_be_used_and_disposed_from_another_thread() -> None:
    async def main() -> list[str]:
        scheduler = LoopScheduler(asyncio.get_running_loop())
        ran: list[str] = []
        where: list[int] = []

        def elsewhere() -> Any:
            never = scheduler.schedule_relative(3600.0, lambda *_: ran.append("never"))
            scheduler.schedule_relative(0.01, lambda *_: ran.append("later"))
            scheduler.schedule(lambda *_: where.append(threading.get_ident()))
            return never

        never = await asyncio.to_thread(elsewhere)
        while not ran or not where:
            await asyncio.sleep(0.001)
        assert where == [threading.get_ident()]
        handle = never.handle
        await asyncio.to_thread(never.dispose)
        while not handle.cancelled():
            await asyncio.sleep(0.001)
        return ran

    assert asyncio.run(asyncio.wait_for(main(), 20)) == ["later"]


def test_the_loop_scheduler_is_one_of_reactivex() -> None:
    async def main() -> bool:
        return isinstance(LoopScheduler(), AsyncIOScheduler)

    assert asyncio.run(main())


def test_a_timer_disposed_before_the_loop_heard_of_it_is_not_set() -> None:
    class Watched:
        """The running loop, and what timers were set on it."""

        def __init__(self) -> None:
            self.loop = asyncio.get_running_loop()
            self.timers: list[object] = []

        def __getattr__(self, name: str) -> Any:
            if name in ("call_at", "call_later"):
                self.timers.append(name)
            return getattr(self.loop, name)

    async def main(*, dispose: bool) -> list[object]:
        watched: Any = Watched()
        scheduler = LoopScheduler(watched)

        def elsewhere() -> None:
            timer = scheduler.schedule_relative(3600.0, lambda *_: None)
            if dispose:
                timer.dispose()

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()  # The loop stands still meanwhile.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return watched.timers

    assert asyncio.run(main(dispose=True)) == []
    assert len(asyncio.run(main(dispose=False))) == 1

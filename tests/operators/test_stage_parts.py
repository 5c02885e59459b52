"""The parts of a timed stage, where another thread is faster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import reactivex as rx
from reactivex import abc
from reactivex.disposable import Disposable
from reactivex.observer import Observer
from reactivex.scheduler import ImmediateScheduler
from reactivex.scheduler.scheduler import Scheduler
from reactivex.subject import Subject

from rx_stream import (
    StreamChunk,
    from_iterable,
    resume_on_error,
    share_stream,
    throttle_tokens,
    track_progress,
)
from rx_stream.core.flow.mailbox import BoundedMailbox
from rx_stream.operators._alarm import Alarm
from rx_stream.operators._backlog import Backlog
from rx_stream.operators._flow_stage import FlowStage
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._serial import SerialStage
from rx_stream.schedulers.flow import Flow
from rx_stream.testing import TextMarbles


class Holder:
    backlog = 0


def test_what_another_thread_has_settled_is_settled_once() -> None:
    class Raced(list[int]):
        def pop(self, *_: Any) -> int:
            self.clear()  # It was there when this thread looked.
            raise IndexError

    gate, core = Flow(2), Holder()
    backlog = Backlog(core, gate)
    core.backlog = 1
    assert backlog.count() == -1
    backlog._owed = Raced([1])
    backlog.settle()
    assert gate.level == 1


def test_an_alarm_for_a_time_that_has_passed_rings_at_once() -> None:
    """In real time, time goes on while the core looks at it."""
    waits: list[Any] = []

    class Timers(ImmediateScheduler):
        def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
            waits.append(duetime)
            return Disposable()

    Alarm(Timers(), lambda: 5.0).set(3.0, lambda *_: None)
    assert waits == [0.0]


class Late(SerialStage[str]):
    """Leaves an event for itself while it settles, as a gate that opens may."""

    def __init__(self) -> None:
        super().__init__(settles=True)
        self.seen: list[str] = []
        self.late = True

    def take(self, value: str) -> None:
        self.seen.append(value)

    def settle(self) -> None:
        if self.late:
            self.late = False
            self.put(lambda: self.seen.append("late"))

    def on_completed(self) -> None:
        self.handle(lambda: self.seen.append("|"))

    def on_error(self, error: Exception) -> None: ...

    @property
    def over(self) -> bool:
        return False

    def attach(self, upstream: abc.DisposableBase) -> None: ...

    def dispose(self) -> None: ...


def test_an_event_that_is_left_while_a_stage_settles_is_handled() -> None:
    stage = Late()
    stage.on_completed()
    assert stage.seen == ["|", "late"]
    stage.late = True
    stage.on_next("a")
    assert stage.seen == ["|", "late", "a", "late"]


class Hasty(Scheduler):
    """Calls something before it returns from scheduling."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then = then
        self.actions: list[Any] = []
        self.cancelled = 0

    def schedule(self, action: Any, state: Any = None) -> abc.DisposableBase:
        return self.schedule_relative(0, action, state)

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
        self.actions.append(action)
        self.then()
        return Disposable(self._cancel)

    def schedule_absolute(self, duetime: Any, action: Any, state: Any = None) -> Any:
        return self.schedule_relative(0, action, state)

    def _cancel(self) -> None:
        self.cancelled += 1


class Waits:
    def feed(self, item: str, now: float) -> Sequence[str]:
        return ()

    def tick(self, now: float) -> Sequence[str]:
        return ()

    def flush(self, now: float) -> Sequence[str]:
        return ()

    def wake_at(self) -> float | None:
        return 1e9


def test_a_timer_that_is_set_while_another_thread_disposes_is_cancelled() -> None:
    subscriptions: list[abc.DisposableBase] = []
    timers = Hasty(lambda: subscriptions[0].dispose())
    source = Subject[str]()
    stream = source.pipe(lift_timed(Waits, scheduler=timers))
    subscriptions.append(stream.subscribe(scheduler=timers))
    source.on_next("a")
    assert timers.cancelled == 1


def test_a_resumption_that_fires_as_the_subscriber_leaves_asks_for_nothing() -> None:
    asked: list[object] = []
    timers = Hasty(lambda: None)
    source = Subject[str]()
    got: list[Any] = []
    subscription = source.pipe(resume_on_error(asked.append, scheduler=timers)).subscribe(
        got.append, got.append
    )
    source.on_next("a")
    source.on_error(OSError("reset"))
    subscription.dispose()
    (again,) = timers.actions
    again(timers, None)
    assert (asked, got) == ([], ["a"])


def test_items_that_are_not_text_pass_and_do_not_count_as_progress_of_the_answer() -> None:
    source = Subject[Any]()
    got: list[Any] = []
    source.pipe(resume_on_error(lambda _: Subject(), attempts=0)).subscribe(got.append, got.append)
    items = [5, StreamChunk(), ""]
    for item in items:
        source.on_next(item)
    broken = OSError("reset")
    source.on_error(broken)
    assert got == [*items, broken]


class HasResult(OSError):
    """An exception with a result of its own."""

    @property
    def result(self) -> str:
        return "its own"


@dataclass(frozen=True)
class Frozen(OSError):
    why: str = "reset"


@pytest.mark.parametrize("broken", [HasResult("reset"), Frozen()])
def test_an_error_that_takes_no_result_ends_the_stream_all_the_same(broken: Exception) -> None:
    source = Subject[str]()
    got: list[Any] = []
    source.pipe(resume_on_error(lambda _: Subject(), attempts=0)).subscribe(got.append, got.append)
    source.on_next("half")
    source.on_error(broken)
    assert got == ["half", broken]
    assert getattr(broken, "__notes__", []) in ([], ["received before: 'half'"])


def test_the_note_says_what_had_come_where_a_note_can_be_added() -> None:
    source = Subject[str]()
    got: list[Any] = []
    source.pipe(resume_on_error(lambda _: Subject(), attempts=0)).subscribe(got.append, got.append)
    source.on_next("half")
    source.on_error(HasResult("reset"))
    assert got[1].__notes__ == ["received before: 'half'"]


def test_an_estimate_that_fails_ends_the_stream_after_its_text() -> None:
    source, estimates = Subject[str](), Subject[float]()
    got: list[Any] = []
    source.pipe(track_progress(estimates, None, on_progress=lambda _: None)).subscribe(
        got.append, got.append
    )
    source.on_next("a")
    broken = LookupError("no estimate")
    estimates.on_error(broken)
    source.on_next("b")
    assert got == ["a", broken]
    assert not source.observers


def test_an_estimate_that_fails_after_the_source_changes_nothing() -> None:
    source, estimates = Subject[str](), Subject[float]()
    got: list[Any] = []
    source.pipe(track_progress(estimates, None, on_progress=lambda _: None)).subscribe(
        got.append, got.append
    )
    broken = OSError("reset")
    source.on_error(broken)
    estimates.on_error(LookupError("no estimate"))
    assert got == [broken]


def test_each_subscriber_that_raises_is_reported_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(str(args.exc_value)))

    def raising(name: str) -> Callable[[str], None]:
        def on_next(_: str) -> None:
            raise RuntimeError(name)

        return on_next

    source = Subject[str]()
    shared = source.pipe(share_stream())
    got: list[str] = []
    shared.subscribe(raising("first"))
    shared.subscribe(raising("second"))
    shared.subscribe(got.append)
    source.on_next("a")
    source.on_next("b")
    assert seen == ["first", "second"]
    assert got == ["a", "b"]


def test_an_estimate_that_fails_at_once_ends_the_stream_before_it_begins() -> None:
    broken, source = LookupError("no estimate"), Subject[str]()
    got: list[Any] = []
    stream = source.pipe(track_progress(rx.throw(broken), None, on_progress=lambda _: None))
    stream.subscribe(got.append, got.append)
    assert got == [broken]
    assert not source.observers


class Delays(Waits):
    """Holds its end back, and listens to a side input meanwhile."""

    def __init__(self, side: Subject[Any]) -> None:
        self.inputs = [(side, lambda value, now: (value,))]
        self.wake: float | None = None

    def flush(self, now: float) -> Sequence[str]:
        self.wake = now + 1
        return ()

    def tick(self, now: float) -> Sequence[str]:
        self.wake = None
        return ("last",)

    def wake_at(self) -> float | None:
        return self.wake


def test_a_side_input_that_fails_after_the_source_has_failed_does_not_count() -> None:
    lab, source, side = TextMarbles(), Subject[str](), Subject[Any]()
    got: list[Any] = []
    source.pipe(lift_timed(lambda: Delays(side))).subscribe(
        got.append, got.append, scheduler=lab.scheduler
    )
    broken = OSError("reset")
    source.on_error(broken)
    side.on_next("aside")
    side.on_error(LookupError("side"))
    lab.scheduler.advance_to(lab.scheduler.clock + 5)
    assert got == ["aside", "last", broken]


def test_a_stream_that_is_shared_above_a_queue_is_pulled_by_who_makes_room() -> None:
    lab = TextMarbles()
    got: list[str] = []
    shared = from_iterable(["a "] * 200).pipe(share_stream())
    shared.pipe(throttle_tokens(50)).subscribe(got.append, scheduler=lab.scheduler)
    lab.scheduler.advance_to(lab.scheduler.clock + 1)
    assert len(got) == 51
    lab.scheduler.advance_to(lab.scheduler.clock + 10)
    assert len(got) == 200


def test_a_shared_stream_below_which_there_is_a_queue_starts_on_the_subscribers_thread() -> None:
    got: list[str] = []
    from_iterable(["a "] * 3).pipe(share_stream(), throttle_tokens(1e6)).subscribe(got.append)
    assert got[:1] == ["a "]


class Raced(BoundedMailbox[str]):
    """While one thread looks for room, another one does something."""

    rival: Callable[[], None] | None = None

    @property
    def roomy(self) -> bool:
        rival, self.rival = self.rival, None
        if rival is not None:
            other = threading.Thread(target=rival)
            other.start()
            other.join()
        return super().roomy


def test_two_threads_that_find_room_open_the_gate_once() -> None:
    mailbox, below, above = Raced(1), Flow(1), Flow(1)
    got: list[str] = []
    stage = FlowStage(mailbox, Observer(got.append), below, above, "if possible")
    above.attach()
    below.hold()
    stage.on_next("a")
    assert above.level == 1
    mailbox.rival = stage.settle
    below.release()
    assert (got, above.level, above.paused) == (["a"], 0, False)


def test_what_comes_while_a_stage_looks_for_room_is_handled() -> None:
    mailbox, below, above, got = Raced(1), Flow(1), Flow(1), list[str]()
    stage = FlowStage(mailbox, Observer(got.append), below, above, "if possible")
    above.attach()
    below.hold()
    mailbox.rival = partial(stage.post, partial(got.append, "event"))
    stage.on_next("a")
    assert got == ["event"]

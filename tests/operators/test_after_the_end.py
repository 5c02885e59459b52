"""What stages do with events that come when all is over, or from where nobody expects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import reactivex as rx
from reactivex import abc
from reactivex import operators as ops
from reactivex.disposable import Disposable
from reactivex.subject import BehaviorSubject
from registry import OPERATORS, Case

from rx_stream import stop_at, throttle_tokens, timeout_between_tokens
from rx_stream.operators._lift import lift, lift_ending, lift_tap, lift_text
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._link import SerialSource
from rx_stream.testing import TextMarbles

CASES = [
    pytest.param(case, id=f"{name}-{number}")
    for name, cases in OPERATORS.items()
    for number, case in enumerate(cases)
]


class Probe:
    """A source that hands its observer out, so that a test can break the rules."""

    def __init__(self) -> None:
        self.observers: list[Any] = []
        self.disposed = 0
        self.stream: SerialSource[Any] = SerialSource(self._subscribe)

    def _subscribe(self, observer: Any, _: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        self.observers.append(observer)
        return Disposable(self._note)

    def _note(self) -> None:
        self.disposed += 1


@pytest.mark.parametrize("end", ["completed", "error", "disposed"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_comes_after_the_end(case: Case, end: str) -> None:
    lab, probe = TextMarbles(), Probe()
    got: list[Any] = []
    subscription = probe.stream.pipe(case.make()).subscribe(
        got.append, got.append, lambda: got.append("|"), scheduler=lab.scheduler
    )
    stage = probe.observers[0]
    stage.on_next(case.items[0])
    if end == "completed":
        stage.on_completed()
    elif end == "error":
        stage.on_error(ValueError("broken"))
    else:
        subscription.dispose()
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    before = list(got)
    stage.on_next(case.items[0])
    stage.on_completed()
    stage.on_error(ValueError("again"))
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    assert got == before
    subscription.dispose()
    assert got == before


@pytest.mark.parametrize("case", CASES)
def test_a_second_end_changes_nothing_while_what_waits_still_leaves(case: Case) -> None:
    lab, probe = TextMarbles(), Probe()
    ends: list[Any] = []
    probe.stream.pipe(case.make()).subscribe(
        None, ends.append, lambda: ends.append("|"), scheduler=lab.scheduler
    )
    stage = probe.observers[0]
    for item in case.items:
        stage.on_next(item)
    stage.on_completed()
    stage.on_error(ValueError("late"))
    stage.on_completed()
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    assert ends == ["|"]


@pytest.mark.parametrize("case", CASES)
def test_a_subscription_that_comes_when_all_is_over_is_disposed(case: Case) -> None:
    class Eager(Probe):
        def _subscribe(self, observer: Any, _: abc.SchedulerBase | None = None) -> Any:
            observer.on_next(case.items[0])
            observer.on_error(ValueError("at once"))
            return Disposable(self._note)

    lab, probe = TextMarbles(), Eager()
    ends: list[Any] = []
    probe.stream.pipe(case.make()).subscribe(
        None, ends.append, lambda: ends.append("|"), scheduler=lab.scheduler
    )
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    assert len(ends) == 1
    assert probe.disposed == 1


class Failing:
    """Fails at "bad" and notes all that it is given."""

    def __init__(self, fed: list[str] | None = None) -> None:
        self.fed: list[str] = [] if fed is None else fed

    def see(self, item: str) -> None:
        self.fed.append(item)
        if item == "bad":
            raise ValueError(item)

    def feed(self, item: str, now: float = 0.0) -> Sequence[str]:
        self.see(item)
        return (item,)

    def flush(self, now: float = 0.0) -> Sequence[str]:
        return ()

    def tick(self, now: float) -> Sequence[str]:
        return ()

    def wake_at(self) -> float | None:
        return None


class EndingFailing(Failing):
    outcome = None


@pytest.mark.parametrize(
    ("operator", "source"),
    [
        (stop_at("END"), "'a ' 'b ' 'c ' 'END' -"),
        (timeout_between_tokens(1), "'a ' 'b ' 'c ' -"),
        (lift_timed(Failing), "'a ' 'b ' 'c ' 'bad' -"),
        (lift(Failing), "'a ' 'b ' 'c ' 'bad' -"),
        (lift_text(Failing), "'a ' 'b ' 'c ' 'bad' -"),
        (lift_tap(lambda _: Failing()), "'a ' 'b ' 'c ' 'bad' -"),
    ],
)
def test_a_stage_that_ends_lets_its_source_go_before_those_below_have_sent_all(
    operator: Any, source: str
) -> None:
    lab = TextMarbles()
    begin, closed = lab.scheduler.clock, list[float]()
    stream = lab.cold(source).pipe(
        ops.finally_action(lambda: closed.append(lab.scheduler.clock)),
        operator,
        throttle_tokens(1),
    )
    got = lab.run(stream, until=60)
    assert [round(at - begin) for at in closed] in ([0], [1])
    assert got[-1].time == pytest.approx(2.0, abs=0.001)
    assert got.values == ["a ", "b ", "c "]


@pytest.mark.parametrize(
    "operator",
    [
        lift(Failing),
        lift_text(Failing),
        lift_tap(lambda _: Failing()),
        lift_timed(Failing),
        lift_ending(EndingFailing),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_what_a_source_sends_while_it_is_subscribed_stops_at_a_stage_that_has_failed(
    operator: Any, own: bool
) -> None:
    def send(observer: abc.ObserverBase[str], _: Any = None) -> abc.DisposableBase:
        for item in ("a", "bad", "b", "c"):
            observer.on_next(item)
        observer.on_completed()
        return Disposable()

    fed: list[str] = []
    ends: list[object] = []
    source: Any = SerialSource(send) if own else rx.create(send)
    source.pipe(operator, lift(lambda: Failing(fed))).subscribe(
        None, ends.append, lambda: ends.append("|")
    )
    assert fed == ["a"]
    assert [str(end) for end in ends] == ["bad"]


def test_a_source_that_comes_when_only_the_end_still_waits_is_let_go() -> None:
    class Sudden(Probe):
        def _subscribe(self, observer: Any, _: abc.SchedulerBase | None = None) -> Any:
            for item in ("a ", "b "):
                observer.on_next(item)
            rates.on_error(ValueError("no rate"))
            return Disposable(self._note)

    lab, probe, rates = TextMarbles(), Sudden(), BehaviorSubject[float | None](1.0)
    got: list[Any] = []
    probe.stream.pipe(throttle_tokens(rates)).subscribe(
        got.append, got.append, scheduler=lab.scheduler
    )
    assert (got, probe.disposed) == (["a "], 1)
    lab.scheduler.advance_to(lab.scheduler.clock + 5)
    assert [str(item) for item in got] == ["a ", "b ", "no rate"]

"""What stages do with events that come when all is over, or from where nobody expects them."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex import abc
from reactivex.disposable import Disposable
from registry import OPERATORS, Case

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

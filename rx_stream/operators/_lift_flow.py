"""Turn a mailbox into an operator that delivers while the gate below is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable, abc

from rx_stream.core.flow.mailbox import Mailbox
from rx_stream.core.protocols import EPSILON
from rx_stream.operators._flow_stage import FlowStage, Pausing
from rx_stream.operators._link import Operator, StageObservable
from rx_stream.schedulers.clock import LONGEST_WAIT, clock_of
from rx_stream.schedulers.flow import Flow, FlowScheduler, Gate, gate_of
from rx_stream.schedulers.resolve import timers_for

__all__ = ["lift_flow"]

_T = TypeVar("_T")


class _SampledStage(FlowStage[_T]):
    """Delivers at most once in each period, counted from the subscription."""

    __slots__ = ("_armed", "_clock", "_due", "_period", "_start", "_timer", "_timers")

    def __init__(
        self,
        mailbox: Mailbox[_T],
        down: abc.ObserverBase[_T],
        below: Gate | None,
        above: Flow,
        timers: abc.SchedulerBase,
        period: float,
    ) -> None:
        super().__init__(mailbox, down, below, above, "never")
        self._timers = timers
        self._clock = clock_of(timers)
        self._period = period
        self._start = self._clock()
        self._armed = False
        self._due = False
        self._timer: abc.DisposableBase | None = None

    def ready(self) -> bool:
        return (self._due or self._terminal is not None) and super().ready()

    def ask(self) -> None:
        if self._due or self._terminal is not None:
            super().ask()
        elif not self._armed:
            self._armed = True
            passed = self._clock() - self._start
            wait = self._period - (passed + EPSILON) % self._period + EPSILON
            self._timer = self._timers.schedule_relative(min(wait, LONGEST_WAIT), self._on_timer)

    def _on_timer(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.post(self._tick)

    def _tick(self) -> None:
        self._armed = False
        self._due = True
        self.deliver()

    def deliver(self) -> None:
        super().deliver()
        if not self._mailbox:
            self._due = False

    def _let_go(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.dispose()
        super()._let_go()


def lift_flow(
    make: Callable[[], Mailbox[_T]],
    *,
    pausing: Pausing,
    capacity: int,
    period: float | None = None,
) -> Operator[_T, _T]:
    """Return an operator that keeps items in a mailbox while the consumer is behind.

    Args:
        make: Makes the mailbox of one subscription.
        pausing: Whether the source has to wait when it is full.
        capacity: Items that may wait in stages above before the source waits.
        period: Seconds between two deliveries; None means as soon as the consumer is ready.
    """

    def stage(
        observer: abc.ObserverBase[_T], subscriber: abc.SchedulerBase | None
    ) -> tuple[FlowStage[_T], abc.SchedulerBase | None]:
        below, above = gate_of(subscriber), Flow(capacity)
        timers = timers_for(None, subscriber)
        made: FlowStage[_T]
        if period is None:
            made = FlowStage(make(), observer, below, above, pausing)
        else:
            made = _SampledStage(make(), observer, below, above, timers, period)
        return made, FlowScheduler.around(subscriber, timers, above)

    def operator(source: Observable[_T]) -> Observable[_T]:
        return StageObservable(source, stage)

    return operator

"""Continue a stream that broke with another Observable, after a pause."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import (
    Disposable,
    SerialDisposable,
    SingleAssignmentDisposable,
)

from rx_stream.core.aggregator import Aggregator
from rx_stream.core.flow.backoff import Backoff
from rx_stream.core.notes import add_note
from rx_stream.operators._entrance import Entrance
from rx_stream.operators._link import LinkedObserver, Operator, StageObservable
from rx_stream.schedulers.action_slot import ActionSlot
from rx_stream.schedulers.clock import LONGEST_WAIT, clock_of
from rx_stream.schedulers.resolve import timers_for
from rx_stream.types import StreamChunk, StreamResult, carries_meaning

__all__ = ["lift_resuming"]

_T = TypeVar("_T")


class _Resuming(LinkedObserver[_T], Generic[_T]):
    """Passes items on and keeps the account of them; subscribes again when an error comes."""

    __slots__ = (
        "_aggregator",
        "_backoff",
        "_complete",
        "_current",
        "_down",
        "_first",
        "_resume",
        "_retry_if",
        "_scheduler",
        "_stopped",
        "_timer",
        "_timers",
    )

    def __init__(
        self,
        down: abc.ObserverBase[_T],
        resume: Callable[[StreamResult], Observable[_T]],
        retry_if: Callable[[Exception], bool],
        backoff: Backoff,
        timers: abc.SchedulerBase,
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._down = down
        self._resume = resume
        self._retry_if = retry_if
        self._backoff = backoff
        self._timers = timers
        self._scheduler = scheduler
        self._aggregator = Aggregator(clock_of(timers))
        self._complete = False
        self._stopped = False
        self._first = SingleAssignmentDisposable()
        self._current = SerialDisposable()
        self._current.disposable = self._first
        # Apart from the source, which may be there before the timer that started it is noted.
        self._timer = ActionSlot()

    @property
    def over(self) -> bool:
        return self._stopped

    def attach(self, upstream: abc.DisposableBase) -> None:
        self._first.disposable = upstream  # Disposed at once if it has failed by now.

    def on_next(self, value: _T) -> None:
        if self._stopped:
            return
        self._aggregator.see(value)
        if isinstance(value, StreamChunk):
            self._complete = self._complete or value.is_complete
            if value.content or carries_meaning(value):
                self._backoff.reset()
        elif isinstance(value, str) and value:
            self._backoff.reset()
        try:
            self._down.on_next(value)
        except BaseException:
            self.dispose()
            raise

    def on_completed(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._down.on_completed()

    def on_error(self, error: Exception) -> None:
        if self._stopped:
            return
        try:
            delay = self._delay(error)
        except Exception as second:  # noqa: BLE001 - whatever the predicate raises is an event
            self._give_up(second)
            return
        if delay is None:
            self._give_up(error)
            return
        self._current.disposable = Disposable()
        later, again = min(delay, LONGEST_WAIT), partial(self._again, error)
        self._timer.fill(partial(self._timers.schedule_relative, later, again))

    def _delay(self, error: Exception) -> float | None:
        # After the terminal chunk the answer is whole; whatever failed then is not repaired.
        if self._complete or not self._retry_if(error):
            return None
        return self._backoff.next()

    def _again(self, broken: Exception, _: abc.SchedulerBase, __: object = None) -> None:
        if self._stopped:
            return
        try:
            source = self._resume(self._aggregator.result("error", broken))
        except Exception as error:  # noqa: BLE001 - a failed attempt, as any other
            self.on_error(error)
            return
        if not isinstance(source, Observable):  # pyright: ignore[reportUnnecessaryIsInstance]
            self._give_up(
                TypeError(f"resume_on_error: resume must return an Observable, not {source!r}")
            )
            return
        holder = SerialDisposable()
        self._current.disposable = holder
        holder.disposable = source.subscribe(Entrance(self), scheduler=self._scheduler)

    def _give_up(self, error: Exception) -> None:
        self._stopped = True
        result = self._aggregator.result("error", error)
        try:
            error.result = result  # pyright: ignore[reportAttributeAccessIssue]
        except AttributeError:  # Its class has slots.
            add_note(error, f"received before: {result.content!r}")
        self._let_go()
        self._down.on_error(error)

    def dispose(self) -> None:
        self._stopped = True
        self._let_go()

    def _let_go(self) -> None:
        self._timer.dispose()
        self._current.dispose()


def lift_resuming(
    resume: Callable[[StreamResult], Observable[_T]],
    retry_if: Callable[[Exception], bool],
    make_backoff: Callable[[], Backoff],
    scheduler: abc.SchedulerBase | None,
) -> Operator[_T, _T]:
    """Return an operator that goes on with ``resume`` after an error.

    Args:
        resume: Gives the rest of the stream.
        retry_if: Tells whether an error can be recovered from.
        make_backoff: Makes the account of attempts and delays of one subscription.
        scheduler: Where delays are waited for, before the subscriber's own.
    """

    def stage(
        observer: abc.ObserverBase[_T], subscriber: abc.SchedulerBase | None
    ) -> tuple[_Resuming[_T], abc.SchedulerBase | None]:
        timers = timers_for(scheduler, subscriber)
        made = _Resuming(observer, resume, retry_if, make_backoff(), timers, subscriber)
        return made, subscriber

    def operator(source: Observable[_T]) -> Observable[_T]:
        return StageObservable(source, stage)

    return operator

"""Hand items to another scheduler through a queue that the source sees."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from reactivex import Observable, abc

from rx_stream.operators._link import LinkedObserver, Operator, StageObservable
from rx_stream.schedulers.action_slot import ActionSlot
from rx_stream.schedulers.flow import FlowScheduler, gate_of
from rx_stream.schedulers.hand_over_gate import HandOverGate
from rx_stream.schedulers.resolve import timers_for

__all__ = ["lift_hand_over"]

_T = TypeVar("_T")

_BURST = 64
"""Items sent in one turn, so that others on the same scheduler get theirs."""


class _HandOver(LinkedObserver[_T], Generic[_T]):
    """A queue between a source on one thread and a subscriber on another."""

    __slots__ = (
        "_above",
        "_down",
        "_lock",
        "_queue",
        "_running",
        "_scheduler",
        "_stopped",
        "_terminal",
        "_timer",
        "_upstream",
    )

    serial = True

    def __init__(
        self,
        down: abc.ObserverBase[_T],
        scheduler: abc.SchedulerBase,
        queue: deque[_T],
        above: HandOverGate,
    ) -> None:
        self._down = down
        self._scheduler = scheduler
        self._above = above
        self._lock = threading.Lock()
        self._queue = queue
        self._running = False
        self._stopped = False
        self._terminal: Callable[[], None] | None = None
        self._timer = ActionSlot()
        self._upstream: abc.DisposableBase | None = None

    # ------------------------------------------------------------------ on the source's thread

    def on_next(self, value: _T) -> None:
        if self._stopped:
            return
        self._above.hold()
        with self._lock:
            self._queue.append(value)
        self._start()

    def on_completed(self) -> None:
        self._terminal = self._terminal or self._down.on_completed
        self._start()

    def on_error(self, error: Exception) -> None:
        self._terminal = self._terminal or partial(self._down.on_error, error)
        self._start()

    @property
    def over(self) -> bool:
        return self._stopped or self._terminal is not None

    def attach(self, upstream: abc.DisposableBase) -> None:
        self._upstream = upstream
        if self._stopped:
            self.dispose()

    def _start(self) -> None:
        with self._lock:
            idle, self._running = not self._running, True
        if idle:
            self._arm()

    # -------------------------------------------------------------------- on the other scheduler

    def _arm(self) -> None:
        self._timer.fill(partial(self._scheduler.schedule, self._run))

    def _run(self, _: abc.SchedulerBase, __: object = None) -> None:
        sent = 0
        terminal: Callable[[], None] | None = None
        try:
            while sent < _BURST:
                with self._lock:
                    if self._stopped:
                        return
                    if not self._queue:
                        # In one step: what comes from now on starts another run.
                        self._running = False
                        terminal = self._terminal
                        self._stopped = terminal is not None
                        break
                    item = self._queue.popleft()
                sent += 1
                self._down.on_next(item)
            else:
                self._arm()
        except BaseException:
            self.dispose()
            raise
        finally:
            self._release(sent)
        if terminal is not None:
            terminal()

    def _release(self, count: int) -> None:
        if count:
            self._above.release(count)

    def dispose(self) -> None:
        with self._lock:
            self._stopped = True
            left = len(self._queue)
            self._queue.clear()
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
        self._timer.dispose()
        self._release(left)


def lift_hand_over(scheduler: abc.SchedulerBase, capacity: int) -> Operator[_T, _T]:
    """Return an operator that sends on ``scheduler``.

    Args:
        scheduler: Where items are sent.
        capacity: Items that may wait before the source waits.
    """

    def stage(
        observer: abc.ObserverBase[_T], subscriber: abc.SchedulerBase | None
    ) -> tuple[_HandOver[_T], abc.SchedulerBase | None]:
        queue: deque[_T] = deque()
        above = HandOverGate(capacity, queue, gate_of(subscriber))
        timers = timers_for(None, subscriber)
        made = _HandOver(observer, scheduler, queue, above)
        return made, FlowScheduler.around(subscriber, timers, above)

    def operator(source: Observable[_T]) -> Observable[_T]:
        return StageObservable(source, stage)

    return operator

"""Backpressure: a gate that the scheduler given to ``subscribe`` carries to the source.

A place that holds items which leave without new input counts them: ``hold`` and ``release``.
A source does not pull while the gate is shut and goes on when it opens. Every reactivex operator
hands the subscriber's scheduler to its source, so the gate passes through any of them, and no
counts need translating on the way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from reactivex import abc, typing
from reactivex.scheduler import CurrentThreadScheduler
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

from rx_stream.core.protocols import never
from rx_stream.schedulers.closing import CleanUp

__all__ = ["Flow", "FlowScheduler", "Gate", "gate_of"]

_State = TypeVar("_State")

# It acts on whatever thread calls it; to look it up costs more than to make a FlowScheduler.
_CURRENT_THREAD = CurrentThreadScheduler.singleton()


class Gate(Protocol):
    """What a source and a queue see of the gate."""

    @property
    def paused(self) -> bool:
        """Whether a source must not pull now."""
        ...

    @property
    def pausable(self) -> bool:
        """Whether the source obeys."""
        ...

    @property
    def capacity(self) -> int:
        """Items that may be held."""
        ...

    @property
    def level(self) -> int:
        """Items that are held."""
        ...

    def crowded(self) -> bool:
        """Tell whether as many items as may wait for the reader itself."""
        ...

    def hold(self, count: int = 1) -> None:
        """Count items that wait in a queue from now on."""
        ...

    def release(self, count: int = 1) -> None:
        """Count items that have left a queue."""
        ...

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Call back once: now if open, else on the thread that opens the gate."""
        ...

    def attach(self) -> None:
        """Note that the source below obeys this gate."""
        ...


class Flow:
    """A gate that shuts at ``capacity`` items held and opens again at half of it.

    Opening at half wakes a source once per half buffer, not once per item.

    Args:
        capacity: Items that may be held; at least 1.

    Attributes:
        full: Tells whether as many items as may wait for the reader itself; set by a reader that
            keeps a queue.
    """

    __slots__ = ("_lock", "_low", "_waiting", "capacity", "full", "level", "pausable", "paused")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._low = capacity // 2
        self.level = 0
        self.paused = False
        self.pausable = False
        self.full: Callable[[], bool] = never
        self._waiting: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def attach(self) -> None:
        """Note that a source obeys this gate."""
        self.pausable = True

    def crowded(self) -> bool:
        """Tell whether as many items as may wait for the reader itself."""
        return self.full()

    def hold(self, count: int = 1) -> None:
        """Count items that wait from now on; shut the gate when it is full."""
        with self._lock:
            self.level += count
            if self.level >= self.capacity:
                self.paused = True

    def _roomy(self) -> bool:
        return self.level <= self._low

    def release(self, count: int = 1) -> None:
        """Count items that have left; open the gate when it is half empty."""
        with self._lock:
            self.level -= count
            if not self.paused or not self._roomy():
                return
            self.paused = False
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Call back once: now if open, else on the thread that opens the gate."""
        with self._lock:
            if self.paused:
                self._waiting.append(callback)
                return
        callback()

    def abandon(self) -> None:
        """Open for good: the reader has gone, and nobody must wait for it."""
        with self._lock:
            self.paused = False
            self.capacity = 1 << 62
            self._low = 1 << 61
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()


class FlowScheduler(PeriodicScheduler):
    """A scheduler that leaves time to others and carries the gate of one subscription.

    Args:
        timers: Where timed actions run.
        gate: The gate.
        immediate: Where actions without a time run; ``timers`` by default. A stage that found no
            scheduler gives the current thread here: what reactivex itself would use.
        tasks: Clean-up that a sink has to wait for; shared with an outer FlowScheduler.
        apart: Where operators of this library run their timers, if not with all others: they cope
            with events of two threads at a time, which stock ones do not.
    """

    def __init__(
        self,
        timers: abc.SchedulerBase,
        gate: Gate,
        immediate: abc.SchedulerBase | None = None,
        tasks: set[CleanUp] | None = None,
        apart: abc.SchedulerBase | None = None,
    ) -> None:
        super().__init__()
        self.apart = apart
        self.timers = timers
        self.gate = gate
        self.immediate = immediate or timers
        self.tasks: set[CleanUp] = set() if tasks is None else tasks

    @classmethod
    def around(
        cls, scheduler: abc.SchedulerBase | None, timers: abc.SchedulerBase, gate: Gate
    ) -> FlowScheduler:
        """Return a scheduler that acts as the subscriber's did, and carries ``gate``."""
        if scheduler is None:
            return cls(timers, gate, _CURRENT_THREAD)
        tasks = scheduler.tasks if isinstance(scheduler, FlowScheduler) else None
        return cls(scheduler, gate, tasks=tasks)

    @property
    def now(self) -> datetime:
        """The time of the scheduler for timed actions."""
        return self.timers.now

    def _carry(self, action: typing.ScheduledAction[_State]) -> typing.ScheduledAction[_State]:
        # An action must see this scheduler, or the gate is lost when it schedules again.
        def run(_: abc.SchedulerBase, state: _State | None = None) -> abc.DisposableBase | None:
            return action(self, state)

        return run

    def schedule(
        self, action: typing.ScheduledAction[_State], state: _State | None = None
    ) -> abc.DisposableBase:
        """Run an action at once."""
        return self.immediate.schedule(self._carry(action), state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action after a time in seconds."""
        return self.timers.schedule_relative(duetime, self._carry(action), state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action at a time of the scheduler's own clock."""
        return self.timers.schedule_absolute(duetime, self._carry(action), state)


def gate_of(scheduler: abc.SchedulerBase | None) -> Gate | None:
    """Return the gate that a scheduler carries, if it carries one."""
    if scheduler is None:
        return None
    return scheduler.gate if isinstance(scheduler, FlowScheduler) else None

"""Turn a core that only watches a stream into an operator: a shorter way for each item."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from reactivex import abc

from rx_stream.core.protocols import BATCH, WatchingCore
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._link import Operator
from rx_stream.operators._stage import nothing
from rx_stream.operators._timed_stage import TimedStage
from rx_stream.schedulers.flow import Gate

__all__ = ["lift_watching"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class _WatchingStage(TimedStage[_In, _Out]):
    """Passes items without asking the core anything: that is most of what a stage costs."""

    __slots__ = ("on_next",)

    def __init__(
        self,
        core: WatchingCore[_In, _Out],
        down: abc.ObserverBase[Any],
        timers: abc.SchedulerBase,
        gate: Gate | None,
    ) -> None:
        super().__init__(core, down, timers, gate)
        # A closure, not a method: this call is made for every item.
        self.on_next = self._receiver(core)  # pyright: ignore[reportAttributeAccessIssue]

    def _receiver(self, core: WatchingCore[_In, _Out]) -> Callable[[_In], None]:
        """Return `SerialStage.on_next` and `take` in one: this is done for every item."""
        acquire, release, events = self._guard.acquire, self._guard.release, self._events
        items, add_item, add_time = core.items, core.items.append, core.times.append
        clock, emit = self._clock, self._emit

        def on_next(value: Any) -> None:
            acquire()
            if self._busy:
                events.append(partial(self.take, value))
                release()
                return
            self._busy = True
            try:
                if len(items) >= BATCH:
                    self._look(core)
                if not self._stopped:
                    add_time(clock())
                    add_item(value)
                    emit(value)
                while events:
                    events.popleft()()
            except BaseException:
                self.dispose()
                raise
            finally:
                self._busy = False
                release()
                if events:  # Left by another thread since, or by an exception.
                    self.drain()

        return on_next

    def dispose(self) -> None:
        super().dispose()
        # It holds the stage, and the stage held it.
        self.on_next = nothing  # pyright: ignore[reportAttributeAccessIssue]

    def _look(self, core: WatchingCore[_In, _Out]) -> None:
        try:
            core.settle()
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)


def lift_watching(
    make: Callable[[], WatchingCore[_In, _Out]], *, scheduler: abc.SchedulerBase | None = None
) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription."""
    return lift_timed(make, scheduler=scheduler, kind=_WatchingStage)

"""Turn a core that only watches a stream into an operator: a shorter way for each item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from reactivex import abc

from rx_stream.core.protocols import TimedCore
from rx_stream.operators._lift_timed import TimedStage, lift_timed
from rx_stream.operators._stage import Operator
from rx_stream.schedulers.flow import Gate

__all__ = ["WatchingCore", "lift_watching"]

_In = TypeVar("_In")
_Item = TypeVar("_Item", contravariant=True)
_Given = TypeVar("_Given", covariant=True)
_Out = TypeVar("_Out")


class WatchingCore(TimedCore[_Item, _Given], Protocol[_Item, _Given]):
    """A timed core that passes each item at once, and whose timer no item sets earlier."""

    def note(self, item: _Item, now: float, /) -> None:
        """Remember that an item came; the driver passes it."""
        ...


class _WatchingStage(TimedStage[_In, _Out]):
    """Passes items without asking the core what to send or when to wake it.

    That is most of what a stage costs: on this way the core costs more than the stage.
    """

    __slots__ = ("_note",)

    def __init__(
        self,
        core: WatchingCore[_In, _Out],
        down: abc.ObserverBase[Any],
        timers: abc.SchedulerBase,
        gate: Gate | None,
    ) -> None:
        super().__init__(core, down, timers, gate)
        self._note = core.note

    def take(self, value: Any) -> None:
        if self._stopped:
            return
        try:
            self._note(value, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        try:
            self._emit(value)
        except BaseException:
            self.dispose()
            raise


def lift_watching(
    make: Callable[[], WatchingCore[_In, _Out]], *, scheduler: abc.SchedulerBase | None = None
) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription."""
    return lift_timed(make, scheduler=scheduler, kind=_WatchingStage)

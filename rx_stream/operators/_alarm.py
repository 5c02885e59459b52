"""The one timer of a timed stage."""

from __future__ import annotations

from reactivex import abc, typing

from rx_stream.core.protocols import EPSILON
from rx_stream.schedulers.clock import LONGEST_WAIT, Clock

__all__ = ["Alarm"]


class Alarm:
    """Calls back at a time that may be moved.

    Args:
        timers: Where the timer runs.
        clock: The clock that goes with it.
    """

    __slots__ = ("_at", "_clock", "_timer", "_timers")

    def __init__(self, timers: abc.SchedulerBase, clock: Clock) -> None:
        self._timers = timers
        self._clock = clock
        self._timer: abc.DisposableBase | None = None
        self._at: float | None = None

    def rings_by(self, time: float) -> bool:
        """Tell whether it is set to a time no later than this.

        If earlier, it is left alone: to find nothing due and be set again is cheaper than to be
        moved.
        """
        return self._at is not None and self._at <= time + EPSILON

    def set(self, time: float, ring: typing.ScheduledAction[object]) -> None:
        """Call ``ring`` at a time, on the timer's thread, and at no other.

        What it calls is not kept here: the stage that owns the alarm would be held by it.
        """
        if self._timer is not None:
            self.cancel()
        self._at = time
        delay = time - self._clock()
        if delay < 0.0:
            delay = 0.0
        elif delay > LONGEST_WAIT:
            delay = LONGEST_WAIT  # Nothing will be due then, and it is set again.
        self._timer = self._timers.schedule_relative(delay, ring)

    def rung(self) -> None:
        """Note that it has rung."""
        self._timer = self._at = None

    def cancel(self) -> None:
        """Do not ring."""
        timer, self._timer = self._timer, None
        self._at = None
        if timer is not None:
            timer.dispose()

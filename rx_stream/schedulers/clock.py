"""The clock that belongs to a scheduler. It never goes backward on a real one."""

from __future__ import annotations

import time
from collections.abc import Callable

from reactivex import abc
from reactivex.scheduler import VirtualTimeScheduler

from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

__all__ = ["LONGEST_WAIT", "Clock", "clock_of"]

Clock = Callable[[], float]
"""Seconds on a scale whose zero means nothing."""

LONGEST_WAIT = 1e9
"""Seconds, 30 years: for a longer time a timer is set anew. Schedulers that reckon in dates, or
leave the wait to the system, fail beyond some centuries, and their thread with them."""


def clock_of(scheduler: abc.SchedulerBase | None) -> Clock:
    """Return the clock in seconds that goes with a scheduler's relative timers.

    A virtual scheduler gives its own time. Any other, and none, gives monotonic time, because a
    real scheduler's ``now`` is the wall clock, which can be set.
    """
    # Most cases first, by their exact type: each isinstance() of an abstract class costs as much.
    if scheduler is None or type(scheduler) is TimerThreadScheduler:
        return time.monotonic
    while isinstance(scheduler, FlowScheduler):
        scheduler = scheduler.timers
    if isinstance(scheduler, LoopScheduler):
        return scheduler.monotonic
    if isinstance(scheduler, VirtualTimeScheduler):
        virtual = scheduler
        return lambda: virtual.to_seconds(virtual.now)
    return time.monotonic

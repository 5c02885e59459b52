"""Which scheduler a timed operator uses."""

from __future__ import annotations

import asyncio

from reactivex import abc
from reactivex.scheduler import (
    ImmediateScheduler,
    NewThreadScheduler,
    TimeoutScheduler,
    TrampolineScheduler,
)

from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

__all__ = ["timers_for"]

# These sleep in the thread that calls them, or refuse to, or start a thread for each timer.
_NOT_FOR_TIMERS = (
    TrampolineScheduler,
    ImmediateScheduler,
    NewThreadScheduler,
    TimeoutScheduler,
)


def timers_for(
    argument: abc.SchedulerBase | None, subscriber: abc.SchedulerBase | None
) -> abc.SchedulerBase:
    """Return the scheduler for timers.

    In this order: the operator's argument, the one given to ``subscribe``, the running asyncio
    loop of this thread, one timer thread that all streams share. A subscriber's scheduler that
    would hold the caller up until a timer is due, or start a thread for each, gives way to these.
    """
    if argument is not None:
        return argument
    if subscriber is not None:
        while isinstance(subscriber, FlowScheduler):
            subscriber = subscriber.apart or subscriber.timers
        # Most cases by their exact type first, as in clock_of().
        if type(subscriber) is TimerThreadScheduler or not isinstance(subscriber, _NOT_FOR_TIMERS):
            return subscriber
    if asyncio._get_running_loop() is not None:  # pyright: ignore[reportPrivateUsage]
        return LoopScheduler()
    return TimerThreadScheduler.shared()

"""The operator ``timeout_first_token``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reactivex import abc

from rx_stream.core.arguments import seconds
from rx_stream.core.flow.stall import FirstTokenTimeout
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["timeout_first_token"]


def timeout_first_token(
    duetime: float | timedelta, *, scheduler: abc.SchedulerBase | None = None
) -> ItemOperator:
    """Emit each item at once; fail if no token has come ``duetime`` after the subscription.

    An empty first chunk, with which many providers open, is no token, nor is a report of
    progress; reasoning and tool calls are.

    Time in which those below hold a pausable source back does not count.

    Loses nothing of what came in time. The source is disposed when the time is over.

    .. marble::

        '' 5s 'Hello' |
        [ timeout_first_token(2) ]
        '' 2s #

    Args:
        duetime: Seconds, above 0.
        scheduler: Where timers run; by default the subscriber's, the running asyncio loop, or one
            shared timer thread.

    Returns:
        An operator from items to the same items; its error is ``StreamStalledError``.

    Raises:
        TypeError: ``duetime`` is not a duration.
        ValueError: ``duetime`` is not above 0.
    """
    limit = seconds("timeout_first_token: duetime", duetime)

    def make() -> FirstTokenTimeout[Any]:
        return FirstTokenTimeout(limit)

    return lift_timed(make, scheduler=scheduler_argument("timeout_first_token", scheduler))

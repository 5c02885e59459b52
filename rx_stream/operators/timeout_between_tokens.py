"""The operator ``timeout_between_tokens``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reactivex import abc

from rx_stream.core.arguments import seconds
from rx_stream.core.flow.stall import GapTimeout
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["timeout_between_tokens"]


def timeout_between_tokens(
    duetime: float | timedelta, *, scheduler: abc.SchedulerBase | None = None
) -> ItemOperator:
    """Emit each item at once; fail if ``duetime`` after an item nothing has followed.

    It does not limit the wait for the first item; :func:`timeout_first_token` does. Reports of
    progress in the stream are no items in this sense.

    Time in which those below hold a pausable source back does not count.

    Loses nothing of what came in time. The source is disposed when the time is over.

    .. marble::

        3s 'The ' 1s 'quick ' 5s 'fox' |
        [ timeout_between_tokens(2) ]
        3s 'The ' 1s 'quick ' 2s #

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
    limit = seconds("timeout_between_tokens: duetime", duetime)

    def make() -> GapTimeout[Any]:
        return GapTimeout(limit)

    return lift_timed(make, scheduler=scheduler_argument("timeout_between_tokens", scheduler))

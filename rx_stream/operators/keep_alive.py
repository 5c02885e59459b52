"""The operator ``keep_alive``."""

from __future__ import annotations

from datetime import timedelta

from reactivex import abc

from rx_stream.core.arguments import seconds
from rx_stream.core.flow.keep_alive import KeepAlive
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._link import Operator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["keep_alive"]


def keep_alive(
    interval: float | timedelta = 15.0,
    *,
    frame: str = ":\n",
    scheduler: abc.SchedulerBase | None = None,
) -> Operator[str, str]:
    r"""Emit each frame at once, and ``frame`` whenever nothing was sent for ``interval``.

    For use after :func:`to_sse`: proxies close a connection on which nothing comes, and a server
    notices only when it writes that its client has gone.

    Loses nothing; adds frames in silence, also before the first item, and none after the end, nor
    while as many items wait for their reader as may.

    .. marble::

        'data: a\n\n' 20s 'data: b\n\n' 2s |
        [ keep_alive(8) ]
        'data: a\n\n' 8s ':\n' 8s ':\n' 4s 'data: b\n\n' 2s |

    Args:
        interval: Seconds of silence, above 0.
        frame: What to send; by default a comment of Server-Sent Events.
        scheduler: Where timers run; by default the subscriber's, the running asyncio loop, or one
            shared timer thread.

    Returns:
        An operator from frames to frames.

    Raises:
        TypeError: An argument has a wrong type.
        ValueError: ``interval`` is not above 0.
    """
    period = seconds("keep_alive: interval", interval)
    if not isinstance(frame, str):  # pyright: ignore[reportUnnecessaryIsInstance] - the caller's
        raise TypeError(f"keep_alive: frame must be a str, not {frame!r}")
    return lift_timed(
        lambda: KeepAlive(period, frame), scheduler=scheduler_argument("keep_alive", scheduler)
    )

"""The operator :func:`observe_on_bounded`."""

from __future__ import annotations

from reactivex import abc

from rx_stream.core.arguments import count, require
from rx_stream.operators._lift_hand_over import lift_hand_over
from rx_stream.operators._operator_types import ItemOperator

__all__ = ["observe_on_bounded"]


def observe_on_bounded(scheduler: abc.SchedulerBase, *, capacity: int = 64) -> ItemOperator:
    """Emit every item on another scheduler, as soon as it has a turn for it.

    Loses nothing. What ``reactivex.operators.observe_on`` does, with a queue that counts: when
    ``capacity`` items wait, a source of this library is not read on, and with a sink of this
    library below, its capacity holds for everything that is under way. The stock operator's queue
    is hidden from the source and grows without a limit; so do those of ``delay``, ``zip`` and
    ``window``. A source that pushes cannot be held back: put :func:`backpressure` before.

    .. marble::

        'Hel' 250ms 'lo' |
        [ observe_on_bounded(worker) ]
        'Hel' 250ms 'lo' |

        worker=rx.scheduler.ImmediateScheduler()

    Args:
        scheduler: Where items are sent, e.g. an ``EventLoopScheduler`` or
            ``AsyncIOThreadSafeScheduler``.
        capacity: Items that may wait for it; at least 1.

    Returns:
        An operator for any items.

    Raises:
        TypeError: ``scheduler`` is none, or ``capacity`` not a whole number.
        ValueError: ``capacity`` is below 1.
    """
    require("observe_on_bounded: scheduler", scheduler, abc.SchedulerBase, "a scheduler")
    return lift_hand_over(scheduler, count("observe_on_bounded: capacity", capacity))

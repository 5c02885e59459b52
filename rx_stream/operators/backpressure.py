"""The operator :func:`backpressure`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from rx_stream.core.arguments import Seconds, choice, count, seconds
from rx_stream.core.flow.mailbox import (
    BoundedMailbox,
    CoalescingMailbox,
    DroppingMailbox,
    Mailbox,
)
from rx_stream.operators._flow_stage import Pausing
from rx_stream.operators._lift_flow import lift_flow
from rx_stream.operators._operator_types import ItemOperator

__all__ = ["BackpressureStrategy", "backpressure"]


BackpressureStrategy: TypeAlias = Literal[
    "coalesce", "block", "buffer", "error", "drop_oldest", "drop_newest", "latest", "sample"
]
"""What happens to items whose consumer is behind."""

_LOSSY = ("drop_oldest", "drop_newest", "latest", "sample")
_LOSSLESS = ("coalesce", "block", "buffer", "error")
_PAUSING: dict[str, Pausing] = {
    "coalesce": "if possible",
    "block": "always",
    "buffer": "if possible",
}


def _check_loss(strategy: str, lossy: object, on_dropped: object, period: object) -> None:
    if not isinstance(lossy, bool):
        raise TypeError(f"backpressure: lossy must be True or False, not {lossy!r}")
    if strategy in _LOSSY and not lossy:
        raise ValueError(
            f"backpressure: lossy must be True for the strategy {strategy!r}, which drops text, "
            f"not {lossy!r}"
        )
    if on_dropped is not None and not callable(on_dropped):
        raise TypeError(f"backpressure: on_dropped must be a function, not {on_dropped!r}")
    if (strategy == "sample") != (period is not None):
        raise ValueError(
            f"backpressure: period must be given for the strategy 'sample' and for no other, "
            f"not {period!r} for {strategy!r}"
        )


def backpressure(
    strategy: BackpressureStrategy = "coalesce",
    *,
    capacity: int = 64,
    max_characters: int = 1 << 20,
    period: Seconds | None = None,
    lossy: bool = False,
    on_dropped: Callable[[Any], object] | None = None,
) -> ItemOperator:
    """Emit every item at once while the consumer is ready; hold items while it is behind.

    For sources that push: a callback, a Subject, a socket. Whether the consumer is behind is known
    from a sink or a queue of this library further down (:func:`to_async_iterable`,
    :func:`to_iterable`, :func:`sse_response`, :func:`throttle_tokens`); without one everything
    passes at once.

    ===============  ========================================  ==================================
    strategy         while the consumer is behind              when full
    ===============  ========================================  ==================================
    ``coalesce``     waiting text is joined into one item      the source waits, else it fails
    ``block``        items wait                                the source waits; a source that
                                                               cannot is refused at once
    ``buffer``       items wait                                the source waits, else it fails
    ``error``        items wait                                fails
    ``drop_oldest``  items wait                                the oldest one is dropped
    ``drop_newest``  items wait                                the new one is dropped
    ``latest``       only the newest item waits
    ``sample``       only the newest item of each period is
                     sent, at the end of the period
    ===============  ========================================  ==================================

    The first four lose nothing: where a source fails because it cannot wait, all that is held is
    delivered, then comes a :class:`BackpressureError`. The others lose text, and have to be asked
    for with ``lossy=True``. The next chunk after a loss tells in ``metadata["dropped"]`` how many
    items are missing before it. Terminal events and terminal chunks are never dropped, and come
    after what is held.

    Text is joined only with text of the same choice, never across a finish, a tool call or an
    item that is not text. A joined chunk has the sum of the token counts (None if one is not
    known) and all metadata; where two differ, the later value. Where no room is left, only the
    newest waiting :class:`StreamProgress` is kept.

    .. marble::

        'Hel' 250ms 'lo' |
        [ backpressure() ]
        'Hel' 250ms 'lo' |

    Args:
        strategy: What happens while the consumer is behind.
        capacity: Items that may wait; for ``coalesce``, of those that cannot be joined.
        max_characters: Characters that may wait, for ``coalesce``.
        period: Seconds between two items, for ``sample``.
        lossy: Whether text may be dropped.
        on_dropped: Called with each item that is dropped. What it raises ends the stream.

    Returns:
        An operator for any items.

    Raises:
        ValueError: An argument is out of range, a lossy strategy comes without ``lossy=True``, or
            ``sample`` without ``period``.
        TypeError: An argument has the wrong type.
    """
    choice("backpressure: strategy", strategy, (*_LOSSLESS, *_LOSSY))
    count("backpressure: capacity", capacity)
    count("backpressure: max_characters", max_characters)
    _check_loss(strategy, lossy, on_dropped, period)
    every = None if period is None else seconds("backpressure: period", period)

    def make() -> Mailbox[Any]:
        if strategy == "coalesce":
            return CoalescingMailbox(capacity, max_characters)
        if strategy in _LOSSLESS:
            return BoundedMailbox(capacity)
        kept = capacity if strategy in ("drop_oldest", "drop_newest") else 1
        return DroppingMailbox(
            kept, "newest" if strategy == "drop_newest" else "oldest", on_dropped
        )

    pausing = _PAUSING.get(strategy, "never")
    return lift_flow(make, pausing=pausing, capacity=capacity, period=every)

"""The operator :func:`share_stream`."""

from __future__ import annotations

from rx_stream.core.arguments import choice, count
from rx_stream.operators._lift_shared import Slow, share
from rx_stream.operators._operator_types import ItemOperator

__all__ = ["share_stream"]


def share_stream(*, capacity: int = 64, replay: bool = True, slow: Slow = "wait") -> ItemOperator:
    """Emit every item of one subscription to the source to all subscribers, at once.

    Loses nothing, with two exceptions that have to be asked for: ``replay=False`` and
    ``slow="disconnect"``. One model call serves many clients. The source is subscribed with the
    first of them, disposed with the last, and never subscribed twice. A late subscriber gets the
    text so far as one item and then goes on live; after the end it gets all the text, the terminal
    chunk if there is one, and the terminal event. Reasoning, tool calls and the like come in their
    places between the text; items that are not text, such as :class:`StreamProgress`, are sent
    live only. Who comes after the last one left before the end gets the text so far and a
    :class:`StreamTruncatedError`.

    A source that can wait goes at the pace of the slowest subscriber (``slow="wait"``); one that
    leaves is not waited for. With ``"coalesce"`` the source goes on and the waiting text of a slow
    subscriber is joined, as by :func:`backpressure`; with ``"disconnect"`` a subscriber that is
    more than ``capacity`` items behind gets what waits and a :class:`BackpressureError`, and the
    others notice nothing. How far a subscriber is behind is known from a sink or a queue of this
    library below.

    .. marble::

        'Hel' 250ms 'lo' |
        [ share_stream() ]
        'Hel' 250ms 'lo' |

    Args:
        capacity: Items that may wait for one subscriber, and in queues above, such as that of
            :func:`throttle_tokens`.
        replay: Whether late subscribers get the text so far. It is kept as long as the
            Observable.
        slow: What happens to a subscriber that is behind.

    Returns:
        An operator. Subscribe its Observable many times, from any threads and loops. Its source
        runs where the first subscriber does: an event loop that ends before the stream takes the
        source with it, also from subscribers on other threads.

    Raises:
        ValueError: ``capacity`` is below 1 or ``slow`` unknown.
        TypeError: An argument has the wrong type.
    """
    count("share_stream: capacity", capacity)
    if not isinstance(replay, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"share_stream: replay must be True or False, not {replay!r}")
    choice("share_stream: slow", slow, ("wait", "coalesce", "disconnect"))
    return share(capacity=capacity, replay=replay, slow=slow)

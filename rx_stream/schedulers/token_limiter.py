"""A rate that several streams share."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rx_stream.core.arguments import count, number
from rx_stream.core.pacing.limiter_queue import LimiterQueue, Place

__all__ = ["TokenLimiter"]


class _Reservation:
    """One place in the queue of a :class:`TokenLimiter`."""

    __slots__ = ("_limiter", "_place")

    def __init__(self, limiter: TokenLimiter, place: Place) -> None:
        self._limiter = limiter
        self._place = place

    def due(self, now: float, /) -> float:
        """Return when the item may leave."""
        with self._limiter.lock:
            return self._limiter.queue.due(self._place, now)

    def leave(self, now: float, /) -> None:
        """Note that the item leaves."""
        with self._limiter.lock:
            changed = self._limiter.queue.leave(self._place, now)
        if changed is not None:
            changed()

    def cancel(self, now: float, /) -> None:
        """Give the place to those behind it."""
        del now
        with self._limiter.lock:
            changed = self._limiter.queue.cancel(self._place)
        if changed is not None:
            changed()


class TokenLimiter:
    """A rate of tokens that several streams of one process share, on any threads.

    Give one object to the ``limiter`` of several :func:`throttle_tokens`: the streams take turns,
    item by item, and together keep to the rate. A stream that is disposed gives its turn up.

    Args:
        rate: Tokens per second, for all streams together.
        burst: Tokens that may leave together after a rest.

    Raises:
        TypeError: An argument is not a number.
        ValueError: ``rate`` is not above 0, or ``burst`` is below 1.
    """

    def __init__(self, rate: float, burst: int = 1) -> None:
        self.rate = number("TokenLimiter: rate", rate, unit="tokens per second")
        self.burst = count("TokenLimiter: burst", burst)
        self.queue = LimiterQueue(self.rate, self.burst)
        self.lock = threading.Lock()

    def __repr__(self) -> str:
        return f"TokenLimiter({self.rate!r}, burst={self.burst!r})"

    def reset(self) -> None:
        """Forget what is owed. Streams that wait keep the time they have been given."""
        with self.lock:
            self.queue = LimiterQueue(self.rate, self.burst)

    def reserve(
        self, tokens: int, anchor: float, now: float, changed: Callable[[], None], /
    ) -> _Reservation:
        """Queue one item; see :class:`rx_stream.core.pacing.limiter.Limiter`."""
        with self.lock:
            return _Reservation(self, self.queue.reserve(tokens, anchor, now, changed))

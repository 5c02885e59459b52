"""Whose turn it is: a stream's own rate, and one that it shares."""

from __future__ import annotations

from collections.abc import Callable

from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.limiter import Limiter, Reservation
from rx_stream.core.protocols import EPSILON

__all__ = ["Turns"]


class Turns:
    """Tells when the item at the head of a stream's queue may leave.

    Args:
        own: The stream's own rate.
        limiter: A rate shared with other streams, which holds as well.
        changed: Called when the limiter has another answer.
    """

    __slots__ = ("_changed", "_limiter", "_own", "_place", "_ready")

    def __init__(self, own: Gcra, limiter: Limiter | None, changed: Callable[[], None]) -> None:
        self._own = own
        self._limiter = limiter
        self._changed = changed
        self._place: Reservation | None = None  # What the limiter gave the head of the queue.
        self._ready = 0.0  # Nothing leaves as if it had left before this.

    @property
    def paused(self) -> bool:
        """Whether nothing may leave."""
        return self._own.rate == 0

    @property
    def unlimited(self) -> bool:
        """Whether everything may leave."""
        return self._own.rate is None and self._limiter is None

    @property
    def burst(self) -> float:
        """Tokens that may leave together."""
        return self._own.burst

    def begin(self, now: float) -> None:
        """Gather no credit for the time before ``now``."""
        self._ready = now

    def due(self, cost: int, arrival: float, now: float) -> float | None:
        """Return when an item may leave; None if the limiter has not answered.

        Raises:
            Exception: The limiter has failed.
        """
        own = self._own.start(arrival if arrival > self._ready else self._ready)
        if self._limiter is None or cost == 0 or own > now + EPSILON:
            return own
        if self._place is None:
            self._place = self._limiter.reserve(cost, own, now, self._changed)
        due = self._place.due(now)
        return due if due is None or due > own else own

    def leave(self, cost: int, due: float, now: float) -> None:
        """Note that the item which was due leaves."""
        self._ready = due
        self._own.pay(cost, due, now)
        if self._place is not None:
            place, self._place = self._place, None
            place.leave(now)

    def change(self, rate: float | None, now: float) -> None:
        """Go on at another rate of the stream's own."""
        if self.paused:
            self._ready = now  # Nothing was due meanwhile.
        self._own.change(rate, now)

    def lift(self, now: float) -> None:
        """Go on without the limiter, and without a rate if that was 0."""
        self.cancel(now)
        self._limiter = None
        if self.paused:
            self._own = Gcra(None, 1)

    def cancel(self, now: float) -> None:
        """Give the place up."""
        place, self._place = self._place, None
        if place is not None:
            place.cancel(now)

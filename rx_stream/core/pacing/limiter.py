"""What ``throttle_tokens(limiter=...)`` asks of a limiter that several streams share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

__all__ = ["Limiter", "Reservation"]


class Reservation(Protocol):
    """The place of one item in the queue of a limiter.

    It is given back by exactly one call of :meth:`leave` or :meth:`cancel`. Times are on the clock
    of ``reserve``'s ``now``.
    """

    def due(self, now: float, /) -> float | None:
        """Return when the item may leave; None where that is not known yet.

        Raises:
            Exception: The limiter cannot answer. It ends the stream.
        """
        ...

    def leave(self, now: float, /) -> None:
        """Note that the item leaves."""
        ...

    def cancel(self, now: float, /) -> None:
        """Give the place up: the stream has gone before its item could leave."""
        ...


@runtime_checkable
class Limiter(Protocol):
    """A rate of tokens that several streams share, in one process or in many.

    A stream holds at most one reservation at a time, for the item at the head of its queue, and
    asks for it only once its own rate lets that item go; so streams take turns.
    """

    def reserve(
        self, tokens: int, anchor: float, now: float, changed: Callable[[], None], /
    ) -> Reservation:
        """Queue one item.

        Args:
            tokens: What the item costs, at least 1. It leaves when it is due and is paid for
                afterwards, so an item dearer than the burst is not refused.
            anchor: When the stream would have let it go, at most ``now``. Counting from here,
                and not from the late wake of a timer, is what keeps the rate free of drift.
            now: The time, in seconds, on a clock that only goes forward.
            changed: To be called without arguments, from any thread and holding no lock, when
                ``due`` has a new answer: known at last, earlier, or an error. It may come late
                or too often, not from inside ``reserve``.
        """
        ...

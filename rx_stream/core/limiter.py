"""What ``throttle_tokens(limiter=...)`` asks of a limiter that several streams share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

__all__ = ["Limiter", "Reservation"]


class Reservation(Protocol):
    """The place of one item in the queue of a limiter.

    Exactly one of :meth:`leave` and :meth:`cancel` is called, once.
    """

    @property
    def deadline(self) -> float | None:
        """When the item may leave, on the clock of ``reserve``'s ``now``; None: not known yet.

        It may become known later, or earlier than it was, and never gets later.
        """
        ...

    @property
    def error(self) -> Exception | None:
        """Why the limiter cannot answer; it ends the stream. None while all is well."""
        ...

    def leave(self) -> None:
        """Note that the item has left."""
        ...

    def cancel(self) -> None:
        """Give the place up: the stream has gone before the item could leave."""
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
        """Queue one item and say when it may leave.

        Args:
            tokens: What the item costs, at least 1. It leaves at its deadline and is paid for
                afterwards, so an item dearer than the burst is not refused.
            anchor: When the stream would have let it go, at most ``now``. Counting from here,
                and not from the late wake of a timer, is what keeps the rate free of drift.
            now: The time, in seconds, on a clock that only goes forward.
            changed: To be called without arguments, from any thread and holding no lock, when
                ``deadline`` has become known or earlier, or ``error`` is set.
        """
        ...

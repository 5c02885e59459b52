"""One rate for many streams of a process: the queue, without a lock."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.protocols import EPSILON

__all__ = ["LimiterQueue", "Place"]


class Place:
    """A place in the queue of a limiter.

    Args:
        tokens: What its item costs.
        anchor: When the item could have left without the limiter.
        deadline: When it may leave.
        changed: Called when that has become earlier.
    """

    __slots__ = ("anchor", "changed", "deadline", "tokens")

    def __init__(
        self, tokens: int, anchor: float, deadline: float, changed: Callable[[], None]
    ) -> None:
        self.tokens = tokens
        self.anchor = anchor
        self.deadline = deadline
        self.changed = changed


class LimiterQueue:
    """Gives each item its time, first come, first served.

    A place has its time at once, so nobody waits for another stream to act. Only where a stream
    gave its place up do the ones behind it move forward, each when it has become the first:
    one wake for a departure, however many streams were cancelled at once.

    Args:
        rate: Tokens per second, for all streams together.
        burst: Tokens that may leave together after a rest.
        max_catch_up: Seconds of lateness that are made up for.
    """

    __slots__ = ("_given", "_holes", "_left", "_max_catch_up", "_moved_at", "_places")

    def __init__(self, rate: float, burst: int, max_catch_up: float = 0.25) -> None:
        self._given = Gcra(rate, burst, inf)  # Charged when a place is given.
        self._left = Gcra(rate, burst, inf)  # Charged when an item leaves.
        self._max_catch_up = max_catch_up
        self._places: dict[Place, None] = {}  # In order of arrival.
        self._holes = False
        self._moved_at = -inf  # The last departure.

    def __len__(self) -> int:
        return len(self._places)

    def reserve(self, tokens: int, anchor: float, now: float, changed: Callable[[], None]) -> Place:
        """Return the next place."""
        if not self._places:
            # After a stall of the program the time that was lost is not made up for in full.
            anchor = max(anchor, now - self._max_catch_up)
        deadline = self._given.start(anchor)
        self._given.pay(tokens, deadline, deadline)
        place = Place(tokens, anchor, deadline, changed)
        self._places[place] = None
        return place

    def due(self, place: Place, now: float) -> float:
        """Return when a place may leave.

        Where nobody has moved for long, the whole program has stood still: then everyone is moved
        back, or a crowd of places that have fallen due would leave at once.
        """
        if now - place.deadline > self._max_catch_up:
            lost = now - max(place.deadline, self._moved_at) - self._max_catch_up
            if lost > EPSILON and place is next(iter(self._places), None):
                self._delay(lost)
        return place.deadline

    def leave(self, place: Place, now: float) -> Callable[[], None] | None:
        """Note a departure; return whom to tell that it may leave earlier than it knew."""
        if place not in self._places:
            return None
        del self._places[place]
        self._left.pay(place.tokens, place.deadline, place.deadline)
        self._moved_at = now
        return self._promote()

    def cancel(self, place: Place) -> Callable[[], None] | None:
        """Take a place away; return whom to tell that it may leave earlier than it knew."""
        if place not in self._places:
            return None
        del self._places[place]
        self._given.refund(place.tokens)
        self._holes = True
        return self._promote()

    def _delay(self, lost: float) -> None:
        self._given.delay(lost)
        self._left.delay(lost)
        for place in self._places:
            place.deadline += lost

    def _promote(self) -> Callable[[], None] | None:
        if not self._holes:
            return None
        first = next(iter(self._places), None)
        if first is None:
            self._holes = False
            return None
        earlier = self._left.start(first.anchor)
        if earlier >= first.deadline - EPSILON:
            return None
        first.deadline = earlier
        return first.changed

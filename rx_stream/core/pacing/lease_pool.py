"""Tokens that one process has reserved of a rate that many machines share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rx_stream.core.pacing.gcra import Gcra

__all__ = ["LeasePool", "LeasedPlace"]

_IDLE = 0.25
"""Seconds after which tokens that nobody took are dropped, and demand counts as new."""


class LeasedPlace:
    """The place of one item.

    Args:
        tokens: What it costs.
        anchor: When it could have left without the limiter.
        changed: Called when ``deadline`` or ``error`` is known.
    """

    __slots__ = ("anchor", "changed", "deadline", "error", "tokens")

    def __init__(self, tokens: int, anchor: float, changed: Callable[[], None]) -> None:
        self.tokens = tokens
        self.anchor = anchor
        self.changed = changed
        self.deadline: float | None = None
        self.error: Exception | None = None


class _Lease:
    """Some tokens, from a time on."""

    __slots__ = ("begin", "end", "left")

    def __init__(self, left: int, begin: float, end: float) -> None:
        self.left = left
        self.begin = begin
        self.end = end


class LeasePool:
    """Hands leased tokens to places in order, and says when to lease more, and how many.

    While there is demand the leases grow, up to 50 ms of the rate, and the next is asked for when
    half of one is used: so the answer is there in time and no rate is lost.

    Args:
        rate: Tokens per second, for all machines together.
        burst: Tokens that may leave together after a rest.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self._largest = max(10, int(rate * 0.05))
        self._size = 1
        self._pace = Gcra(rate, burst)
        self._leases: deque[_Lease] = deque()
        self._waiting: deque[LeasedPlace] = deque()
        self._used_at = 0.0
        self.asking = False

    @property
    def left(self) -> int:
        """Tokens that are leased and not given to a place."""
        return sum(lease.left for lease in self._leases)

    def reserve(self, place: LeasedPlace, now: float) -> None:
        """Queue a place; its deadline is set at once if there are tokens for it."""
        self._forget(now)
        if now - self._used_at > _IDLE:
            self._size = 1
        self._used_at = max(self._used_at, now)
        self._waiting.append(place)
        self._serve()

    def wanted(self) -> int:
        """Return how many tokens to lease now; 0 for none. An answer is then expected."""
        need = sum(place.tokens for place in self._waiting) - self.left
        if self.asking or (need <= 0 and (self._size == 1 or self.left > self._size // 2)):
            return 0
        self.asking = True
        size, self._size = self._size, min(2 * self._size, self._largest)
        return max(size, need)

    def granted(self, tokens: int, begin: float) -> list[LeasedPlace]:
        """Take a lease that begins at a time; return the places that may go by it."""
        self.asking = False
        self._leases.append(_Lease(tokens, begin, begin + tokens / self.rate))
        return self._serve()

    def _serve(self) -> list[LeasedPlace]:
        served: list[LeasedPlace] = []
        left = self.left
        while self._waiting and self._waiting[0].tokens <= left:
            place = self._waiting.popleft()
            left -= place.tokens
            start = self._pace.start(max(self._take(place.tokens), place.anchor))
            self._pace.pay(place.tokens, start, start)
            place.deadline = start
            self._used_at = max(self._used_at, start)
            served.append(place)
        return served

    def _take(self, tokens: int) -> float:
        """Use tokens of the oldest leases; return when the last one of these began."""
        begin = 0.0
        while tokens > 0:
            lease = self._leases[0]
            part = min(tokens, lease.left)
            lease.left -= part
            tokens -= part
            begin = lease.begin
            if not lease.left:
                self._leases.popleft()
        return begin

    def _forget(self, now: float) -> None:
        """Drop tokens whose time is long over: others may have used the rate since."""
        while self._leases and self._leases[0].end + _IDLE < now:
            self._leases.popleft()

    def cancel(self, place: LeasedPlace) -> list[LeasedPlace]:
        """Take a place away; return the places that may go instead."""
        if place.deadline is None:
            if place in self._waiting:
                self._waiting.remove(place)
            return []
        begin = place.deadline
        self._leases.appendleft(_Lease(place.tokens, begin, begin + place.tokens / self.rate))
        self._pace.refund(place.tokens)
        return self._serve()

    def drain(self) -> list[LeasedPlace]:
        """Return the places that wait, and forget them: no lease will come."""
        self.asking = False
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

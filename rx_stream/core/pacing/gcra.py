"""The arithmetic of a rate limit: one number of state."""

from __future__ import annotations

from math import inf

__all__ = ["Gcra"]

_AGES = 1e100


class Gcra:
    """The generic cell rate algorithm, paying after and anchored on arrivals.

    It lets through exactly what a token bucket lets through. Counting from the time an item was
    due, and not from the late wake of a timer, keeps it free of drift.

    Args:
        rate: Tokens per second; 0 lets nothing leave, None everything.
        burst: Tokens that may leave together after a rest.
        max_catch_up: Seconds; what a late wake owes beyond this is forgiven, so that a stall of
            the program is not followed by a flood.

    Source: ITU-T I.371, "virtual scheduling".
    """

    __slots__ = ("_due", "_frozen", "_max_catch_up", "_period", "_tolerance", "burst", "rate")

    def __init__(self, rate: float | None, burst: float, max_catch_up: float = 0.25) -> None:
        self.burst = burst
        self._max_catch_up = max_catch_up
        self._due = -inf  # When everything that has left is paid for.
        self._frozen = 0.0  # Tokens owed while the rate is 0.
        self._apply(rate)

    def _apply(self, rate: float | None) -> None:
        self.rate = rate
        # Bounded, as nothing can be reckoned with infinity.
        self._period = min(1.0 / rate, _AGES) if rate else 0.0
        self._tolerance = (self.burst - 1) * self._period

    def start(self, anchor: float) -> float:
        """Return when an item may leave that could have left at ``anchor`` at the earliest."""
        start = self._due - self._tolerance
        return start if start > anchor else anchor

    def pay(self, tokens: float, start: float, now: float) -> None:
        """Charge an item that was due at ``start`` and leaves now."""
        due = self._due if self._due > start else start
        late = now - start - self._max_catch_up
        if late > 0.0:
            due += late
        self._due = due + tokens * self._period

    def refund(self, tokens: float) -> None:
        """Take back the charge of an item that did not leave after all."""
        self._due -= tokens * self._period

    def delay(self, seconds: float) -> None:
        """Move everything back, for time in which nothing could leave."""
        self._due += seconds

    def owed(self, now: float) -> float:
        """Return the tokens that have left and are not yet paid for."""
        if self.rate == 0:
            return self._frozen
        return max(0.0, self._due - now) * (self.rate or 0.0)

    def change(self, rate: float | None, now: float) -> None:
        """Go on at another rate: the tokens that are owed stay, their time is reckoned anew."""
        owed = self.owed(now)
        self._apply(rate)
        self._frozen = owed
        self._due = now + owed * self._period

"""How fast tokens come: one figure to show, one to reckon with."""

from __future__ import annotations

from math import exp, log

__all__ = ["SmoothedRate", "TrimmedRate"]


class SmoothedRate:
    """An average that forgets with time, for display.

    Weighted by time, not by chunk, so that it means the same for any chunk size. The first
    tokens only start the clock.

    Args:
        half_life: Seconds after which a token weighs half.
    """

    __slots__ = ("_decay", "_last", "_tokens", "_weight")

    def __init__(self, half_life: float = 3.0) -> None:
        self._decay = log(2) / half_life
        self._tokens = 0.0
        self._weight = 0.0  # Seconds, each weighted by its age.
        self._last: float | None = None

    def add(self, tokens: float, at: float) -> None:
        """Take tokens that have arrived by ``at``."""
        if self._last is None:
            self._last = at
            return
        kept = exp(-self._decay * (at - self._last))
        self._last = at
        self._tokens = self._tokens * kept + tokens
        self._weight = self._weight * kept + (1 - kept) / self._decay

    def value(self, now: float) -> float | None:
        """Return tokens per second; None before there are two arrivals."""
        if self._last is None or not self._tokens:
            return None
        kept = exp(-self._decay * max(0.0, now - self._last))
        weight = self._weight * kept + (1 - kept) / self._decay
        return self._tokens * kept / weight if weight > 0 else None


class TrimmedRate:
    """The average since the first token, in which a stall counts only briefly: for the ETA.

    A gap counts for at most half a second or ten usual gaps. On recorded and made-up traces this
    halves the error of the remaining time after a stall and is equal elsewhere.
    """

    __slots__ = ("_excess", "_first", "_last", "_tokens")

    def __init__(self) -> None:
        self._tokens = 0.0
        self._first: float | None = None
        self._last = 0.0
        self._excess = 0.0  # Seconds of stalls that do not count.

    def add(self, tokens: float, at: float) -> None:
        """Take tokens that have arrived by ``at``; the first ones only start the clock."""
        if self._first is None:
            self._first = at
        else:
            self._tokens += tokens
        self._last = at

    def trim(self, gap: float, usual: float) -> None:
        """Note a long gap among those that were added; ``usual`` is the median gap."""
        self._excess += max(0.0, gap - max(0.5, 10 * usual))

    def value(self) -> float | None:
        """Return tokens per second; None before there are two arrivals."""
        if self._first is None or not self._tokens:
            return None
        active = self._last - self._first - self._excess
        return self._tokens / active if active > 0 else None

"""How much is to come, by an estimate that may be wrong."""

from __future__ import annotations

from rx_stream.core.progress.overrun import expected_total
from rx_stream.types import StreamState

__all__ = ["Forecast"]


class Forecast:
    """Turns tokens received into a total, a percentage and a remaining time.

    Args:
        estimate: Tokens expected in all; None if nobody knows, and then nothing is made up.
    """

    __slots__ = ("_percentage", "estimate")

    def __init__(self, estimate: float | None) -> None:
        self.estimate = estimate
        self._percentage = 0.0

    def total(self, tokens: int, state: StreamState) -> float | None:
        """Return the tokens expected in all; an estimate is believed until it is proven wrong."""
        if self.estimate is None:
            return None
        if state == "completed":
            return tokens
        return self.estimate if tokens < self.estimate else expected_total(tokens, self.estimate)

    def percentage(self, tokens: int, state: StreamState) -> float | None:
        """Return what never falls and reaches 100 only at completion."""
        if self.estimate is None:
            return None
        if state == "completed":
            return 100.0
        share = 100.0 * tokens / expected_total(tokens, self.estimate)
        self._percentage = max(self._percentage, share)
        return self._percentage

    def eta(self, tokens: int, state: StreamState, rate: float | None) -> float | None:
        """Return the seconds that are left at so many tokens per second."""
        total = self.total(tokens, state)
        if total is None or state in ("error", "cancelled"):
            return None
        if state == "completed":
            return 0.0
        return (total - tokens) / rate if rate else None

    def overrun(self, tokens: int) -> bool:
        """Tell whether the estimate has proved too low."""
        return self.estimate is not None and tokens > self.estimate

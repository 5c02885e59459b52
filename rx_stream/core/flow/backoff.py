"""How long to wait before the next attempt, and whether there is one."""

from __future__ import annotations

from random import Random

__all__ = ["Backoff"]


class Backoff:
    """Exponential delays with jitter, for a number of failures in a row.

    The delay before attempt n is ``initial * multiplier ** (n - 1)``, at most ``longest``, less a
    random part of up to ``jitter`` of it: so that clients which failed together do not come back
    together.

    Source: Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015); a jitter
    of 1 is its "full", 0.5 its "equal" jitter.

    Args:
        attempts: Attempts before it gives up.
        initial: Seconds before the first one.
        longest: The longest delay in seconds.
        multiplier: How much longer each delay is than the one before.
        jitter: The part of a delay that is left to chance, 0 to 1.
        random: Where chance comes from.
    """

    __slots__ = (
        "_attempts",
        "_failures",
        "_initial",
        "_jitter",
        "_longest",
        "_multiplier",
        "_random",
    )

    def __init__(
        self,
        attempts: int,
        initial: float,
        longest: float,
        multiplier: float,
        jitter: float,
        random: Random,
    ) -> None:
        self._attempts = attempts
        self._initial = initial
        self._longest = longest
        self._multiplier = multiplier
        self._jitter = jitter
        self._random = random
        self._failures = 0

    def reset(self) -> None:
        """Begin anew: the attempt brought something."""
        self._failures = 0

    def next(self) -> float | None:
        """Count a failure; return the delay before the next attempt, None if there is none."""
        if self._failures >= self._attempts:
            return None
        try:
            delay = self._initial * self._multiplier**self._failures
        except OverflowError:
            delay = self._longest
        self._failures += 1
        return min(delay, self._longest) * (1.0 - self._jitter * self._random.random())

"""How long an answer will be, when the estimate is only an estimate."""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from statistics import NormalDist

__all__ = ["expected_total"]

_SPREAD = 0.5
"""Standard deviation of the logarithm of real length by estimate."""

_FAR = 8.0
_NORMAL = NormalDist()


def expected_total(received: float, estimate: float) -> float:
    """Return the median length of an answer that is already longer than ``received``.

    The length is taken as log-normal around the estimate. The share ``received / expected``
    grows with every token, never reaches 1 and needs no cap, however wrong the estimate is.

    Args:
        received: Tokens so far.
        estimate: Tokens as estimated beforehand, above 0.
    """
    if received <= 0:
        return estimate
    place = log(received / estimate) / _SPREAD
    if place > _FAR:
        # Out here the tail falls by half every ln 2 / place.
        return received * exp(_SPREAD * log(2) / place)
    longer = 0.5 * erfc(place / sqrt(2))  # The probability of more than what is here.
    median = -_NORMAL.inv_cdf(longer / 2)
    return max(estimate * exp(_SPREAD * median), received * (1 + 1e-9))

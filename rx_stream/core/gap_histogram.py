"""Quantiles of the gaps between chunks, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp, log

__all__ = ["GapHistogram"]

_FEW = 512
_PER_OCTAVE = 35 / log(2)
"""Buckets 2 % wide: a quantile is at most 1 % off."""

_SHORTEST = 1e-6


class GapHistogram:
    """Gives quantiles: exact ones of the first few hundred gaps, later within 1 %."""

    __slots__ = ("_buckets", "_count", "_few")

    def __init__(self) -> None:
        self._few: list[float] = []
        self._buckets: Counter[int] = Counter()
        self._count = 0

    def extend(self, gaps: Sequence[float]) -> None:
        """Take more gaps, in seconds."""
        self._few.extend(gaps)
        self._count += len(gaps)
        if self._count > _FEW:
            few, self._few = self._few, []
            self._buckets.update(
                [round(log(gap) * _PER_OCTAVE) if gap > _SHORTEST else -1000 for gap in few]
            )

    def quantile(self, share: float) -> float | None:
        """Return the gap that ``share`` of all gaps do not exceed; None without gaps."""
        if not self._count:
            return None
        if self._buckets:
            return self._from_buckets(share)
        few = self._few
        few.sort()
        place = share * (len(few) - 1)
        low = int(place)
        high = min(low + 1, len(few) - 1)
        return few[low] + (few[high] - few[low]) * (place - low)

    def _from_buckets(self, share: float) -> float:
        wanted = share * self._count
        seen = 0
        bucket = -1000
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= wanted:
                break
        return exp(bucket / _PER_OCTAVE) if bucket > -1000 else 0.0

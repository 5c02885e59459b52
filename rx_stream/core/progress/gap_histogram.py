"""Quantiles of the gaps between chunks, in bounded memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import exp, log
from operator import sub

__all__ = ["GapHistogram"]

_FEW = 512
_PER_OCTAVE = 35 / log(2)
"""Buckets 2 % wide: a quantile is at most 1 % off."""

_MANY, _SAMPLE = 128, 32
_SHORTEST = 1e-6
_ZERO = -1000


class GapHistogram:
    """Gives quantiles: exact ones of the first few hundred gaps, later within 1 %."""

    __slots__ = ("_buckets", "_count", "_few")

    def __init__(self) -> None:
        self._few: list[float] | None = []
        self._buckets: dict[int, int] = {}
        self._count = 0

    def extend(self, times: Sequence[float], last: float) -> None:
        """Take the gaps between ``last`` and more times, in seconds."""
        count = len(times)
        self._count += count
        if self._few is None:
            # So many at once come only from a source that does not wait: a sample will do.
            step = count // _SAMPLE if count >= _MANY else 1
            before = [last, *times[step - 1 : count - 1 : step]]
            self._pour(map(sub, times[::step], before), step)
            return
        self._few.append(times[0] - last)
        self._few.extend(map(sub, times[1:], times))
        if self._count > _FEW:
            few, self._few = self._few, None
            self._pour(few, 1)

    def _pour(self, gaps: Iterable[float], step: int) -> None:
        buckets = self._buckets
        for gap in gaps:
            bucket = round(log(gap) * _PER_OCTAVE) if gap > _SHORTEST else _ZERO
            buckets[bucket] = buckets.get(bucket, 0) + step

    def quantile(self, share: float) -> float | None:
        """Return the gap that ``share`` of all gaps do not exceed; None without gaps."""
        if not self._count:
            return None
        few = self._few
        if few is None:
            return self._from_buckets(share)
        few.sort()
        place = share * (len(few) - 1)
        low = int(place)
        high = min(low + 1, len(few) - 1)
        return few[low] + (few[high] - few[low]) * (place - low)

    def _from_buckets(self, share: float) -> float:
        buckets = sorted(self._buckets)
        seen = list(accumulate(self._buckets[bucket] for bucket in buckets))
        bucket = buckets[bisect_left(seen, share * seen[-1])]
        return exp(bucket / _PER_OCTAVE) if bucket > _ZERO else 0.0

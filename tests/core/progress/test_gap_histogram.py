from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.progress.gap_histogram import GapHistogram


def test_without_gaps_there_is_no_quantile() -> None:
    assert GapHistogram().quantile(0.5) is None


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=300))
def test_a_few_gaps_are_exact(gaps: list[float]) -> None:
    histogram = GapHistogram()
    for gap in gaps:
        histogram.extend([gap])
    assert histogram.quantile(0.5) == pytest.approx(statistics.median(gaps))
    assert histogram.quantile(1.0) == max(gaps)


@given(st.integers(0, 9999), st.floats(0.01, 1))
def test_many_gaps_are_right_within_one_percent_and_take_no_more_memory(
    seed: int, share: float
) -> None:
    rng = random.Random(seed)
    gaps = [rng.lognormvariate(-4, 2) for _ in range(700)]
    histogram = GapHistogram()
    for start in range(0, len(gaps), 100):
        histogram.extend(gaps[start : start + 100])
    ordered = sorted(gaps)
    found = histogram.quantile(share)
    rank = share * len(gaps)
    near = ordered[max(0, int(rank) - 2) : int(rank) + 2]
    assert near[0] * 0.98 <= found <= near[-1] * 1.02
    assert len(histogram._buckets) < 700
    assert histogram._few is None


def test_gaps_of_nothing_are_zero() -> None:
    histogram = GapHistogram()
    histogram.extend([0.0] * 1000)
    assert histogram.quantile(0.5) == 0.0

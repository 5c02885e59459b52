from __future__ import annotations

import random
import statistics
from itertools import accumulate

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
        histogram.extend([gap], 0.0)
    assert histogram.quantile(0.5) == pytest.approx(statistics.median(gaps))
    assert histogram.quantile(1.0) == max(gaps)


@given(st.integers(0, 9999), st.floats(0.01, 1))
def test_many_gaps_are_right_within_one_percent_and_take_no_more_memory(
    seed: int, share: float
) -> None:
    rng = random.Random(seed)
    gaps = [rng.lognormvariate(-4, 2) for _ in range(700)]
    histogram = GapHistogram()
    times = list(accumulate(gaps))
    for start in range(0, len(gaps), 100):
        histogram.extend(times[start : start + 100], times[start - 1] if start else 0.0)
    ordered = sorted(gaps)
    found = histogram.quantile(share)
    rank = share * len(gaps)
    near = ordered[max(0, int(rank) - 2) : int(rank) + 2]
    assert near[0] * 0.98 <= found <= near[-1] * 1.02
    assert len(histogram._buckets) < 700
    assert histogram._few is None


def test_gaps_of_nothing_are_zero() -> None:
    histogram = GapHistogram()
    histogram.extend([1.0] * 1000, 1.0)
    assert histogram.quantile(0.5) == 0.0


def test_a_sample_of_very_many_gaps_is_of_gaps_between_neighbours() -> None:
    histogram = GapHistogram()
    times = list(accumulate([0.01] * 5000))
    histogram.extend(times[:1000], 0.0)
    histogram.extend(times[1000:], times[999])
    assert histogram.quantile(0.01) == pytest.approx(0.01, rel=0.01)
    assert histogram.quantile(0.99) == pytest.approx(0.01, rel=0.01)


def test_a_quantile_between_two_gaps_is_between_them_in_proportion() -> None:
    histogram = GapHistogram()
    histogram.extend([0.0, 10.0, 30.0], 0.0)
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    assert [histogram.quantile(share) for share in shares] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_a_sample_of_very_many_gaps_weighs_as_much_as_all_of_them() -> None:
    histogram = GapHistogram()
    for _ in range(600):
        histogram.extend([1.0], 0.0)
    histogram.extend(list(accumulate([0.01] * 1000)), 0.0)
    for share, gap in ((0.05, 0.01), (0.6, 0.01), (0.65, 1.0), (0.95, 1.0)):
        assert histogram.quantile(share) == pytest.approx(gap, rel=0.01)


def test_no_gap_is_more_than_one_percent_off() -> None:
    for number in range(60):
        gap = 0.01 * 1.0007**number
        histogram = GapHistogram()
        histogram.extend([gap], 0.0)
        histogram.extend([gap * n for n in range(1, 601)], 0.0)
        assert histogram.quantile(0.5) == pytest.approx(gap, rel=0.01)

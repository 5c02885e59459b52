from __future__ import annotations

import pytest

from rx_stream.core.progress.rate_estimators import SmoothedRate, TrimmedRate


def test_the_first_tokens_only_start_the_clock() -> None:
    for rate in (SmoothedRate(), TrimmedRate()):
        rate.add(100, 6.0)
        assert (rate.value(6.0) if isinstance(rate, SmoothedRate) else rate.value()) is None


def test_the_smoothed_rate_means_the_same_for_any_size_of_chunk() -> None:
    one_by_one, in_tens = SmoothedRate(), SmoothedRate()
    for i in range(1, 1001):
        one_by_one.add(1, i / 100)
        if i % 10 == 0:
            in_tens.add(10, i / 100)
    assert one_by_one.value(10.0) == pytest.approx(100, rel=0.01)
    assert in_tens.value(10.0) == pytest.approx(one_by_one.value(10.0), rel=0.02)


def test_the_smoothed_rate_halves_its_memory_in_a_half_life() -> None:
    rate = SmoothedRate(half_life=3.0)
    for i in range(10_001):
        rate.add(1, i / 100)
    assert rate.value(103.0) == pytest.approx(50, rel=0.02)


def test_a_stall_counts_for_half_a_second_or_ten_usual_gaps() -> None:
    rate = TrimmedRate()
    rate.add(1, 0.0)
    rate.add(1, 10.0)
    assert rate.value() == pytest.approx(0.1)
    rate.trim(10.0, 0.01)
    assert rate.value() == pytest.approx(2)
    rate.trim(0.4, 0.01)
    assert rate.value() == pytest.approx(2)


def test_over_a_time_much_shorter_than_its_memory_the_smoothed_rate_is_the_average() -> None:
    rate = SmoothedRate(half_life=1e6)
    rate.add(5, 0.0)
    assert rate.value(3.0) is None
    rate.add(2, 0.5)
    assert rate.value(0.5) == pytest.approx(4)
    rate.add(8, 2.0)
    for now in (1.5, 2.0):  # What has come is known, whatever the clock says.
        assert rate.value(now) == pytest.approx(5)
    assert rate.value(4.0) == pytest.approx(2.5)


def test_of_a_gap_ten_usual_ones_count_where_that_is_more_than_half_a_second() -> None:
    rate = TrimmedRate()
    rate.add(1, 0.0)
    rate.add(4, 10.0)
    rate.trim(10.0, 0.2)
    assert rate.value() == pytest.approx(2)

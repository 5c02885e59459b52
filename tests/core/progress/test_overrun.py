from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.progress.overrun import expected_total


def test_before_anything_has_come_the_estimate_stands() -> None:
    assert expected_total(0, 500) == 500
    assert expected_total(5, 500) == pytest.approx(500, rel=0.01)


def test_at_the_estimate_the_share_is_about_seventy_percent() -> None:
    assert 500 / expected_total(500, 500) == pytest.approx(0.714, abs=0.002)


@given(st.floats(1, 1e6), st.lists(st.floats(1e-3, 1e5), min_size=2, max_size=40))
def test_the_share_grows_and_never_reaches_one(estimate: float, factors: list[float]) -> None:
    shares = [n / expected_total(n, estimate) for f in sorted(factors) if (n := f * estimate)]
    assert all(0 <= share < 1 for share in shares)
    assert all(b >= a - 1e-6 for a, b in pairwise(shares))


@pytest.mark.parametrize("place", [-3.0, 0.0, 1.0, 4.0, 7.9, 8.1, 12.0, 20.0])
def test_half_of_the_answers_that_are_so_long_already_are_longer_than_expected(
    place: float,
) -> None:
    def longer(length: float) -> float:
        return erfc(log(length / 500) / 0.5 / sqrt(2))

    received = 500 * exp(0.5 * place)
    expected = expected_total(received, 500)
    assert longer(expected) / longer(received) == pytest.approx(0.5, rel=0.05)


def test_however_far_off_the_estimate_was_more_is_expected_than_has_come() -> None:
    received = 500 * exp(0.5 * 60)
    assert expected_total(received, 500) == pytest.approx(received * 2 ** (0.5 / 60))
    assert expected_total(1, 1) == pytest.approx(1.4, rel=0.01)

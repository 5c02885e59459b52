from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.pacing.gcra import Gcra


def test_what_leaves_late_is_charged_from_when_it_was_due() -> None:
    gcra = Gcra(10, 1)
    gcra.pay(1, 5.0, 5.09)
    assert gcra.start(0.0) == pytest.approx(5.1)


def test_lateness_beyond_the_limit_is_forgiven() -> None:
    gcra = Gcra(10, 1, max_catch_up=0.25)
    gcra.pay(1, 5.0, 9.0)
    assert gcra.start(0.0) == pytest.approx(9.0 - 0.25 + 0.1)


def test_a_refund_undoes_a_charge() -> None:
    gcra = Gcra(10, 3)
    gcra.pay(1, 5.0, 5.0)
    before = gcra.start(0.0)
    gcra.pay(7, 5.0, 5.0)
    gcra.refund(7)
    assert gcra.start(0.0) == pytest.approx(before)


@given(st.lists(st.sampled_from([None, 0.0, 0.5, 2.0, 300.0]), max_size=12), st.integers(0, 50))
def test_changes_of_rate_keep_what_is_owed_until_there_is_no_limit(
    rates: list[float | None], tokens: int
) -> None:
    gcra = Gcra(4, 2)
    gcra.pay(tokens, 0.0, 0.0)
    for rate in rates:
        gcra.change(rate, 0.0)
    assert gcra.owed(0.0) == pytest.approx(0 if None in rates else tokens)


def test_time_in_which_nothing_may_leave_pays_nothing() -> None:
    gcra = Gcra(1, 1)
    gcra.pay(3, 0.0, 0.0)
    gcra.change(0, 1.0)
    assert gcra.owed(500.0) == pytest.approx(2)
    gcra.change(1, 500.0)
    assert gcra.start(0.0) == pytest.approx(502)


def test_after_a_rest_a_burst_leaves_together_and_the_next_waits_its_turn() -> None:
    gcra = Gcra(2, 4)
    starts: list[float] = []
    for _ in range(6):
        start = gcra.start(0.0)
        starts.append(start)
        gcra.pay(1, start, start)
    assert starts == [0.0, 0.0, 0.0, 0.0, 0.5, 1.0]


def test_what_is_late_by_less_than_the_limit_is_caught_up_and_the_rest_is_not() -> None:
    for late, due in ((0.25, 1.0), (0.75, 1.5)):
        gcra = Gcra(1, 1, max_catch_up=0.25)
        gcra.pay(1, 0.0, late)
        assert gcra.start(0.0) == due


def test_nothing_is_owed_after_a_rest_at_no_rate_or_before_the_first() -> None:
    gcra = Gcra(2, 1)
    assert gcra.owed(0.0) == 0.0
    gcra.pay(3, 0.0, 0.0)
    assert (gcra.owed(0.5), gcra.owed(9.0)) == (2.0, 0.0)
    gcra.change(None, 0.5)
    assert gcra.owed(0.5) == 0.0
    assert Gcra(0, 1).owed(5.0) == 0.0


def test_without_a_rate_nothing_is_held() -> None:
    gcra = Gcra(None, 10)
    gcra.pay(3, 5.0, 5.0)
    assert gcra.start(5.0) == 5.0


def test_a_quarter_of_a_second_is_caught_up_where_nothing_else_is_said() -> None:
    gcra = Gcra(1, 1)
    gcra.pay(1, 0.0, 0.75)
    assert gcra.start(0.0) == 1.5


@pytest.mark.parametrize("burst", [1, 3])
def test_the_smallest_rate_there_is_lets_no_more_than_a_burst_through(burst: int) -> None:
    gcra = Gcra(5e-324, burst)
    for _ in range(burst):
        assert gcra.start(1.0) == 1.0
        gcra.pay(1, 1.0, 1.0)
    assert gcra.start(1.0) > 1e50

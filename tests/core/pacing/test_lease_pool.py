"""Tokens leased of a shared rate."""

from __future__ import annotations

from rx_stream.core.pacing.lease_pool import LeasedPlace, LeasePool


def place(tokens: int = 1, anchor: float = 0.0) -> LeasedPlace:
    return LeasedPlace(tokens, anchor, lambda: None)


def reserve(pool: LeasePool, now: float, tokens: int = 1) -> LeasedPlace:
    made = place(tokens, now)
    pool.reserve(made, now)
    return made


def test_the_first_item_asks_for_what_it_needs() -> None:
    pool = LeasePool(100.0, 1)
    first = reserve(pool, 0.0)
    assert first.deadline is None
    assert pool.wanted() == 1
    assert pool.wanted() == 0  # Until the answer is there.
    assert pool.granted(1, 0.5) == [first]
    assert first.deadline == 0.5


def test_items_of_one_lease_leave_at_the_rate() -> None:
    pool = LeasePool(100.0, 1)
    pool.granted(3, 1.0)
    deadlines = [reserve(pool, 1.0).deadline for _ in range(3)]
    assert deadlines == [1.0, 1.01, 1.02]


def test_a_steady_demand_leases_ten_at_a_time_before_it_runs_out() -> None:
    pool = LeasePool(100.0, 1)
    now, calls = 0.0, 0
    for _ in range(1000):
        made = reserve(pool, now)
        while made.deadline is None:
            calls += 1
            pool.granted(pool.wanted(), now)
        now = max(now, made.deadline)
        if wanted := pool.wanted():
            calls += 1
            pool.granted(wanted, now)
    assert calls <= 1000 / 8
    assert abs(now - 9.99) < 1e-6


def test_a_dear_item_gets_all_its_tokens() -> None:
    pool = LeasePool(100.0, 1)
    dear = reserve(pool, 0.0, tokens=500)
    assert pool.wanted() == 500
    assert pool.granted(500, 0.0) == [dear]


def test_tokens_whose_time_is_long_over_are_dropped() -> None:
    pool = LeasePool(100.0, 1)
    pool.granted(5, 0.0)
    assert reserve(pool, 10.0).deadline is None


def test_tokens_of_a_cancelled_place_serve_the_next() -> None:
    pool = LeasePool(100.0, 1)
    pool.granted(1, 0.0)
    first = reserve(pool, 0.0)
    second = reserve(pool, 0.0)
    assert second.deadline is None
    assert pool.cancel(first) == [second]
    assert second.deadline == 0.0


def test_a_cancelled_place_that_waits_is_forgotten() -> None:
    pool = LeasePool(100.0, 1)
    pool.cancel(reserve(pool, 0.0))
    assert pool.wanted() == 0
    assert pool.drain() == []


def test_a_place_that_was_given_up_may_be_given_up_again() -> None:
    pool = LeasePool(100.0, 1)
    waiting = reserve(pool, 0.0)
    assert pool.cancel(waiting) == []
    assert pool.cancel(waiting) == []
    assert pool.granted(1, 0.0) == []

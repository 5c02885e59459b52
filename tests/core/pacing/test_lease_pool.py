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


def test_tokens_can_be_used_a_quarter_of_a_second_longer_than_their_time() -> None:
    for now, usable in ((0.7, True), (0.75, True), (0.76, False)):
        pool = LeasePool(10.0, 1)
        pool.granted(5, 0.0)  # Half a second's worth.
        assert (reserve(pool, now).deadline == now) is usable


def test_tokens_of_a_cancelled_place_can_be_used_as_long_as_others() -> None:
    for now, usable in ((0.7, True), (0.76, False)):
        pool = LeasePool(10.0, 1)
        pool.granted(5, 0.0)
        pool.cancel(reserve(pool, 0.0, tokens=5))
        assert (reserve(pool, now).deadline == now) is usable


def test_only_the_tokens_whose_time_is_over_are_dropped_and_the_oldest_are_used_first() -> None:
    pool = LeasePool(10.0, 1)
    pool.granted(1, 0.0)
    pool.granted(1, 10.0)
    pool.granted(1, 11.0)
    assert reserve(pool, 9.0).deadline == 10.0
    assert pool.left == 1
    assert reserve(pool, 9.0).deadline == 11.0


def sizes(pool: LeasePool, now: float, count: int) -> list[int]:
    """How many tokens are leased each time, where all are used up before more are asked for."""
    out: list[int] = []
    for _ in range(count):
        reserve(pool, now)
        out.append(pool.wanted())
        pool.granted(out[-1], now)
        while pool.left:
            reserve(pool, now)
    return out


def test_leases_grow_up_to_50_milliseconds_of_the_rate_but_to_ten_at_least() -> None:
    assert sizes(LeasePool(1000.0, 1000), 0.0, 8) == [1, 2, 4, 8, 16, 32, 50, 50]
    assert sizes(LeasePool(100.0, 100), 0.0, 6) == [1, 2, 4, 8, 10, 10]


def test_after_a_rest_leases_are_small_again() -> None:
    pool = LeasePool(1000.0, 1000)
    assert sizes(pool, 0.0, 3) == [1, 2, 4]
    assert sizes(pool, 0.2, 1) == [8]
    assert sizes(pool, 0.5, 3) == [1, 2, 4]


def test_the_next_lease_is_asked_for_when_half_of_one_is_used() -> None:
    pool = LeasePool(1000.0, 1000)
    seen: list[tuple[int, int]] = []
    for _ in range(4):
        reserve(pool, 0.0)
        while wanted := pool.wanted():
            seen.append((pool.left, wanted))
            pool.granted(wanted, 0.0)
    assert seen == [(0, 1), (0, 2), (2, 4), (4, 8)]


def test_a_dear_item_holds_up_the_cheap_ones_behind_it() -> None:
    pool = LeasePool(100.0, 1)
    pool.granted(1, 0.0)
    assert reserve(pool, 0.0, tokens=5).deadline is None
    assert reserve(pool, 0.0).deadline is None
    assert pool.left == 1


def test_after_a_failure_more_may_be_asked_for() -> None:
    pool = LeasePool(100.0, 1)
    waiting = reserve(pool, 0.0)
    assert pool.wanted() == 1
    assert pool.drain() == [waiting]
    reserve(pool, 0.0)
    assert pool.wanted() > 0

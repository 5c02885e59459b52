from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.pacing.limiter_queue import LimiterQueue, Place


def nobody() -> None:
    raise AssertionError("told for no reason")


def test_places_are_given_in_order_and_each_has_its_time_at_once() -> None:
    queue = LimiterQueue(2, 1)
    places = [queue.reserve(n, 10.0, 10.0, nobody) for n in (1, 4, 1)]
    assert [queue.due(p, 10.0) for p in places] == pytest.approx([10, 10.5, 12.5])


def test_those_behind_a_gap_move_up_one_by_one() -> None:
    queue = LimiterQueue(1, 1)
    told: list[str] = []
    places = [queue.reserve(1, 0.0, 0.0, lambda i=i: told.append(i)) for i in "abcde"]
    for place in places[:3]:
        assert queue.cancel(place) in (
            None,
            places[1].changed,
            places[2].changed,
            places[3].changed,
        )
    assert queue.due(places[3], 0.0) == pytest.approx(0)
    changed = queue.leave(places[3], 0.0)
    assert changed is places[4].changed
    assert queue.due(places[4], 0.0) == pytest.approx(1)
    new = queue.reserve(1, 0.0, 0.0, nobody)
    assert queue.due(new, 0.0) == pytest.approx(2)


def test_a_place_can_be_given_back_only_once() -> None:
    queue = LimiterQueue(1, 1)
    place = queue.reserve(5, 0.0, 0.0, nobody)
    assert queue.cancel(place) is None
    assert queue.cancel(place) is None
    assert queue.leave(place, 0.0) is None
    assert queue.due(queue.reserve(1, 0.0, 0.0, nobody), 0.0) == pytest.approx(0)


def test_after_a_standstill_the_crowd_does_not_leave_at_once() -> None:
    queue = LimiterQueue(10, 1, max_catch_up=0.25)
    places = [queue.reserve(1, 0.0, 0.0, nobody) for _ in range(50)]
    free = sum(queue.due(place, 3.0) <= 3.0 for place in places)
    assert free == 3


def test_one_stream_that_stands_still_does_not_hold_the_others_up() -> None:
    queue = LimiterQueue(10, 1, max_catch_up=0.25)
    stuck = queue.reserve(1, 0.0, 0.0, nobody)
    for i in range(1, 40):
        place = queue.reserve(1, i / 10, i / 10, nobody)
        assert queue.due(place, i / 10) == pytest.approx(i / 10)
        queue.leave(place, i / 10)
    assert queue.due(stuck, 4.0) == pytest.approx(0)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=30))
def test_however_many_give_up_the_rest_keep_the_rate_and_leave_no_hole(
    plan: list[tuple[int, bool]],
) -> None:
    queue = LimiterQueue(1, 1)
    places = [(queue.reserve(n, 0.0, 0.0, lambda: None), stays) for n, stays in plan]
    for place, stays in places:
        if not stays:
            queue.cancel(place)
    staying: list[Place] = [place for place, stays in places if stays]
    owed = 0.0
    for place in staying:
        assert queue.due(place, owed) == pytest.approx(owed)
        queue.leave(place, owed)
        owed += place.tokens


def test_nobody_is_told_where_no_place_becomes_earlier() -> None:
    queue = LimiterQueue(1, 1)
    places = [queue.reserve(1, 0.0, 0.0, nobody) for _ in range(3)]
    assert queue.cancel(places[1]) is None
    assert queue.due(places[0], 0.0) == 0.0


def test_only_a_quarter_of_a_second_before_now_counts_for_the_first_place() -> None:
    queue = LimiterQueue(10, 1)
    first = queue.reserve(1, 0.0, 5.0, nobody)
    second = queue.reserve(1, 0.0, 5.0, nobody)
    assert [first.deadline, second.deadline] == pytest.approx([4.75, 4.85])

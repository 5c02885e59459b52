"""How many units of a backlog a frame shows."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rx_stream.core.pacing.playout import Playout

FRAME = 1 / 60


def playout(max_lag: float = 0.6, drain: float = 0.25) -> Playout:
    return Playout(max_lag, drain, 500.0, FRAME)


def arrive(play: Playout, now: float, units: int) -> None:
    play.arrive(now)
    play.add(units, now)


def shown(play: Playout, begin: float, end: float) -> list[int]:
    """What each frame shows from a time until nothing is left, or until another time."""
    out: list[int] = []
    now = begin
    while play.backlog and now < end:
        out.append(play.step(now))
        now += FRAME
    return out


def clumps(play: Playout, gap: float, units: int, count: int) -> list[list[int]]:
    """What the frames of each gap show."""
    out: list[list[int]] = []
    for i in range(count):
        arrive(play, i * gap, units)
        out.append(shown(play, i * gap, (i + 1) * gap - 1e-9))
    return out


def test_before_a_gap_is_known_the_pace_is_even() -> None:
    play = playout()
    arrive(play, 0.0, 150)
    frames = shown(play, 0.0, 1.0)
    assert sum(frames) == 150
    assert max(frames) - min(frames[:-1]) <= 1
    assert len(frames) * FRAME == pytest.approx(0.25, abs=2 * FRAME)


def test_a_clump_flows_until_the_next_one_and_slows_down() -> None:
    frames = clumps(playout(), 0.25, 60, 20)[-1]
    assert sum(frames) == 60
    assert len(frames) >= 13
    assert frames[0] >= 1.5 * 60 / 15
    assert all(a >= b - 1 for a, b in pairwise(frames))


def test_what_follows_as_the_frames_of_a_film_is_not_delayed() -> None:
    play = playout()
    frames = clumps(play, 0.02, 5, 50)
    assert all(frame == [5] for frame in frames[5:])
    assert play.lag == 0


def test_a_burst_is_spread_by_what_is_usual_even_where_nothing_is_delayed() -> None:
    play = playout()
    clumps(play, 0.02, 5, 50)
    arrive(play, 1.0, 300)
    frames = shown(play, 1.0, 2.0)
    assert sum(frames) == 300
    assert max(frames) <= 35


def test_no_unit_waits_longer_than_the_lag_and_a_frame() -> None:
    play = playout(max_lag=0.2)
    for now in (0.0, 5.0, 10.0):
        arrive(play, now, 400)
        assert len(shown(play, now, now + 5)) * FRAME <= 0.2 + FRAME


def test_a_lag_shorter_than_a_frame_shows_everything_at_once() -> None:
    play = playout(max_lag=0.001)
    for i in range(5):
        arrive(play, i / 10, 40)
        assert play.step(i / 10) == 40


def test_chunks_of_one_read_are_one_arrival() -> None:
    one, many = playout(), playout()
    for i in range(6):
        arrive(one, i / 4, 60)
        for j in range(6):
            arrive(many, i / 4 + j / 10_000, 10)
        shown(one, i / 4, i / 4 + 0.24)
        shown(many, i / 4, i / 4 + 0.24)
    assert many.lag == pytest.approx(one.lag, abs=1e-3)


@pytest.mark.parametrize(("units", "seconds"), [(5, FRAME), (50, 0.1), (2000, 0.25)])
def test_the_rest_goes_briskly_and_within_the_drain(units: int, seconds: float) -> None:
    play = playout()
    clumps(play, 0.25, 60, 10)
    arrive(play, 10.0, units)
    play.end(10.0)
    assert len(shown(play, 10.0, 11.0)) * FRAME <= seconds + 1.5 * FRAME


def test_after_a_stall_the_usual_gap_is_soon_the_old_one() -> None:
    play = playout()
    clumps(play, 0.05, 4, 40)
    before = play.lag
    arrive(play, 60.0, 4)
    assert 0.3 < play.lag < 0.6
    for i in range(1, 25):
        arrive(play, 60 + i / 20, 4)
    assert play.lag == pytest.approx(before, rel=0.3)


def test_a_late_wake_shows_what_was_due_meanwhile() -> None:
    play = playout()
    clumps(play, 0.25, 60, 10)
    arrive(play, 10.0, 60)
    play.step(10.0)
    assert play.step(10.2) > 30


def test_at_least_as_many_as_are_asked_for_are_shown() -> None:
    play = playout()
    arrive(play, 0.0, 1000)
    assert play.step(0.0, 250) >= 250
    assert play.take_all() == 1000 - 250
    assert play.backlog == 0


def test_the_lag_follows_a_longer_gap_by_half_and_a_shorter_one_by_less() -> None:
    play = playout()
    lags: list[float] = []
    for now in (0.0, 0.4, 0.6, 1.07):
        arrive(play, now, 10)
        lags.append(play.lag)
    assert lags == pytest.approx([0.25, 0.4, 0.37, 0.42])


def test_a_frame_shows_up_to_three_usual_arrivals_and_of_a_long_backlog_twice_as_much() -> None:
    play = playout()
    clumps(play, 0.02, 5, 50)
    arrive(play, 1.0, 300)
    assert play.step(1.0) == 2 * 3 * 5
    # Of the burst, no more than two usual arrivals count, by a tenth: 5.5 are usual now.
    arrive(play, 1.02, 300)
    assert play.step(1.02) == int(2 * 3 * 5.5 * 0.02 / FRAME)
    short = playout()
    arrive(short, 0.0, 10)
    arrive(short, 0.02, 300)
    assert short.step(0.02) == 2 * 3 * 10


@pytest.mark.parametrize(("units", "first"), [(60, 8), (24, 2)])
def test_the_longer_a_backlog_the_more_of_it_comes_first(units: int, first: int) -> None:
    play = playout()
    clumps(play, 0.25, 60, 10)
    arrive(play, 2.5, units)
    # In a quarter of a second 15 frames: 60 units at twice the even pace, 24 at 1.6 times.
    assert play.step(2.5) == first


def test_however_long_the_gaps_a_rest_begins_at_once_and_goes_on_at_a_least_pace() -> None:
    play = playout()
    clumps(play, 0.6, 2, 10)
    arrive(play, 6.0, 2)
    assert shown(play, 6.0, 7.0) == [1, 0, 0, 0, 1]


def test_each_unit_has_the_deadline_of_its_own_arrival() -> None:
    play = playout()
    arrive(play, 0.0, 10)
    arrive(play, 0.5, 10)
    arrive(play, 0.505, 580)
    assert play.step(0.505) == pytest.approx(2 * 600 / 0.495 * FRAME, abs=1)


@pytest.mark.parametrize("drain", [0.0, 0.03, 2.0])
def test_what_is_due_before_the_end_of_the_drain_is_not_put_off_by_it(drain: float) -> None:
    play = playout(max_lag=0.2, drain=drain)
    arrive(play, 0.0, 400)
    arrive(play, 0.15, 1)
    play.end(0.15)
    frames = shown(play, 0.15, 1.0)
    assert sum(frames[: min(4, 1 + int(drain / FRAME))]) >= 400


def test_what_is_overdue_is_shown_in_one_frame() -> None:
    play = playout()
    arrive(play, 0.0, 100)
    assert play.step(0.7) == 100

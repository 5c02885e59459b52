"""Waits for what does not come, told the time."""

from __future__ import annotations

import pytest

from rx_stream import StreamStalledError
from rx_stream.core.flow.stall import FirstTokenTimeout, GapTimeout


def test_a_wait_is_over_at_its_time_and_not_before() -> None:
    gap = GapTimeout[str](2.0)
    gap.start(0.0)
    assert gap.wake_at() is None
    assert gap.feed("a", 5.0) == ("a",)
    assert gap.wake_at() == 7.0
    assert gap.tick(6.9) == ()
    with pytest.raises(StreamStalledError, match="nothing came for 2 s") as caught:
        gap.tick(7.0)
    assert caught.value.waited == 2.0
    assert gap.wake_at() is None
    assert gap.tick(99.0) == ()


def test_time_in_which_the_source_is_held_back_does_not_count() -> None:
    gap = GapTimeout[str](2.0)
    held = True
    gap.held_back = lambda: held
    gap.start(0.0)
    gap.feed("a", 0.0)
    looks = []
    while len(looks) < 20:
        looks.append(gap.wake_at())
        assert gap.tick(looks[-1]) == ()
    assert looks == pytest.approx([0.5 * i for i in range(1, 21)])
    held = False
    assert gap.tick(11.9) == ()
    with pytest.raises(StreamStalledError) as caught:
        gap.tick(12.0)
    assert caught.value.waited == pytest.approx(2.0)


def test_a_source_that_is_held_back_from_the_start_may_take_its_time_for_the_first_token() -> None:
    first = FirstTokenTimeout[str](1.0)
    first.held_back = lambda: True
    first.start(0.0)
    assert first.tick(5.0) == ()
    first.feed("a", 6.0)
    assert first.wake_at() is None


def test_after_the_end_nothing_is_waited_for() -> None:
    gap = GapTimeout[str](2.0)
    gap.feed("a", 0.0)
    assert gap.flush(1.0) == ()
    assert gap.wake_at() is None

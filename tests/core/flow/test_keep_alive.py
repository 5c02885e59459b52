"""Silence, and what only looks like it."""

from __future__ import annotations

from rx_stream.core.flow.keep_alive import KeepAlive


def test_a_frame_fills_silence_only() -> None:
    alive = KeepAlive(5.0, ":\n")
    alive.start(0.0)
    assert alive.tick(4.0) == ()
    assert alive.tick(5.0) == (":\n",)
    assert alive.feed("data", 7.0) == ("data",)
    assert alive.wake_at() == 12.0
    assert alive.flush(8.0) == ()
    assert alive.wake_at() is None
    assert alive.tick(99.0) == ()


def test_while_items_wait_for_their_reader_nothing_is_added() -> None:
    alive = KeepAlive(5.0, ":\n")
    held = True
    alive.crowded = lambda: held
    alive.start(0.0)
    assert alive.tick(5.0) == ()
    assert alive.wake_at() == 10.0
    held = False
    assert alive.tick(10.0) == (":\n",)


def test_a_late_wake_does_not_move_the_beat_and_a_very_late_one_begins_it_anew() -> None:
    alive = KeepAlive(5.0, ":\n")
    alive.start(0.0)
    assert alive.tick(5.5) == (":\n",)
    assert alive.wake_at() == 10.0
    assert alive.tick(16.0) == (":\n",)
    assert alive.wake_at() == 21.0

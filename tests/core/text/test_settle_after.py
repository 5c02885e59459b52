"""Settling after a silence."""

from __future__ import annotations

from collections.abc import Sequence

from rx_stream.core.text.settle_after import SettleAfter


class Holding:
    def __init__(self) -> None:
        self.held: list[str] = []

    def feed(self, item: str, /) -> Sequence[str]:
        self.held.append(item)
        return ()

    def settle(self) -> Sequence[str]:
        out, self.held = self.held, []
        return out

    flush = settle


def test_it_settles_once_when_the_silence_has_lasted() -> None:
    core = SettleAfter(Holding(), 0.5)
    assert core.wake_at() is None
    assert core.tick(0.0) == ()
    assert core.feed("a", 1.0) == ()
    assert core.feed("b", 1.25) == ()
    assert core.wake_at() == 1.75
    assert core.tick(1.5) == ()
    assert core.tick(1.75) == ["a", "b"]
    assert core.wake_at() is None
    assert core.tick(2.0) == ()


def test_the_end_comes_before_the_silence_has_lasted() -> None:
    core = SettleAfter(Holding(), 0.5)
    core.feed("a", 1.0)
    assert core.flush(1.1) == ["a"]
    assert core.wake_at() is None

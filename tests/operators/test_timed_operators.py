"""What must hold for every timed operator: a monotonic clock, and no timer left behind."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import reactivex as rx
from reactivex.subject import Subject

from rx_stream import (
    keep_alive,
    smooth_text,
    throttle_tokens,
    timeout_between_tokens,
    timeout_first_token,
    track_progress,
)
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

TIMED: dict[str, Callable[..., Any]] = {
    "keep_alive": lambda **o: keep_alive(0.03, **o),
    "smooth_text": lambda **o: smooth_text(frame=0.005, **o),
    "throttle_tokens": lambda **o: throttle_tokens(100, **o),
    "timeout_between_tokens": lambda **o: timeout_between_tokens(30, **o),
    "timeout_first_token": lambda **o: timeout_first_token(30, **o),
    "track_progress": lambda **o: track_progress(10, 0.03, **o),
}
every_operator = pytest.mark.parametrize("name", TIMED)


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A function that sets the wall clock forward or back, for reactivex and for everyone."""
    wall, shift = time.time, 0.0

    def set_clock(seconds: float) -> None:
        nonlocal shift
        shift = seconds

    def now() -> datetime.datetime:
        return datetime.datetime.fromtimestamp(wall() + shift, tz=datetime.UTC)

    monkeypatch.setattr(time, "time", lambda: wall() + shift)
    monkeypatch.setattr("reactivex.scheduler.scheduler.default_now", now)
    return set_clock


WORDS = ["The ", "quick ", "brown ", "fox "]


async def play(source: Subject[str], step: Callable[[float], None]) -> None:
    for word, wall in zip(WORDS, [0, 3600, -3600, 0], strict=True):
        await asyncio.sleep(0.05)
        step(wall)
        source.on_next(word)
    await asyncio.sleep(0.05)
    source.on_completed()


@every_operator
@pytest.mark.parametrize("place", ["loop", "thread"])
@pytest.mark.realtime
def test_a_step_of_the_wall_clock_by_an_hour_changes_nothing(
    name: str, place: str, step: Callable[[float], None]
) -> None:
    scheduler = TimerThreadScheduler() if place == "thread" else None
    seen: list[tuple[float, Any]] = []
    ended = threading.Event()

    async def main() -> None:
        source: Subject[str] = Subject()
        source.pipe(TIMED[name](scheduler=scheduler)).subscribe(
            lambda item: seen.append((time.monotonic(), item)), on_completed=ended.set
        )
        await play(source, step)
        while not ended.is_set():
            await asyncio.sleep(0.001)

    begin = time.monotonic()
    asyncio.run(asyncio.wait_for(main(), 5))
    span = time.monotonic() - begin
    assert span < 4
    most = span / 0.03 + 2  # However late a busy machine wakes us, never a tick too many.
    texts = [item for _, item in seen if isinstance(item, str)]
    assert "".join(texts).replace(":\n", "") == "".join(WORDS)
    if name == "keep_alive":
        assert 2 <= texts.count(":\n") <= most
    if name == "track_progress":
        reports = [item for _, item in seen if not isinstance(item, str)]
        assert 2 <= len(reports) <= most
        assert all(0 <= report.elapsed <= span for report in reports)


class _Counting(TimerThreadScheduler):
    """Knows how many of its timers are still to run."""

    def live(self) -> int:
        return sum(timer.live for timer in self._queue)


@every_operator
@pytest.mark.parametrize("end", ["completed", "error", "dispose"])
def test_no_timer_is_left_behind(name: str, end: str) -> None:
    scheduler = _Counting()
    source: Subject[str] = Subject()
    ended = threading.Event()
    subscription = source.pipe(TIMED[name](scheduler=scheduler)).subscribe(
        on_error=lambda _: ended.set(), on_completed=ended.set
    )
    source.on_next("The quick brown fox jumps")
    source.on_next(" over")
    if end == "completed":
        source.on_completed()
    elif end == "error":
        source.on_error(ValueError("x"))
    if end == "dispose":
        subscription.dispose()
    else:
        assert ended.wait(5)
    assert scheduler.live() == 0
    assert not source.observers


@every_operator
def test_a_subscription_that_ends_at_once_leaves_no_timer(name: str) -> None:
    scheduler = _Counting()
    ended: list[bool] = []
    rx.empty().pipe(TIMED[name](scheduler=scheduler)).subscribe(
        on_completed=lambda: ended.append(True)
    )
    assert ended == [True]
    assert scheduler.live() == 0

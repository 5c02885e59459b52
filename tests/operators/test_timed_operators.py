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
from reactivex import operators as ops
from reactivex.scheduler import CurrentThreadScheduler, ImmediateScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.subject import Subject
from reactivex.testing import TestScheduler

from rx_stream import (
    TokenLimiter,
    backpressure,
    buffer_lines,
    buffer_paragraphs,
    buffer_sentences,
    buffer_words,
    from_iterable,
    keep_alive,
    resume_on_error,
    smooth_text,
    throttle_tokens,
    timeout_between_tokens,
    timeout_first_token,
    track_progress,
)
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.testing import TextMarbles


def _on(operator: Any, scheduler: Any) -> Any:
    """For an operator that goes by the subscriber's scheduler alone."""

    def subscribed(source: Any) -> Any:
        return rx.create(
            lambda observer, _: source.pipe(operator).subscribe(observer, scheduler=scheduler)
        )

    return subscribed


TIMED: dict[str, Callable[..., Any]] = {
    "backpressure": lambda **o: _on(backpressure("sample", period=0.005, lossy=True), **o),
    "buffer_lines": lambda **o: buffer_lines(flush_after=0.03, **o),
    "buffer_paragraphs": lambda **o: buffer_paragraphs(flush_after=0.03, **o),
    "buffer_sentences": lambda **o: buffer_sentences(flush_after=0.03, **o),
    "buffer_words": lambda **o: buffer_words(flush_after=0.03, **o),
    "keep_alive": lambda **o: keep_alive(0.03, **o),
    "resume_on_error": lambda **o: resume_on_error(lambda _: rx.empty(), initial_delay=0.01, **o),
    "smooth_text": lambda **o: smooth_text(frame=0.005, **o),
    "throttle_tokens": lambda **o: throttle_tokens(100, **o),
    "throttle_tokens(limiter)": lambda **o: throttle_tokens(None, limiter=TokenLimiter(100), **o),
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


PLACES: dict[str, Callable[[], Any]] = {
    "loop": lambda: None,
    "thread": TimerThreadScheduler,
    "reactivex": lambda: AsyncIOScheduler(asyncio.get_running_loop()),
}
every_place = pytest.mark.parametrize("place", PLACES)


@every_operator
@pytest.mark.parametrize("place", ["loop", "thread"])
@pytest.mark.realtime
def test_a_step_of_the_wall_clock_by_an_hour_changes_nothing(
    name: str, place: str, step: Callable[[float], None]
) -> None:
    seen: list[tuple[float, Any]] = []
    ended = threading.Event()

    async def main() -> None:
        source: Subject[str] = Subject()
        source.pipe(TIMED[name](scheduler=PLACES[place]())).subscribe(
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


@pytest.mark.parametrize("hours", [1, -1])
@every_place
@pytest.mark.realtime
def test_a_step_of_the_wall_clock_neither_hurries_nor_delays_what_is_waited_for(
    hours: int, place: str, step: Callable[[float], None]
) -> None:
    begin = time.monotonic()
    ends: dict[str, float] = {}

    async def main() -> None:
        scheduler = PLACES[place]()
        waiting = {
            "resume": rx.throw(OSError("cut")).pipe(
                resume_on_error(
                    lambda _: rx.of("x"), initial_delay=0.2, jitter=0, scheduler=scheduler
                )
            ),
            "first": rx.never().pipe(timeout_first_token(0.2, scheduler=scheduler)),
            "between": rx.never().pipe(
                ops.start_with("x"), timeout_between_tokens(0.2, scheduler=scheduler)
            ),
            "throttle": rx.of("x", "y").pipe(throttle_tokens(5, scheduler=scheduler)),
        }
        for name, stream in waiting.items():
            end = lambda *_, n=name: ends.setdefault(n, time.monotonic() - begin)  # noqa: E731
            stream.subscribe(on_error=end, on_completed=end)
        await asyncio.sleep(0.05)
        step(3600 * hours)
        while len(ends) < 4:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 5))
    assert all(0.19 < at < 2 for at in ends.values()), ends


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
    ended = threading.Event()
    rx.empty().pipe(TIMED[name](scheduler=scheduler)).subscribe(on_completed=ended.set)
    assert ended.wait(5)
    assert scheduler.live() == 0


@pytest.mark.parametrize("far", [1e10, 1e12, 1e300])
def test_a_time_beyond_all_calendars_is_waited_for_as_any_other(far: float) -> None:
    operators = [
        timeout_first_token(far),
        throttle_tokens(1 / far),
        backpressure("sample", period=far, lossy=True),
    ]
    for operator in operators:
        lab = TextMarbles()
        got = lab.run(lab.cold("'a' 1s 'b' -").pipe(operator), until=5e9)
        assert got.error is None


def test_a_timer_that_was_set_anew_rings_at_its_time() -> None:
    lab = TestScheduler()
    errors: list[tuple[float, Exception]] = []
    rx.never().pipe(timeout_first_token(2.5e9)).subscribe(
        on_error=lambda error: errors.append((lab.clock, error)), scheduler=lab
    )
    lab.advance_to(3e9)
    assert [at for at, _ in errors] == [2.5e9]


@pytest.mark.parametrize("kind", [CurrentThreadScheduler, ImmediateScheduler])
@pytest.mark.parametrize("name", TIMED)
def test_a_subscriber_that_schedules_on_its_own_thread_is_not_held_up(
    name: str, kind: type[Any]
) -> None:
    operator = TIMED[name](scheduler=kind() if name == "backpressure" else None)
    done, ends = threading.Event(), list[object]()

    def subscribe() -> None:
        from_iterable(["a "]).pipe(operator).subscribe(
            on_error=ends.append, on_completed=done.set, scheduler=kind()
        )

    threading.Thread(target=subscribe, daemon=True).start()
    assert done.wait(5)
    assert ends == []

"""Cores and subscribers that raise: the stream ends, once, and the source is let go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import reactivex as rx
from reactivex import abc
from reactivex import operators as ops
from reactivex.disposable import Disposable
from reactivex.subject import Subject
from reactivex.testing import TestScheduler

from rx_stream import (
    StreamChunk,
    backpressure,
    buffer_tokens,
    buffer_words,
    chunk_text,
    count_tokens,
    keep_alive,
    observe_on_bounded,
    resume_on_error,
    stop_at,
    throttle_tokens,
    track_progress,
)
from rx_stream.operators._lift import lift_tap, lift_text
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._link import SerialSource
from rx_stream.testing import TextMarbles


class Raising:
    """Raises where it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where

    def _reach(self, place: str) -> None:
        if self.where == place:
            raise ValueError(place)

    def see(self, item: object) -> None:
        self._reach("see")

    def feed(self, item: str, now: float = 0.0) -> Sequence[str]:
        self._reach("feed")
        return (item,)

    def tick(self, now: float) -> Sequence[str]:
        self._reach("tick")
        return ()

    def flush(self, now: float = 0.0) -> Sequence[str]:
        self._reach("flush")
        return ()

    def wake_at(self) -> float | None:
        return 1.0 if self.where == "tick" else None


def outcome(operator: Any, *, end: bool = False) -> tuple[list[Any], Subject[str]]:
    source: Subject[str] = Subject()
    scheduler = TestScheduler()
    got: list[Any] = []
    source.pipe(operator).subscribe(
        got.append, lambda e: got.append(repr(e)), lambda: got.append("|"), scheduler=scheduler
    )
    source.on_next("a ")
    scheduler.advance_to(5.0)
    if end:
        source.on_completed()
    return got, source


@pytest.mark.parametrize(
    ("lifted", "where"),
    [
        (lambda: lift_tap(lambda _: Raising("see")), "see"),
        (lambda: lift_text(lambda: Raising("feed")), "feed"),
        (lambda: lift_timed(lambda: Raising("feed")), "feed"),
    ],
)
def test_a_core_that_raises_on_an_item_ends_the_stream(
    lifted: Callable[[], Any], where: str
) -> None:
    got, source = outcome(lifted())
    assert got == [f"ValueError('{where}')"]
    assert not source.observers


def test_a_core_that_raises_when_its_time_comes_ends_the_stream() -> None:
    got, source = outcome(lift_timed(lambda: Raising("tick")))
    assert got == ["a ", "ValueError('tick')"]
    assert not source.observers


def test_a_timed_core_that_raises_at_the_end_gives_its_error_for_the_completion() -> None:
    got, _ = outcome(lift_timed(lambda: Raising("flush")), end=True)
    assert got == ["a ", "ValueError('flush')"]


@pytest.mark.parametrize(
    "operator",
    [
        lambda: lift_tap(lambda _: Raising("")),
        buffer_words,
        lambda: throttle_tokens(None),
        lambda: throttle_tokens(1_000),
        lambda: track_progress(None, 1.0, on_progress=lambda _: None),
    ],
)
def test_what_a_subscriber_raises_reaches_whoever_pushed_and_no_hole_follows(
    operator: Callable[[], Any],
) -> None:
    source: Subject[str] = Subject()
    got: list[str] = []

    def refuse_once(item: str) -> None:
        got.append(item)
        if len(got) == 1:
            raise KeyError("subscriber")

    source.pipe(operator()).subscribe(
        lambda item: refuse_once(item) if type(item) is str else None, scheduler=TestScheduler()
    )
    with pytest.raises(KeyError, match="subscriber"):
        source.on_next("a ")
    stopped = not source.observers
    source.on_next("b ")
    assert got == (["a "] if stopped else ["a ", "b "])


def test_a_failing_observable_of_rates_ends_the_stream() -> None:
    rates: Subject[float] = Subject()
    got: list[str] = []
    rx.never().pipe(throttle_tokens(rates)).subscribe(
        None, lambda e: got.append(repr(e)), scheduler=TestScheduler()
    )
    rates.on_error(ValueError("rates"))
    assert got == ["ValueError('rates')"]


def test_a_rate_below_zero_that_comes_later_ends_the_stream() -> None:
    rates: Subject[float] = Subject()
    got: list[BaseException] = []
    rx.never().pipe(throttle_tokens(rates)).subscribe(None, got.append, scheduler=TestScheduler())
    rates.on_next(-1.0)
    assert [type(error) for error in got] == [ValueError]


def test_include_must_be_a_boolean() -> None:
    with pytest.raises(TypeError, match="stop_at: include must be True or False, not 1"):
        stop_at("x", include=1)  # type: ignore[arg-type]


class Unready(SerialSource[str]):
    """Cannot be subscribed, as from_async_iterable() without a loop."""

    def _subscribe_core(
        self, observer: abc.ObserverBase[str], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        raise RuntimeError("not here")


class Foreign(rx.Observable[str]):
    """Has a way of its own to be subscribed, which fails."""

    def subscribe(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("not here")


@pytest.mark.parametrize("source", [Unready(), Foreign()])
def test_a_source_that_cannot_be_subscribed_fails_and_leaves_no_timer_behind(source: Any) -> None:
    scheduler, reports, got = TestScheduler(), list[Any](), list[Any]()
    frames = source.pipe(
        track_progress(None, 0.1, on_progress=lambda report: reports.append(report.state)),
        keep_alive(0.1),
        backpressure(),
        observe_on_bounded(scheduler),
        buffer_words(),
    )
    frames.subscribe(got.append, got.append, scheduler=scheduler)
    scheduler.advance_to(5.0)
    assert [str(item) for item in got] == ["not here"]
    assert reports[-1] == "error"
    assert all(item.is_cancelled() for item, _ in scheduler._queue.items)


def test_a_source_that_cannot_be_subscribed_may_be_resumed() -> None:
    lab = TextMarbles()
    operator = resume_on_error(lambda _: lab.cold("'a' |"), jitter=0)
    assert lab.run(Unready().pipe(operator)).values == ["a"]


def test_what_a_subscriber_raises_while_it_subscribes_is_its_error_as_with_any_operator() -> None:
    def send(observer: abc.ObserverBase[str], _: Any = None) -> abc.DisposableBase:
        observer.on_next("a ")
        return Disposable()

    def refuse(_: object) -> None:
        raise KeyError("mine")

    scheduler, source = TestScheduler(), SerialSource(send)
    for operator in (
        ops.map(lambda item: item),
        lift_text(lambda: Raising("")),
        track_progress(1, 0.1),
        backpressure(),
        resume_on_error(lambda _: rx.empty()),
    ):
        errors: list[Any] = []
        source.pipe(operator).subscribe(refuse, errors.append, scheduler=scheduler)
        assert [repr(error) for error in errors] == ["KeyError('mine')"]


def _words(text: str) -> int:
    if "boom" in text:
        raise RuntimeError("cannot count")
    return len(text.split())


@pytest.mark.parametrize(
    "operator",
    [
        buffer_tokens(9, encoding=_words),
        chunk_text(9, encoding=_words),
        count_tokens(encoding=_words),
        throttle_tokens(1e9, encoding=_words),
    ],
)
@pytest.mark.parametrize("make", [str, StreamChunk])
def test_text_comes_before_the_error_of_what_counts_it(
    operator: Any, make: Callable[[str], str | StreamChunk]
) -> None:
    source: Subject[Any] = Subject()
    got: list[str] = []
    errors: list[Exception] = []
    source.pipe(operator).subscribe(lambda item: got.append(str(item)), errors.append)
    for text in ("one ", "two ", "boom "):
        source.on_next(make(text))
    assert "".join(got) == "one two boom "
    assert [*map(str, errors)] == ["cannot count"]
    assert not source.observers

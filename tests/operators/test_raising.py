"""Cores and subscribers that raise: the stream ends, once, and the source is let go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import reactivex as rx
from reactivex.subject import Subject
from reactivex.testing import TestScheduler

from rx_stream import buffer_words, stop_at, throttle_tokens, track_progress
from rx_stream.operators._lift import lift_tap, lift_text
from rx_stream.operators._lift_timed import lift_timed


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

"""Sources that are not ours: an entrance treats them as ``Observable.subscribe`` does."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex as rx
from reactivex import operators as ops
from reactivex.disposable import Disposable

from rx_stream import buffer_words, throttle_tokens
from rx_stream.operators._lift import lift
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.testing import TextMarbles

JOINED = [
    pytest.param(buffer_words, id="one at a time"),
    pytest.param(lambda: throttle_tokens(1000), id="serial"),
]
EITHER = [*JOINED, pytest.param(lambda: ops.map(lambda x: x), id="as a stock operator")]


LIFTED = [pytest.param(lift, id="one at a time"), pytest.param(lift_timed, id="serial")]


class Probe:
    """A source that is not ours, and hands its observer out."""

    def __init__(self) -> None:
        self.disposed = 0
        self.observer: Any = None
        self.when_subscribed: Any = None
        self.stream: rx.Observable[str] = rx.create(self._subscribe)

    def _subscribe(self, observer: Any, _: Any = None) -> Disposable:
        self.observer = observer
        if self.when_subscribed is not None:
            self.when_subscribed()
        return Disposable(self._note)

    def _note(self) -> None:
        self.disposed += 1


class Fed:
    """A core, timed or not, that tells what it was fed."""

    def __init__(self) -> None:
        self.fed: list[str] = []
        self.flushed = 0

    def feed(self, item: str, *_: float) -> tuple[str]:
        self.fed.append(item)
        return (item,)

    def flush(self, *_: float) -> tuple[()]:
        self.flushed += 1
        return ()

    def tick(self, _: float) -> tuple[()]:
        return ()

    def wake_at(self) -> None:
        return None


def record(source: rx.Observable[Any]) -> list[Any]:
    got: list[Any] = []
    source.subscribe(got.append, lambda e: got.append(repr(e)), lambda: got.append("|"))
    return got


@pytest.mark.parametrize("operator", EITHER)
def test_what_a_source_raises_when_subscribed_is_the_stream_s_error(operator: Any) -> None:
    def subscribe(observer: Any, _: Any = None) -> Any:
        observer.on_next("a b")
        raise ValueError("no source")

    *text, error = record(rx.create(subscribe).pipe(operator()))
    assert ("".join(text), error) == ("a b", "ValueError('no source')")


@pytest.mark.parametrize("operator", EITHER)
def test_what_a_source_raises_after_its_end_reaches_the_subscriber(operator: Any) -> None:
    def subscribe(observer: Any, _: Any = None) -> Any:
        observer.on_completed()
        raise ValueError("too late")

    with pytest.raises(ValueError, match="too late"):
        record(rx.create(subscribe).pipe(operator()))


@pytest.mark.parametrize("operator", EITHER)
def test_a_source_may_return_a_function_to_be_disposed_by(operator: Any) -> None:
    disposed: list[bool] = []
    source = rx.create(lambda observer, _: lambda: disposed.append(True))  # type: ignore[arg-type]
    subscription = source.pipe(operator()).subscribe()
    assert disposed == []
    subscription.dispose()
    subscription.dispose()
    assert disposed == [True]


@pytest.mark.parametrize("operator", EITHER)
def test_a_source_may_return_nothing(operator: Any) -> None:
    source = rx.create(lambda observer, _: observer.on_next("a "))  # type: ignore[arg-type]
    got: list[str] = []
    source.pipe(operator()).subscribe(got.append).dispose()
    assert got == ["a "]


@pytest.mark.parametrize("end", ["completed", "error"])
@pytest.mark.parametrize("operator", EITHER)
def test_a_source_that_has_ended_is_let_go_and_not_heard_any_more(operator: Any, end: str) -> None:
    disposed: list[bool] = []
    observers: list[Any] = []

    def subscribe(observer: Any, _: Any = None) -> Any:
        observers.append(observer)
        return Disposable(lambda: disposed.append(True))

    got = record(rx.create(subscribe).pipe(operator()))
    (source,) = observers
    source.on_next("a ")
    terminal = source.on_completed if end == "completed" else lambda: source.on_error(KeyError(end))
    terminal()
    assert disposed == [True]
    source.on_next("b ")
    terminal()
    assert got == ["a ", "|" if end == "completed" else "KeyError('error')"]
    assert disposed == [True]


@pytest.mark.parametrize("operator", JOINED)
def test_a_source_that_waits_for_its_subscriber_is_let_go_when_it_ends_at_once(
    operator: Any,
) -> None:
    disposed: list[bool] = []

    def subscribe(observer: Any, _: Any = None) -> Any:
        observer.on_completed()
        return Disposable(lambda: disposed.append(True))

    assert record(rx.create(subscribe).pipe(operator())) == ["|"]
    assert disposed == [True]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_source_is_let_go_at_its_end_while_its_text_still_waits(at_once: bool) -> None:
    lab, probe = TextMarbles(), Probe()

    def send() -> None:
        for word in ("a ", "b "):
            probe.observer.on_next(word)
        probe.observer.on_completed()

    if at_once:
        probe.when_subscribed = send
    got: list[str] = []
    stream = probe.stream.pipe(throttle_tokens(1))
    stream.subscribe(got.append, None, lambda: got.append("|"), scheduler=lab.scheduler)
    if not at_once:
        send()
    assert (got, probe.disposed) == (["a "], 1)
    probe.observer.on_next("late ")
    probe.observer.on_error(ValueError("late"))
    lab.scheduler.advance_to(lab.scheduler.clock + 60)
    assert got == ["a ", "b ", "|"]


@pytest.mark.parametrize("end", ["completed", "disposed"])
@pytest.mark.parametrize("make", LIFTED)
def test_a_core_is_fed_nothing_that_comes_after_the_end(make: Any, end: str) -> None:
    probe, core = Probe(), Fed()
    subscription = probe.stream.pipe(make(lambda: core)).subscribe()
    probe.observer.on_next("a ")
    if end == "completed":
        probe.observer.on_completed()
    else:
        subscription.dispose()
    probe.observer.on_next("late ")
    assert (core.fed, probe.disposed) == (["a "], 1)


def test_an_item_pushed_from_inside_after_the_end_is_not_let_in() -> None:
    probe, core = Probe(), Fed()

    def on_next(_: str) -> None:
        if len(core.fed) == 1:
            probe.observer.on_next("b ")
            probe.observer.on_completed()
            probe.observer.on_next("late ")

    probe.stream.pipe(lift(lambda: core)).subscribe(on_next)
    probe.observer.on_next("a ")
    assert core.fed == ["a ", "b "]


def test_the_completion_is_told_once() -> None:
    probe, core = Probe(), Fed()

    def on_next(_: str) -> None:
        probe.observer.on_completed()
        probe.observer.on_completed()
        assert core.flushed == 0  # It waits for the item.

    probe.stream.pipe(lift(lambda: core)).subscribe(on_next)
    probe.observer.on_next("a ")
    assert core.flushed == 1


@pytest.mark.parametrize("operator", JOINED)
def test_a_class_with_a_way_of_its_own_to_be_subscribed_keeps_it(operator: Any) -> None:
    class Counted(rx.Observable[str]):
        times = 0

        def subscribe(self, *args: Any, **kwargs: Any) -> Any:
            self.times += 1
            return super().subscribe(*args, **kwargs)

    def items(observer: Any, _: Any = None) -> Any:
        observer.on_next("a ")
        observer.on_completed()
        return Disposable()

    source = Counted(items)
    assert record(source.pipe(operator())) == ["a ", "|"]
    assert source.times == 1

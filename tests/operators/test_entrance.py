"""Sources that are not ours: an entrance treats them as ``Observable.subscribe`` does."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex as rx
from reactivex import operators as ops
from reactivex.disposable import Disposable

from rx_stream import buffer_words, throttle_tokens

JOINED = [
    pytest.param(buffer_words, id="one at a time"),
    pytest.param(lambda: throttle_tokens(1000), id="serial"),
]
EITHER = [*JOINED, pytest.param(lambda: ops.map(lambda x: x), id="as a stock operator")]


def record(source: rx.Observable[Any]) -> list[Any]:
    got: list[Any] = []
    source.subscribe(got.append, lambda e: got.append(repr(e)), lambda: got.append("|"))
    return got


@pytest.mark.parametrize("operator", EITHER)
def test_what_a_source_raises_when_subscribed_is_the_stream_s_error(operator: Any) -> None:
    def subscribe(observer: Any, _: Any = None) -> Any:
        observer.on_next("a ")
        raise ValueError("no source")

    assert record(rx.create(subscribe).pipe(operator())) == ["a ", "ValueError('no source')"]


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


def test_a_source_is_let_go_at_its_end_while_its_text_still_waits() -> None:
    disposed: list[bool] = []

    def subscribe(observer: Any, _: Any = None) -> Any:
        for word in ("a ", "b ", "c "):
            observer.on_next(word)
        observer.on_completed()
        return Disposable(lambda: disposed.append(True))

    got: list[str] = []
    rx.create(subscribe).pipe(throttle_tokens(0.01)).subscribe(got.append).dispose()
    assert (got, disposed) == (["a "], [True])


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

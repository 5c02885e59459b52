"""Once ``dispose`` has returned, no thread calls the subscriber any more."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from reactivex.subject import Subject

from rx_stream import backpressure, throttle_tokens

OPERATORS = pytest.mark.parametrize(
    "operator", [throttle_tokens(1000), backpressure()], ids=["timed", "flow"]
)


def push_on_a_thread(source: Subject[str]) -> threading.Thread:
    thread = threading.Thread(target=source.on_next, args=("a",))
    thread.start()
    return thread


@OPERATORS
def test_it_waits_for_an_item_that_another_thread_is_sending(
    operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may leave the other thread for longer than anybody would wait.
    monkeypatch.setattr("rx_stream.operators._serial._IN_FLIGHT", 20.0)
    source: Subject[str] = Subject()
    entered, done = threading.Event(), list[str]()

    def on_next(item: str) -> None:
        entered.set()
        time.sleep(0.01)  # The item is on its way while the other thread disposes.
        done.append(item)

    subscription = source.pipe(operator).subscribe(on_next)
    thread = push_on_a_thread(source)
    assert entered.wait(20)
    subscription.dispose()
    assert done == ["a"]
    thread.join()


@OPERATORS
def test_it_does_not_wait_for_ever_for_a_subscriber_that_waits_for_it(operator: Any) -> None:
    source: Subject[str] = Subject()
    entered, disposed = threading.Event(), threading.Event()
    in_time: list[bool] = []

    def on_next(_: str) -> None:
        entered.set()
        in_time.append(disposed.wait(20))

    subscription = source.pipe(operator).subscribe(on_next)
    thread = push_on_a_thread(source)
    assert entered.wait(20)
    subscription.dispose()
    disposed.set()
    thread.join()
    assert in_time == [True]


@OPERATORS
def test_a_subscriber_may_dispose_from_inside(operator: Any) -> None:
    source: Subject[str] = Subject()
    got: list[str] = []

    def on_next(item: str) -> None:
        got.append(item)
        subscription.dispose()

    subscription = source.pipe(operator).subscribe(on_next)
    source.on_next("a")
    source.on_next("b")
    assert got == ["a"]

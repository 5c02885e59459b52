"""Iterate with ``for`` over what other threads send; leaving closes the source."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from reactivex import Observable
from reactivex import operators as ops
from reactivex.scheduler import EventLoopScheduler
from reactivex.subject import Subject

from rx_stream import (
    buffer_words,
    from_async_iterable,
    from_iterable,
    from_llm,
    share_stream,
    throttle_tokens,
    to_iterable,
)


class Numbers:
    """An endless stream of numbers that notes when it is closed."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.fail_at = fail_at
        self.made = 0
        self.closed = False
        self.threads: set[int] = set()

    def __iter__(self) -> Iterator[int]:
        try:
            while True:
                self.threads.add(threading.get_ident())
                if self.made == self.fail_at:
                    raise ValueError("upstream")
                self.made += 1
                yield self.made - 1
        finally:
            self.closed = True


def leave_by_close(numbers: Numbers) -> None:
    stream = to_iterable(from_iterable(numbers))
    assert next(stream) == 0
    stream.close()


def leave_by_take(numbers: Numbers) -> None:
    assert list(to_iterable(from_iterable(numbers).pipe(ops.take(3)))) == [0, 1, 2]


def leave_by_break(numbers: Numbers) -> None:
    for number in to_iterable(from_iterable(numbers)):
        if number == 3:
            break  # The generator is collected at once.


def leave_by_an_error_of_an_operator(numbers: Numbers) -> None:
    with pytest.raises(ZeroDivisionError):
        list(to_iterable(from_iterable(numbers).pipe(ops.map(lambda x: 1 // (2 - x)))))


def leave_by_an_error_of_the_source(numbers: Numbers) -> None:
    numbers.fail_at = 2
    with pytest.raises(ValueError, match="upstream"):
        list(to_iterable(from_iterable(numbers)))


@pytest.mark.parametrize(
    "ending",
    [
        leave_by_close,
        leave_by_take,
        leave_by_break,
        leave_by_an_error_of_an_operator,
        leave_by_an_error_of_the_source,
    ],
    ids=lambda ending: ending.__name__,
)
def test_the_source_is_closed_and_no_thread_is_left(ending: Any) -> None:
    before = set(threading.enumerate())
    numbers = Numbers()
    ending(numbers)
    assert numbers.closed
    assert set(threading.enumerate()) <= before
    assert threading.get_ident() not in numbers.threads


def test_a_timed_operator_runs_on_a_thread_of_the_stream() -> None:
    assert list(to_iterable(from_iterable(["a", "b"]).pipe(throttle_tokens(1000)))) == ["a", "b"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_source_that_blocks_holds_up_no_timer(shared: bool) -> None:
    seen = threading.Event()

    def words() -> Iterator[str]:
        yield "a "
        yield "b "  # Leaves by a timer, while the source waits.
        assert seen.wait(20)

    stream = from_iterable(words()).pipe(throttle_tokens(1000))
    got: list[str] = []
    for word in to_iterable(stream.pipe(share_stream()) if shared else stream):
        got.append(word)
        if word == "b ":
            seen.set()
    assert got == ["a ", "b "]


def test_timers_of_stock_operators_run_on_the_thread_of_the_source() -> None:
    threads: set[int] = set()
    note = ops.do_action(lambda _: threads.add(threading.get_ident()))
    stream = from_iterable(["a", "b"]).pipe(note, ops.delay(0.001), note)
    assert list(to_iterable(stream)) == ["a", "b"]
    assert len(threads) == 1


def test_a_source_on_another_scheduler_is_closed_before_close_returns() -> None:
    """Its ``next`` is running when the reader leaves."""
    worker = EventLoopScheduler()
    closed = threading.Event()
    go_on = threading.Event()

    def items() -> Iterator[int]:
        try:
            yield 0
            go_on.wait(20)
            yield 1
        finally:
            closed.set()

    stream = to_iterable(from_iterable(items(), scheduler=worker))
    assert next(stream) == 0
    threading.Timer(0.02, go_on.set).start()
    stream.close()
    assert closed.is_set()
    worker.dispose()


def test_an_async_source_on_a_loop_is_closed_before_close_returns() -> None:
    closed = threading.Event()

    async def items() -> Any:
        try:
            while True:
                yield 1
        finally:
            await asyncio.sleep(0.01)
            closed.set()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        stream = to_iterable(from_async_iterable(items(), loop=loop))
        assert next(stream) == 1
        stream.close()
        assert closed.is_set()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_context_variables_reach_the_source() -> None:
    request = contextvars.ContextVar("request", default="unset")

    def items() -> Iterator[str]:
        yield request.get()

    request.set("r-1")
    assert list(to_iterable(from_iterable(items()))) == ["r-1"]


def test_a_source_that_cannot_be_paused_is_warned_about() -> None:
    source: Subject[int] = Subject()
    pushed = threading.Event()

    def subscribe(observer: Any, scheduler: Any = None) -> Any:
        subscription = source.subscribe(observer)
        threading.Thread(target=push).start()
        assert pushed.wait(20)  # Before the reader looks for the first time.
        return subscription

    def push() -> None:
        for number in range(10):
            source.on_next(number)
        source.on_completed()
        pushed.set()

    with pytest.warns(RuntimeWarning, match="cannot be paused"):
        got = list(to_iterable(Observable(subscribe), capacity=2))
    assert got == list(range(10))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((None,), TypeError), ((Subject(), 0), ValueError), ((Subject(), 1.0), TypeError)],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    source, *capacity = arguments
    with pytest.raises(error, match=r"^to_iterable: "):
        to_iterable(source, **({"capacity": capacity[0]} if capacity else {}))


def test_a_source_of_the_loop_that_the_reader_holds_up_is_refused() -> None:
    """A cell of Jupyter would do that, and wait for ever."""

    class Model:
        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> str:
            return "a"

    async def cell(source: Observable[Any]) -> None:
        with pytest.raises(RuntimeError, match=r"to_iterable: .*to_async_iterable"):
            list(to_iterable(source))

    for source in (from_async_iterable(Model()), from_llm(Model()).pipe(buffer_words())):
        asyncio.run(asyncio.wait_for(cell(source), 20))


def test_a_source_of_another_thread_can_be_read_where_a_loop_runs() -> None:
    async def cell() -> list[str]:
        return list(to_iterable(from_iterable(["a", "b"])))

    assert asyncio.run(cell()) == ["a", "b"]

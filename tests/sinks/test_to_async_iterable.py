"""However an iteration ends, its source is closed before control returns, and nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import os
import threading
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.subject import Subject

from rx_stream import (
    buffer_words,
    from_async_iterable,
    from_iterable,
    share_stream,
    to_async_iterable,
    to_iterable,
)


class Source:
    """An endless stream whose clean-up itself takes time."""

    def __init__(self, *, wait: float = 0.0, fail_at: int | None = None) -> None:
        self.wait = wait
        self.fail_at = fail_at
        self.made = 0
        self.closed = False

    async def items(self) -> AsyncIterator[int]:
        try:
            while True:
                await asyncio.sleep(self.wait)
                if self.made == self.fail_at:
                    raise ValueError("upstream")
                yield self.made
                self.made += 1
        finally:
            await asyncio.sleep(0.01)
            self.closed = True


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def take(source: Source) -> None:
    stream = from_async_iterable(source.items()).pipe(ops.take(3))
    assert [item async for item in to_async_iterable(stream)] == [0, 1, 2]


async def break_and_aclose(source: Source) -> None:
    stream = to_async_iterable(from_async_iterable(source.items()).pipe(ops.map(lambda x: x)))
    async for item in stream:
        if item == 2:
            break
    await stream.aclose()


async def aclosing(source: Source) -> None:
    async with contextlib.aclosing(to_async_iterable(from_async_iterable(source.items()))) as it:
        assert await anext(it) == 0


async def consumer_cancelled(source: Source) -> None:
    started = asyncio.Event()

    async def consume() -> None:
        async for _ in to_async_iterable(from_async_iterable(source.items())):
            started.set()

    task = asyncio.create_task(consume())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def consumer_cancelled_while_the_source_waits(source: Source) -> None:
    source.wait = 3600.0

    async def consume() -> None:
        async for _ in to_async_iterable(from_async_iterable(source.items())):
            pass

    task = asyncio.create_task(consume())
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def consumer_cancelled_twice(source: Source) -> None:
    started = asyncio.Event()

    async def consume() -> None:
        async for _ in to_async_iterable(from_async_iterable(source.items())):
            started.set()

    task = asyncio.create_task(consume())
    await started.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while others():  # It was told not to wait; the clean-up still goes on undisturbed.
        await asyncio.sleep(0.001)


async def timed_out(source: Source) -> None:
    source.wait = 0.001
    with pytest.raises(TimeoutError):  # noqa: PT012 - the loop is the subject
        async with asyncio.timeout(0.02):
            async for _ in to_async_iterable(from_async_iterable(source.items())):
                pass


async def operator_fails(source: Source) -> None:
    stream = from_async_iterable(source.items()).pipe(ops.map(lambda x: 1 // (2 - x)))
    with pytest.raises(ZeroDivisionError):
        async for _ in to_async_iterable(stream):
            pass


async def source_fails(source: Source) -> None:
    source.fail_at = 2
    got: list[int] = []
    with pytest.raises(ValueError, match="upstream"):  # noqa: PT012 - the loop is the subject
        async for item in to_async_iterable(from_async_iterable(source.items())):
            got.append(item)  # noqa: PERF401 - it raises
    assert got == [0, 1]


async def consumer_fails(source: Source) -> None:
    with pytest.raises(KeyError):  # noqa: PT012 - the loop is the subject
        async with contextlib.aclosing(
            to_async_iterable(from_async_iterable(source.items()))
        ) as stream:
            async for _ in stream:
                raise KeyError("mine")


async def behind_a_shared_stream(source: Source) -> None:
    shared = from_async_iterable(source.items()).pipe(share_stream())
    one, two = to_async_iterable(shared), to_async_iterable(shared)
    await anext(one)
    await anext(two)
    await one.aclose()
    await two.aclose()


async def behind_our_operators(source: Source) -> None:
    words = from_async_iterable(source.items()).pipe(
        ops.map(lambda n: f"{n} "), buffer_words(), ops.take(2)
    )
    assert [word async for word in to_async_iterable(words)] == ["0 ", "1 "]


ENDINGS: list[Callable[[Source], Awaitable[None]]] = [
    take,
    break_and_aclose,
    aclosing,
    consumer_cancelled,
    consumer_cancelled_while_the_source_waits,
    consumer_cancelled_twice,
    timed_out,
    operator_fails,
    source_fails,
    consumer_fails,
    behind_a_shared_stream,
    behind_our_operators,
]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_the_source_is_closed_and_no_task_is_left(ending: Any) -> None:
    async def main() -> None:
        source = Source()
        await ending(source)
        assert source.closed
        assert others() == set()

    # Threads of the tests before may end meanwhile.
    threads = set(threading.enumerate())
    asyncio.run(main())
    assert set(threading.enumerate()) <= threads


def test_a_forgotten_iteration_is_finished_when_it_is_collected() -> None:
    async def main() -> None:
        source = Source()
        async for item in to_async_iterable(from_async_iterable(source.items())):
            if item == 2:
                break
        gc.collect()
        while others():
            await asyncio.sleep(0.001)
        assert source.closed

    asyncio.run(main())


@pytest.mark.skipif(
    os.environ.get("RX_STREAM_LOOP") == "uvloop",
    reason="uvloop closes the forgotten iteration first, and asyncio.run then cancels that",
)
def test_a_loop_that_closes_takes_the_source_with_it() -> None:
    source = Source()

    async def main() -> None:
        stream = to_async_iterable(from_async_iterable(source.items()))
        await anext(stream)

    asyncio.run(main())
    assert source.closed


def test_a_reader_on_a_thread_is_told_when_the_loop_of_its_source_closes() -> None:
    got: list[Any] = []
    first = threading.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        source = Source(wait=0.001)

        def read() -> None:
            try:
                for item in to_iterable(from_async_iterable(source.items(), loop=loop)):
                    got.append(item)
                    first.set()
            except Exception as error:  # noqa: BLE001 - looked at below
                got.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        while not first.is_set():
            await asyncio.sleep(0.001)
        threads.append(reader)

    threads: list[threading.Thread] = []
    asyncio.run(main())
    threads[0].join(20)
    assert not threads[0].is_alive()
    assert "cancelled" in str(got[-1])


def test_nothing_is_subscribed_before_the_first_item_is_asked_for() -> None:
    async def main() -> None:
        source: Subject[str] = Subject()
        stream = to_async_iterable(source)
        assert source.observers == []
        await stream.aclose()

    asyncio.run(main())


def test_a_pushing_thread_wakes_the_reader() -> None:
    async def main() -> list[int]:
        source: Subject[int] = Subject()

        def push() -> None:
            while not source.observers:
                pass
            for number in range(5000):
                source.on_next(number)
            source.on_completed()

        thread = threading.Thread(target=push)
        thread.start()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            got = [item async for item in to_async_iterable(source)]
        thread.join()
        return got

    assert asyncio.run(main()) == list(range(5000))


def test_context_variables_reach_the_source() -> None:
    request = contextvars.ContextVar("request", default="unset")

    async def source() -> AsyncIterator[str]:
        yield request.get()

    async def main() -> list[str]:
        request.set("r-1")
        return [item async for item in to_async_iterable(from_async_iterable(source()))]

    assert asyncio.run(main()) == ["r-1"]


def test_a_source_that_cannot_be_paused_is_warned_about_once_with_what_to_do() -> None:
    async def main() -> None:
        source: Subject[int] = Subject()
        stream = to_async_iterable(source, capacity=2)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        for number in range(10):
            source.on_next(number)
        source.on_completed()
        await first
        assert [item async for item in stream] == list(range(1, 10))

    with pytest.warns(RuntimeWarning, match=r"from_iterable.*backpressure\(\)") as caught:
        asyncio.run(main())
    assert len(caught) == 1


def test_a_source_that_can_be_paused_is_not_warned_about() -> None:
    """Not even where one pull brings more than the capacity."""

    async def main() -> int:
        stream = from_iterable(["a b c d e "] * 100).pipe(buffer_words())
        return len([item async for item in to_async_iterable(stream, capacity=1)])

    assert asyncio.run(main()) == 500


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(([1],), TypeError), ((Subject(), 0), ValueError), ((Subject(), True), TypeError)],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    source, *capacity = arguments
    with pytest.raises(error, match=r"^to_async_iterable: "):
        to_async_iterable(source, **({"capacity": capacity[0]} if capacity else {}))

"""Items of an async iterable, read by one task that ends with the stream."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from reactivex import operators as ops

from rx_stream import StreamTruncatedError, from_async_iterable, to_async_iterable


async def letters(text: str = "abc") -> AsyncIterator[str]:
    for letter in text:
        yield letter


class Response:
    """What a client's call gives: an async iterable with a close of its own."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    async def __aiter__(self) -> AsyncIterator[str]:
        try:
            for letter in "abcdef":
                yield letter
        finally:
            self.closed.append("iterator")

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closed.append("response")


def run(stream: Any) -> list[Any]:
    async def main() -> list[Any]:
        got = [item async for item in to_async_iterable(stream)]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return got

    return asyncio.run(main())


async def called() -> Response:
    return Response()


def test_an_async_generator() -> None:
    assert run(from_async_iterable(letters())) == ["a", "b", "c"]


def test_an_object_with_aiter() -> None:
    assert run(from_async_iterable(Response())) == list("abcdef")


def test_a_coroutine_that_returns_one() -> None:
    assert run(from_async_iterable(called())) == list("abcdef")


def test_the_iterator_is_closed_before_the_response() -> None:
    response = Response()
    assert run(from_async_iterable(response).pipe(ops.take(2))) == ["a", "b"]
    assert response.closed == ["iterator", "response"]


def test_a_coroutine_that_raises_is_the_error() -> None:
    async def call() -> Response:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError, match="refused"):
        run(from_async_iterable(call()))


def test_items_before_an_error_are_not_lost() -> None:
    async def source() -> AsyncIterator[str]:
        yield "a"
        raise ValueError("upstream")

    async def main() -> list[Any]:
        got: list[Any] = []
        try:
            async for item in to_async_iterable(from_async_iterable(source())):
                got.append(item)  # noqa: PERF401 - it raises
        except ValueError as error:
            got.append(str(error))
        return got

    assert asyncio.run(main()) == ["a", "upstream"]


def test_dispose_before_the_task_has_run_closes_the_source_unread() -> None:
    async def main() -> None:
        response = Response()
        from_async_iterable(response).subscribe().dispose()
        while asyncio.all_tasks() != {asyncio.current_task()}:
            await asyncio.sleep(0)
        assert response.closed == ["response"]

    asyncio.run(main())


def test_dispose_from_another_thread_closes_the_source() -> None:
    async def main() -> None:
        response = Response()
        waiting = asyncio.Event()

        async def source() -> AsyncIterator[str]:
            try:
                async for item in response:
                    yield item
                    waiting.set()
                    await asyncio.sleep(3600)
            finally:
                await response.close()

        subscription = from_async_iterable(source()).subscribe()
        await waiting.wait()
        await asyncio.to_thread(subscription.dispose)
        while asyncio.all_tasks() != {asyncio.current_task()}:
            await asyncio.sleep(0.001)
        assert "response" in response.closed

    asyncio.run(main())


def test_a_source_that_never_waits_leaves_turns_to_the_loop() -> None:
    async def endless() -> AsyncIterator[int]:
        while True:
            yield 1

    async def main() -> None:
        turns = 0
        subscription = from_async_iterable(endless()).subscribe()
        for _ in range(5):
            await asyncio.sleep(0)
            turns += 1
        subscription.dispose()
        assert turns == 5

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_task_that_somebody_else_cancels_is_an_error_and_not_an_end() -> None:
    async def source() -> AsyncIterator[str]:
        yield "a"
        raise asyncio.CancelledError

    with pytest.raises(StreamTruncatedError, match="cancelled"):
        run(from_async_iterable(source()))


def test_what_the_subscriber_raises_closes_the_source_and_is_reported() -> None:
    async def main() -> None:
        response, reported, heard = Response(), list[Any](), list[Any]()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))
        from_async_iterable(response).subscribe(lambda _: 1 / 0, heard.append)
        while asyncio.all_tasks() != {asyncio.current_task()}:
            await asyncio.sleep(0)
        assert [type(error) for error in heard] == [ZeroDivisionError]
        assert reported == heard
        assert response.closed == ["iterator", "response"]

    asyncio.run(main())


def test_context_variables_of_the_subscriber_reach_a_loop_on_another_thread() -> None:
    request = contextvars.ContextVar("request", default="unset")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def source() -> AsyncIterator[str]:
        yield request.get()

    got: list[str] = []
    done = threading.Event()
    request.set("r-1")
    from_async_iterable(source(), loop=loop).subscribe(got.append, on_completed=done.set)
    assert done.wait(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert got == ["r-1"]


def test_without_a_running_loop_the_error_says_so() -> None:
    source = letters()
    got: list[Any] = []
    from_async_iterable(source).subscribe(got.append, got.append)
    assert [type(error) for error in got] == [RuntimeError]
    assert str(got[0]).startswith("from_async_iterable: no asyncio loop runs")
    assert "loop=" in str(got[0])


@pytest.mark.parametrize("value", [None, [1], "abc"])
def test_what_is_not_async_is_refused_at_the_call(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^from_async_iterable: iterable must be an async "):
        from_async_iterable(value)

"""How what holds a model's stream is closed, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, cast

import pytest

from rx_stream.sources._llm_input import AsyncInput, SyncInput

Log = list[str]


def in_a_loop(test: Callable[[], Coroutine[object, object, None]]) -> Callable[[], None]:
    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


class Stream:
    """Fails to close."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "b"))

    def close(self) -> None:
        self.log.append("close")
        raise ValueError("stream")


class Manager:
    """Fails to be left, or to be entered."""

    def __init__(self, name: str, inner: object, log: Log, *, works: bool = True) -> None:
        self.name, self.inner, self.log, self.works = name, inner, log, works

    def enter(self) -> object:
        self.log.append(f"enter {self.name}")
        if not self.works:
            raise OSError(self.name)
        return self.inner

    def leave(self) -> None:
        self.log.append(f"exit {self.name}")
        raise OSError(self.name)


class SyncManager(Manager):
    def __enter__(self) -> object:
        return self.enter()

    def __exit__(self, *_: object) -> None:
        self.leave()


class AsyncManager(Manager):
    async def __aenter__(self) -> object:
        return self.enter()

    async def __aexit__(self, *_: object) -> None:
        self.leave()


class AsyncStream:
    """Fails to close, or never ends closing."""

    def __init__(self, log: Log, *, hangs: bool = False) -> None:
        self.log, self.hangs = log, hangs

    async def __aiter__(self) -> AsyncIterator[str]:
        for text in "ab":
            yield text

    async def close(self) -> None:
        self.log.append("close")
        if self.hangs:
            await asyncio.Future()
        raise ValueError("stream")


LEFT = ["enter outer", "enter inner", "close", "exit inner", "exit outer"]
NOTES = [
    "and then, while closing the rest: OSError('inner')",
    "and then, while closing the rest: OSError('outer')",
]


def test_everything_is_closed_where_all_of_it_fails_and_the_first_error_is_raised() -> None:
    log: Log = []
    stream = SyncManager("outer", SyncManager("inner", Stream(log), log), log)
    reader = cast("Any", iter(SyncInput(stream)))
    assert next(reader) == "a"
    with pytest.raises(ValueError, match="stream") as caught:
        reader.close()
    assert log == LEFT
    assert caught.value.__notes__ == NOTES
    with pytest.raises(ValueError, match="stream"):
        reader.close()
    assert log == [*LEFT, "close"]  # What was left is not left again.


@in_a_loop
async def test_everything_async_is_closed_where_all_of_it_fails() -> None:
    log: Log = []
    stream = AsyncManager("outer", AsyncManager("inner", AsyncStream(log), log), log)
    reader = cast("Any", aiter(AsyncInput(stream)))
    assert await anext(reader) == "a"
    with pytest.raises(ValueError, match="stream") as caught:
        await reader.aclose()
    assert log == LEFT
    assert caught.value.__notes__ == NOTES


@in_a_loop
async def test_closing_that_is_cancelled_leaves_what_opened_the_stream() -> None:
    log: Log = []
    stream = AsyncManager("outer", AsyncStream(log, hangs=True), log)
    reader = cast("Any", aiter(AsyncInput(stream)))
    await anext(reader)
    closing = asyncio.ensure_future(reader.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert log == ["enter outer", "close", "exit outer"]


def test_closing_that_is_interrupted_leaves_what_opened_the_stream() -> None:
    log: Log = []

    class Interrupted(Stream):
        def close(self) -> None:
            raise KeyboardInterrupt

    reader = cast("Any", iter(SyncInput(SyncManager("outer", Interrupted(log), log))))
    next(reader)
    with pytest.raises(KeyboardInterrupt):
        reader.close()
    assert log == ["enter outer", "exit outer"]


def test_what_could_not_be_entered_is_not_left() -> None:
    log: Log = []
    stream = SyncManager("outer", SyncManager("inner", None, log, works=False), log)
    reader = cast("Any", iter(SyncInput(stream)))
    with pytest.raises(OSError, match="inner"):
        next(reader)
    with pytest.raises(OSError, match="outer"):
        reader.close()
    assert log == ["enter outer", "enter inner", "exit outer"]


@in_a_loop
async def test_what_could_not_be_entered_async_is_not_left() -> None:
    log: Log = []
    stream = AsyncManager("outer", AsyncManager("inner", None, log, works=False), log)
    reader = cast("Any", aiter(AsyncInput(stream)))
    with pytest.raises(OSError, match="inner"):
        await anext(reader)
    with pytest.raises(OSError, match="outer"):
        await reader.aclose()
    assert log == ["enter outer", "enter inner", "exit outer"]

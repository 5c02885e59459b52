"""The many things that hold a model's stream, opened, read and closed in one way."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Literal, cast

from rx_stream.core.notes import add_note

__all__ = ["AsyncInput", "SyncInput", "kind_of"]

_Kind = Literal["sync", "async", "either", "call"]


def _has(thing: object, *names: str) -> bool:
    # On the type: that is where Python looks these up, and an SDK's objects may invent attributes.
    return any(hasattr(type(thing), name) for name in names)


def _is_one_item(thing: object) -> bool:
    """Tell a payload from a stream; some payloads can be iterated, too."""
    return isinstance(thing, (bytes, bytearray, memoryview, str, Mapping)) or _has(
        thing, "model_dump"
    )


def kind_of(stream: object) -> _Kind | None:
    """Return how a stream is to be read; None for what holds none."""
    if _is_one_item(stream):
        return "sync"
    if inspect.isawaitable(stream):
        return "async"
    body = _body_reader(stream)
    if body is not None:
        return "async" if _is_async(stream, body) else "sync"
    if _has(stream, "__aiter__", "__anext__"):
        if not _has(stream, "__iter__"):
            return "async"
        return "sync" if _is_sync_inside(stream) else "either"
    if _has(stream, "__iter__", "__next__", "__getitem__"):
        return "sync"
    if _has(stream, "__aenter__"):
        return "either" if _has(stream, "__enter__") else "async"
    if _has(stream, "__enter__"):
        return "sync"
    return "call" if callable(stream) else None


def _is_sync_inside(stream: object) -> bool:
    """Tell whether LiteLLM's wrapper, which can be read both ways, wraps a sync stream."""
    inner = getattr(stream, "completion_stream", None)
    return inner is not None and not hasattr(inner, "__aiter__")


_Reader = Callable[[], object]
_Step = Callable[[], object]


def _body_reader(stream: object) -> _Reader | None:
    """Return what reads the body of an HTTP response in the pieces in which it arrives."""
    for name in ("aiter_bytes", "iter_bytes"):
        if _has(stream, name):
            return cast("_Reader", getattr(stream, name))
    if _has(stream, "content_type") and _has(
        content := getattr(stream, "content", None), "iter_any"
    ):
        return cast("_Reader", getattr(content, "iter_any"))  # noqa: B009 - aiohttp
    if _has(stream, "iter_content"):  # requests
        read = cast("Callable[[None], object]", getattr(stream, "iter_content"))  # noqa: B009
        return lambda: read(None)
    return None


def _is_async(response: object, reader: _Reader) -> bool:
    if not _has(response, "aiter_bytes"):
        return inspect.isasyncgenfunction(reader) or _has(response, "__aenter__")
    body = getattr(response, "stream", None)
    return _has(body, "__aiter__") and not _has(body, "__iter__")


def _sync_body(stream: object) -> _Reader | None:
    """Return the reader of a body; httpx has one of each kind on every response."""
    if _has(stream, "iter_bytes"):
        return cast("_Reader", getattr(stream, "iter_bytes"))  # noqa: B009
    return _body_reader(stream)


class SyncInput:
    """An iterable over a stream that is read without an event loop.

    Args:
        stream: An iterable, an HTTP response, or a context manager that gives one.
    """

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[object]:
        return _SyncReader(self._stream)


class _SyncReader(Iterator[object]):
    """Opens at the first item; closes the stream, then its response, then what opened it."""

    def __init__(self, stream: object) -> None:
        self._stream = stream
        self._iterator: Iterator[object] | None = None
        self._managers: list[object] = []

    def __next__(self) -> object:
        if self._iterator is None:
            self._iterator = self._open()
        return next(self._iterator)

    def _open(self) -> Iterator[object]:
        stream = self._stream
        if _is_one_item(stream):
            return iter((stream,))
        body = _sync_body(stream)
        if body is not None:
            return iter(cast("Iterator[object]", body()))
        if _has(stream, "__next__") or _has(stream, "__iter__", "__getitem__"):
            return iter(cast("Iterator[object]", stream))
        self._stream = cast("Callable[[], object]", getattr(stream, "__enter__"))()  # noqa: B009
        self._managers.append(stream)
        return self._open()

    def close(self) -> None:
        """Close everything, also where closing one thing fails."""
        steps = [
            cast("_Step", close)
            for thing in _to_close(self._iterator, self._stream)
            if callable(close := getattr(thing, "close", None))
        ]
        while self._managers:
            leave = cast("Callable[..., object]", getattr(self._managers.pop(), "__exit__"))  # noqa: B009
            steps.append(partial(leave, None, None, None))
        _take(steps)


def _take(steps: Sequence[_Step]) -> None:
    """Take every step, also where one fails; the first error is raised at the end."""
    error: Exception | None = None
    for at, step in enumerate(steps):
        try:
            step()
        except Exception as failed:  # noqa: BLE001 - raised at the end
            error = _first(error, failed)
        except BaseException:
            with suppress(Exception):
                _take(steps[at + 1 :])
            raise
    if error is not None:
        raise error


async def _take_async(steps: Sequence[_Step]) -> None:
    """Do as :func:`_take` does, and wait for what a step gives to wait for."""
    error: Exception | None = None
    for at, step in enumerate(steps):
        try:
            await _settled(step())
        except Exception as failed:  # noqa: BLE001 - raised at the end
            error = _first(error, failed)
        except BaseException:  # Cancelled, as a rule.
            with suppress(Exception):
                await _take_async(steps[at + 1 :])
            raise
    if error is not None:
        raise error


def _first(error: Exception | None, failed: Exception) -> Exception:
    if error is None:
        return failed
    add_note(error, f"and then, while closing the rest: {failed!r}")
    return error


def _to_close(iterator: object, stream: object) -> list[object]:
    """Return what has to be closed, each thing once: iterator, stream, the stream's response."""
    things = [iterator, stream]
    if not _is_one_item(stream):
        things.append(getattr(stream, "response", None))
    return [
        thing
        for at, thing in enumerate(things)
        if thing is not None and all(thing is not other for other in things[:at])
    ]


class AsyncInput:
    """An async iterable over a stream that is read on an event loop.

    Args:
        stream: An async iterable, an HTTP response, an async context manager, or an awaitable that
            gives any of these or something that is read without a loop.
    """

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[object]:
        return _AsyncReader(self._stream)


class _AsyncReader(AsyncIterator[object]):
    """Opens at the first item; closes the stream, then its response, then what opened it."""

    def __init__(self, stream: object) -> None:
        self._stream = stream
        self._iterator: object = None
        self._managers: list[object] = []

    async def __anext__(self) -> object:
        if self._iterator is None:
            self._iterator = await self._open()
        if not _has(self._iterator, "__anext__"):
            try:
                return next(cast("Iterator[object]", self._iterator))
            except StopIteration:
                raise StopAsyncIteration from None
        return await cast("AsyncIterator[object]", self._iterator).__anext__()

    async def _open(self) -> object:
        while True:
            stream = self._stream
            if inspect.isawaitable(stream):
                self._stream = await stream
                continue
            body = None if _is_one_item(stream) else _body_reader(stream)
            if body is not None and _is_async(stream, body):
                return cast("AsyncIterator[object]", body()).__aiter__()
            if _has(stream, "__aiter__"):
                return cast("AsyncIterator[object]", stream).__aiter__()
            if _has(stream, "__anext__"):
                return stream
            if not _has(stream, "__aenter__"):
                return _SyncReader(stream)
            enter = cast("Callable[[], object]", getattr(stream, "__aenter__"))  # noqa: B009
            self._stream = enter()
            if inspect.isawaitable(self._stream):
                self._stream = await self._stream
            self._managers.append(stream)

    async def aclose(self) -> None:
        """Close everything, also where closing one thing fails."""
        if inspect.iscoroutine(self._stream):
            steps: list[_Step] = [self._stream.close]
        else:
            steps = [
                cast("_Step", close)
                for thing in _to_close(self._iterator, self._stream)
                if callable(
                    close := getattr(thing, "aclose", None) or getattr(thing, "close", None)
                )
            ]
        while self._managers:
            leave = cast("Callable[..., object]", getattr(self._managers.pop(), "__aexit__"))  # noqa: B009
            steps.append(partial(leave, None, None, None))
        await _take_async(steps)


async def _settled(value: object) -> None:
    if inspect.isawaitable(value):
        await value

"""The source :func:`from_async_iterable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import TypeVar, cast

from reactivex import Observable, abc

from rx_stream.errors import StreamTruncatedError
from rx_stream.operators._link import SerialSource
from rx_stream.schedulers.closing import Closing
from rx_stream.schedulers.flow import FlowScheduler, Gate, gate_of
from rx_stream.schedulers.reporting import report

__all__ = ["from_async_iterable"]

_T = TypeVar("_T")

_BURST = 64
"""Items after which a source that never waits gives the loop a turn."""


class _Pump(abc.DisposableBase):
    """One task that reads one async iterator for one subscription."""

    __slots__ = ("_disposed", "_gate", "_loop", "_observer", "_reading", "_source", "task")

    def __init__(
        self,
        source: object,
        observer: abc.ObserverBase[object],
        gate: Gate | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._source = source
        self._observer = observer
        self._gate = gate
        self._loop = loop
        self._disposed = False
        self._reading = False
        # The task copies the context of the subscriber, so context variables reach the source.
        self.task = loop.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._open_and_read(self._source)
        except asyncio.CancelledError as cancelled:
            # Not by us: the loop is closing, or the source's own task was cancelled.
            if not self._disposed:
                error = StreamTruncatedError("the task that reads the source was cancelled")
                error.__cause__ = cancelled
                self._send_error(error)
            raise

    async def _open_and_read(self, source: object) -> None:
        if self._disposed:
            await self._close(source, source)
            return
        self._reading = True
        try:
            if not hasattr(source, "__aiter__"):
                source = await cast("Awaitable[object]", source)
            iterator = cast("AsyncIterable[object]", source).__aiter__()
        except Exception as error:  # noqa: BLE001 - whatever the source raises is an event
            self._send_error(error)
            return
        try:
            await self._read(iterator)
        finally:
            self._reading = False
            await self._close(iterator, source)

    async def _read(self, iterator: AsyncIterator[object]) -> None:
        pull, observer, gate = iterator.__anext__, self._observer, self._gate
        left = _BURST
        while not self._disposed:
            if gate is not None and gate.paused:
                await self._until_open(gate)
                continue
            try:
                item = await pull()
            except StopAsyncIteration:
                if not self._disposed:
                    observer.on_completed()
                return
            except Exception as error:  # noqa: BLE001 - whatever the source raises is an event
                self._send_error(error)
                return
            if self._disposed:
                return
            try:
                observer.on_next(item)
            except Exception as error:  # noqa: BLE001 - reported below
                self._send_error(error)
                report(error)
                return
            left -= 1
            if not left:
                left = _BURST
                await asyncio.sleep(0)

    def _send_error(self, error: Exception) -> None:
        if not self._disposed:
            try:
                self._observer.on_error(error)
            except Exception as second:  # noqa: BLE001 - reported below
                report(second)

    async def _until_open(self, gate: Gate) -> None:
        opened: asyncio.Future[None] = self._loop.create_future()

        def wake() -> None:
            if not opened.done():
                opened.set_result(None)

        def on_open() -> None:  # On the thread that opens the gate.
            if asyncio._get_running_loop() is self._loop:  # pyright: ignore[reportPrivateUsage]
                wake()
            elif not self._loop.is_closed():
                self._loop.call_soon_threadsafe(wake)

        gate.when_ready(on_open)
        await opened

    async def _close(self, iterator: object, source: object) -> None:
        """Close in the order in which a model's client wants it: stream first, then response."""
        for thing in (iterator, source):
            close = getattr(thing, "aclose", None) or getattr(thing, "close", None)
            if close is not None:
                try:
                    pending = close()
                    if hasattr(pending, "__await__"):
                        await pending
                except Exception as error:  # noqa: BLE001 - the stream is over
                    report(error)
            if iterator is source:
                break

    def dispose(self) -> None:
        if self._disposed:
            return
        self._disposed = True
        here = asyncio._get_running_loop() is self._loop  # pyright: ignore[reportPrivateUsage]
        if not here:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._cancel)
        else:
            self._cancel()

    def _cancel(self) -> None:
        # Otherwise the flag is enough, and a cancel would leave the source open: before the start,
        # during the clean-up, and from inside its own on_next.
        if self._reading and asyncio.current_task(self._loop) is not self.task:
            self.task.cancel()


class _Remote(abc.DisposableBase):
    """A pump that another thread starts on the loop."""

    __slots__ = ("_disposed", "_pump", "closing")

    def __init__(self, loop: asyncio.AbstractEventLoop, start: Callable[[], _Pump]) -> None:
        self._pump: _Pump | None = None
        self._disposed = False
        self.closing = Closing(loop)
        loop.call_soon_threadsafe(self._start, start)

    def _start(self, start: Callable[[], _Pump]) -> None:
        self._pump = start()
        self._pump.task.add_done_callback(lambda _: self.closing.finish())
        if self._disposed:
            self._pump.dispose()

    def dispose(self) -> None:
        self._disposed = True
        if self._pump is not None:
            self._pump.dispose()


def from_async_iterable(
    iterable: AsyncIterable[_T] | Awaitable[AsyncIterable[_T]],
    *,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Observable[_T]:
    """Emit the items of an async iterable as they come, no faster than the subscriber takes them.

    Loses nothing. One task on the running loop reads it; with a sink of this library below it
    waits while the sink is full. Leaving early closes the iterable: ``aclose``, else ``close``.
    The task runs in the subscriber's context, so context variables reach the iterable.

    Args:
        iterable: An async iterable, or an awaitable that gives one, such as the coroutine of a
            model client's call. An iterable that can be read once can be subscribed once.
        loop: The loop that reads it; by default the one that runs where it is subscribed. With
            it, a thread without a loop can subscribe, e.g. through :func:`to_iterable`.

    Returns:
        An Observable of the items. What the iterable raises is sent as the error.

    Raises:
        TypeError: ``iterable`` is neither.
        RuntimeError: Sent as the error: subscribed where no asyncio loop runs.
    """
    if not hasattr(iterable, "__aiter__") and not hasattr(iterable, "__await__"):
        raise TypeError(
            f"from_async_iterable: iterable must be an async iterable or an awaitable, "
            f"not {iterable!r}"
        )

    def subscribe(
        observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        here = asyncio._get_running_loop() if loop is None else loop  # pyright: ignore[reportPrivateUsage]
        if here is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise RuntimeError(
                "from_async_iterable: no asyncio loop runs where it is subscribed; "
                "subscribe inside a coroutine, or say which loop= reads it"
            )
        gate = gate_of(scheduler)
        if gate is not None:
            gate.attach()

        def start() -> _Pump:
            return _Pump(iterable, cast("abc.ObserverBase[object]", observer), gate, here)

        # The sink waits for the clean-up, which dispose() cannot.
        tasks = scheduler.tasks if isinstance(scheduler, FlowScheduler) else None
        if asyncio._get_running_loop() is here:  # pyright: ignore[reportPrivateUsage]
            pump = start()
            if tasks is not None:
                tasks.add(pump.task)
                pump.task.add_done_callback(tasks.discard)
            return pump
        remote = _Remote(here, start)
        if tasks is not None:
            tasks.add(remote.closing)
        return remote

    return SerialSource(subscribe)

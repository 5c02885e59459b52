"""Keeps the hubs of one loop up to date: one task and one connection for all its readers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from weakref import WeakKeyDictionary

from rx_stream.core.logs.stream_log import Snapshot
from rx_stream.errors import LogUnavailableError
from rx_stream.logs.hub import Hub
from rx_stream.logs.writer import end_task

__all__ = ["Keeper", "Keepers"]


class Keeper(ABC):
    """The hubs of the streams that are read on one loop.

    Its task starts with the first reader and ends with the last.
    """

    def __init__(self) -> None:
        self.hubs: dict[str, Hub] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def open_hubs(self) -> list[Hub]:
        """The hubs that more can come for."""
        return [
            hub
            for hub in self.hubs.values()
            if not hub.snapshot.ended or hub.buffer.end < hub.snapshot.length
        ]

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Return the hub of a stream, with the text from ``offset`` on, for one more reader."""
        hub = self.hubs.get(stream_id)
        if hub is None or hub.failure is not None:  # Who still reads a failed one is told so.
            hub = self.hubs[stream_id] = Hub(stream_id, snapshot, offset)
        hub.readers += 1
        try:
            if snapshot.epochs != hub.snapshot.epochs:
                await self.refresh(hub)
            while (base := hub.buffer.base) > offset:
                text = await self.text(hub, offset, base)
                if hub.buffer.base == base and len(text) == base - offset:
                    hub.buffer.prepend(text)
                elif hub.buffer.base == base:
                    hub.buffer.truncate(offset)  # Gone meanwhile; read it as it comes again.
            if self.hubs.get(stream_id) is not hub:  # Stopped meanwhile.
                raise _closed()
        except BaseException:
            await self.release(hub)
            raise
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._guarded())
        await self.added(hub)
        return hub

    async def _guarded(self) -> None:
        try:
            await self.run()
        except Exception as error:  # noqa: BLE001 - no reader must wait for ever
            for hub in tuple(self.hubs.values()):
                hub.fail(error)

    async def release(self, hub: Hub) -> None:
        """Note that one reader of a hub has gone."""
        hub.readers -= 1
        if hub.readers == 0 and self.hubs.get(hub.stream_id) is hub:
            del self.hubs[hub.stream_id]
        if not self.hubs:
            await self.stop()

    async def stop(self) -> None:
        """End the task, and tell who still reads."""
        hubs, self.hubs = self.hubs, {}
        for hub in hubs.values():
            hub.fail(_closed())
        task, self._task = self._task, None
        await end_task(task)

    @abstractmethod
    async def added(self, hub: Hub) -> None:
        """Note that a reader has come."""

    @abstractmethod
    async def refresh(self, hub: Hub) -> None:
        """Ask the log about one stream."""

    @abstractmethod
    async def text(self, hub: Hub, start: int, end: int) -> bytes:
        """Return bytes of a stream, fewer if they are not there."""

    @abstractmethod
    async def run(self) -> None:
        """Keep the hubs up to date while there are some."""


def _closed() -> LogUnavailableError:
    return LogUnavailableError("the log was closed")


class Keepers:
    """The keepers of one log: one for each loop on which it is read.

    Args:
        make: Makes the keeper of a loop.
    """

    def __init__(self, make: Callable[[], Keeper]) -> None:
        self._make = make
        self._of: WeakKeyDictionary[asyncio.AbstractEventLoop, Keeper] = WeakKeyDictionary()

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream on this loop."""
        loop = asyncio.get_running_loop()
        keeper = self._of.get(loop)
        if keeper is None:
            keeper = self._of[loop] = self._make()
        return await keeper.open(stream_id, snapshot, offset)

    async def release(self, hub: Hub) -> None:
        """Stop following for one reader on this loop."""
        keeper = self._of.get(asyncio.get_running_loop())
        if keeper is not None:  # Else it was stopped.
            await keeper.release(hub)

    async def stop(self) -> None:
        """Stop all reading on this loop."""
        keeper = self._of.pop(asyncio.get_running_loop(), None)
        if keeper is not None:
            await keeper.stop()

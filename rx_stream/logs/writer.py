"""One task that writes all streams published on one loop, a batch per tick."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from rx_stream.core.logs.stream_log import Lease
from rx_stream.errors import LogError, LogUnavailableError
from rx_stream.logs.stream_writer import StreamWriter

if TYPE_CHECKING:
    from rx_stream.logs.base import BaseLog

__all__ = ["Writer", "end_task"]

_RETRY = 0.05
"""Seconds until the next try when the log cannot be reached."""

_VERIFY = 0.5
"""Seconds between two looks at an end marker that stands already."""


class Writer:
    """Gathers the text of all streams for one tick and appends it in one round trip.

    Args:
        log: Where it is written.
        loop: The loop of its task, which lives as long as there are streams.
    """

    def __init__(self, log: BaseLog, loop: asyncio.AbstractEventLoop) -> None:
        self.log = log
        self.loop = loop
        self.patience = max(log.lease, 30.0)
        self._streams: set[StreamWriter] = set()
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._hurry = asyncio.Event()
        self._asked = False
        self._wrote_at = 0.0

    def add(
        self, lease: Lease, prefix: bytes, on_settled: Callable[[LogError | None], None]
    ) -> StreamWriter:
        """Write a stream from now on, and keep its lease."""
        stream = StreamWriter(self, lease, prefix, on_settled)
        self._streams.add(stream)
        if self._task is None or self._task.done():
            self._task = self.loop.create_task(self._run())
        self.wake(now=False)
        return stream

    def drop(self, stream: StreamWriter) -> None:
        """Write a stream no more; without streams the task ends."""
        self._streams.discard(stream)
        if not self._streams:
            self.wake(now=True)

    def wake(self, *, now: bool) -> None:
        """Note that there is something to write; ``now`` skips the rest of the tick."""
        if self._asked and not now:
            return
        self._asked = True
        if asyncio._get_running_loop() is self.loop:  # pyright: ignore[reportPrivateUsage]
            self._wake(now)
        elif not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._wake, now)

    def _wake(self, now: bool) -> None:
        self._woken.set()
        if now:
            self._hurry.set()

    async def stop(self) -> None:
        """Stop writing; publishers are told."""
        task, self._task = self._task, None
        await end_task(task)
        self._give_up()  # A task that was cancelled before its first step has not.

    def _give_up(self) -> None:
        for stream in tuple(self._streams):
            stream.settle(LogUnavailableError("the log's writer was stopped"))

    async def _run(self) -> None:
        try:
            while self._streams:
                self._asked = False
                self._woken.clear()
                self._hurry.clear()
                delay = await self._write()
                if self._streams:
                    await self._pause(delay)
        finally:
            self._give_up()

    async def _pause(self, delay: float) -> None:
        """Wait for ``delay`` seconds or for text, and then for the rest of a tick."""
        if delay:
            await _event(self._woken, delay)
        rest = self._wrote_at + self.log.tick - time.monotonic()
        if self._woken.is_set() and rest > 0:  # The first text after a pause goes at once.
            await _event(self._hurry, rest)

    async def _write(self) -> float:
        """Write what is due; return in how many seconds something is due again."""
        now = self._wrote_at = time.monotonic()
        due = [stream for stream in self._streams if stream.is_due(now)]
        try:
            if due:
                await self._append(due, now)
            ending = [stream for stream in self._streams if stream.is_ending(now)]
            if ending:
                await asyncio.gather(*map(self._close, ending))
        except LogUnavailableError as error:
            self._away(error)
            return _RETRY
        now = time.monotonic()
        return max(0.0, min((self._next(s, now) for s in self._streams), default=inf) - now)

    def _next(self, stream: StreamWriter, now: float) -> float:
        """Return when a stream needs the writer again."""
        if stream.committed < stream.length or (stream.closing and not stream.settled):
            return now
        return min(stream.renew_at, stream.verify_at)

    async def _append(self, due: list[StreamWriter], now: float) -> None:
        results = await self.log.append_many([stream.missing() for stream in due])
        for stream, result in zip(due, results, strict=True):
            stream.take(result, now)

    async def _close(self, stream: StreamWriter) -> None:
        assert stream.closing is not None
        status, detail = stream.closing
        try:
            end = await self.log.finish(stream.lease, status, detail, stream.length)
        except LogUnavailableError:
            raise
        except LogError as error:
            stream.settle(error)
            return
        if end != stream.length:  # The log has lost some of the text meanwhile.
            stream.committed = min(end, stream.length)
            return
        now = time.monotonic()
        stream.renew_at = inf
        stream.verify_at = now + _VERIFY
        if stream.verify_until is None:
            # No longer than the log keeps it: what it has forgotten must not come back.
            stream.verify_until = now + min(self.log.linger, self.log.ended_ttl)
        stream.settle(None)
        if stream.verify_at > stream.verify_until:
            self.drop(stream)

    def _away(self, error: LogUnavailableError) -> None:
        """Give up the streams whose log has been away for too long."""
        now = time.monotonic()
        for stream in tuple(self._streams):
            stream.away_since = stream.away_since or now
            if now - stream.away_since > self.patience:
                stream.settle(error)


async def _event(event: asyncio.Event, delay: float) -> None:
    try:
        async with asyncio.timeout(None if delay == inf else delay):
            await event.wait()
    except TimeoutError:
        pass


async def end_task(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end."""
    while task is not None and not task.done():
        # More than once: a client may lose a cancellation between two of its own timeouts.
        task.cancel()
        await asyncio.wait([task], timeout=0.005)

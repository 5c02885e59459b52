"""What one process knows of one stream: its text so far, where it stands, who waits for more."""

from __future__ import annotations

import asyncio
import time
from math import inf

from rx_stream.core.logs.stream_log import EndStatus, Snapshot
from rx_stream.core.logs.text_buffer import TextBuffer
from rx_stream.errors import LogError

__all__ = ["Hub"]

_TICK = 1e-3
"""Seconds: uvloop's timers are no finer, and would ring too early again and again."""


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Hub:
    """Shared by all readers of one stream in one process; the log keeps it up to date.

    Readers hold nothing but an offset, so a slow one costs nothing and gets what it missed in one
    piece.

    Args:
        stream_id: The stream.
        snapshot: What the log said of it.
        base: Where the text that is kept here begins.
    """

    __slots__ = (
        "_waiting",
        "alive_until",
        "buffer",
        "failure",
        "readers",
        "snapshot",
        "stream_id",
        "version",
    )

    def __init__(self, stream_id: str, snapshot: Snapshot, base: int = 0) -> None:
        self.stream_id = stream_id
        self.snapshot = snapshot
        self.buffer = TextBuffer(base)
        self.readers = 0
        self.alive_until = time.monotonic() + snapshot.lease
        self.failure: Exception | None = None
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def see(self, snapshot: Snapshot) -> None:
        """Take what the log says now; text that belongs to another version of it is dropped."""
        # Without a lease there is nothing to count from anew: else the grace would never end.
        if snapshot.lease > 0:
            self.alive_until = max(self.alive_until, time.monotonic() + snapshot.lease)
        elif snapshot.ended:  # The log answers, so the rest of the text is on its way.
            self.alive_until = max(self.alive_until, time.monotonic())
        if snapshot == self.snapshot:
            return
        if snapshot.epochs != self.snapshot.epochs:
            self.buffer.truncate(self._common(snapshot))
        changed = (snapshot.epochs, snapshot.status, snapshot.version) != (
            self.snapshot.epochs,
            self.snapshot.status,
            self.snapshot.version,
        )
        self.snapshot = snapshot
        if changed:
            self.notify()

    def _common(self, snapshot: Snapshot) -> int:
        """Return up to where the text here and the text of a newer snapshot are the same."""
        limit: float = inf
        for epoch, start in reversed(snapshot.epochs):
            if epoch == self.snapshot.epoch:
                return int(min(limit, self.buffer.end))
            limit = min(limit, start)
        return 0

    def extend(self, end: int, data: bytes) -> None:
        """Take an entry of the log; what is known already is left out."""
        start = end - len(data)
        known = self.buffer.end
        if start > known:
            raise LogError(f"the stream {self.stream_id!r} has a hole from {known} to {start}")
        if end > known:
            self.buffer.append(data[known - start :] if start < known else data)

    def finish(self, length: int, status: EndStatus, detail: str) -> None:
        """Take the end marker of the log."""
        old = self.snapshot
        self.snapshot = Snapshot(
            old.epochs, length, status, detail, old.lease, old.version, old.meta
        )

    def fail(self, error: Exception) -> None:
        """Tell all readers that the log cannot be followed any more."""
        self.failure = error
        self.notify()

    def notify(self) -> None:
        """Wake everybody who waits, on whatever loop."""
        self.version += 1
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, set()
        here = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        for future in waiting:
            loop = future.get_loop()
            if loop is here:
                _settle(future)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(_settle, future)

    async def wait(self, seen: int, timeout: float) -> None:
        """Return at a change since version ``seen``, or after ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.add(future)
        if self.version != seen:
            self._waiting.discard(future)
            return
        timer = None
        if timeout != inf:
            timer = loop.call_later(max(timeout, _TICK), _settle, future)
        try:
            await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()

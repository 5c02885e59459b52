"""One reader of one stream."""

from __future__ import annotations

import asyncio
import time
from math import inf
from typing import Protocol

from rx_stream.core.logs.stream_log import Position, Snapshot, check_kept, check_position
from rx_stream.errors import (
    BadPositionError,
    LogUnavailableError,
    StreamCancelledError,
    StreamFailedError,
    StreamInterruptedError,
    UnknownStreamError,
)
from rx_stream.logs.hub import Hub

__all__ = ["Follower", "ReadableLog"]

_PIECE = 64 << 10
"""Bytes of text that a reader who is behind gets at once."""

_AGAIN = 0.05
"""Seconds until the next look at a log whose producer has gone while text is on its way."""

_ANSWER = 2.0
"""Seconds in which a log has to say how a stream stands."""


class ReadableLog(Protocol):
    """What a reader needs of a log."""

    @property
    def grace(self) -> float:
        """Seconds without a producer until readers are told."""
        ...

    @property
    def settle(self) -> float:
        """Seconds in which a producer has repaired a log that lost its tail."""
        ...

    async def look(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream."""
        ...

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream."""
        ...

    async def release(self, hub: Hub) -> None:
        """Stop following."""
        ...


class Follower:
    """Reads one stream from a position on: what is there, then what comes.

    Args:
        log: The log.
        stream_id: The stream.
        position: Where to begin; None means at the start.
    """

    def __init__(self, log: ReadableLog, stream_id: str, position: Position | None) -> None:
        self._log = log
        self.stream_id = stream_id
        self._given = position
        self.epoch = "" if position is None else position.epoch
        self.offset = 0 if position is None else position.offset
        self._hub: Hub | None = None
        self._fresh = self.offset > 0

    @property
    def hub(self) -> Hub:
        """What this process knows of the stream."""
        if self._hub is None:
            raise RuntimeError("a follower is read before it is opened")
        return self._hub

    @property
    def position(self) -> str:
        """Up to where has been read."""
        return str(Position(self.epoch, self.offset))

    @property
    def is_over(self) -> bool:
        """Whether the stream has ended and all its text has been read."""
        return self.hub.snapshot.ended and self.offset >= self.hub.snapshot.length

    async def open(self) -> None:
        """Begin.

        Raises:
            UnknownStreamError: There is no such stream.
            BadPositionError: The position is beyond the end.
            PositionLostError: Its text is not there any more.
        """
        snapshot = await self._find()
        self.epoch = self.epoch or snapshot.epoch
        self._hub = await self._log.open(
            self.stream_id, snapshot, min(self.offset, snapshot.length)
        )

    async def _find(self) -> Snapshot:
        """Look the stream up; a log that has just lost its tail gets time to be repaired."""
        until = time.monotonic() + self._log.settle
        while True:
            snapshot = await self._log.look(self.stream_id)
            patient = self._given is not None and time.monotonic() < until
            if snapshot is None:
                if not patient:
                    raise UnknownStreamError(f"the log has no stream {self.stream_id!r}")
            elif self._given is None:
                return snapshot
            else:
                try:
                    check_position(snapshot, self._given)
                    return snapshot
                except BadPositionError:
                    if not patient or snapshot.ended or snapshot.lease <= 0:
                        raise
            await asyncio.sleep(0.05)

    async def restart(self) -> None:
        """Go back to the start of the text as it is now."""
        await self.close()
        self._given, self.epoch, self.offset, self._fresh = None, "", 0, False
        await self.open()

    async def close(self) -> None:
        """End."""
        hub, self._hub = self._hub, None
        if hub is not None:
            await self._log.release(hub)

    async def read(self, timeout: float = inf) -> bytes | None:
        """Return more text, empty at the end of a complete stream, or None after ``timeout``.

        A piece ends between two characters.

        Raises:
            StreamFailedError: The producer failed.
            StreamCancelledError: The producer was told to stop.
            StreamInterruptedError: The producer has gone, or the log does not answer.
            PositionLostError: The text has been produced anew, see :meth:`restart`.
        """
        until = time.monotonic() + timeout
        while True:
            seen = self.hub.version
            data = self._next()
            if data is not None:
                return data
            now = time.monotonic()
            deadline = self.hub.alive_until + self._log.grace
            if now >= deadline:
                if await self._is_over():
                    raise self._interrupted()
                deadline = max(self.hub.alive_until + self._log.grace, now + _AGAIN)
            if now >= until:
                return None
            await self.hub.wait(seen, min(until, deadline) - now)

    async def _is_over(self) -> bool:
        """Ask the log whether nothing more can come; one that does not answer gives nothing.

        What this process knows may be old: it may have been held up itself.
        """
        try:
            async with asyncio.timeout(_ANSWER):
                snapshot = await self._log.look(self.stream_id)
        except (LogUnavailableError, TimeoutError):
            return True
        if snapshot is None:
            return True
        self.hub.see(snapshot)
        return snapshot.lease <= 0 and not snapshot.ended and snapshot.length <= self.offset

    def _interrupted(self) -> StreamInterruptedError:
        name = repr(self.stream_id)
        message = f"the producer of {name} has gone"
        if self.hub.snapshot.ended:
            message = f"the log gives no more of {name}"
        return StreamInterruptedError(message, position=self.position)

    def _next(self) -> bytes | None:
        hub = self.hub
        snapshot = hub.snapshot
        if snapshot.epoch != self.epoch:
            check_kept(snapshot.epochs, Position(self.epoch, self.offset))
            self.epoch = snapshot.epoch
        data = hub.buffer.take(self.offset, _PIECE)
        if snapshot.ended and self.offset + len(data) >= snapshot.length:
            if not data:
                self._end(snapshot)
                return b""
        elif data:
            data = _whole_characters(data)
        if data:
            return self._pass(data)
        if hub.failure is not None:
            raise hub.failure
        return None

    def _pass(self, data: bytes) -> bytes:
        if self._fresh:
            self._fresh = False
            if data[0] & 0xC0 == 0x80:
                raise BadPositionError(f"the position {self.position} is inside a character")
        self.offset += len(data)
        return data

    def _end(self, snapshot: Snapshot) -> None:
        """Raise unless the stream is complete."""
        position = self.position
        if snapshot.status == "error":
            raise StreamFailedError(
                f"the producer of {self.stream_id!r} failed: {snapshot.detail}",
                detail=snapshot.detail,
                position=position,
            )
        if snapshot.status == "cancelled":
            raise StreamCancelledError(
                f"the producer of {self.stream_id!r} was cancelled", position=position
            )
        if snapshot.status == "interrupted":
            raise StreamInterruptedError(
                f"the producer of {self.stream_id!r} was interrupted", position=position
            )


def _whole_characters(data: bytes) -> bytes:
    """Leave out a character that has begun and not ended, so that no piece ends inside one."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            need = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return data[:-back] if need > back else data
    return data

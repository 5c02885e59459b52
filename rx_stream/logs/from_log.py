"""The source :func:`from_log`."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

from reactivex import Observable

from rx_stream.core.arguments import require
from rx_stream.core.logs.stream_log import Position, check_stream_id
from rx_stream.logs.base import BaseLog
from rx_stream.logs.follower import Follower
from rx_stream.sources.from_async_iterable import from_async_iterable
from rx_stream.types import FinishReason, StreamChunk

__all__ = ["from_log"]


def decode(data: bytes) -> str:
    """Return the text of a piece; halves of surrogate pairs survive."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # Not written by publish().
        return data.decode("utf-8", "replace")


def finish_reason_of(detail: str) -> FinishReason | None:
    """Return the finish reason that :func:`publish` left with the end; None for other details."""
    try:
        found: object = json.loads(detail)
    except ValueError:
        return None
    reason = (
        cast("dict[str, object]", found).get("finish_reason") if isinstance(found, dict) else None
    )
    return cast("FinishReason", reason) if isinstance(reason, str) else None


def terminal(detail: str, position: str) -> StreamChunk | None:
    """Return the terminal chunk that the producer saw, if it saw one."""
    reason = finish_reason_of(detail)
    if reason is None:
        return None
    return StreamChunk(is_complete=True, finish_reason=reason, metadata={"id": position})


class _Reading:
    """Each iteration reads the stream anew."""

    def __init__(self, log: BaseLog, stream_id: str, after: str) -> None:
        self._log = log
        self._stream_id = stream_id
        self._after = after

    def __aiter__(self) -> AsyncIterator[StreamChunk]:
        return self._read()

    async def _read(self) -> AsyncGenerator[StreamChunk, None]:
        position = Position.parse(self._after) if self._after else None
        follower = Follower(self._log, self._stream_id, position)
        await follower.open()
        try:
            while data := await follower.read():
                yield StreamChunk(decode(data), metadata={"id": follower.position})
            last = terminal(follower.hub.snapshot.detail, follower.position)
            if last is not None:
                yield last
        finally:
            await follower.close()


def from_log(log: BaseLog, stream_id: str, *, after: str = "") -> Observable[StreamChunk]:
    """Emit the text of a stream in a log: what is there, then what comes, as it comes.

    Loses nothing. Each chunk has ``metadata["id"]``, the position behind it: give it as ``after``
    to go on from there, on any machine, whatever happened to this reader. It completes only if the
    producer completed; then, if the producer saw a terminal chunk, that one is last. Readers of one
    stream share one connection to the log; one that is slow gets larger chunks.

    Args:
        log: A :class:`MemoryLog`, :class:`SQLiteLog` or :class:`RedisLog`.
        stream_id: The stream.
        after: The id of a chunk; "" begins at the start.

    Returns:
        An Observable that needs a running asyncio loop. Sent as errors:
        :class:`UnknownStreamError`, :class:`BadPositionError`, :class:`PositionLostError` when the
        text was produced anew, :class:`StreamFailedError` when the producer failed,
        :class:`StreamCancelledError` when it was stopped, :class:`StreamInterruptedError` when it
        has gone.

    Raises:
        TypeError: ``log`` is no log, or ``stream_id`` or ``after`` not a str.
        ValueError: ``stream_id`` cannot name a stream.
    """
    require("from_log: log", log, BaseLog, "a MemoryLog, SQLiteLog or RedisLog")
    require("from_log: after", after, str, "a str")
    check_stream_id("from_log", stream_id)
    return from_async_iterable(_Reading(log, stream_id, after))

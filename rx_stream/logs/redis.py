"""The log of many machines."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from rx_stream.core.arguments import Seconds, require
from rx_stream.core.extras import load_extra
from rx_stream.core.logs.log_state import deleted, fenced
from rx_stream.core.logs.stream_log import (
    Append,
    Change,
    EndStatus,
    Lease,
    Snapshot,
)
from rx_stream.errors import LogError, LogFullError, LogUnavailableError, ProducerFencedError
from rx_stream.logs.base import BaseLog
from rx_stream.logs.hub import Hub
from rx_stream.logs.keeper import Keepers
from rx_stream.logs.redis_keeper import RedisKeeper
from rx_stream.logs.redis_scripts import Argument, RedisClient, run, run_many, script
from rx_stream.logs.redis_values import epochs_of, history, milliseconds, snapshot_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

__all__ = ["RedisLog"]

_AT_ONCE = 8
"""Connections that a log uses at once, besides the readers' one; clients have a limit."""

_BATCH = 1000
"""Entries that are read in one round trip."""


class RedisLog(BaseLog):
    """Keep streams in Redis 7 or later, or Valkey, for any number of machines.

    Each step is one Lua script in the server, so no two producers ever write one stream. What a
    restarted server has lost is written again by its producer at the same offsets. All readers of
    a process share one connection, all its producers another. A server that has not answered for
    half a lease, but at least 1 and at most 5 seconds, counts as away, whatever timeout the client
    has.

    Args:
        client: A ``redis.asyncio`` client. It stays yours: close it yourself.
        prefix: What the keys begin with.
        lease: Seconds for which a producer that says nothing keeps its stream.
        grace: Seconds without a producer, or without an answer of the server, after which readers
            are told that the stream is interrupted.
        ttl: Seconds after the last append until a running stream is forgotten.
        ended_ttl: Seconds after its end until a stream is forgotten.
        max_bytes: Bytes of text that one stream may have.
        tick: Seconds for which the text of a producer is gathered into one entry.

    Raises:
        ModuleNotFoundError: ``redis`` is not installed: ``pip install 'rx_stream[redis]'``.
        TypeError: ``client`` is not a ``redis.asyncio`` client, or an argument not a number.
        ValueError: An argument is out of range.
    """

    linger = 2.0

    def __init__(
        self,
        client: Redis,
        *,
        prefix: str = "rx_stream",
        lease: Seconds = 10.0,
        grace: Seconds = 10.0,
        ttl: Seconds = 3600.0,
        ended_ttl: Seconds = 600.0,
        max_bytes: int = 16 << 20,
        tick: Seconds = 0.015,
    ) -> None:
        redis = load_extra("RedisLog", "redis.asyncio", "redis")
        require("RedisLog: client", client, redis.Redis, "a redis.asyncio client")
        require("RedisLog: prefix", prefix, str, "a str")
        super().__init__(
            "RedisLog",
            lease=lease,
            grace=grace,
            ttl=ttl,
            ended_ttl=ended_ttl,
            max_bytes=max_bytes,
            tick=tick,
        )
        self.client = cast("RedisClient", client)
        self.prefix = prefix
        timeout = client.connection_pool.connection_kwargs.get("socket_timeout")
        # A wait inside the server must end before the client's patience does, and leases must be
        # looked at more often than they run out. 0 would be a wait without end.
        self.block = max(1, round(1000 * min(1.0, (timeout or 2.0) / 2, self.lease / 2)))
        # A connection may end without a word. Half a lease leaves time for another one.
        self.answer_time = max(1.0, min(5.0, self.lease / 2))
        self._keepers = Keepers(lambda: RedisKeeper(self))
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    def __repr__(self) -> str:
        return f"RedisLog({self.client!r})"

    def key(self, stream_id: str, part: str) -> str:
        """Return the name of a key; all keys of a stream share a hash tag."""
        return f"{self.prefix}:{{{stream_id}}}:{part}"

    def _keys(self, stream_id: str) -> tuple[str, str, str]:
        return (
            self.key(stream_id, "state"),
            self.key(stream_id, "text"),
            self.key(stream_id, "lease"),
        )

    @asynccontextmanager
    async def _reaching(self) -> AsyncGenerator[None, None]:
        """Take turns, and turn the errors of a server that is away into one of ours."""
        from redis.exceptions import RedisError

        loop = asyncio.get_running_loop()
        turns = self._turns.get(loop)
        if turns is None:
            turns = self._turns[loop] = asyncio.Semaphore(_AT_ONCE)
        try:
            async with turns, asyncio.timeout(self.answer_time):
                yield
        except TimeoutError as error:
            # The connections that nobody uses now may be as dead as this one was.
            await self.client.connection_pool.disconnect(inuse_connections=False)
            raise LogUnavailableError("the log in Redis does not answer") from error
        except (RedisError, OSError) as error:
            raise LogUnavailableError(f"the log in Redis cannot be reached: {error}") from error

    async def elect(self, stream_id: str, epoch: str, resume: bool) -> Lease | None:
        """Give the stream to a new producer."""
        args = (epoch, int(resume), milliseconds(self.lease), milliseconds(self.ttl))
        async with self._reaching():
            reply = await run(self.client, script("acquire"), self._keys(stream_id), args)
        if reply is None:
            return None
        epochs, length = cast("tuple[bytes, bytes]", reply)
        return Lease(stream_id, epoch, epochs_of(epochs), int(length))

    def _append_args(self, append: Append) -> tuple[Sequence[str], Sequence[Argument]]:
        lease, start, data = append.lease, append.start, append.data
        return self._keys(lease.stream_id), (
            lease.epoch,
            history(lease.epochs),
            start,
            start + len(data),
            data,
            milliseconds(self.lease),
            milliseconds(self.ttl),
            self.max_bytes,
        )

    async def append_many(self, batch: Sequence[Append]) -> list[int | LogError]:
        """Append to several streams in one round trip."""
        calls = [self._append_args(append) for append in batch]
        async with self._reaching():
            replies = await run_many(self.client, script("append"), calls)
        results: list[int | LogError] = []
        for append, reply in zip(batch, replies, strict=True):
            end = cast("int", reply)
            results.append(end if end >= 0 else self._refusal(append.lease, end))
        return results

    def _refusal(self, lease: Lease, code: int) -> LogError:
        if code == -1:
            return fenced(lease)
        if code == -4:
            return deleted(lease)
        if code == -2:
            return ProducerFencedError(f"the stream {lease.stream_id!r} has been closed")
        limit = self.max_bytes
        return LogFullError(
            f"the stream {lease.stream_id!r} would be larger than {limit} bytes", limit=limit
        )

    async def finish(self, lease: Lease, status: EndStatus, detail: str, length: int | None) -> int:
        """Write the end marker."""
        args: tuple[Argument, ...] = (
            lease.epoch,
            history(lease.epochs),
            "" if length is None else length,
            status,
            detail.encode("utf-8", "replace"),
            milliseconds(self.ended_ttl),
        )
        async with self._reaching():
            reply = await run(self.client, script("finish"), self._keys(lease.stream_id), args)
        end = cast("int", reply)
        if end < 0:
            raise self._refusal(lease, end)
        return end

    async def look(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream."""
        (snapshot,) = await self.look_many([stream_id])
        return snapshot

    async def look_many(self, stream_ids: Sequence[str]) -> list[Snapshot | None]:
        """Return what is known of several streams."""
        calls = [(self._keys(stream_id), ()) for stream_id in stream_ids]
        async with self._reaching():
            replies = await run_many(self.client, script("look"), calls)
        return [None if reply is None else snapshot_of(reply) for reply in replies]

    async def forget(self, stream_id: str) -> None:
        """Remove a stream, and note that its producer has lost it."""
        async with self._reaching():
            await run(
                self.client, script("delete"), self._keys(stream_id), (milliseconds(self.ttl),)
            )

    async def entries(self, stream_id: str, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return the entries between two offsets."""
        found: list[tuple[int, bytes]] = []
        offset = start
        while offset < end:
            async with self._reaching():
                reply = await run(
                    self.client,
                    script("entries"),
                    [self.key(stream_id, "text")],
                    (offset, _BATCH),
                )
            flat = cast("list[bytes]", reply)
            for ends, data in zip(flat[::2], flat[1::2], strict=True):
                stop = int(ends)
                begin = stop - len(data)
                if begin < end:
                    cut = min(stop, end)
                    found.append((cut, data[max(0, start - begin) : cut - begin]))
                offset = stop
            if len(flat) < 2 * _BATCH:
                break
        return found

    async def change(self, stream_id: str, version: int | None, change: Change) -> bool:
        """Apply a change made for a version."""
        args: tuple[Argument, ...] = (
            "" if version is None else version,
            secrets.token_hex(6),
            change.meta,
            int(change.closed),
            "" if change.ttl is None else milliseconds(change.ttl),
            *change.pieces,
        )
        async with self._reaching():
            reply = await run(self.client, script("change"), self._keys(stream_id), args)
        return reply == 1

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream."""
        return await self._keepers.open(stream_id, snapshot, offset)

    async def release(self, hub: Hub) -> None:
        """Stop following."""
        await self._keepers.release(hub)

    async def aclose(self) -> None:
        """Stop writing and reading on this loop."""
        await super().aclose()
        await self._keepers.stop()

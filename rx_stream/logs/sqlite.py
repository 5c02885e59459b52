"""The log of one machine: several processes, and restarts."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TypeVar

from rx_stream.core.arguments import Seconds, require, seconds
from rx_stream.core.logs.log_state import DELETED, acquired, admit, changed, closing
from rx_stream.core.logs.stream_log import Append, Change, EndStatus, Lease, Snapshot
from rx_stream.errors import LogError, LogUnavailableError
from rx_stream.logs import sqlite_tables as tables
from rx_stream.logs.base import BaseLog
from rx_stream.logs.hub import Hub
from rx_stream.logs.keeper import Keepers
from rx_stream.logs.sqlite_keeper import SQLiteKeeper

__all__ = ["SQLiteLog"]

_T = TypeVar("_T")


class SQLiteLog(BaseLog):
    """Keep streams in a SQLite file, for the processes of one machine; they survive restarts.

    Readers look for changes every few milliseconds. Text that was acknowledged survives a killed
    process; what a power failure takes is written again by its producer if that still runs.

    Args:
        path: The file; it is created, with two more beside it.
        lease: Seconds for which a producer that says nothing keeps its stream.
        grace: Seconds without a producer after which readers are told that the stream is
            interrupted.
        ttl: Seconds after the last append until a running stream is forgotten.
        ended_ttl: Seconds after its end until a stream is forgotten.
        max_bytes: Bytes of text that one stream may have.
        tick: Seconds for which the text of a producer is gathered into one entry.
        poll: Seconds between two looks at the file while something is read.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument is out of range.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lease: Seconds = 10.0,
        grace: Seconds = 10.0,
        ttl: Seconds = 3600.0,
        ended_ttl: Seconds = 600.0,
        max_bytes: int = 16 << 20,
        tick: Seconds = 0.015,
        poll: Seconds = 0.003,
    ) -> None:
        if not isinstance(path, os.PathLike):
            require("SQLiteLog: path", path, str, "a path")
        if str(path) in ("", ":memory:"):
            raise ValueError(f"SQLiteLog: path must be that of a file, not {path!r}")
        super().__init__(
            "SQLiteLog",
            lease=lease,
            grace=grace,
            ttl=ttl,
            ended_ttl=ended_ttl,
            max_bytes=max_bytes,
            tick=tick,
        )
        self.poll = seconds("SQLiteLog: poll", poll)
        self.path = Path(path)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = os.getpid()
        self._keepers = Keepers(lambda: SQLiteKeeper(self))

    def __repr__(self) -> str:
        return f"SQLiteLog({str(self.path)!r})"

    def connect(self) -> sqlite3.Connection:
        """Return a new connection."""
        return tables.connect(self.path)

    def _transact(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock:
            if self._connection is None or self._pid != os.getpid():
                # A connection must not be used on the other side of a fork.
                self._connection, self._pid = self.connect(), os.getpid()
            return tables.transact(self._connection, work)

    async def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            # On a thread: another process may hold the lock of the file for a while.
            return await asyncio.to_thread(self._transact, work)
        except sqlite3.Error as error:
            raise self.unavailable(error) from error

    def unavailable(self, error: sqlite3.Error) -> LogUnavailableError:
        """Return the error that readers and producers get for one of SQLite's."""
        return LogUnavailableError(f"the log {self.path} cannot be used: {error}")

    async def elect(self, stream_id: str, epoch: str, resume: bool) -> Lease | None:
        """Give the stream to a new producer."""

        def work(db: sqlite3.Connection) -> Lease | None:
            now = time.monotonic()
            tables.sweep(db, time.time())
            old = tables.load(db, stream_id, time.time())
            seen = None if old is None else old.snapshot(now, self.lease)
            state = acquired(old, seen, epoch, resume)
            if state is None:
                return None
            if not resume:
                tables.drop_text(db, stream_id)
            state = replace(state, lease_until=now + self.lease, expires=time.time() + self.ttl)
            tables.save(db, stream_id, state)
            return Lease(stream_id, epoch, state.epochs, state.length)

        return await self._run(work)

    def _append(self, db: sqlite3.Connection, append: Append) -> int | LogError:
        lease, start, data = append.lease, append.start, append.data
        state = tables.load(db, lease.stream_id, time.time())
        try:
            state = admit(state, lease, start, len(data), self.max_bytes)
        except LogError as error:
            return error
        if state.length == start and data:
            state = replace(state, length=start + len(data))
            tables.add(db, lease.stream_id, state.length, data)
        state = replace(
            state, lease_until=time.monotonic() + self.lease, expires=time.time() + self.ttl
        )
        tables.save(db, lease.stream_id, state)
        return state.length

    async def append_many(self, batch: Sequence[Append]) -> list[int | LogError]:
        """Append to several streams in one transaction."""
        return await self._run(lambda db: [self._append(db, append) for append in batch])

    async def finish(self, lease: Lease, status: EndStatus, detail: str, length: int | None) -> int:
        """Write the end marker."""

        def work(db: sqlite3.Connection) -> int:
            state = closing(tables.load(db, lease.stream_id, time.time()), lease, status)
            if state.status == "running" and length in (None, state.length):
                expires = time.time() + self.ended_ttl
                ended = replace(
                    state, status=status, detail=detail, lease_until=0.0, expires=expires
                )
                tables.save(db, lease.stream_id, ended)
            return state.length

        return await self._run(work)

    async def look(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream."""
        state = await self._run(lambda db: tables.load(db, stream_id, time.time()))
        if state is None or not state.exists:
            return None
        return state.snapshot(time.monotonic(), self.lease)

    async def forget(self, stream_id: str) -> None:
        """Remove a stream, and note that its producer has lost it."""

        def work(db: sqlite3.Connection) -> None:
            tables.sweep(db, time.time())
            tables.drop_text(db, stream_id)
            tables.save(db, stream_id, replace(DELETED, expires=time.time() + self.ttl))

        await self._run(work)

    async def entries(self, stream_id: str, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return the entries between two offsets."""
        return await self._run(lambda db: tables.entries(db, stream_id, start, end))

    async def change(self, stream_id: str, version: int | None, change: Change) -> bool:
        """Apply a change made for a version."""

        def work(db: sqlite3.Connection) -> bool:
            wall = time.time()
            old = tables.load(db, stream_id, wall)
            state = changed(old, version, change, secrets.token_hex(6))
            if state is None:
                return False
            end = 0 if old is None else old.length
            for piece in change.pieces:
                end += len(piece)
                tables.add(db, stream_id, end, piece)
            expires = inf if change.ttl is None else wall + change.ttl
            tables.save(db, stream_id, replace(state, expires=expires))
            return True

        return await self._run(work)

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream."""
        return await self._keepers.open(stream_id, snapshot, offset)

    async def release(self, hub: Hub) -> None:
        """Stop following."""
        await self._keepers.release(hub)

    async def aclose(self) -> None:
        """Stop writing and reading on this loop, and close the file."""
        await super().aclose()
        await self._keepers.stop()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

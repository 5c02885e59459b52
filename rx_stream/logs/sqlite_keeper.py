"""Follows the SQLite file for all readers of one loop."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from rx_stream.logs import sqlite_tables as tables
from rx_stream.logs.hub import Hub
from rx_stream.logs.keeper import Keeper

if TYPE_CHECKING:
    from rx_stream.logs.sqlite import SQLiteLog

__all__ = ["SQLiteKeeper"]

_LOOK = 0.5
"""Seconds after which leases are looked at though nothing has changed."""


class SQLiteKeeper(Keeper):
    """Polls the version of the file's data, which costs microseconds, and reads what is new.

    Args:
        log: The log.
    """

    def __init__(self, log: SQLiteLog) -> None:
        super().__init__()
        self._log = log
        self._fresh: set[Hub] = set()

    async def added(self, hub: Hub) -> None:
        """Read a new hub's stream at the next look."""
        self._fresh.add(hub)

    async def refresh(self, hub: Hub) -> None:
        """Ask the log about one stream."""
        snapshot = await self._log.look(hub.stream_id)
        if snapshot is not None:
            hub.see(snapshot)

    async def text(self, hub: Hub, start: int, end: int) -> bytes:
        """Return bytes of a stream."""
        entries = await self._log.entries(hub.stream_id, start, end)
        return b"".join(data for _, data in entries)

    async def run(self) -> None:
        """Keep the hubs up to date."""
        try:
            # Reads never wait in WAL mode, so they need no thread.
            with closing(self._log.connect()) as db:
                await self._poll(db)
        except sqlite3.Error as error:
            raise self._log.unavailable(error) from error

    async def _poll(self, db: sqlite3.Connection) -> None:
        version, look_at = -1, 0.0
        while True:
            (now_at,) = db.execute("pragma data_version").fetchone()
            now = time.monotonic()
            if now_at != version or now >= look_at:
                version, look_at = now_at, now + _LOOK
                self._read(db, self.open_hubs)
            elif self._fresh:
                self._read(db, list(self._fresh))
            self._fresh.clear()
            await asyncio.sleep(self._log.poll)

    def _read(self, db: sqlite3.Connection, hubs: list[Hub]) -> None:
        db.execute("begin")
        try:
            for hub in hubs:
                self._read_one(db, hub)
        finally:
            db.execute("commit")

    def _read_one(self, db: sqlite3.Connection, hub: Hub) -> None:
        state = tables.read(db, hub.stream_id, time.time())
        if state is None or not state.exists:
            hub.notify()  # It is for the reader to say how long a stream may be missing.
            return
        hub.see(state.snapshot(time.monotonic(), self._log.lease))
        entries = tables.entries(db, hub.stream_id, hub.buffer.end)
        for end, data in entries:
            hub.extend(end, data)
        if entries:
            hub.notify()

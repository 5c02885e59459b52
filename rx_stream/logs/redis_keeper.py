"""Follows streams in Redis for all readers of one loop."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, cast

from rx_stream.core.logs.stream_log import EndStatus
from rx_stream.errors import LogError, LogUnavailableError
from rx_stream.logs.hub import Hub
from rx_stream.logs.keeper import Keeper
from rx_stream.logs.redis_scripts import read

if TYPE_CHECKING:
    from rx_stream.logs.redis import RedisLog

__all__ = ["RedisKeeper"]

_RETRY = 0.05
"""Seconds until the next try when the server cannot be reached."""

_GATHER = 0.0001
"""Seconds for each stream that a reply is waited for, so that it holds news of many streams."""


class RedisKeeper(Keeper):
    """One XREAD waits for all streams that are read.

    Args:
        log: The log.
    """

    def __init__(self, log: RedisLog) -> None:
        super().__init__()
        self._log = log
        # A private stream, to which something is added to end the XREAD that waits.
        self._bell = log.key(secrets.token_hex(8), "bell")
        self._rung = "0-0"
        self._reading = False
        self._look_at = 0.0

    async def added(self, hub: Hub) -> None:
        """End the XREAD that does not know the new stream yet."""
        if not self._reading:
            return
        try:
            pipe = self._log.client.pipeline(transaction=False)
            pipe.execute_command("XADD", self._bell, "MAXLEN", 1, "*", "r", 1)
            pipe.execute_command("PEXPIRE", self._bell, 60_000)
            async with asyncio.timeout(self._log.answer_time):
                await pipe.execute(raise_on_error=False)
        except self._errors():
            return  # The XREAD ends by itself.

    def _errors(self) -> tuple[type[Exception], ...]:
        from redis.exceptions import RedisError

        return (RedisError, OSError, TimeoutError)

    async def refresh(self, hub: Hub) -> None:
        """Ask the server about one stream."""
        snapshot = await self._log.look(hub.stream_id)
        if snapshot is not None:
            hub.see(snapshot)

    async def text(self, hub: Hub, start: int, end: int) -> bytes:
        """Return bytes of a stream."""
        entries = await self._log.entries(hub.stream_id, start, end)
        return b"".join(data for _, data in entries)

    async def run(self) -> None:
        """Keep the hubs up to date."""
        errors = (*self._errors(), LogUnavailableError)
        self._look_at = 0.0
        while True:
            try:
                if time.monotonic() >= self._look_at:
                    await self._look()
                await self._read()
            except errors:
                self._look_at = 0.0
                await asyncio.sleep(_RETRY)

    async def _look(self) -> None:
        """See whether the producers are alive, and the texts still the same."""
        hubs = self.open_hubs
        if hubs:
            snapshots = await self._log.look_many([hub.stream_id for hub in hubs])
            for hub, snapshot in zip(hubs, snapshots, strict=True):
                if snapshot is not None:
                    hub.see(snapshot)
                else:
                    hub.notify()  # It is for the reader to say how long it may be missing.
        self._look_at = time.monotonic() + self._log.block / 1000

    async def _read(self) -> None:
        hubs = {self._log.key(hub.stream_id, "text"): hub for hub in self.open_hubs}
        ends = {key: hub.buffer.end for key, hub in hubs.items()}
        places = {key: f"{end}-0" for key, end in ends.items()}
        places[self._bell] = self._rung
        self._reading = True
        try:
            async with asyncio.timeout(self._log.block / 1000 + self._log.answer_time):
                found = await read(self._log.client, places, self._log.block)
        finally:
            self._reading = False
        for entry, _ in found.pop(self._bell, ()):
            self._rung = entry
        for key, entries in found.items():
            hub = hubs[key]
            if hub.buffer.end != ends[key]:
                continue  # Another text by now: what was read goes on from a place in the old one.
            try:
                await self._take(hub, entries)
            except LogUnavailableError:
                raise
            except LogError as error:
                hub.fail(error)
        if len(hubs) > 1:
            await asyncio.sleep(min(0.005, _GATHER * len(hubs)))

    async def _take(self, hub: Hub, entries: list[tuple[str, dict[bytes, bytes]]]) -> None:
        for entry, fields in entries:
            if not _belongs(hub, fields):
                # Another producer: first see what it has kept, then read on from there.
                await self.refresh(hub)
                break
            end = int(entry.partition("-")[0])
            if b"d" in fields:
                hub.extend(end, fields[b"d"])
            else:
                hub.extend(end, b"")
                status = cast("EndStatus", fields[b"s"].decode())
                hub.finish(end, status, fields[b"x"].decode())
        hub.notify()


def _belongs(hub: Hub, fields: dict[bytes, bytes]) -> bool:
    epoch = fields[b"e"].decode()
    return any(epoch == known for known, _ in reversed(hub.snapshot.epochs))

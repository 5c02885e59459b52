"""Streams of the Durable Streams protocol in a log: look, decide, change if nobody else did."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rx_stream.core.logs.durable_stream import DurableMeta
from rx_stream.core.logs.stream_log import Change, Snapshot
from rx_stream.logs.base import BaseLog
from rx_stream.logs.http import durable_json
from rx_stream.logs.http.durable_request import RefusedError, offset_text

__all__ = ["DurableStore", "Stored", "pack_body"]

_SPARE = 60.0
"""Seconds for which the log keeps a stream longer than the protocol does."""

_LONGEST_TTL = 10 * 365 * 24 * 3600.0
"""Seconds that a log is told; an engine need not count in milliseconds beyond the year 300,000."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stream as it was found."""

    snapshot: Snapshot
    meta: DurableMeta

    @property
    def offset(self) -> str:
        """Where it ends."""
        return offset_text(self.snapshot.length)

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self.snapshot.ended


class DurableStore:
    """Streams of a log, as the protocol sees them.

    Args:
        log: The log.
    """

    def __init__(self, log: BaseLog) -> None:
        self.log = log

    async def find(self, stream_id: str) -> Stored | None:
        """Return a stream, also one that only stays for its forks; None if there is none."""
        snapshot = await self.log.look(stream_id)
        if snapshot is None:
            return None
        stored = Stored(snapshot, DurableMeta.load(snapshot.meta))
        if stored.meta.left(time.time()) > 0:
            return stored
        if not stored.meta.forks:
            await self._remove(stream_id, stored.meta)
            return None
        stored.meta.deleted = True
        await self.save(stream_id, stored)
        return stored

    async def get(self, stream_id: str) -> Stored:
        """Return a stream that can be used.

        Raises:
            RefusedError: There is none.
        """
        stored = await self.find(stream_id)
        if stored is None:
            raise RefusedError(404, "Stream not found")
        if stored.meta.deleted:
            raise RefusedError(410, "Stream is gone")
        return stored

    async def save(
        self,
        stream_id: str,
        stored: Stored | None,
        *,
        meta: DurableMeta | None = None,
        pieces: Sequence[bytes] = (),
        closed: bool = False,
    ) -> bool:
        """Write what became of a stream; False if somebody else has changed it since.

        Args:
            stream_id: Its id.
            stored: What it was; None if it is new.
            meta: What is known of it, for a new one.
            pieces: What is added to it.
            closed: Whether it is closed from now on.
        """
        meta = meta if stored is None or meta is not None else stored.meta
        assert meta is not None
        left = meta.left(time.time())
        # One with forks, and a fork, must be there to be counted when it is gone.
        stays = left > _LONGEST_TTL or meta.forks or meta.forked_from
        change = Change(
            meta.dump(),
            [piece for piece in pieces if piece],
            closed or (stored is not None and stored.closed),
            None if stays else max(left, 0.0) + _SPARE,
        )
        version = None if stored is None else stored.snapshot.version
        return await self.log.change(stream_id, version, change)

    async def messages(
        self, stream_id: str, meta: DurableMeta, begin: int, end: int
    ) -> list[tuple[int, bytes]]:
        """Return the entries between two offsets, each with where it ends.

        Raises:
            RefusedError: The first would be a part of a JSON message, which is no JSON.
        """
        if not meta.is_json or not 0 < begin < end:
            return await self.log.entries(stream_id, begin, end)
        found = await self.log.entries(stream_id, begin - 1, end)
        if found and found[0][0] != begin:
            raise RefusedError(400, "Offset inside a message")
        return found[1:]

    async def add_fork(self, stream_id: str) -> bool:
        """Count a new fork of a stream; False if it is gone."""
        while (stored := await self.find(stream_id)) is not None:
            if stored.meta.deleted:
                return False
            stored.meta.forks += 1
            if await self.save(stream_id, stored):
                return True
        return False

    async def _drop_fork(self, stream_id: str) -> DurableMeta | None:
        """Count a fork less; return what must be removed now: a deleted stream without forks."""
        while (stored := await self.find(stream_id)) is not None:
            meta = stored.meta
            meta.forks = max(0, meta.forks - 1)
            if meta.deleted and not meta.forks:
                return meta
            if await self.save(stream_id, stored):
                return None
        return None

    def check_size(self, length: int, pieces: Sequence[bytes]) -> None:
        """Refuse what would make a stream of this length too large.

        Raises:
            RefusedError: It would.
        """
        if length + sum(map(len, pieces)) > self.log.max_bytes:
            raise RefusedError(413, "The stream would be too large")

    async def touch(self, stream_id: str, stored: Stored) -> None:
        """Note that a stream was read, if that keeps it alive."""
        if stored.meta.ttl is None:
            return
        stored.meta.accessed = time.time()
        while not await self.save(stream_id, stored):
            found = await self.find(stream_id)
            if found is None:
                return
            stored = found
            stored.meta.accessed = time.time()

    async def delete(self, stream_id: str) -> None:
        """Delete a stream; one with forks stays for them, unseen."""
        while True:
            stored = await self.get(stream_id)
            if not stored.meta.forks:
                await self._remove(stream_id, stored.meta)
                return
            stored.meta.deleted = True
            if await self.save(stream_id, stored):
                return

    async def _remove(self, stream_id: str, meta: DurableMeta) -> None:
        await self.log.forget(stream_id)
        if meta.forked_from is not None:
            await self.leave(meta.forked_from)

    async def leave(self, stream_id: str | None) -> None:
        """Count a fork less; the last one of a deleted stream takes it along, and so on."""
        # Not by recursion: anyone can make a chain of forks of any length.
        while stream_id is not None and (meta := await self._drop_fork(stream_id)) is not None:
            await self.log.forget(stream_id)
            stream_id = meta.forked_from


def pack_body(meta: DurableMeta, body: bytes, *, new: bool) -> bytes:
    """Return the body of a request as it is kept.

    Args:
        meta: What is known of the stream.
        body: The body.
        new: Whether it creates the stream, and so may be empty.

    Raises:
        RefusedError: It is not the JSON that the stream is made of.
    """
    if not meta.is_json or (new and not body):
        return body
    try:
        packed = durable_json.pack(body)
    except ValueError as error:
        raise RefusedError(400, "Invalid JSON") from error
    if not packed and not new:
        raise RefusedError(400, "Empty arrays are not allowed")
    return packed

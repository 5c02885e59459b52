"""The steps of the Durable Streams protocol: look, decide, change if nobody else did."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rx_stream.core.logs.durable_stream import (
    DurableMeta,
    ProducerMark,
    base_type,
    forget_silent,
    judge,
)
from rx_stream.core.logs.stream_log import Change, Snapshot
from rx_stream.logs.base import BaseLog
from rx_stream.logs.http import durable_json
from rx_stream.logs.http.durable_request import DurableRequest, RefusedError, offset_text

__all__ = ["DurableStore", "Stored"]

_SPARE = 60.0
"""Seconds for which the log keeps a stream longer than the protocol does."""

_LONGEST_TTL = 10 * 365 * 24 * 3600.0
"""Seconds that a log is told; an engine need not count in milliseconds beyond the year 300,000."""

_MOST_PRODUCERS = 1000
"""Producers that are remembered of one stream; all of them are written with each message."""


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
        await self._save(stream_id, stored)
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

    async def _save(
        self,
        stream_id: str,
        stored: Stored | None,
        *,
        meta: DurableMeta | None = None,
        pieces: Sequence[bytes] = (),
        closed: bool = False,
    ) -> bool:
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

    # --- create

    async def create(self, request: DurableRequest, body: bytes) -> tuple[Stored, bool]:
        """Create a stream; tell whether it is new."""
        while True:
            old = await self.find(request.stream_id)
            if old is not None:
                return self._same(old, request), False
            parent, offset, sub = request.fork()
            if parent is None:
                meta, pieces = self._new_meta(request), []
            else:
                meta, pieces = await self._fork(request, parent, offset, sub)
            first = self._pack(meta, body, new=True)
            meta.accessed = time.time()
            pieces = [*pieces, first]
            self._check_size(0, pieces)
            if parent is not None and not await self._add_fork(parent):
                continue
            closed = request.closes
            if await self._save(request.stream_id, None, meta=meta, pieces=pieces, closed=closed):
                return await self.get(request.stream_id), True
            if parent is not None:
                await self._leave(parent)

    def _new_meta(self, request: DurableRequest) -> DurableMeta:
        content_type = request.content_type("application/octet-stream")
        return DurableMeta(content_type, request.ttl(), request.expires_at())

    def _same(self, old: Stored, request: DurableRequest) -> Stored:
        """Return what is there already, if it is what would be created."""
        meta = old.meta
        if meta.deleted:
            raise RefusedError(409, "Stream was deleted but still has active forks")
        parent, offset, sub = request.fork()
        ttl, expires_at = request.ttl(), request.expires_at()
        inherits = parent is not None and ttl is None and expires_at is None
        default = meta.content_type if parent is not None else "application/octet-stream"
        same = (
            base_type(request.content_type(default)) == base_type(meta.content_type)
            and (inherits or (ttl, expires_at) == (meta.ttl, meta.expires_at))
            and request.closes == old.closed
            and parent == meta.forked_from
            and offset in (None, meta.fork_offset)
            and sub == meta.fork_sub_offset
        )
        if not same:
            raise RefusedError(409, "Stream already exists with different configuration")
        return old

    async def _fork(
        self, request: DurableRequest, parent: str, offset: int | None, sub: int
    ) -> tuple[DurableMeta, list[bytes]]:
        source = await self.find(parent)
        if source is None:
            raise RefusedError(404, "Source stream not found")
        if source.meta.deleted:
            raise RefusedError(409, "Source stream was deleted but still has active forks")
        content_type = request.content_type(source.meta.content_type)
        if base_type(content_type) != base_type(source.meta.content_type):
            raise RefusedError(409, "Content type mismatch with source stream")
        at = source.snapshot.length if offset is None else offset
        if at > source.snapshot.length:
            raise RefusedError(400, "Fork offset beyond source stream length")
        ttl, expires_at = request.ttl(), request.expires_at()
        if ttl is None and expires_at is None:
            ttl, expires_at = source.meta.ttl, source.meta.expires_at
        meta = DurableMeta(content_type, ttl, expires_at)
        meta.forked_from, meta.fork_offset, meta.fork_sub_offset = parent, at, sub
        pieces = [data for _, data in await self.log.entries(parent, 0, at)]
        if meta.is_json and pieces and not pieces[-1].endswith(b","):
            raise RefusedError(400, "Fork offset inside a message")
        if sub:
            rest = await self.log.entries(parent, at, source.snapshot.length)
            pieces.append(self._part_of(meta, rest[0][1] if rest else b"", sub))
        return meta, pieces

    @staticmethod
    def _part_of(meta: DurableMeta, message: bytes, sub: int) -> bytes:
        if not meta.is_json:
            part = message[:sub]
            if len(part) == sub:
                return part
        elif message and sub <= len(values := durable_json.values_of(message)):
            return durable_json.pack(json.dumps(values[:sub]).encode())
        raise RefusedError(400, "Invalid fork sub-offset")

    async def _add_fork(self, stream_id: str) -> bool:
        """Count a new fork of a stream; False if it is gone."""
        while (stored := await self.find(stream_id)) is not None:
            if stored.meta.deleted:
                return False
            stored.meta.forks += 1
            if await self._save(stream_id, stored):
                return True
        return False

    async def _drop_fork(self, stream_id: str) -> DurableMeta | None:
        """Count a fork less; return what must be removed now: a deleted stream without forks."""
        while (stored := await self.find(stream_id)) is not None:
            meta = stored.meta
            meta.forks = max(0, meta.forks - 1)
            if meta.deleted and not meta.forks:
                return meta
            if await self._save(stream_id, stored):
                return None
        return None

    def _pack(self, meta: DurableMeta, body: bytes, *, new: bool) -> bytes:
        if not meta.is_json or (new and not body):
            return body
        try:
            packed = durable_json.pack(body)
        except ValueError as error:
            raise RefusedError(400, "Invalid JSON") from error
        if not packed and not new:
            raise RefusedError(400, "Empty arrays are not allowed")
        return packed

    def _check_size(self, length: int, pieces: Sequence[bytes]) -> None:
        if length + sum(map(len, pieces)) > self.log.max_bytes:
            raise RefusedError(413, "The stream would be too large")

    # --- append and close

    async def append(self, request: DurableRequest, body: bytes) -> tuple[Stored, bool]:
        """Append, close, or both; tell whether it was a duplicate."""
        mark = request.producer()
        seq = request.headers.get("stream-seq")
        while True:
            stored = await self.get(request.stream_id)
            meta = stored.meta
            if not stored.snapshot.meta:
                raise RefusedError(409, "The stream has a producer of its own")
            if stored.closed:
                return self._already_closed(stored, mark, bool(body)), True
            if body:
                self._check_type(meta, request)
            if mark is not None and not self._accept(meta, mark):
                return stored, True
            if body and seq is not None:
                if meta.last_seq is not None and seq <= meta.last_seq:
                    raise RefusedError(409, "Sequence conflict")
                meta.last_seq = seq
            piece = self._pack(meta, body, new=False) if body else b""
            self._check_size(stored.snapshot.length, [piece])
            meta.accessed = time.time()
            if request.closes:
                meta.closed_by = mark
            if await self._save(request.stream_id, stored, pieces=[piece], closed=request.closes):
                return self._after(stored, piece, request.closes), False

    @staticmethod
    def _after(stored: Stored, piece: bytes, closed: bool) -> Stored:
        length = stored.snapshot.length + len(piece)
        status = "completed" if closed else stored.snapshot.status
        return Stored(replace(stored.snapshot, length=length, status=status), stored.meta)

    @staticmethod
    def _already_closed(stored: Stored, mark: ProducerMark | None, appends: bool) -> Stored:
        again = stored.meta.closed_by is not None and stored.meta.closed_by == mark
        if again or (mark is None and not appends):
            return stored
        raise RefusedError(
            409, "Stream is closed", Stream_Closed="true", Stream_Next_Offset=stored.offset
        )

    @staticmethod
    def _check_type(meta: DurableMeta, request: DurableRequest) -> None:
        given = request.headers.get("content-type")
        if not given:
            raise RefusedError(400, "Content-Type header is required")
        if base_type(given) != base_type(meta.content_type):
            raise RefusedError(409, "Content-type mismatch")

    @staticmethod
    def _accept(meta: DurableMeta, mark: ProducerMark) -> bool:
        """Note a producer's message; False if it is a duplicate."""
        name, epoch, seq = mark
        verdict, told = judge(meta, mark, time.time())
        if verdict == "duplicate":
            return False
        if verdict == "stale_epoch":
            raise RefusedError(403, "Stale producer epoch", Producer_Epoch=str(told))
        if verdict == "bad_epoch":
            raise RefusedError(400, "New epoch must start with sequence 0")
        if verdict == "gap":
            raise RefusedError(
                409,
                "Producer sequence gap",
                Producer_Expected_Seq=str(told),
                Producer_Received_Seq=str(seq),
            )
        DurableStore._make_room(meta, name)
        meta.producers[name] = (epoch, seq, time.time())
        return True

    @staticmethod
    def _make_room(meta: DurableMeta, name: str) -> None:
        if name in meta.producers or len(meta.producers) < _MOST_PRODUCERS:
            return
        forget_silent(meta, time.time())
        if len(meta.producers) >= _MOST_PRODUCERS:
            raise RefusedError(429, f"A stream has at most {_MOST_PRODUCERS} producers")

    # --- the rest

    async def touch(self, stream_id: str, stored: Stored) -> None:
        """Note that a stream was read, if that keeps it alive."""
        if stored.meta.ttl is None:
            return
        stored.meta.accessed = time.time()
        while not await self._save(stream_id, stored):
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
            if await self._save(stream_id, stored):
                return

    async def _remove(self, stream_id: str, meta: DurableMeta) -> None:
        await self.log.forget(stream_id)
        if meta.forked_from is not None:
            await self._leave(meta.forked_from)

    async def _leave(self, stream_id: str | None) -> None:
        """Count a fork less; the last one of a deleted stream takes it along, and so on."""
        # Not by recursion: anyone can make a chain of forks of any length.
        while stream_id is not None and (meta := await self._drop_fork(stream_id)) is not None:
            await self.log.forget(stream_id)
            stream_id = meta.forked_from

"""Create a stream of the Durable Streams protocol, also as a fork of another."""

from __future__ import annotations

import json
import time

from rx_stream.core.logs.durable_stream import DurableMeta, base_type
from rx_stream.logs.http import durable_json
from rx_stream.logs.http.durable_request import DurableRequest, RefusedError
from rx_stream.logs.http.durable_store import DurableStore, Stored, pack_body

__all__ = ["create"]


async def create(store: DurableStore, request: DurableRequest, body: bytes) -> tuple[Stored, bool]:
    """Create a stream; tell whether it is new."""
    while True:
        old = await store.find(request.stream_id)
        if old is not None:
            return _same(old, request), False
        parent, offset, sub = request.fork()
        if parent is None:
            meta, pieces = _new_meta(request), []
        else:
            meta, pieces = await _fork(store, request, parent, offset, sub)
        first = pack_body(meta, body, new=True)
        meta.accessed = time.time()
        pieces = [*pieces, first]
        store.check_size(0, pieces)
        if parent is not None and not await store.add_fork(parent):
            continue
        closed = request.closes
        if await store.save(request.stream_id, None, meta=meta, pieces=pieces, closed=closed):
            return await store.get(request.stream_id), True
        if parent is not None:
            await store.leave(parent)


def _new_meta(request: DurableRequest) -> DurableMeta:
    content_type = request.content_type("application/octet-stream")
    return DurableMeta(content_type, request.ttl(), request.expires_at())


def _same(old: Stored, request: DurableRequest) -> Stored:
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
    store: DurableStore, request: DurableRequest, parent: str, offset: int | None, sub: int
) -> tuple[DurableMeta, list[bytes]]:
    source = await store.find(parent)
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
    pieces = [data for _, data in await store.log.entries(parent, 0, at)]
    rest = await store.messages(parent, meta, at, source.snapshot.length if sub else at + 1)
    if sub:
        pieces.append(_part_of(meta, rest[0][1] if rest else b"", sub))
    return meta, pieces


def _part_of(meta: DurableMeta, message: bytes, sub: int) -> bytes:
    if not meta.is_json:
        part = message[:sub]
        if len(part) == sub:
            return part
    elif message and sub <= len(values := durable_json.values_of(message)):
        return durable_json.pack(json.dumps(values[:sub]).encode())
    raise RefusedError(400, "Invalid fork sub-offset")

"""Append to a stream of the Durable Streams protocol, close it, or both."""

from __future__ import annotations

import time
from dataclasses import replace

from rx_stream.core.logs.durable_stream import (
    DurableMeta,
    ProducerMark,
    base_type,
    forget_silent,
    judge,
)
from rx_stream.logs.http.durable_request import DurableRequest, RefusedError
from rx_stream.logs.http.durable_store import DurableStore, Stored, pack_body

__all__ = ["append"]

_MOST_PRODUCERS = 1000
"""Producers that are remembered of one stream; all of them are written with each message."""


async def append(store: DurableStore, request: DurableRequest, body: bytes) -> tuple[Stored, bool]:
    """Append, close, or both; tell whether it was a duplicate."""
    mark = request.producer()
    seq = request.headers.get("stream-seq")
    while True:
        stored = await store.get(request.stream_id)
        meta = stored.meta
        if not stored.snapshot.meta:
            raise RefusedError(409, "The stream has a producer of its own")
        if stored.closed:
            return _already_closed(stored, mark, bool(body)), True
        if body:
            _check_type(meta, request)
        if mark is not None and not _accept(meta, mark):
            return stored, True
        if body and seq is not None:
            if meta.last_seq is not None and seq <= meta.last_seq:
                raise RefusedError(409, "Sequence conflict")
            meta.last_seq = seq
        piece = pack_body(meta, body, new=False) if body else b""
        store.check_size(stored.snapshot.length, [piece])
        meta.accessed = time.time()
        if request.closes:
            meta.closed_by = mark
        if await store.save(request.stream_id, stored, pieces=[piece], closed=request.closes):
            return _after(stored, piece, request.closes), False


def _after(stored: Stored, piece: bytes, closed: bool) -> Stored:
    length = stored.snapshot.length + len(piece)
    status = "completed" if closed else stored.snapshot.status
    return Stored(replace(stored.snapshot, length=length, status=status), stored.meta)


def _already_closed(stored: Stored, mark: ProducerMark | None, appends: bool) -> Stored:
    again = stored.meta.closed_by is not None and stored.meta.closed_by == mark
    if again or (mark is None and not appends):
        return stored
    raise RefusedError(
        409, "Stream is closed", Stream_Closed="true", Stream_Next_Offset=stored.offset
    )


def _check_type(meta: DurableMeta, request: DurableRequest) -> None:
    given = request.headers.get("content-type")
    if not given:
        raise RefusedError(400, "Content-Type header is required")
    if base_type(given) != base_type(meta.content_type):
        raise RefusedError(409, "Content-type mismatch")


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
    _make_room(meta, name)
    meta.producers[name] = (epoch, seq, time.time())
    return True


def _make_room(meta: DurableMeta, name: str) -> None:
    if name in meta.producers or len(meta.producers) < _MOST_PRODUCERS:
        return
    forget_silent(meta, time.time())
    if len(meta.producers) >= _MOST_PRODUCERS:
        raise RefusedError(429, f"A stream has at most {_MOST_PRODUCERS} producers")

"""The log of one process."""

from __future__ import annotations

import secrets
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from rx_stream.core.arguments import Seconds
from rx_stream.core.logs.log_state import (
    DELETED,
    LogState,
    acquired,
    admit,
    changed,
    closing,
    forgotten,
)
from rx_stream.core.logs.stream_log import Append, Change, EndStatus, Lease, Snapshot
from rx_stream.errors import LogError
from rx_stream.logs.base import BaseLog
from rx_stream.logs.direct_producer import DirectProducer
from rx_stream.logs.hub import Hub

__all__ = ["MemoryLog"]

_SWEEP = 5.0
"""Seconds between two searches for streams that have expired."""


class _Stream:
    """One stream: its state, and its text as the readers see it."""

    __slots__ = ("borders", "hub", "state")

    def __init__(self, stream_id: str, state: LogState, snapshot: Snapshot) -> None:
        self.state = state
        self.hub = Hub(stream_id, snapshot)
        self.borders: list[int] = []


class MemoryLog(BaseLog):
    """Keep streams in this process: for one process, and for tests.

    Any thread may publish and any event loop may read.

    Args:
        lease: Seconds for which a producer that says nothing keeps its stream.
        grace: Seconds without a producer after which readers are told that the stream is
            interrupted.
        ttl: Seconds after the last append until a running stream is forgotten.
        ended_ttl: Seconds after its end until a stream is forgotten.
        max_bytes: Bytes of text that one stream may have.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of range.
    """

    settle = 0.0

    def __init__(
        self,
        *,
        lease: Seconds = 10.0,
        grace: Seconds = 10.0,
        ttl: Seconds = 3600.0,
        ended_ttl: Seconds = 600.0,
        max_bytes: int = 16 << 20,
    ) -> None:
        super().__init__(
            "MemoryLog",
            lease=lease,
            grace=grace,
            ttl=ttl,
            ended_ttl=ended_ttl,
            max_bytes=max_bytes,
            tick=0.0,
        )
        self._streams: dict[str, _Stream] = {}
        # Streams that were deleted, with when that is forgotten.
        self._deleted: dict[str, float] = {}
        self._lock = threading.RLock()
        self._sweep_at = time.monotonic() + _SWEEP

    def __repr__(self) -> str:
        return f"MemoryLog({len(self._streams)} streams)"

    def _find(self, stream_id: str, now: float) -> _Stream | None:
        stream = self._streams.get(stream_id)
        if stream is not None and stream.state.expires <= now:
            self._drop(stream_id)
            return None
        return stream

    def _state(self, stream_id: str, now: float) -> LogState | None:
        stream = self._find(stream_id, now)
        if stream is not None:
            return stream.state
        return DELETED if self._deleted.get(stream_id, 0.0) > now else None

    def _drop(self, stream_id: str) -> None:
        stream = self._streams.pop(stream_id, None)
        if stream is not None:
            stream.hub.notify()

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._sweep_at = now + _SWEEP
            for stream_id in [i for i, s in self._streams.items() if s.state.expires <= now]:
                self._drop(stream_id)
            self._deleted = {i: until for i, until in self._deleted.items() if until > now}

    def _put(self, stream_id: str, state: LogState, now: float) -> _Stream:
        """Keep a state; readers see it with the next ``notify``."""
        snapshot = state.snapshot(now, self.lease)
        stream = self._streams.get(stream_id)
        if stream is None:
            stream = self._streams[stream_id] = _Stream(stream_id, state, snapshot)
            self._deleted.pop(stream_id, None)
        stream.state = state
        return stream

    def elect_now(self, stream_id: str) -> Lease | None:
        """Do what ``acquire`` does, without a loop."""
        return self._elect(stream_id, secrets.token_hex(6), resume=False)

    def _elect(self, stream_id: str, epoch: str, resume: bool) -> Lease | None:
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            old = self._state(stream_id, now)
            seen = None if old is None else old.snapshot(now, self.lease)
            state = acquired(old, seen, epoch, resume)
            if state is None:
                return None
            state = replace(state, lease_until=now + self.lease, expires=now + self.ttl)
            stream = self._put(stream_id, state, now)
            stream.hub.see(state.snapshot(now, self.lease))
            return Lease(stream_id, epoch, state.epochs, state.length)

    def append_now(self, append: Append) -> int | LogError:
        """Append, and wake the readers."""
        now = time.monotonic()
        lease, start, data = append.lease, append.start, append.data
        with self._lock:
            old = self._state(lease.stream_id, now)
            try:
                state = admit(old, lease, start, len(data), self.max_bytes)
            except LogError as error:
                return error
            end = start + len(data) if state.length == start else state.length
            state = replace(state, length=end, lease_until=now + self.lease, expires=now + self.ttl)
            stream = self._put(lease.stream_id, state, now)
            stream.hub.alive_until = state.lease_until
            if end > stream.hub.buffer.end:
                stream.hub.extend(end, data)
                stream.hub.notify()
            return end

    def finish_now(
        self, lease: Lease, status: EndStatus, detail: str, length: int
    ) -> LogError | None:
        """Close the stream, and wake the readers."""
        try:
            end = self._finish(lease, status, detail, length)
        except LogError as error:
            return error
        return None if end == length else forgotten(lease)

    def _finish(self, lease: Lease, status: EndStatus, detail: str, length: int | None) -> int:
        now = time.monotonic()
        with self._lock:
            state = closing(self._state(lease.stream_id, now), lease, status)
            if length is not None and state.length != length:
                return state.length
            if state.status == "running":
                state = replace(
                    state,
                    status=status,
                    detail=detail,
                    lease_until=0.0,
                    expires=now + self.ended_ttl,
                )
                stream = self._put(lease.stream_id, state, now)
                stream.hub.finish(state.length, status, detail)
                stream.hub.notify()
            return state.length

    def producer(
        self, lease: Lease, prefix: bytes, on_settled: Callable[[LogError | None], None]
    ) -> DirectProducer:
        """Return what writes a stream; ``prefix`` is in the log and stays there."""
        return DirectProducer(self, lease, len(prefix), on_settled)

    async def elect(self, stream_id: str, epoch: str, resume: bool) -> Lease | None:
        """Give the stream to a new producer."""
        return self._elect(stream_id, epoch, resume)

    async def append_many(self, batch: Sequence[Append]) -> list[int | LogError]:
        """Append to several streams."""
        return [self.append_now(append) for append in batch]

    async def finish(self, lease: Lease, status: EndStatus, detail: str, length: int | None) -> int:
        """Write the end marker."""
        return self._finish(lease, status, detail, length)

    async def look(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream."""
        now = time.monotonic()
        with self._lock:
            stream = self._find(stream_id, now)
            return None if stream is None else stream.state.snapshot(now, self.lease)

    async def forget(self, stream_id: str) -> None:
        """Remove a stream, and note that its producer has lost it."""
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            self._drop(stream_id)
            self._deleted[stream_id] = now + self.ttl

    async def entries(self, stream_id: str, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return the entries between two offsets."""
        with self._lock:
            stream = self._find(stream_id, time.monotonic())
            stop = 0 if stream is None else min(end, stream.state.length)
            if stream is None or start >= stop:
                return []
            borders = [b for b in stream.borders[bisect_right(stream.borders, start) :] if b < stop]
            found: list[tuple[int, bytes]] = []
            for border in (*borders, stop):
                found.append((border, stream.hub.buffer.take(start, border - start)))
                start = border
            return found

    async def change(self, stream_id: str, version: int | None, change: Change) -> bool:
        """Apply a change made for a version."""
        now = time.monotonic()
        with self._lock:
            old = self._state(stream_id, now)
            state = changed(old, version, change, secrets.token_hex(6))
            if state is None:
                return False
            state = replace(state, expires=inf if change.ttl is None else now + change.ttl)
            stream = self._put(stream_id, state, now)
            for piece in change.pieces:
                stream.hub.buffer.append(piece)
                stream.borders.append(stream.hub.buffer.end)
            stream.hub.see(state.snapshot(now, self.lease))
            return True

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream."""
        with self._lock:
            stream = self._streams.get(stream_id)
            return Hub(stream_id, snapshot, offset) if stream is None else stream.hub

    async def release(self, hub: Hub) -> None:
        """Stop following."""

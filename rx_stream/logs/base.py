"""What all engines of the log share: settings, checks, and their place on a loop."""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rx_stream.core.arguments import Seconds, choice, count, require, seconds
from rx_stream.core.logs.stream_log import (
    END_STATUSES,
    Append,
    Change,
    EndStatus,
    Lease,
    LogStatus,
    Snapshot,
    check_stream_id,
)
from rx_stream.errors import LogError
from rx_stream.logs.stream_writer import Producer
from rx_stream.logs.writer import Writer

if TYPE_CHECKING:
    from rx_stream.logs.hub import Hub

__all__ = ["BaseLog"]


class BaseLog(ABC):
    """The common part of the engines.

    Args:
        name: The class, for messages.
        lease: Seconds for which a producer that says nothing keeps its stream.
        grace: Seconds without a producer after which readers are told that the stream is
            interrupted.
        ttl: Seconds after the last append until a running stream is forgotten.
        ended_ttl: Seconds after its end until a stream is forgotten.
        max_bytes: Bytes of text that one stream may have.
        tick: Seconds for which a producer's text is gathered into one entry.
    """

    settle = 1.0
    """Seconds in which a producer has repaired a log that lost its tail."""

    linger = 0.0
    """Seconds after the end in which the writer makes sure that the end marker stands."""

    def __init__(
        self,
        name: str,
        *,
        lease: Seconds,
        grace: Seconds,
        ttl: Seconds,
        ended_ttl: Seconds,
        max_bytes: int,
        tick: Seconds,
    ) -> None:
        self.lease = seconds(f"{name}: lease", lease)
        self.grace = seconds(f"{name}: grace", grace, least=0.0)
        self.ttl = seconds(f"{name}: ttl", ttl)
        self.ended_ttl = seconds(f"{name}: ended_ttl", ended_ttl)
        self.max_bytes = count(f"{name}: max_bytes", max_bytes)
        self.tick = seconds(f"{name}: tick", tick, least=0.0)
        self._writers: WeakKeyDictionary[asyncio.AbstractEventLoop, Writer] = WeakKeyDictionary()

    # --- what producers and readers use

    async def acquire(self, stream_id: str, *, resume: bool = False) -> Lease | None:
        """Become the producer of a stream; None if it has one, or has ended.

        A stream whose producer has gone may be taken over: its text is dropped, or with
        ``resume`` continued.
        """
        check_stream_id("acquire", stream_id)
        return await self.elect(stream_id, secrets.token_hex(6), resume)

    async def append(self, lease: Lease, start: int, data: bytes) -> int:
        """Add bytes if the log ends at ``start``; return where it ends now.

        Nothing is added if it ends elsewhere: then go on from the offset that is returned. So an
        append may be repeated when its answer was lost.

        Raises:
            ProducerFencedError: Another producer has taken over, or it was closed or deleted.
            LogFullError: The stream would become larger than ``max_bytes``.
            LogUnavailableError: The log cannot be reached; the bytes may be in it or not.
        """
        require("append: lease", lease, Lease, "a Lease")
        require("append: data", data, bytes, "bytes")
        count("append: start", start, least=0)
        (result,) = await self.append_many([Append(lease, start, data)])
        if isinstance(result, LogError):
            raise result
        return result

    async def close(
        self, lease: Lease, status: EndStatus, detail: str = "", *, length: int | None = None
    ) -> int:
        """Write the end marker if the log ends at ``length``; return where it ends.

        Args:
            lease: The producer's lease.
            status: ``completed``, ``error``, ``interrupted`` or ``cancelled``.
            detail: What readers are told besides, e.g. the error.
            length: The length of the whole text; None means what is there.

        Raises:
            ProducerFencedError: Another producer has taken over, or it was closed or deleted.
        """
        require("close: lease", lease, Lease, "a Lease")
        choice("close: status", status, END_STATUSES)
        return await self.finish(lease, status, detail, length)

    async def status(self, stream_id: str) -> LogStatus:
        """Return where a stream stands; ``interrupted`` if its producer has gone."""
        snapshot = await self.snapshot(stream_id)
        if snapshot is None:
            return "missing"
        if snapshot.status == "running" and snapshot.lease <= 0:
            return "interrupted"
        return snapshot.status

    async def snapshot(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream; None if there is none."""
        check_stream_id("snapshot", stream_id)
        return await self.look(stream_id)

    async def delete(self, stream_id: str) -> None:
        """Forget a stream. A producer that still writes it has lost it.

        That is kept for ``ttl`` seconds, or until the stream has a new producer.
        """
        check_stream_id("delete", stream_id)
        await self.forget(stream_id)

    async def aclose(self) -> None:
        """Stop writing and reading on this loop; publishers and readers are told.

        What is not written yet is left behind. A :class:`MemoryLog` has nothing to let go of: its
        streams go on.
        """
        writer = self._writers.pop(asyncio.get_running_loop(), None)
        if writer is not None:
            await writer.stop()

    def producer(
        self, lease: Lease, prefix: bytes, on_settled: Callable[[LogError | None], None]
    ) -> Producer:
        """Return what writes a stream whose text so far is ``prefix``."""
        loop = asyncio.get_running_loop()
        writer = self._writers.get(loop)
        if writer is None:
            writer = self._writers[loop] = Writer(self, loop)
        return writer.add(lease, prefix, on_settled)

    # --- what an engine does

    @abstractmethod
    async def elect(self, stream_id: str, epoch: str, resume: bool) -> Lease | None:
        """Give the stream to a new producer, in one atomic step."""

    @abstractmethod
    async def append_many(self, batch: Sequence[Append]) -> list[int | LogError]:
        """Append to several streams; where each one ends now, or why not."""

    @abstractmethod
    async def finish(self, lease: Lease, status: EndStatus, detail: str, length: int | None) -> int:
        """Write the end marker in one atomic step."""

    @abstractmethod
    async def look(self, stream_id: str) -> Snapshot | None:
        """Return what is known of a stream."""

    @abstractmethod
    async def forget(self, stream_id: str) -> None:
        """Remove a stream, and note that its producer has lost it."""

    @abstractmethod
    async def entries(self, stream_id: str, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return the entries that hold bytes ``start`` to ``end``, each with where it ends."""

    @abstractmethod
    async def change(self, stream_id: str, version: int | None, change: Change) -> bool:
        """Apply a change made for ``version`` of a stream; False if it is another one now."""

    @abstractmethod
    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        """Follow a stream from ``offset`` on; every ``open`` needs its ``release``."""

    @abstractmethod
    async def release(self, hub: Hub) -> None:
        """Stop following for one reader."""

"""The operator :func:`publish`."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TypeVar

from reactivex import Observable, abc

from rx_stream.core.arguments import require
from rx_stream.core.logs.stream_log import EndStatus, Lease, check_stream_id
from rx_stream.errors import LogUnavailableError, StreamTakenError
from rx_stream.logs.base import BaseLog
from rx_stream.logs.memory import MemoryLog
from rx_stream.logs.stream_writer import Producer
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.schedulers.closing import CleanUp, Closing
from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.types import StreamChunk, choice_of

__all__ = ["publish"]

_T = TypeVar("_T")


class _Publisher(abc.ObserverBase[_T], abc.DisposableBase):
    """Writes what one subscription sees, and passes it on."""

    def __init__(
        self,
        log: BaseLog,
        stream_id: str,
        resume: bool,
        source: Observable[_T],
        down: abc.ObserverBase[_T],
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._log = log
        self._stream_id = stream_id
        self._resume = resume
        self._source = source
        self._down = down
        self._scheduler = scheduler
        self._loop = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        # The log answers on its loop while the source may push on another thread.
        self._lock = threading.RLock()
        self._writer: Producer | None = None
        self._upstream: abc.DisposableBase | None = None
        self._outcome: Exception | None = None
        self._finish_reason: str | None = None
        self._ending = False
        self._disposed = False
        self._closing: Closing | None = None

    def start(self) -> None:
        """Become the producer, then subscribe the source: never the other way round."""
        if isinstance(self._log, MemoryLog) and not self._resume:
            # At once, so that nothing of a hot source is missed.
            self._elected(self._log.elect_now(self._stream_id), b"")
            return
        if self._loop is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise RuntimeError(
                "publish: no asyncio loop runs where it is subscribed; subscribe inside a coroutine"
            )
        self._watch(self._loop.create_task(self._elect()))

    def _watch(self, cleanup: CleanUp) -> None:
        # The sink waits for the clean-up, which dispose() cannot.
        if isinstance(self._scheduler, FlowScheduler):
            tasks = self._scheduler.tasks
            tasks.add(cleanup)
            cleanup.add_done_callback(tasks.discard)

    async def _elect(self) -> None:
        try:
            lease = await self._log.acquire(self._stream_id, resume=self._resume)
            prefix = b""
            if lease is not None and lease.start:
                entries = await self._log.entries(self._stream_id, 0, lease.start)
                prefix = b"".join(data for _, data in entries)
                if len(prefix) != lease.start:
                    raise LogUnavailableError(f"the log has lost text of {self._stream_id!r}")
        except Exception as error:  # noqa: BLE001 - whatever the log raises is an event
            self._settled(error)
            return
        self._elected(lease, prefix)

    def _elected(self, lease: Lease | None, prefix: bytes) -> None:
        if lease is None:
            self._settled(
                StreamTakenError(f"the stream {self._stream_id!r} has a producer, or has ended")
            )
            return
        self._writer = self._log.producer(lease, prefix, self._settled)
        if self._disposed:
            self._end("cancelled", "")
            return
        upstream = self._source.subscribe(self, scheduler=self._scheduler)
        self._upstream = upstream
        if self._disposed or self._outcome is not None:
            upstream.dispose()

    def on_next(self, value: _T) -> None:
        with self._lock:
            if self._ending or self._disposed:
                return
            if isinstance(value, StreamChunk) and (choice := choice_of(value.metadata)):
                self._refuse(choice)
                return
            text = value if isinstance(value, str) else self._text_of(value)
            if text and self._writer is not None:
                self._writer.write(text.encode("utf-8", "surrogatepass"))
                if self._ending:  # The log has refused it.
                    return
            self._down.on_next(value)

    def _text_of(self, value: object) -> str:
        if not isinstance(value, StreamChunk):
            return ""
        self._finish_reason = value.finish_reason or self._finish_reason
        return value.content

    def _refuse(self, choice: int) -> None:
        """Fail: the texts of two choices would be mixed into one that nobody said."""
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
        self.on_error(ValueError(f"publish: a log has one choice, not choice {choice}"))

    def on_error(self, error: Exception) -> None:
        self._outcome = error
        self._end("error", f"{type(error).__name__}: {error}")

    def on_completed(self) -> None:
        reason = self._finish_reason
        self._end("completed", json.dumps({"finish_reason": reason}) if reason else "")

    def _end(self, status: EndStatus, detail: str) -> None:
        with self._lock:
            if self._ending or self._writer is None:
                return
            self._ending = True
        self._writer.close(status, detail)

    def _settled(self, error: Exception | None) -> None:
        """The end marker stands, or nothing can be written any more."""
        with self._lock:
            self._ending = True
            outcome = self._outcome if self._outcome is not None else error
            self._outcome = outcome
            upstream, self._upstream = self._upstream, None
            disposed, self._disposed = self._disposed, True
            if upstream is not None and error is not None:
                upstream.dispose()
            if not disposed and outcome is not None:
                self._down.on_error(outcome)
            elif not disposed:
                self._down.on_completed()
            closing = self._closing
        if closing is not None:
            closing.finish()

    def dispose(self) -> None:
        with self._lock:
            if self._disposed:
                return
            self._disposed = True
            upstream, self._upstream = self._upstream, None
            if self._writer is not None:
                self._closing = Closing(self._loop)
                self._watch(self._closing)
        if upstream is not None:
            upstream.dispose()
        self._end("cancelled", "")


def publish(log: BaseLog, stream_id: str, *, resume: bool = False) -> ItemOperator:
    """Pass every item on as it is, and write the text into a log that others read.

    Loses nothing; a second choice is an error. The source is subscribed once this process has
    become the stream's only producer; who comes second gets the error :class:`StreamTakenError` and
    its source is never subscribed. Text is written in batches, a few milliseconds later. The
    terminal event is passed on when the log has the whole text and the end marker, so after
    completion :func:`from_log` gives all of it, anywhere. An error of the source is written too. To
    dispose is to stop: readers get :class:`StreamCancelledError`. A reader who leaves stops
    nothing.

    .. marble::

        'Hel' 'lo' |
        [ publish(MemoryLog(), "answer-1") ]
        'Hel' 'lo' |

    Args:
        log: A :class:`MemoryLog`, :class:`SQLiteLog` or :class:`RedisLog`.
        stream_id: Names the stream: 1 to 200 letters, digits and ``. _ : ~ @ = + -``. A stream that
            has ended is not written again until the log has forgotten it.
        resume: What to do with the text of a producer that was killed: with True the source
            continues it; otherwise it is dropped and readers begin anew.

    Returns:
        An operator that changes nothing. Except with a :class:`MemoryLog`, it needs a running
        asyncio loop. Sent as errors besides those of the source: :class:`StreamTakenError`,
        :class:`ProducerFencedError` when another producer took over, :class:`LogFullError`,
        :class:`LogUnavailableError` when the log was away for too long.

    Raises:
        TypeError: ``log`` is no log, or ``stream_id`` not a str.
        ValueError: ``stream_id`` has other characters or is too long.
    """
    require("publish: log", log, BaseLog, "a MemoryLog, SQLiteLog or RedisLog")
    require("publish: resume", resume, bool, "True or False")
    check_stream_id("publish", stream_id)

    def operator(source: Observable[_T]) -> Observable[_T]:
        def subscribe(
            observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            publisher = _Publisher(log, stream_id, resume, source, observer, scheduler)
            publisher.start()
            return publisher

        return Observable(subscribe)

    return operator

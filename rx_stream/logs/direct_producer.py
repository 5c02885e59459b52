"""Writes one stream of a log in this process, without a task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from reactivex import abc

from rx_stream.core.logs.log_state import forgotten
from rx_stream.core.logs.stream_log import Append, EndStatus, Lease
from rx_stream.errors import LogError
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

if TYPE_CHECKING:
    from rx_stream.logs.memory import MemoryLog

__all__ = ["DirectProducer"]


class DirectProducer:
    """Appends at once, and renews the lease while nothing is written.

    Args:
        log: The log.
        lease: The right to write.
        length: Bytes that are there already.
        on_settled: Called once: with None at the end, or with what went wrong.
    """

    def __init__(
        self,
        log: MemoryLog,
        lease: Lease,
        length: int,
        on_settled: Callable[[LogError | None], None],
    ) -> None:
        self._log = log
        self._lease = lease
        self._length = length
        self._on_settled = on_settled
        self._settled = False
        self._lock = threading.RLock()
        here = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        self._timers = LoopScheduler(here) if here else TimerThreadScheduler.shared()
        self._timer: abc.DisposableBase | None = None
        self._renew_later()

    def write(self, data: bytes) -> None:
        """Add to the text."""
        with self._lock:
            result = self._log.append_now(Append(self._lease, self._length, data))
            if result == self._length + len(data):
                self._length += len(data)
                return
        if not isinstance(result, LogError):
            # The text before has expired, and nobody has kept it.
            self._log.finish_now(self._lease, "interrupted", "", result)
            result = forgotten(self._lease)
        self._settle(result)  # Without the lock: the publisher has one of its own.

    def close(self, status: EndStatus, detail: str) -> None:
        """End the stream."""
        self._settle(self._log.finish_now(self._lease, status, detail, self._length))

    def _settle(self, error: LogError | None) -> None:
        with self._lock:
            settled, self._settled = self._settled, True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.dispose()
        if not settled:
            self._on_settled(error)

    def _renew_later(self) -> None:
        with self._lock:
            if not self._settled:
                self._timer = self._timers.schedule_relative(self._log.lease / 3, self._renew)

    def _renew(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.write(b"")
        self._renew_later()

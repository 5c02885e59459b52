"""The sink :func:`to_iterable`."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Generator
from typing import Generic, TypeVar

from reactivex import Observable, abc

from rx_stream.core.arguments import count, require
from rx_stream.schedulers.closing import CleanUp, Closing
from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.queue_gate import QueueGate
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.sinks._cleanup import wait_closed
from rx_stream.sinks._pausable import warn_unless_pausable

__all__ = ["to_iterable"]

_T = TypeVar("_T")


class _Mailbox(abc.ObserverBase[_T], Generic[_T]):
    """What waits between the stream, on its threads, and the reader on another."""

    __slots__ = ("changed", "ended", "error", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[_T] = deque()
        self.changed = threading.Condition()
        self.ended = False
        self.error: Exception | None = None

    def on_next(self, value: _T) -> None:
        with self.changed:
            self.waiting.append(value)
            if len(self.waiting) == 1:
                self.changed.notify()

    def on_error(self, error: Exception) -> None:
        self.error = error
        self.on_completed()

    def on_completed(self) -> None:
        with self.changed:
            self.ended = True
            self.changed.notify()

    def wait(self) -> None:
        """Return when something waits or the stream has ended."""
        with self.changed:
            while not self.waiting and not self.ended:
                self.changed.wait()


def _loop_of(cleanup: CleanUp) -> asyncio.AbstractEventLoop | None:
    return cleanup.loop if isinstance(cleanup, Closing) else cleanup.get_loop()


def _refuse_own_loop(cleanups: set[CleanUp]) -> None:
    """Raise where a source needs the loop that the reader holds up."""
    loop = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
    own = {cleanup for cleanup in tuple(cleanups) if loop is not None and _loop_of(cleanup) is loop}
    if own:
        cleanups -= own  # Nobody can wait for their end here; disposed, they close by themselves.
        raise RuntimeError(
            "to_iterable: the source runs on the event loop of this very thread, which cannot go "
            "on while it waits here: read it with `async for` from to_async_iterable"
        )


def _read(source: Observable[_T], capacity: int) -> Generator[_T, None, None]:
    mailbox: _Mailbox[_T] = _Mailbox()
    waiting = mailbox.waiting
    gate = QueueGate(capacity, waiting)
    # Threads for this stream alone: its source may block without holding up other streams, and
    # without holding up its timers.
    worker = TimerThreadScheduler(contextvars.copy_context())
    timers = TimerThreadScheduler(contextvars.copy_context())
    scheduler = FlowScheduler(worker, gate, apart=timers)
    subscription = source.subscribe(mailbox, scheduler=scheduler)
    try:
        _refuse_own_loop(scheduler.tasks)
        while True:
            warn_unless_pausable(gate)
            while waiting:
                # It stays in the queue, and so is counted, until the reader comes back.
                yield waiting[0]
                waiting.popleft()
                if gate.shut:
                    gate.look()
            if mailbox.ended:
                if waiting:
                    continue
                break
            mailbox.wait()
        if mailbox.error is not None:
            raise mailbox.error
    finally:
        subscription.dispose()
        gate.abandon()
        wait_closed(scheduler.tasks)
        worker.close()
        timers.close()


def to_iterable(source: Observable[_T], *, capacity: int = 64) -> Generator[_T, None, None]:
    """Iterate over a stream with ``for``; it is subscribed when the iteration begins.

    Loses nothing. The stream runs on a thread of its own, and the timers of this library's
    operators on another, so that a source which blocks holds none of them up; both end with the
    stream. At most ``capacity`` items wait: then a source of this library stops being read until
    half of them are taken. Leaving early closes the source; ``close()`` returns once that is done.

    It blocks its thread while it waits. Where an event loop runs, as in a cell of Jupyter, that
    holds up the loop, and a source of that loop would never come: there, use
    :func:`to_async_iterable`.

    Args:
        source: The stream.
        capacity: Items that may wait for the reader; at least 1.

    Returns:
        A generator of the items; the stream's error is raised from it.

    Raises:
        TypeError: ``source`` is not an Observable or ``capacity`` not a whole number.
        ValueError: ``capacity`` is below 1.
        RuntimeError: When the iteration begins: the source runs on the loop of the same thread.
    """
    require("to_iterable: source", source, abc.ObservableBase, "an Observable")
    return _read(source, count("to_iterable: capacity", capacity))

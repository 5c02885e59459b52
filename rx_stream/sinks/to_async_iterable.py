"""The sink :func:`to_async_iterable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from reactivex import Observable, abc

from rx_stream.core.arguments import count, require
from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.schedulers.queue_gate import QueueGate
from rx_stream.sinks._cleanup import closed
from rx_stream.sinks._loop_mailbox import LoopMailbox
from rx_stream.sinks._pausable import warn_unless_pausable

__all__ = ["to_async_iterable"]

_T = TypeVar("_T")


async def _read(source: Observable[_T], capacity: int) -> AsyncGenerator[_T, None]:
    loop = asyncio.get_running_loop()
    mailbox: LoopMailbox[_T] = LoopMailbox(loop)
    waiting = mailbox.waiting
    gate = QueueGate(capacity, waiting)
    scheduler = FlowScheduler(LoopScheduler(loop), gate)
    subscription = source.subscribe(mailbox, scheduler=scheduler)
    try:
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
            await mailbox.wait()
        if mailbox.error is not None:
            raise mailbox.error
    finally:
        subscription.dispose()  # Starts the clean-up of the sources; now wait for its end.
        gate.abandon()
        await closed(tuple(scheduler.tasks))


def to_async_iterable(source: Observable[_T], *, capacity: int = 64) -> AsyncGenerator[_T, None]:
    """Iterate over a stream with ``async for``; it is subscribed when the iteration begins.

    Loses nothing. At most ``capacity`` items wait: then a source of this library stops being read
    until half of them are taken, through any operators between. Leaving early – ``break`` and
    ``aclose()``, a cancelled task, a timeout, an error – disposes the stream and returns once its
    source is closed.

    Args:
        source: The stream.
        capacity: Items that may wait for the reader; at least 1.

    Returns:
        An async generator of the items; the stream's error is raised from it. Close it with
        ``aclose()`` if you leave it early: ``contextlib.aclosing`` does that.

    Raises:
        TypeError: ``source`` is not an Observable or ``capacity`` not a whole number.
        ValueError: ``capacity`` is below 1.
    """
    require("to_async_iterable: source", source, abc.ObservableBase, "an Observable")
    return _read(source, count("to_async_iterable: capacity", capacity))

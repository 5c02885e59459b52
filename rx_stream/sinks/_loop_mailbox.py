"""What waits between a stream, on any thread, and its reader on one loop."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

from reactivex import abc

__all__ = ["LoopMailbox"]

_T = TypeVar("_T")


class LoopMailbox(abc.ObserverBase[_T], Generic[_T]):
    """Takes the events of a stream and wakes the reader.

    Args:
        loop: The reader's loop.
    """

    __slots__ = ("_loop", "_sleeper", "ended", "error", "waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.waiting: deque[_T] = deque()
        self.ended = False
        self.error: Exception | None = None
        self._sleeper: asyncio.Future[None] | None = None

    def on_next(self, value: _T) -> None:
        """Keep an item; a gate may look at how many wait."""
        self.waiting.append(value)
        if self._sleeper is not None:
            self.wake()

    def on_error(self, error: Exception) -> None:
        """Keep the error."""
        self.error = error
        self.on_completed()

    def on_completed(self) -> None:
        """Note the end."""
        self.ended = True
        self.wake()

    def wake(self) -> None:
        """Let the reader look again; from any thread."""
        if asyncio._get_running_loop() is self._loop:  # pyright: ignore[reportPrivateUsage]
            self._set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None and not sleeper.done():
            sleeper.set_result(None)

    async def wait(self) -> None:
        """Return when something waits, the stream has ended or :meth:`wake` was called."""
        self._sleeper = sleeper = self._loop.create_future()
        # Another thread may have put something in before it could see the sleeper.
        if self.waiting or self.ended:
            self._set()
        await sleeper

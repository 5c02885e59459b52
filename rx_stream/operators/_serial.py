"""Events from several threads, handled one at a time, without a lock around user code."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from rx_stream.operators._stage import LinkedObserver

__all__ = ["SerialStage"]

_In = TypeVar("_In")


class SerialStage(LinkedObserver[_In]):
    """A stage that whoever finds it idle drives; the others leave their events with it.

    So nobody waits for a lock, and an event from inside the subscriber is handled after the one
    that is going on.
    """

    __slots__ = ("_events", "_idle")

    serial = True

    def __init__(self) -> None:
        self._idle = threading.Lock()
        self._events: deque[Callable[[], None]] = deque()

    def put(self, event: Callable[[], None]) -> None:
        """Leave an event for the next :meth:`drain`."""
        self._events.append(event)

    def post(self, event: Callable[[], None]) -> None:
        """Handle an event now, or leave it with whoever is handling one."""
        self._events.append(event)
        self.drain()

    def drain(self) -> None:
        """Handle the events that wait."""
        # Looking again after the release catches an event that came just before it.
        while self._events and self._idle.acquire(False):
            try:
                while self._events:
                    self._events.popleft()()
            finally:
                self._idle.release()
            self.settle()

    def settle(self) -> None:
        """Do what may call back into this stage, such as opening a gate: nothing is going on."""

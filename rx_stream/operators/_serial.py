"""Events from several threads, handled one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from rx_stream.operators._stage import LinkedObserver

__all__ = ["SerialStage"]

_IN_FLIGHT = 0.1
"""Seconds that a dispose waits for an item which another thread is sending. Its way takes
microseconds; a subscriber that takes longer over it has had it before."""

_In = TypeVar("_In")
_T = TypeVar("_T")


class SerialStage(LinkedObserver[_In]):
    """A stage whose events come from its source, from timers, gates and subscribers.

    Events of the source wait for what another thread is handling, so that a source is never ahead
    of what it has sent. Any other event is left with whoever is busy: the thread of the timers
    serves many streams and waits for none. An event from inside the subscriber is handled after the
    one that is going on.
    """

    __slots__ = ("_busy", "_events", "_guard")

    serial = True

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._busy = False
        self._events: deque[Callable[[], None]] = deque()

    def handle(self, act: Callable[[_T], None], value: _T) -> None:
        """Do ``act(value)`` for the source, in its turn."""
        with self._guard:
            if self._busy:  # It comes from inside the subscriber.
                self._events.append(partial(act, value))
                return
            self._busy = True
            try:
                act(value)
                while self._events:
                    self._events.popleft()()
            finally:
                self._busy = False
        self.settle()
        if self._events:  # Left by another thread since.
            self.drain()

    def put(self, event: Callable[[], None]) -> None:
        """Leave an event for the next :meth:`drain`."""
        self._events.append(event)

    def post(self, event: Callable[[], None]) -> None:
        """Handle an event now, or leave it with whoever is handling one."""
        self._events.append(event)
        self.drain()

    def drain(self) -> None:
        """Handle the events that wait, unless somebody is at it."""
        # Looking again after the release catches an event that came just before it.
        while self._events and self._guard.acquire(False):
            try:
                if self._busy:
                    return
                self._busy = True
                try:
                    while self._events:
                        self._events.popleft()()
                finally:
                    self._busy = False
            finally:
                self._guard.release()
            self.settle()

    def calm(self) -> None:
        """Wait, after a stop, for an item that another thread is sending: no other follows it."""
        if self._guard.acquire(timeout=_IN_FLIGHT):
            self._guard.release()

    def settle(self) -> None:
        """Do what may call back into this stage, such as opening a gate: nothing is going on."""

"""Events from several threads, handled one at a time."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from rx_stream.operators._link import LinkedObserver

__all__ = ["SerialStage"]

_IN_FLIGHT = 0.1
"""Seconds that a dispose waits for an item which another thread is sending. Its way takes
microseconds; a subscriber that takes longer over it has had it before."""

_In = TypeVar("_In")


class SerialStage(LinkedObserver[_In]):
    """A stage whose events come from its source, from timers, gates and subscribers.

    Events of the source wait for what another thread is handling, so that a source is never ahead
    of what it has sent. Any other event is left with whoever is busy: the thread of the timers
    serves many streams and waits for none. An event from inside the subscriber is handled after the
    one that is going on.

    Args:
        settles: Whether :meth:`settle` has anything to do.
    """

    __slots__ = ("_busy", "_events", "_guard", "_settles")

    serial = True

    def __init__(self, *, settles: bool) -> None:
        self._settles = settles
        self._guard = threading.RLock()
        self._busy = False
        self._events: deque[Callable[[], None]] = deque()

    @abstractmethod
    def take(self, value: _In) -> None:
        """Do what there is to do with an item of the source; nobody else is at it."""

    def on_next(self, value: _In) -> None:
        """Take an item of the source in its turn."""
        # As `handle`, spelled out: this is done for every item.
        guard = self._guard
        guard.acquire()
        if self._busy:  # It comes from inside the subscriber.
            self._events.append(partial(self.take, value))
            guard.release()
            return
        self._busy = True
        try:
            self.take(value)
            while self._events:
                self._events.popleft()()
        finally:
            self._busy = False
            guard.release()
            if self._settles:
                self.settle()
            if self._events:  # Left by another thread since, or by an exception.
                self.drain()

    def handle(self, event: Callable[[], None]) -> None:
        """Handle a terminal event of the source in its turn."""
        with self._guard:
            self._events.append(event)
            self._work()
        self.settle()
        if self._events:
            self.drain()

    def _work(self) -> None:
        """Handle the events that wait, one after another; the guard is held."""
        if self._busy:
            return
        self._busy = True
        try:
            while self._events:
                self._events.popleft()()
        finally:
            self._busy = False

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
                self._work()
            finally:
                self._guard.release()
            self.settle()

    def calm(self) -> None:
        """Wait, after a stop, for an item that another thread is sending: no other follows it.

        Events that wait are handled then.
        """
        if self._guard.acquire(timeout=_IN_FLIGHT):
            try:
                self._work()
            finally:
                self._guard.release()
            if self._settles:
                self.settle()
        if self._events:
            self.drain()

    def settle(self) -> None:
        """Do what may call back into this stage, such as opening a gate: nothing is going on."""

"""A gate that looks at the queue of a sink instead of being told of every item."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sized

__all__ = ["QueueGate"]


class QueueGate:
    """Shut when ``capacity`` items wait in a queue and above it, open again at half of that.

    As :class:`Flow`, but the length of the queue is the count: an item costs no call and no lock
    on its way in. Its reader takes an item out when it is done with it, and calls :meth:`look`
    while the gate is ``shut``.

    Args:
        capacity: Items that may wait; at least 1.
        queue: Where they wait.

    Attributes:
        shut: Whether somebody found it full and it has not been opened since.
    """

    __slots__ = ("_above", "_lock", "_low", "_queue", "_waiting", "capacity", "pausable", "shut")

    def __init__(self, capacity: int, queue: Sized) -> None:
        self.capacity = capacity
        self._low = capacity // 2
        self._queue = queue
        self._above = 0
        self.shut = False
        self.pausable = False
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()

    @property
    def level(self) -> int:
        """Items that wait."""
        return len(self._queue) + self._above

    @property
    def paused(self) -> bool:
        """Whether a source must not pull now."""
        if not self.shut and len(self._queue) + self._above >= self.capacity:
            # If the reader takes the last item out just now, when_ready() sees that.
            self.shut = True
        return self.shut

    def crowded(self) -> bool:
        """Whether as many items as may wait for the reader itself."""
        return len(self._queue) >= self.capacity

    def attach(self) -> None:
        """Note that a source obeys this gate."""
        self.pausable = True

    def hold(self, count: int = 1) -> None:
        """Count items that wait above the queue."""
        with self._lock:
            self._above += count

    def release(self, count: int = 1) -> None:
        """Count items that wait above the queue no more."""
        with self._lock:
            self._above -= count
        if self.shut:
            self.look()

    def look(self) -> None:
        """Open the gate if the queue is half empty."""
        waiting: deque[Callable[[], None]] = deque()
        with self._lock:
            if self.level <= self._low:
                self.shut = False
                waiting, self._waiting = self._waiting, waiting
        for callback in waiting:
            callback()

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Call back once: now if open, else on the thread that opens the gate."""
        with self._lock:
            self._waiting.append(callback)
            ready = not self.shut
            waiting: deque[Callable[[], None]] = deque()
            if ready:
                waiting, self._waiting = self._waiting, waiting
        for ready_callback in waiting:
            ready_callback()
        if not ready:
            self.look()

    def abandon(self) -> None:
        """Open for good: the reader has gone, and nobody must wait for it."""
        self.capacity = 1 << 62
        self._low = 1 << 61
        self.look()

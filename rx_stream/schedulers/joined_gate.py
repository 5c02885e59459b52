"""A gate that is open only while all of several gates are open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from rx_stream.schedulers.flow import Flow, Gate

__all__ = ["JoinedGate"]


class JoinedGate:
    """What the source above a fork or a queue sees: it waits for the slowest below.

    What waits above, such as the queue of a throttle, is counted here and not in the gates below,
    where nobody could tell it from what waits there.

    Args:
        capacity: Items that may wait above.
        own: What counts them, where that is not as simple.
    """

    __slots__ = ("_asked", "_callbacks", "_lock", "_others", "_own", "_pausable")

    def __init__(self, capacity: int, own: Flow | None = None) -> None:
        self._own = own or Flow(capacity)
        self._others: tuple[Gate, ...] = ()
        # Lists, as most stay empty: each stream that is paced has a gate.
        self._callbacks: list[Callable[[], None]] = []
        self._asked: list[Gate] = []  # Those that will call when they open.
        self._lock = threading.Lock()
        self._pausable = False

    @property
    def paused(self) -> bool:
        """Whether one of the gates is shut."""
        return self._shut() is not None

    @property
    def pausable(self) -> bool:
        """Whether the source obeys."""
        return self._pausable

    @property
    def capacity(self) -> int:
        """Items that may wait above."""
        return self._own.capacity

    @property
    def level(self) -> int:
        """Items that wait above."""
        return self._own.level

    def crowded(self) -> bool:
        """Tell whether as many items as may wait for one of the readers."""
        return any(gate.crowded() for gate in self._others)

    def hold(self, count: int = 1) -> None:
        """Count items that wait above."""
        self._own.hold(count)

    def release(self, count: int = 1) -> None:
        """Count items that wait above no more."""
        self._own.release(count)

    def attach(self) -> None:
        """Note that the source obeys, for the gates below too."""
        self._pausable = True
        for gate in self._others:
            gate.attach()

    def add(self, gate: Gate) -> None:
        """Wait for another gate too."""
        with self._lock:
            self._others = (*self._others, gate)
        if self._pausable:
            gate.attach()

    def remove(self, gate: Gate) -> None:
        """Wait for a gate no more; the source goes on if it was the last one shut."""
        with self._lock:
            others = list(self._others)
            others.remove(gate)
            self._others = tuple(others)
            self._forget(gate)
        self._look_again()

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Call back once: now if all gates are open, else when the last one opens."""
        with self._lock:
            self._callbacks.append(callback)
        self._look_again()

    def _shut(self) -> Gate | None:
        if self._own.paused:
            return self._own
        for gate in self._others:
            if gate.paused:
                return gate
        return None

    def _look_again(self) -> None:
        ready: list[Callable[[], None]] = []
        with self._lock:
            shut = self._shut() if self._callbacks else None
            if shut is None:
                ready, self._callbacks = self._callbacks, ready
            elif shut in self._asked:
                return
            else:
                self._asked.append(shut)
        if shut is not None:
            shut.when_ready(partial(self._opened, shut))
        for callback in ready:
            callback()

    def _opened(self, gate: Gate) -> None:
        with self._lock:
            self._forget(gate)
        self._look_again()

    def _forget(self, gate: Gate) -> None:
        if gate in self._asked:
            self._asked.remove(gate)

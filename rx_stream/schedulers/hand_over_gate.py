"""The gate above a queue from which items go to another scheduler."""

from __future__ import annotations

from collections.abc import Sized

from rx_stream.schedulers.flow import Gate
from rx_stream.schedulers.joined_gate import JoinedGate

__all__ = ["HandOverGate"]


class HandOverGate(JoinedGate):
    """Counts what waits above in the gate below too, so that the sink's capacity holds for all.

    Args:
        capacity: Items that may wait for the other scheduler.
        queue: Where they wait.
        below: The gate of the consumer, if it has one.
    """

    __slots__ = ("_below", "_capacity", "_queue")

    def __init__(self, capacity: int, queue: Sized, below: Gate | None) -> None:
        super().__init__(capacity)
        self._capacity = capacity
        self._queue = queue
        self._below = below
        if below is not None:
            self.add(below)

    @property
    def capacity(self) -> int:
        """Items that may wait in the queue, or for the reader."""
        return self._capacity if self._below is None else min(self._capacity, self._below.capacity)

    @property
    def level(self) -> int:
        """Items that wait in the queue and below it."""
        return super().level if self._below is None else self._below.level

    def hold(self, count: int = 1) -> None:
        """Count items that wait in the queue or above it."""
        self._own.hold(count)
        if self._below is not None:
            self._below.hold(count)

    def release(self, count: int = 1) -> None:
        """Count items that wait there no more."""
        if self._below is not None:
            self._below.release(count)
        self._own.release(count)

    def crowded(self) -> bool:
        """Tell whether as many items as may wait in the queue, or for the reader."""
        return len(self._queue) >= self._capacity or super().crowded()

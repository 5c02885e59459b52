"""The gate above a queue that shares the gate of its consumer with other branches."""

from __future__ import annotations

from rx_stream.schedulers.flow import Flow, Gate
from rx_stream.schedulers.joined_gate import JoinedGate

__all__ = ["BranchGate"]


class _Queue(Flow):
    """Counts one queue, and is full when that and what waits below fill the room there.

    Args:
        below: The gate of the consumer.
    """

    __slots__ = ("_below",)

    def __init__(self, below: Gate) -> None:
        super().__init__(below.capacity)
        self._below = below

    def hold(self, count: int = 1) -> None:
        with self._lock:
            self.level += count
            if self.level + self._below.level >= self.capacity:
                self.paused = True

    def _roomy(self) -> bool:
        # An empty one is woken by nothing but the gate below, which counts for itself.
        return self.level <= 0 or self.level + self._below.level <= self._low


class BranchGate(JoinedGate):
    """Shuts for what waits in one branch, where several end at one consumer.

    Were all queues counted in the consumer's own gate, a slow branch would keep it shut, and so the
    sources of the others waiting.

    Args:
        below: The gate of the consumer.
    """

    __slots__ = ()

    def __init__(self, below: Gate) -> None:
        super().__init__(below.capacity, _Queue(below))
        self.add(below)

    @property
    def level(self) -> int:
        """Items that wait in the queue and below it."""
        return self._own.level + sum(gate.level for gate in self._others)

"""What a timed stage holds, as the gate of its source counts it."""

from __future__ import annotations

from typing import Protocol

from rx_stream.schedulers.flow import Gate

__all__ = ["Backlog", "Holding"]


class Holding(Protocol):
    """A core that says how many items it holds which will leave without new input."""

    @property
    def backlog(self) -> int:
        """Items held."""
        ...


class Backlog:
    """Counts what a core holds in a gate.

    A gate that opens calls its source, which sends at once: so what has left is only owed until
    nothing is going on in the stage, and settled then.

    Args:
        core: The core.
        gate: The gate.
    """

    __slots__ = ("_core", "_gate", "_owed", "held")

    def __init__(self, core: Holding, gate: Gate) -> None:
        self._core = core
        self._gate = gate
        self.held = 0
        self._owed: list[int] = []  # Not a deque: an empty one has 760 bytes.

    @property
    def pausable(self) -> bool:
        """Whether the source obeys the gate."""
        return self._gate.pausable

    def count(self) -> int:
        """Count what has come since; return how many items are about to leave instead."""
        held = self._core.backlog
        grown = held - self.held
        self.held = held
        if grown > 0:
            self._gate.hold(grown)
        return -grown

    def owe(self, count: int) -> None:
        """Note that items have left."""
        if count > 0:
            self._owed.append(count)

    def drop(self) -> None:
        """Hold nothing any more."""
        held, self.held = self.held, 0
        self.owe(held)

    def settle(self) -> None:
        """Tell the gate what has left; it may call the source."""
        owed = self._owed
        while owed:
            try:
                count = owed.pop()
            except IndexError:  # Another thread was faster.
                return
            self._gate.release(count)

"""The two shapes of a pure state machine: no Rx, no I/O, no threads, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

__all__ = ["Core", "SettlingCore", "TimedCore"]

_In = TypeVar("_In", contravariant=True)
_Out = TypeVar("_Out", covariant=True)


class Core(Protocol[_In, _Out]):
    """A machine driven by items alone. One instance serves one subscription."""

    def feed(self, item: _In, /) -> Sequence[_Out]:
        """Take one item and return everything that is now complete."""
        ...

    def flush(self) -> Sequence[_Out]:
        """Return what is left, and be as new: the source has ended or a boundary came."""
        ...


class SettlingCore(Core[_In, _Out], Protocol[_In, _Out]):
    """A core that can say what it would emit if nothing more came for a while."""

    def settle(self) -> Sequence[_Out]:
        """Return what waits only for look-ahead; keep what is really unfinished."""
        ...


class TimedCore(Protocol[_In, _Out]):
    """A machine driven by items and by time, which it is told and never reads.

    Times are seconds on a clock that only goes forward; its zero is arbitrary.
    """

    def feed(self, item: _In, now: float, /) -> Sequence[_Out]:
        """Take one item and return everything that is due."""
        ...

    def tick(self, now: float, /) -> Sequence[_Out]:
        """Return everything that became due by ``now``."""
        ...

    def flush(self, now: float, /) -> Sequence[_Out]:
        """Note that the source has ended and return what need not wait."""
        ...

    def wake_at(self) -> float | None:
        """Return when the next ``tick`` is due; None if nothing is waited for."""
        ...

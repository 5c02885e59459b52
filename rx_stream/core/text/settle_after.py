"""Send what waits only for look-ahead when nothing has come for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from rx_stream.core.protocols import EPSILON, SettlingCore

__all__ = ["SettleAfter"]

_T = TypeVar("_T")


class SettleAfter(Generic[_T]):
    """A timed core around a core that can settle.

    Args:
        core: The core.
        silence: Seconds without an item after which it settles.
    """

    __slots__ = ("_core", "_silence", "_wake")

    def __init__(self, core: SettlingCore[_T, _T], silence: float) -> None:
        self._core = core
        self._silence = silence
        self._wake: float | None = None

    def feed(self, item: _T, now: float, /) -> Sequence[_T]:
        """Take one item; the silence starts anew."""
        self._wake = now + self._silence
        return self._core.feed(item)

    def tick(self, now: float, /) -> Sequence[_T]:
        """Settle once the silence has lasted."""
        if self._wake is None or now < self._wake - EPSILON:
            return ()
        self._wake = None
        return self._core.settle()

    def flush(self, now: float, /) -> Sequence[_T]:
        """Return what is held."""
        self._wake = None
        return self._core.flush()

    def wake_at(self) -> float | None:
        """Return the end of the silence."""
        return self._wake

"""Fill silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from rx_stream.core.protocols import EPSILON, Waits, never

__all__ = ["KeepAlive"]

_Item = TypeVar("_Item")


class KeepAlive(Generic[_Item]):
    """Passes items through, and gives ``frame`` whenever nothing was sent for a while.

    Args:
        interval: Seconds of silence.
        frame: What to send.
    """

    __slots__ = ("_frame", "_interval", "_next", "crowded")

    def __init__(self, interval: float, frame: _Item) -> None:
        self._interval = interval
        self._frame = frame
        self._next: float | None = None
        self.crowded: Waits = never

    def start(self, now: float) -> Sequence[_Item]:
        """Begin to listen to the silence."""
        self._next = now + self._interval
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Pass an item."""
        self._next = now + self._interval
        return (item,)

    def tick(self, now: float, /) -> Sequence[_Item]:
        """Return the frame if it is due."""
        if self._next is None or now < self._next - EPSILON:
            return ()
        # Counted from when it was due, so that frames keep a steady beat; after a stall of the
        # program one is enough.
        self._next += self._interval
        if self._next < now:
            self._next = now + self._interval
        # Where items wait for their reader there is no silence, and frames would pile up.
        return () if self.crowded() else (self._frame,)

    def flush(self, now: float, /) -> Sequence[_Item]:
        """Note the end: nothing more is due."""
        del now
        self._next = None
        return ()

    def wake_at(self) -> float | None:
        """Return when the silence has lasted long enough."""
        return self._next

"""What waits for one client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from rx_stream.core.flow.mailbox import Mailbox
from rx_stream.errors import BackpressureError
from rx_stream.schedulers.flow import Flow
from rx_stream.sinks._loop_mailbox import LoopMailbox

__all__ = ["SseInbox"]


class SseInbox(LoopMailbox[object]):
    """Takes items until they are sent; a source that can wait is held back by the gate.

    The gate is told once when the room is full and once when half of it is free again, not for
    every item: that would cost as much as writing the event.

    Args:
        loop: The loop of the server.
        capacity: Items that may wait.
        spill: Makes the place for items of a source that cannot wait, once the room is full; None
            where such a source is refused.
    """

    __slots__ = ("_capacity", "_lock", "_make_spill", "_shut", "_spill", "flow")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        capacity: int,
        spill: Callable[[], Mailbox[object]] | None,
    ) -> None:
        super().__init__(loop)
        self.flow = Flow(capacity)
        waiting = self.waiting  # Not self: the inbox holds the gate.
        self.flow.full = lambda: len(waiting) >= capacity
        self._capacity = capacity
        self._make_spill = spill
        self._spill: Mailbox[object] | None = None
        self._shut = False
        self._lock = threading.Lock()

    def on_next(self, value: object) -> None:
        """Keep an item."""
        if self._spill is not None:
            self._put(value)
        elif not self.ended:
            self.waiting.append(value)
            if len(self.waiting) >= self._capacity:
                self._full()
        if self._sleeper is not None:
            self.wake()

    def on_error(self, error: Exception) -> None:
        """Keep the first error."""
        if not self.ended:
            super().on_error(error)

    def check_source(self) -> None:
        """Refuse a source that cannot wait, where nothing else is allowed."""
        if self._make_spill is None and not self.flow.pausable:
            message = "sse_response: overflow 'block' needs a source that can be paused"
            self.on_error(BackpressureError(message, waiting=len(self.waiting)))

    def more(self) -> bool:
        """Move what has spilled to what waits; tell whether anything waits."""
        if self._spill is not None and not self.waiting:
            with self._lock:
                spill, self._spill = self._spill, None
                while spill:
                    self.waiting.append(spill.take())
        return bool(self.waiting)

    def taken(self) -> None:
        """Let the source go on if there is room."""
        if self._shut and len(self.waiting) <= self._capacity // 2 and self._spill is None:
            self._shut = False
            self.flow.release(self._capacity)

    def _full(self) -> None:
        if not self._shut:
            self._shut = True
            self.flow.hold(self._capacity)
        if not self.flow.pausable and self._make_spill is not None:
            self._spill = self._make_spill()

    def _put(self, value: object) -> None:
        with self._lock:
            spill = self._spill
            if self.ended:
                return
            if spill is None:
                self.waiting.append(value)
            elif spill.fits(value):
                spill.put(value)
            else:
                count = len(self.waiting) + len(spill)
                message = f"sse_response: {count} items wait for a client that does not take them"
                self.on_error(BackpressureError(message, waiting=count))

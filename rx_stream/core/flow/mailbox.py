"""What waits at a boundary whose consumer is behind, and what happens when it is full."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, Literal, Protocol, TypeVar

from rx_stream.core.flow.coalescer import Coalescer, text_length
from rx_stream.types import StreamChunk

__all__ = ["BoundedMailbox", "CoalescingMailbox", "DroppingMailbox", "Mailbox", "is_terminal"]

_T = TypeVar("_T")


class Mailbox(Protocol[_T]):
    """A place for items that their consumer is not ready for."""

    @property
    def full(self) -> bool:
        """Whether a source that can wait must wait."""
        ...

    @property
    def roomy(self) -> bool:
        """Whether a source that waits may go on."""
        ...

    def __len__(self) -> int: ...

    def fits(self, item: _T, /) -> bool:
        """Tell whether an item can be put in without going over the limit."""
        ...

    def put(self, item: _T, /) -> None:
        """Take an item in."""
        ...

    def take(self) -> _T:
        """Hand the next item out."""
        ...


class BoundedMailbox(Generic[_T]):
    """A queue of at most ``capacity`` items."""

    __slots__ = ("_capacity", "_queue")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queue: deque[_T] = deque()

    @property
    def full(self) -> bool:
        """Whether there is no room."""
        return len(self._queue) >= self._capacity

    @property
    def roomy(self) -> bool:
        """Whether half of the room is free."""
        return len(self._queue) <= self._capacity // 2

    def __len__(self) -> int:
        return len(self._queue)

    def fits(self, item: _T, /) -> bool:
        """Tell whether there is room; an end always fits."""
        return len(self._queue) < self._capacity or is_terminal(item)

    def put(self, item: _T, /) -> None:
        """Take an item in."""
        self._queue.append(item)

    def take(self) -> _T:
        """Hand the oldest item out."""
        return self._queue.popleft()


class CoalescingMailbox(Generic[_T]):
    """Joins the text that waits: nothing is lost, and text counts as one item.

    Of reports of progress only the newest stays, once there is no more room.

    Args:
        capacity: Items that may wait, where they cannot be joined.
        max_characters: Characters that may wait.
    """

    __slots__ = ("_capacity", "_max_characters", "_waiting")

    def __init__(self, capacity: int, max_characters: int) -> None:
        self._capacity = capacity
        self._max_characters = max_characters
        self._waiting: Coalescer[_T] = Coalescer()

    @property
    def full(self) -> bool:
        """Whether there is no room."""
        waiting = self._waiting
        crowded = len(waiting) >= self._capacity and not waiting.open
        return crowded or waiting.characters >= self._max_characters

    @property
    def roomy(self) -> bool:
        """Whether half of the room is free."""
        waiting = self._waiting
        few = len(waiting) <= max(1, self._capacity // 2)
        return few and waiting.characters <= self._max_characters // 2

    def __len__(self) -> int:
        return len(self._waiting)

    def fits(self, item: _T, /) -> bool:
        """Tell whether there is room; a single item and an end always fit."""
        waiting = self._waiting
        if not waiting or is_terminal(item):
            return True
        if waiting.characters + text_length(item) > self._max_characters:
            return False
        if len(waiting) < self._capacity or waiting.joins(item):
            return True
        waiting.forget_old_progress()
        return len(waiting) < self._capacity

    def put(self, item: _T, /) -> None:
        """Take an item in, joined to the last one where that can be."""
        self._waiting.append(item)
        if len(self._waiting) > self._capacity:
            self._waiting.forget_old_progress()

    def take(self) -> _T:
        """Hand out all the text at the front, or the one item there."""
        return self._waiting.popleft()


class DroppingMailbox(Generic[_T]):
    """Keeps ``capacity`` items and drops others; never a terminal chunk, which takes no place.

    The next chunk handed out tells in ``metadata["dropped"]`` how many went missing before it.

    Args:
        capacity: Items that may wait.
        which: Whether the oldest or the newest item is dropped.
        on_dropped: Called with every item that is dropped.
    """

    __slots__ = (
        "_capacity",
        "_ends",
        "_on_dropped",
        "_queue",
        "_serial",
        "_which",
        "dropped",
        "unreported",
    )

    full = False
    roomy = True

    def __init__(
        self,
        capacity: int,
        which: Literal["oldest", "newest"],
        on_dropped: Callable[[_T], object] | None = None,
    ) -> None:
        self._capacity = capacity
        self._which = which
        self._on_dropped = on_dropped
        # Apart, each with its number, as several answers in one stream have each an end.
        self._queue: deque[tuple[int, _T]] = deque()
        self._ends: deque[tuple[int, _T]] = deque()
        self._serial = 0
        self.dropped = 0
        self.unreported = 0

    def __len__(self) -> int:
        return len(self._queue) + len(self._ends)

    def fits(self, item: _T, /) -> bool:
        """Anything fits, if something else goes."""
        return True

    def put(self, item: _T, /) -> None:
        """Take an item in, or drop one."""
        self._serial += 1
        numbered = self._serial, item
        if is_terminal(item):
            self._ends.append(numbered)
        elif len(self._queue) < self._capacity:
            self._queue.append(numbered)
        elif self._which == "newest":
            self._drop(item)
        else:
            _, oldest = self._queue.popleft()
            self._queue.append(numbered)
            self._drop(oldest)

    def take(self) -> _T:
        """Hand the oldest item out."""
        queue, ends = self._queue, self._ends
        first = ends if not queue or (ends and ends[0][0] < queue[0][0]) else queue
        _, item = first.popleft()
        if self.unreported and isinstance(item, StreamChunk):
            missing, self.unreported = self.unreported, 0
            return replace(item, metadata={**item.metadata, "dropped": missing})
        return item

    def _drop(self, item: _T) -> None:
        self.dropped += 1
        self.unreported += 1
        if self._on_dropped is not None:
            self._on_dropped(item)


def is_terminal(item: object) -> bool:
    """Tell whether an item says that the answer is over."""
    return isinstance(item, StreamChunk) and (item.is_complete or item.finish_reason is not None)

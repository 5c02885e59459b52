"""A queue in which neighbours that are text are joined."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Generic, TypeAlias, TypeVar, cast

from rx_stream.types import MEANINGFUL, NO_METADATA, StreamChunk, StreamProgress

__all__ = ["Coalescer", "text_length"]

_T = TypeVar("_T")

_Lane: TypeAlias = tuple[str, object, object]

_BLOCK = 4096
"""Pieces that are joined to one: small strings cost ten times their text."""

_JOINABLE = ("reasoning", "refusal")
_STRING: _Lane = ("string", None, None)
_CHUNK: _Lane = ("content", None, None)


def text_length(item: object) -> int:
    """Return how many characters of text an item carries, reasoning and refusal included."""
    if isinstance(item, str):
        return len(item)
    if not isinstance(item, StreamChunk):
        return 0
    spoken = len(item.content)
    for key in _JOINABLE:
        value = item.metadata.get(key)
        if isinstance(value, str):
            spoken += len(value)
    return spoken


def _lane(item: object) -> _Lane | None:
    """Name what an item may be joined with: others of the same lane; None means nothing."""
    if type(item) is str:
        return _STRING
    if not isinstance(item, StreamChunk) or item.is_complete or item.finish_reason is not None:
        return None
    metadata = item.metadata
    if not metadata:
        return _CHUNK
    what = "content"
    says = [key for key in MEANINGFUL if metadata.get(key)]
    if says:
        what = says[0]
        alone = len(says) == 1 and what in _JOINABLE and not item.content
        if not alone or not isinstance(metadata[what], str):
            return None
    return what, metadata.get("choice"), metadata.get("role")


class _Run:
    """Items of one lane that wait as one. Their text is kept in pieces and joined once."""

    __slots__ = ("_blocks", "_first", "_metadata", "_pieces", "_tokens", "lane", "length")

    def __init__(self, lane: _Lane, item: object) -> None:
        self.lane = lane
        self.length = text_length(item)
        self._first: object = item  # Until there is a second one, the item itself.
        self._blocks: list[str] = []
        self._pieces = [self._text(item)]
        self._tokens: int | None = None
        self._metadata: Mapping[str, object] = NO_METADATA
        if isinstance(item, StreamChunk):
            self._tokens = item.token_count
            self._metadata = item.metadata

    def _text(self, item: object) -> str:
        if not isinstance(item, StreamChunk):
            return cast("str", item)
        what = self.lane[0]
        return cast("str", item.metadata[what]) if what in _JOINABLE else item.content

    def add(self, item: object) -> None:
        """Join an item of the same lane."""
        self._first = None
        self.length += text_length(item)
        self._pieces.append(self._text(item))
        if len(self._pieces) >= _BLOCK:
            self._blocks.append("".join(self._pieces))
            self._pieces.clear()
        if isinstance(item, StreamChunk):
            tokens = item.token_count
            if tokens is None or self._tokens is None:
                self._tokens = None
            else:
                self._tokens += tokens
            if item.metadata and item.metadata is not self._metadata:
                self._metadata = {**self._metadata, **item.metadata}

    def item(self) -> object:
        """Return what waits as one item."""
        if self._first is not None:
            return self._first
        text = "".join((*self._blocks, *self._pieces))
        self._blocks, self._pieces = [text], []
        what = self.lane[0]
        if what == "string":
            return text
        if what == "content":
            return StreamChunk(text, self._tokens, False, None, self._metadata)
        return StreamChunk("", self._tokens, False, None, {**self._metadata, what: text})


class Coalescer(Generic[_T]):
    """A queue of items in which text that waits is joined into one item.

    Strings are joined, and chunks of the same choice; never across a finish, a tool call or
    anything else that says more than text, and the order stays. A joined chunk has the sum of the
    token counts (None if one is unknown) and all metadata; where two differ, the later value.

    Attributes:
        characters: Characters that wait.
    """

    __slots__ = ("_queue", "_tail", "characters")

    def __init__(self) -> None:
        self._queue: deque[object] = deque()
        self._tail: _Run | None = None  # The last entry, if others can be joined to it.
        self.characters = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def open(self) -> bool:
        """Whether text at the end waits for more."""
        return self._tail is not None

    def joins(self, item: _T) -> bool:
        """Tell whether an item would be joined to the last one."""
        return self._tail is not None and self._tail.lane == _lane(item)

    def append(self, item: _T) -> None:
        """Put an item at the end."""
        self.characters += text_length(item)
        lane = _lane(item)
        if lane is None:
            self._tail = None
            self._queue.append(item)
        elif self._tail is not None and self._tail.lane == lane:
            self._tail.add(item)
        else:
            self._tail = _Run(lane, item)
            self._queue.append(self._tail)

    def popleft(self) -> _T:
        """Take the first item."""
        entry = self._queue.popleft()
        if not isinstance(entry, _Run):
            self.characters -= text_length(entry)
            return cast("_T", entry)
        if entry is self._tail:
            self._tail = None
        self.characters -= entry.length
        return cast("_T", entry.item())

    def items(self) -> list[_T]:
        """Return everything that waits, and keep it."""
        return [cast("_T", e.item() if isinstance(e, _Run) else e) for e in self._queue]

    def forget_old_progress(self) -> None:
        """Keep only the newest report of progress, and join the text around the others."""
        reports = sum(isinstance(entry, StreamProgress) for entry in self._queue)
        if reports < 2:
            return
        entries = self.items()
        newest = max(i for i, entry in enumerate(entries) if isinstance(entry, StreamProgress))
        self._queue.clear()
        self._tail = None
        self.characters = 0
        for index, item in enumerate(entries):
            if index == newest or not isinstance(item, StreamProgress):
                self.append(item)

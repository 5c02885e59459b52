"""A queue of text in units, which gives pieces of the kind that came in."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar, cast

from rx_stream.types import NO_METADATA, StreamChunk

__all__ = ["UnitQueue"]

_Item = TypeVar("_Item")


class _Border:
    """An item in its place among the text."""

    __slots__ = ("item",)

    def __init__(self, item: object) -> None:
        self.item = item


class _Switch:
    """From here on text is given as chunks, or as strings."""

    __slots__ = ("chunks",)

    def __init__(self, chunks: bool) -> None:
        self.chunks = chunks


class UnitQueue(Generic[_Item]):
    """Holds units of text and the items between them, in their order.

    Text of strings comes out as strings, text of chunks as chunks with the metadata of the last
    one in it. A chunk's tokens are counted with the piece that holds its last character, so that
    the counts add up.
    """

    __slots__ = ("_as_chunks", "_chunks", "_open", "_units")

    def __init__(self) -> None:
        self._units: deque[str | _Border | _Switch] = deque()
        self._as_chunks = False
        # For each chunk: characters left, tokens, metadata.
        self._chunks: deque[tuple[int, int | None, Mapping[str, object]]] = deque()
        self._open = 0  # Characters of the first chunk that have left.

    def add(self, units: Sequence[str]) -> None:
        """Append units of text."""
        self._units.extend(units)

    def add_border(self, item: object) -> None:
        """Append an item that keeps its place."""
        self._units.append(_Border(item))

    def switch(self, *, chunks: bool) -> None:
        """Give the text that is added from here on as chunks, or as strings, in a new piece."""
        self._units.append(_Switch(chunks))

    def describe(self, chunk: StreamChunk, metadata: Mapping[str, object]) -> None:
        """Note the chunk that the units of some text come from, before or after these.

        Args:
            chunk: The chunk.
            metadata: What every piece of its text gets.
        """
        self._chunks.append((len(chunk.content), chunk.token_count, metadata))

    def take(self, count: int) -> list[_Item]:
        """Return ``count`` units as few pieces, with the items between and right after them."""
        units = self._units
        out: list[object] = []
        piece: list[str] = []
        while units:
            unit = units[0]
            if isinstance(unit, str):
                if not count:
                    break
                count -= 1
                piece.append(unit)
            else:
                self._close(piece, out)
                if isinstance(unit, _Switch):
                    self._as_chunks = unit.chunks
                else:
                    out.append(unit.item)
            units.popleft()
        self._close(piece, out)
        return cast("list[_Item]", out)

    def _close(self, piece: list[str], out: list[object]) -> None:
        if piece:
            text = "".join(piece)
            out.append(self._chunk(text) if self._as_chunks else text)
            piece.clear()

    def _chunk(self, text: str) -> StreamChunk:
        left = len(text)
        tokens: int | None = 0
        metadata = NO_METADATA
        while left and self._chunks:
            length, count, metadata = self._chunks[0]
            rest = length - self._open
            if rest > left:
                self._open += left
                tokens = None if count is None else tokens
                break
            left -= rest
            tokens = None if tokens is None or count is None else tokens + count
            self._chunks.popleft()
            self._open = 0
        return StreamChunk(text, tokens, False, None, metadata)

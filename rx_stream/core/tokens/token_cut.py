"""Cut a dear item into its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from rx_stream.types import StreamChunk, split_meaning

__all__ = ["TokenCut"]

_Item = TypeVar("_Item")


class TokenCut:
    """Cuts the text of an item at token borders and shares its cost out among the pieces.

    Args:
        split: Splits a whole text into the texts of its tokens.
    """

    __slots__ = ("_split",)

    def __init__(self, split: Callable[[str], Sequence[str]]) -> None:
        self._split = split

    def cut(self, item: _Item, cost: int) -> Sequence[tuple[_Item, int]]:
        """Return the pieces of a string or chunk with their costs, which add up to ``cost``."""
        text = item.content if isinstance(item, StreamChunk) else cast("str", item)
        pieces = self._split(text)
        if len(pieces) < 2:
            return [(item, cost)]
        shares = _shares(cost, len(pieces))
        made = _chunks(item, pieces, shares) if isinstance(item, StreamChunk) else pieces
        return cast("list[tuple[_Item, int]]", [*zip(made, [*shares, 0], strict=False)])


def _shares(cost: int, parts: int) -> list[int]:
    """Share a cost out evenly in whole tokens."""
    return [cost * (i + 1) // parts - cost * i // parts for i in range(parts)]


def _chunks(chunk: StreamChunk, pieces: Sequence[str], shares: Sequence[int]) -> list[StreamChunk]:
    counted = chunk.token_count is not None
    metadata, behind = split_meaning(chunk)
    made = [
        StreamChunk(piece, share if counted else None, False, None, metadata)
        for piece, share in zip(pieces, shares, strict=True)
    ]
    if behind is not None:
        made.append(behind)
    return made

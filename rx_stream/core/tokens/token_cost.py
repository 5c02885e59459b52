"""What an item costs in tokens."""

from __future__ import annotations

from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.types import StreamChunk

__all__ = ["TokenCost"]


class TokenCost:
    """Tells for each item of a stream by how many tokens the stream has grown with it.

    A chunk's own ``token_count`` is taken where it is set. Other text is counted on, so that the
    costs add up to the exact count of the text however it was cut. Blanks at the end of a piece
    are counted with what follows, as they are part of its token there: so words that carry the
    blank behind them cost what they cost with the blank before them.

    Args:
        counter: Counts the text of this stream.
    """

    __slots__ = ("_billed", "_blanks", "_counter")

    def __init__(self, counter: CountsTokens) -> None:
        self._counter = counter
        self._billed = 0
        self._blanks = 0

    def of(self, item: object) -> int | None:
        """Return the cost of the next item; None if it is not text."""
        if isinstance(item, StreamChunk):
            if item.token_count is not None:
                return max(0, item.token_count)
            text = item.content
        elif isinstance(item, str):
            text = item
        else:
            return None
        if not text:
            return 0
        told = text.rstrip(" ")
        blanks = len(text) - len(told)
        if not told:
            self._blanks += blanks
            return 0
        self._counter.feed(" " * self._blanks + told if self._blanks else told)
        self._blanks = blanks
        # The count shrinks where a piece completes a longer token; what was paid stays paid.
        grown = self._counter.total - self._billed
        if grown <= 0:
            return 0
        self._billed += grown
        return grown

"""What an item costs in tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.types import NO_METADATA, StreamChunk, choice_of

__all__ = ["TokenCost"]


class TokenCost:
    """Tells for each item of a stream by how many tokens the stream has grown with it.

    A chunk's own ``token_count`` is taken where it is set. Other text is counted on, so that the
    costs add up to the exact count of the text however it was cut. Blanks at the end of a piece
    are counted with what follows, as they are part of its token there: so words that carry the
    blank behind them cost what they cost with the blank before them.

    Every choice (``metadata["choice"]``) is a text of its own.

    Args:
        make: Makes what counts the text of a choice.
    """

    __slots__ = ("_billed", "_blanks", "_choice", "_counter", "_known", "_make", "_others")

    def __init__(self, make: Callable[[], CountsTokens]) -> None:
        self._make = make
        # Of the choice whose turn it is: what counts it, what it has cost, the blanks at its end.
        self._counter = make()
        self._billed = 0
        self._blanks = 0
        self._choice: int = 0
        self._known: Mapping[str, object] = NO_METADATA  # Belongs to that choice.
        self._others: dict[int, tuple[CountsTokens, int, int]] = {}

    def of(self, item: object) -> int | None:
        """Return the cost of the next item; None if it is not text."""
        if isinstance(item, StreamChunk):
            if item.token_count is not None:
                return max(0, item.token_count)
            text, metadata = item.content, item.metadata
        elif isinstance(item, str):
            text, metadata = item, NO_METADATA
        else:
            return None
        if not text:
            return 0
        if metadata is not self._known:
            self._turn(metadata)
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

    def _turn(self, metadata: Mapping[str, object]) -> None:
        """Go on with the choice of a chunk."""
        self._known = metadata
        choice = choice_of(metadata)
        if choice != self._choice:
            self._others[self._choice] = (self._counter, self._billed, self._blanks)
            other = self._others.pop(choice, None)
            self._counter, self._billed, self._blanks = other or (self._make(), 0, 0)
            self._choice = choice

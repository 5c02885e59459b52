"""Which chunks the text that is held came from."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from rx_stream.types import StreamChunk

__all__ = ["Spans"]

_Span = tuple[int, int | None, Mapping[str, object]]
"""What is known of a chunk whose text is held: its characters, its tokens, its metadata."""


class Spans:
    """Remembers which chunk each held character came from, without a copy of the text.

    Attributes:
        add: Takes the span of the next chunk.
        has_reports: Whether there has been a report of usage.
    """

    __slots__ = ("_passed", "_taken", "_waiting", "add", "has_reports")

    def __init__(self) -> None:
        self._waiting: deque[_Span] = deque()  # Of every chunk that is not used up.
        self._taken = 0  # Characters of the first one that left in an earlier piece.
        self.add = self._waiting.append
        self.has_reports = False
        self._passed: Mapping[str, object] | None = None  # A report before the end of a piece.

    def add_report(self, metadata: Mapping[str, object]) -> None:
        """Take a report of usage, which keeps its place behind the text that is held."""
        self.has_reports = True
        self.add((0, 0, metadata))

    def take_report(self) -> StreamChunk | None:
        """Return the last report whose place the pieces have come to; reports are cumulative."""
        waiting = self._waiting
        while waiting and not waiting[0][0]:
            self._passed = waiting.popleft()[2]
        passed, self._passed = self._passed, None
        return None if passed is None else StreamChunk(metadata=passed)

    def piece(self, text: str, shown: str) -> StreamChunk:
        """Make the chunk of the next ``len(text)`` characters, at least one.

        Its tokens are known only where it is made of whole chunks whose tokens are known.
        """
        waiting = self._waiting
        left = len(text) + self._taken
        total = None if self._taken else 0
        length, tokens, metadata = waiting[0]
        while length <= left:
            waiting.popleft()
            left -= length
            if total is not None:
                total = None if tokens is None else total + tokens
            if not left:
                self._taken = 0
                return StreamChunk(shown, total, False, None, metadata)
            if not length:
                self._passed = metadata
            length, tokens, metadata = waiting[0]
        self._taken = left
        return StreamChunk(shown, None, False, None, metadata)

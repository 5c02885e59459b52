"""Bytes of one text, read by many from any offset."""

from __future__ import annotations

__all__ = ["TextBuffer"]


class TextBuffer:
    """A text from offset ``base`` on. Readers hold offsets; the buffer knows no reader.

    Args:
        base: Where it begins.
    """

    # One flat array: a list of a text's tokens would take ten times the memory.
    __slots__ = ("_data", "base")

    def __init__(self, base: int = 0) -> None:
        self.base = base
        self._data = bytearray()

    @property
    def end(self) -> int:
        """Where the text ends."""
        return self.base + len(self._data)

    def append(self, data: bytes) -> None:
        """Add bytes at the end."""
        self._data += data

    def prepend(self, data: bytes) -> None:
        """Add what comes before; afterwards the buffer begins ``len(data)`` earlier."""
        self._data[:0] = data
        self.base -= len(data)

    def truncate(self, end: int) -> None:
        """Drop everything from ``end`` on."""
        del self._data[max(0, end - self.base) :]
        self.base = min(self.base, end)

    def take(self, offset: int, limit: int) -> bytes:
        """Return at most ``limit`` bytes from ``offset`` on, fewer only at the end.

        Raises:
            IndexError: The offset lies before the buffer.
        """
        start = offset - self.base
        if start < 0:
            raise IndexError(f"the buffer begins at {self.base}, not at {offset}")
        return bytes(self._data[start : start + limit])

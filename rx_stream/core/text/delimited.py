"""Text cut at a literal delimiter."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Delimited"]


class Delimited:
    """Emit each piece through the delimiter that ends it.

    Args:
        delimiter: A text of at least one character; it is found from left to right.
    """

    __slots__ = ("_delimiter", "_overlap", "_parts", "_tail")

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._overlap = len(delimiter) - 1
        self._parts: list[str] = []
        self._tail = ""  # What may be the beginning of a delimiter.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the pieces that it ends."""
        if self._tail:
            text = self._tail + text
            self._tail = ""
        *ended, rest = text.split(self._delimiter)
        pieces = [piece + self._delimiter for piece in ended]
        if pieces and self._parts:
            pieces[0] = self.drain() + pieces[0]
        if self._overlap:
            settled = max(0, len(rest) - self._overlap)
            self._tail = rest[settled:]
            rest = rest[:settled]
        if rest:
            self._parts.append(rest)
        return pieces

    def flush(self) -> Sequence[str]:
        """Return the last piece, which no delimiter ended."""
        text = self.drain() + self._tail
        self._tail = ""
        return (text,) if text else ()

    def settle(self) -> Sequence[str]:
        """Return what there is of the unfinished piece."""
        return self.flush()

    def drain(self) -> str:
        """Hand over what is settled of the unfinished piece; it will end without that."""
        text = "".join(self._parts)
        self._parts.clear()
        return text

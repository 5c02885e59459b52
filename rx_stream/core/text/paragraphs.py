"""Paragraphs, each through the blank line that ends it."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Paragraphs"]


class Paragraphs:
    """Emit each paragraph with the newline that ends the first blank line after its content.

    Further blank lines lead the next paragraph, so none is without content but the last.
    """

    __slots__ = ("_blank_line", "_has_content", "_parts")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._has_content = False
        self._blank_line = False  # Nothing but white space since a newline.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the paragraphs that it ends."""
        if "\n" in text:
            return self._feed_lines(text)
        if text:
            self._parts.append(text)
            if not text.isspace():
                self._has_content = True
                self._blank_line = False
        return ()

    def _feed_lines(self, text: str) -> Sequence[str]:
        parts = self._parts
        paragraphs: list[str] = []
        *lines, rest = text.split("\n")
        for line in lines:
            if line and not line.isspace():
                self._has_content = True
                self._blank_line = False
            parts.append(line + "\n")
            if self._blank_line and self._has_content:
                paragraphs.append("".join(parts))
                parts.clear()
                self._has_content = self._blank_line = False
            else:
                self._blank_line = True
        self.feed(rest)
        return paragraphs

    def flush(self) -> Sequence[str]:
        """Return the last paragraph, which no blank line ended."""
        text = self.drain()
        self._has_content = self._blank_line = False
        return (text,) if text else ()

    def settle(self) -> Sequence[str]:
        """Return what there is of the unfinished paragraph."""
        return self.flush()

    def drain(self) -> str:
        """Hand over what is held of the unfinished paragraph; it will end without that."""
        text = "".join(self._parts)
        self._parts.clear()
        return text

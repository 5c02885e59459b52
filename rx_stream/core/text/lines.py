"""Lines, each with the newline that ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["Lines", "UniversalLines"]

_split_universal = re.compile(r"(?<=\n)|(?<=\r)(?!\n)").split


class Lines:
    """Emit each line with its LF; CR, VT, FF, U+0085 and U+2028 are content.

    JSON Lines may hold those inside a value, so ``str.splitlines`` would cut too often.
    """

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        # Pieces, not one string: joining per chunk is quadratic in a long line.
        self._parts: list[str] = []

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the lines that it ends."""
        if "\n" not in text:
            if text:
                self._parts.append(text)
            return ()
        *lines, rest = text.split("\n")
        parts = self._parts
        if parts:
            parts.append(lines[0])
            lines[0] = "".join(parts)
            parts.clear()
        if rest:
            parts.append(rest)
        return [line + "\n" for line in lines]

    def flush(self) -> Sequence[str]:
        """Return the last line, which no newline ended."""
        text = self.drain()
        return (text,) if text else ()

    def settle(self) -> Sequence[str]:
        """Return what there is of the unfinished line."""
        return self.flush()

    def drain(self) -> str:
        """Hand over what is held of the unfinished line; it will end without that."""
        text = "".join(self._parts)
        self._parts.clear()
        return text


class UniversalLines:
    """Emit each line with its LF, CRLF or CR; a CR waits to see if an LF follows."""

    __slots__ = ("_parts", "_return")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._return = ""  # A CR at the end of the text so far.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the lines that it ends."""
        if not text:
            return ()
        if self._return:
            text = self._return + text
            self._return = ""
        if text[-1] == "\r":
            text = text[:-1]
            self._return = "\r"
        parts = self._parts
        lines = _split_universal(text)
        parts.append(lines[0])
        if len(lines) == 1:
            return ()
        lines[0] = "".join(parts)
        parts[:] = [lines.pop()]
        return lines

    def flush(self) -> Sequence[str]:
        """Return the last line, which need not be ended."""
        text = self.drain() + self._return
        self._return = ""
        return (text,) if text else ()

    def settle(self) -> Sequence[str]:
        """Return what there is of the unfinished line."""
        return self.flush()

    def drain(self) -> str:
        """Hand over what is held of the unfinished line; it will end without that."""
        text = "".join(self._parts)
        self._parts.clear()
        return text

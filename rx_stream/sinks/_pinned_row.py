"""The last row of a terminal, kept apart from the text that flows above it."""

from __future__ import annotations

from typing import IO

__all__ = ["PinnedRow"]

_SAVE, _RESTORE, _CLEAR = "\x1b7", "\x1b8", "\x1b[2K"


class PinnedRow:
    """Shows a line in the last row of a terminal, while others print above it.

    The terminal does the work: rows outside its scrolling region stay where they are.

    Args:
        out: The terminal.
    """

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._rows = 0

    def _write(self, codes: str) -> None:
        # One write: text of others cannot fall into the middle.
        self._out.write(codes)
        self._out.flush()

    def show(self, line: str, rows: int) -> None:
        """Rewrite the row.

        Args:
            line: What it shows; not wider than the terminal.
            rows: How many the terminal has by now.
        """
        reserve = ""
        if rows != self._rows:
            # At the start the cursor may be in the last row: make room below it, in its column.
            room = "" if self._rows else "\x1bD\x1b[A"
            reserve = f"{room}{_SAVE}\x1b[1;{rows - 1}r{_RESTORE}"
            self._rows = rows
        self._write(f"{reserve}{_SAVE}\x1b[{rows};1H{_CLEAR}{line}{_RESTORE}")

    def close(self, line: str) -> None:
        """Give the row back, and leave a line where the text has ended."""
        if self._rows:
            self._write(f"{_SAVE}\x1b[{self._rows};1H{_CLEAR}\x1b[r{_RESTORE}{line}\n")
            self._rows = 0

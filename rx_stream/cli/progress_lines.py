"""Ways to show progress: on a row of its own, in one line that is rewritten, in plain lines."""

from __future__ import annotations

import os
import time
from typing import Protocol, TextIO

from rx_stream.cli.progress_text import coloured, plain
from rx_stream.sinks._pinned_row import PinnedRow
from rx_stream.types import StreamProgress

__all__ = ["Line", "NoLine", "OwnLine", "PinnedLine", "PlainLines"]

_CLEAR = "\x1b[2K"


class Line(Protocol):
    """A way to show progress."""

    def show(self, progress: StreamProgress) -> None:
        """Show a report in place of the one before."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was, with the last report on a line of its own."""
        ...


class NoLine:
    """Shows nothing."""

    def show(self, progress: StreamProgress) -> None:
        """Ignore a report."""

    def close(self) -> None:
        """Do nothing."""


class PlainLines:
    """Prints a line now and then, for files and pipes."""

    def __init__(self, err: TextIO, every: float = 1.0) -> None:
        self._err = err
        self._every = every
        self._next = time.monotonic() + every
        self._last: StreamProgress | None = None

    def show(self, progress: StreamProgress) -> None:
        """Print a report if the last one was long enough ago."""
        self._last = progress
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            self._print()

    def _print(self) -> None:
        if self._last is not None:
            print(plain(self._last), file=self._err, flush=True)
            self._last = None

    def close(self) -> None:
        """Print the last report."""
        self._print()


class OwnLine:
    """Rewrites one line of a terminal on which no text flows."""

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._shown = False

    def show(self, progress: StreamProgress) -> None:
        """Rewrite the line."""
        line = coloured(progress, os.get_terminal_size(self._err.fileno()).columns)
        self._shown = True
        print(f"\r{_CLEAR}{line}", end="", file=self._err, flush=True)

    def close(self) -> None:
        """End the line."""
        if self._shown:
            print(file=self._err, flush=True)


class PinnedLine:
    """Keeps the last row of a terminal for itself, while text flows above it."""

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._row = PinnedRow(err)
        self._last: StreamProgress | None = None

    def show(self, progress: StreamProgress) -> None:
        """Rewrite the last row."""
        self._last = progress
        size = os.get_terminal_size(self._err.fileno())
        self._row.show(coloured(progress, size.columns), size.lines)

    def close(self) -> None:
        """Give the last row back, and leave the last report below the text."""
        if self._last is not None:
            size = os.get_terminal_size(self._err.fileno())
            self._row.close(coloured(self._last, size.columns))

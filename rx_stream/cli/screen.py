"""Where text and progress go: standard output and standard error, each what it is made for."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Protocol, TextIO

from rx_stream.cli.failure import CommandError, OutputClosedError
from rx_stream.cli.progress_text import coloured, plain
from rx_stream.cli.signals import stopped_by_signals
from rx_stream.types import StreamProgress

__all__ = ["Screen", "open_screen"]

_SAVE, _RESTORE, _CLEAR = "\x1b7", "\x1b8", "\x1b[2K"


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
    """Keeps the last row of a terminal for itself, while text flows above it.

    The terminal does the work: rows outside its scrolling region stay where they are.
    """

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._rows = 0
        self._last: StreamProgress | None = None

    def _reserve(self, rows: int) -> None:
        # At the start the cursor may be in the last row: make room below it.
        room = "" if self._rows else "\n\x1b[A"
        self._write(f"{room}{_SAVE}\x1b[1;{rows - 1}r{_RESTORE}")
        self._rows = rows

    def _write(self, codes: str) -> None:
        self._err.write(codes)
        self._err.flush()

    def show(self, progress: StreamProgress) -> None:
        """Rewrite the last row."""
        self._last = progress
        size = os.get_terminal_size(self._err.fileno())
        if size.lines != self._rows:
            self._reserve(size.lines)
        line = coloured(progress, size.columns)
        self._write(f"{_SAVE}\x1b[{self._rows};1H{_CLEAR}{line}{_RESTORE}")

    def close(self) -> None:
        """Give the last row back, and leave the last report below the text."""
        if self._last is None:
            return
        size = os.get_terminal_size(self._err.fileno())
        self._write(f"{_SAVE}\x1b[{self._rows};1H{_CLEAR}\x1b[r{_RESTORE}")
        self._write(f"{coloured(self._last, size.columns)}\n")


class Screen:
    """Writes text to standard output as it comes, and progress beside it.

    Args:
        out: Standard output.
        line: How progress is shown.
    """

    def __init__(self, out: BinaryIO, line: Line) -> None:
        self._out = out
        self._line = line
        # Reports come from a timer's thread; codes must not fall into the middle of a text.
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        """Write bytes at once.

        Raises:
            OutputClosedError: The reader has gone.
            CommandError: They could not be written.
        """
        with self._lock:
            try:
                self._out.write(data)
                self._out.flush()
            except BrokenPipeError:
                raise OutputClosedError from None
            except OSError as error:
                raise CommandError(f"cannot write standard output: {error.strerror}") from None

    def end_line(self) -> None:
        """End the line of text on a terminal; a file or a pipe gets nothing but the text."""
        if self._out.isatty():
            self.write(b"\n")

    def show(self, progress: StreamProgress) -> None:
        """Show a report. It is no reason to end if nobody can see it."""
        with self._lock, suppress(OSError, ValueError):
            self._line.show(progress)

    def close(self) -> None:
        """Leave the terminal as it was."""
        with self._lock, suppress(OSError, ValueError):
            self._line.close()


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _line_for(progress: bool | None) -> Line:
    if not _is_terminal(sys.stderr):
        return PlainLines(sys.stderr) if progress else NoLine()
    if progress is False:
        return NoLine()
    if _is_terminal(sys.stdout) and os.get_terminal_size(sys.stderr.fileno()).lines > 3:
        return PinnedLine(sys.stderr)
    return OwnLine(sys.stderr)


@contextmanager
def open_screen(
    progress: bool | None, stop: Callable[[], object] = lambda: None
) -> Generator[Screen]:
    """Return the screen, and leave the terminal as it was at the end, also after a signal.

    Args:
        progress: Whether to show progress; None means on a terminal only.
        stop: Makes a source let go that may be waiting for more.
    """
    if sys.stdout is None or sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise CommandError("standard output or standard error is closed")
    screen = Screen(sys.stdout.buffer, _line_for(progress))
    with stopped_by_signals(stop):
        try:
            yield screen
        finally:
            screen.close()

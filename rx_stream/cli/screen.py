"""Where text and progress go: standard output and standard error, each what it is made for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import BinaryIO, TextIO

from rx_stream.cli.failure import CommandError, OutputClosedError
from rx_stream.cli.progress_lines import Line, NoLine, OwnLine, PinnedLine, PlainLines
from rx_stream.cli.signals import stopped_by_signals
from rx_stream.cli.terminal_text import VisibleText
from rx_stream.types import StreamProgress

__all__ = ["Screen", "open_screen"]


class Screen:
    """Writes text to standard output as it comes, and progress beside it.

    Args:
        out: Standard output.
        line: How progress is shown.
    """

    def __init__(self, out: BinaryIO, line: Line) -> None:
        self._out = out
        self._line = line
        self._visible = VisibleText() if out.isatty() else None
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

    def write_text(self, text: str) -> None:
        """Write a model's text: as it is, but on a terminal without control characters.

        Raises:
            OutputClosedError: The reader has gone.
            CommandError: It could not be written.
        """
        if self._visible is not None:
            text = self._visible.feed(text)
        self.write(text.encode(errors="replace"))

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

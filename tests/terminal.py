"""A program on a terminal of its own, emulated by pyte."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["COLUMNS", "ROWS", "Terminal", "terminal"]

ROWS, COLUMNS = 12, 60


class Terminal:
    """A program on a terminal of its own, and what that terminal shows."""

    def __init__(self, code: list[str]) -> None:
        import pyte

        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self._fd, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color"}
        for size in ("LINES", "COLUMNS"):  # Of another terminal.
            env.pop(size, None)
        self.process = subprocess.Popen(
            [sys.executable, *code], stdin=child, stdout=child, stderr=child, env=env
        )
        os.close(child)

    def feed(self) -> bool:
        """Show what the program wrote next; tell whether there was something."""
        try:
            data = os.read(self._fd, 4096)
        except OSError:  # The other end is closed.
            return False
        self._stream.feed(data)
        return bool(data)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._fd)


@contextmanager
def terminal(*code: str) -> Iterator[Terminal]:
    shown = Terminal(list(code))
    try:
        yield shown
    finally:
        shown.close()

"""Read bytes from a file or from standard input, as they come."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator

from rx_stream.cli.failure import CommandError

__all__ = ["Input"]

_CHUNK = 1 << 16


def _poll_of(*descriptors: int) -> select.poll | None:
    if os.name != "posix":
        return None  # Nothing else can wait for any file.
    poll = select.poll()  # Unlike select(), it takes descriptors of any number.
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return poll


class Input:
    """The bytes of a file or of standard input, each read as soon as there is something.

    Args:
        path: The file; None or ``-`` means standard input.

    Raises:
        CommandError: It cannot be opened.
    """

    def __init__(self, path: str | None) -> None:
        self.name = "standard input" if path in (None, "-") else repr(path)
        self.length = 0
        self._wake, self._waker = os.pipe()
        try:
            if path is None or path == "-":
                if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]
                    raise CommandError("standard input is closed")
                self._fd = sys.stdin.fileno()
            else:
                self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except (OSError, ValueError) as error:
            raise self._failure(error) from None
        self._poll = _poll_of(self._fd, self._wake)

    def _failure(self, error: Exception) -> CommandError:
        return CommandError(f"cannot read {self.name}: {getattr(error, 'strerror', None) or error}")

    def __iter__(self) -> Iterator[bytes]:
        while data := self._read():
            self.length += len(data)
            yield data

    def stop(self) -> None:
        """End the reading, also one that waits on another thread."""
        os.write(self._waker, b".")

    def _read(self) -> bytes:
        try:
            if self._poll is not None and self._wake in dict(self._poll.poll()):
                return b""
            # Not a buffered read: that waits until its buffer is full.
            return os.read(self._fd, _CHUNK)
        except OSError as error:
            raise self._failure(error) from None

    def undecodable(self, error: UnicodeDecodeError) -> CommandError:
        """Return what to tell of bytes that are not UTF-8; nothing was read after them."""
        place = self.length - len(error.object) + error.start
        byte = error.object[error.start]
        return CommandError(
            f"{self.name} is not UTF-8: {error.reason} 0x{byte:02x} at byte {place}"
        )

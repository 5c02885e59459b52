"""End in good order when a signal says so."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

__all__ = ["stopped_by_signals"]


@contextmanager
def stopped_by_signals(stop: Callable[[], object]) -> Generator[None]:
    """Let SIGINT and SIGTERM end the block by an exception, after calling ``stop``.

    Args:
        stop: Called first: closing a stream waits for its source, which may be waiting itself.
    """

    def end(number: int, _: FrameType | None) -> None:
        stop()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # As nohup, or a shell for its background jobs, wants it.
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

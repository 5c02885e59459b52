"""Report an error that no observer can be told any more."""

from __future__ import annotations

import asyncio
import threading

__all__ = ["report"]


def report(error: BaseException) -> None:
    """Hand an error to the running loop's exception handler, else to ``threading.excepthook``."""
    loop = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
    if loop is not None:
        loop.call_exception_handler(
            {"message": "rx_stream: an error after the end of a stream", "exception": error}
        )
        return
    threading.excepthook(
        threading.ExceptHookArgs(
            (type(error), error, error.__traceback__, threading.current_thread())
        )
    )

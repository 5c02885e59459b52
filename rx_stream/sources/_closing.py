"""Close what a source was reading from, and report what goes wrong where nobody listens."""

from __future__ import annotations

import asyncio
import threading

__all__ = ["close_quietly", "report"]


def report(error: BaseException) -> None:
    """Report an error that no observer can be told any more."""
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


def close_quietly(iterator: object) -> None:
    """Call an iterator's ``close`` if it has one; report what that raises."""
    close = getattr(iterator, "close", None)
    if close is None:
        return
    try:
        close()
    except Exception as error:  # noqa: BLE001 - the stream is over; nobody is left to tell
        report(error)

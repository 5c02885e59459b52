"""Close what a source was reading from."""

from __future__ import annotations

from rx_stream.schedulers.reporting import report

__all__ = ["close_quietly"]


def close_quietly(iterator: object) -> None:
    """Call an iterator's ``close`` if it has one; report what that raises."""
    close = getattr(iterator, "close", None)
    if close is None:
        return
    try:
        close()
    except Exception as error:  # noqa: BLE001 - the stream is over; nobody is left to tell
        report(error)

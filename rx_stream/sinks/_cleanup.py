"""Wait until the sources of a stream are closed, wherever they run."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Iterable

from rx_stream.schedulers.closing import CleanUp, Closing

__all__ = ["closed", "wait_closed"]

_LOOK_AGAIN = 1.0
"""Seconds after which to see whether the loop that has to close the source has been stopped."""


async def closed(cleanups: Iterable[CleanUp]) -> None:
    """Return when the sources are closed; those of other loops and threads too."""
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    here: list[asyncio.Task[object]] = []
    away: list[Closing] = []
    for cleanup in cleanups:
        if isinstance(cleanup, Closing):
            away.append(cleanup)
        elif cleanup.get_loop() is not loop:
            away.append(_closing_of(cleanup))
        elif cleanup is not this:
            here.append(cleanup)
    if here:
        await asyncio.wait(here)  # Not gather(): a second cancel would reach the clean-up.
    if away:
        await asyncio.to_thread(wait_closed, away)


def wait_closed(cleanups: Iterable[CleanUp]) -> None:
    """Block until sources on other threads are closed."""
    for cleanup in tuple(cleanups):
        closing = cleanup if isinstance(cleanup, Closing) else _closing_of(cleanup)
        while not closing.lost:
            try:
                closing.result(_LOOK_AGAIN)
                break
            except concurrent.futures.TimeoutError:
                continue


def _closing_of(task: asyncio.Task[object]) -> Closing:
    loop = task.get_loop()
    closing = Closing(loop)

    def finish(_: object) -> None:
        closing.finish()

    if loop.is_running():
        loop.call_soon_threadsafe(task.add_done_callback, finish)
    return closing

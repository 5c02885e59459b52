"""Wait until the sources of a stream are closed, wherever they run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["closed", "wait_closed"]


async def closed(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Return when the tasks are done; those of other loops too."""
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    here = [task for task in tasks if task is not this and task.get_loop() is loop]
    away = [task for task in tasks if task.get_loop() is not loop]
    if here:
        await asyncio.gather(*here, return_exceptions=True)
    if away:
        await asyncio.to_thread(wait_closed, away)


def wait_closed(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Block until tasks of loops on other threads are done."""
    for task in tuple(tasks):
        done = threading.Event()
        loop = task.get_loop()
        if loop.is_running():
            loop.call_soon_threadsafe(_when_done, task, done.set)
            done.wait()


def _when_done(task: asyncio.Future[Any], call: Callable[[], None]) -> None:
    task.add_done_callback(lambda _: call())

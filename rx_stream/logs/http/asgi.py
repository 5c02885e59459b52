"""What the HTTP faces of a log need of ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping

from rx_stream.sinks._asgi import Receive, Send, disconnected, start

__all__ = ["answer", "while_connected"]


async def answer(
    send: Send, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> None:
    """Send a whole response."""
    await send(start(status, headers or {}))
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def while_connected(receive: Receive, work: Coroutine[object, object, None]) -> None:
    """Do some work until it is done, or the client has gone."""
    working = asyncio.create_task(work)
    watching = asyncio.create_task(disconnected(receive))
    tasks = {working, watching}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    error = None if working.cancelled() else working.exception()
    # An OSError is of send(), as the specification has it: that the client has gone.
    if error is not None and not isinstance(error, OSError):
        raise error

"""What the HTTP faces of a log need of ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping

from rx_stream.sinks._asgi import Message, Receive, Send, disconnected, start

__all__ = ["answer", "patient", "while_connected"]

_PIECE = 1 << 16


async def answer(
    send: Send, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> None:
    """Send a whole response."""
    await send(start(status, headers or {}))
    await send({"type": "http.response.body", "body": body, "more_body": False})


def patient(send: Send, seconds: float | None) -> Send:
    """Return a ``send`` that gives the client so long for each piece of a body.

    It raises TimeoutError then, which is an OSError, as for any client that has gone.
    """

    async def send_pieces(message: Message) -> None:
        body = message.get("body", b"")
        for begin in range(0, max(1, len(body)), _PIECE):
            end = begin + _PIECE
            last = end >= len(body)
            piece = message if last and not begin else {**message, "body": body[begin:end]}
            async with asyncio.timeout(seconds):
                await send(piece if last else {**piece, "more_body": True})

    return send_pieces


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

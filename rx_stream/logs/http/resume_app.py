"""The ASGI application behind :func:`resume_response`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Literal, TypeAlias

from rx_stream.core.logs.stream_log import Position, check_stream_id
from rx_stream.errors import (
    BadPositionError,
    LogError,
    LogUnavailableError,
    PositionLostError,
    UnknownStreamError,
)
from rx_stream.logs.base import BaseLog
from rx_stream.logs.follower import Follower
from rx_stream.logs.from_log import decode, from_log
from rx_stream.logs.http.asgi import answer, patient, while_connected
from rx_stream.logs.http.frames import EXPIRED, ResumeFrames
from rx_stream.sinks._asgi import Receive, Scope, Send, last_event_id, serve_lifespan, start
from rx_stream.sinks.sse_response import sse_response

__all__ = ["ResumeDialect", "ResumeResponse", "StreamIdFrom"]

ResumeDialect: TypeAlias = Literal["json", "ui"]
StreamIdFrom: TypeAlias = str | Callable[[Scope], str | Awaitable[str | None] | None]

_KEEP_ALIVE = b":\n"
_FIRST = 5.0
"""Seconds in which the text at a position must have been read, to see whether it is a good one."""


class ResumeResponse:
    """An ASGI application that serves streams of a log; see :func:`resume_response`."""

    def __init__(
        self,
        log: BaseLog,
        stream_id: StreamIdFrom,
        dialect: ResumeDialect,
        keep_alive: float | None,
        retry: int | None,
        write_timeout: float | None,
        headers: Mapping[str, str],
    ) -> None:
        self._log = log
        self._stream_id = stream_id
        self._dialect: ResumeDialect = dialect
        self._keep_alive = keep_alive
        self._retry = retry
        self._write_timeout = write_timeout
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, self._log.aclose)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"resume_response: serves http only, not {scope['type']!r}")
        if scope["method"] == "HEAD":
            await answer(send, 200, self._headers)
        elif scope["method"] not in ("GET", "POST"):
            await answer(send, 405, {"allow": "GET, HEAD, POST"})
        elif (stream_id := await self._id_of(scope)) is None:
            await _refuse(send, 404, "There is no such stream.")
        elif self._dialect == "ui":
            await self._replay(stream_id, scope, receive, send)
        else:
            await self._resume(stream_id, scope, receive, send)

    async def _id_of(self, scope: Scope) -> str | None:
        """Return the stream that is asked for; a name that no stream can have is of none."""
        if isinstance(self._stream_id, str):
            return self._stream_id
        given = self._stream_id(scope)
        if isawaitable(given):
            given = await given
        try:
            return None if given is None else check_stream_id("resume_response", given)
        except ValueError:
            return None

    async def _replay(self, stream_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what the AI SDK expects: from the start, 204 if nothing runs."""
        try:
            running = await self._log.status(stream_id) == "running"
        except LogUnavailableError:
            await _refuse(send, 503, "The log cannot be reached.")
            return
        if not running:
            await answer(send, 204, {"cache-control": "no-cache"})
            return
        replay = sse_response(
            from_log(self._log, stream_id),
            dialect="ui",
            keep_alive=self._keep_alive,
            retry=self._retry,
            write_timeout=self._write_timeout,
            headers=self._headers,
        )
        await replay(scope, receive, send)

    async def _resume(self, stream_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        given = last_event_id(scope)
        frames = ResumeFrames(self._retry)
        try:
            position = Position.parse(given) if given else None
            if position == EXPIRED:
                await answer(send, 204, {"cache-control": "no-cache"})
                return
            follower = Follower(self._log, stream_id, position)
            opening = await self._open(follower, position, frames)
        except BadPositionError as error:
            await _refuse(send, 400, f"Last-Event-ID: {error}")
        except LogUnavailableError:
            await _refuse(send, 503, "The log cannot be reached.")
        except UnknownStreamError:
            if given:
                await answer(send, 200, self._headers, frames.expired().encode())
            else:
                await _refuse(send, 404, "There is no such stream.")
        else:
            if opening is None:
                await follower.close()
                await answer(send, 204, {"cache-control": "no-cache"})
                return
            in_time = patient(send, self._write_timeout)
            await while_connected(receive, self._serve(follower, frames, opening, in_time))

    async def _open(
        self, follower: Follower, position: Position | None, frames: ResumeFrames
    ) -> str | None:
        """Open the stream and return its first frames; None if the client has seen its end."""
        try:
            await follower.open()
        except PositionLostError:
            await follower.restart()
            return frames.reset(follower.epoch)
        try:
            snapshot = follower.hub.snapshot
            if position is None or position.offset == 0:
                return ""
            if snapshot.ended and position.offset > snapshot.length:
                return None
            if position.offset < snapshot.length and (data := await follower.read(_FIRST)):
                return frames.text(decode(data), follower.position)
        except PositionLostError:
            await follower.restart()
            return frames.reset(follower.epoch)
        except LogError as error:
            if isinstance(error, BadPositionError):
                await follower.close()
                raise
            return ""  # The next read tells it again, in band.
        except BaseException:
            await follower.close()
            raise
        return ""

    async def _serve(
        self, follower: Follower, frames: ResumeFrames, opening: str, send: Send
    ) -> None:
        try:
            await send(start(200, self._headers))
            # Some proxies, and middleware, hold the headers back until the body begins.
            await _write(send, _KEEP_ALIVE + opening.encode())
            last = await self._follow(follower, frames, send)
            await _write(send, last.encode(), last=True)
        finally:
            await follower.close()

    async def _follow(self, follower: Follower, frames: ResumeFrames, send: Send) -> str:
        """Send the text; return the last frame."""
        wait = float("inf") if self._keep_alive is None else self._keep_alive
        while True:
            try:
                data = await follower.read(wait)
            except PositionLostError:
                try:
                    await follower.restart()
                except LogError as error:
                    return frames.failed(error, None)
                await _write(send, frames.reset(follower.epoch).encode())
                continue
            except LogError as error:
                return frames.failed(error, _end(follower) if follower.is_over else None)
            if data is None:
                await _write(send, _KEEP_ALIVE)
            elif data:
                await _write(send, frames.text(decode(data), follower.position).encode())
            else:
                return frames.done(follower.hub.snapshot.detail, _end(follower))


def _end(follower: Follower) -> Position:
    """Return the id of the last event, which no event of text has."""
    return Position(follower.epoch, follower.hub.snapshot.length + 1)


async def _write(send: Send, body: bytes, *, last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not last})


async def _refuse(send: Send, status: int, why: str) -> None:
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    await answer(send, status, headers, why.encode("utf-8", "replace"))

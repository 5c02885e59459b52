"""One response: from one subscription to one client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rx_stream.core.sse.sse_encoder import SseEncoder
from rx_stream.errors import StreamTruncatedError
from rx_stream.schedulers.flow import FlowScheduler
from rx_stream.schedulers.loop import LoopScheduler
from rx_stream.sinks._asgi import Send
from rx_stream.sinks._cleanup import closed
from rx_stream.sinks._sse_inbox import SseInbox

__all__ = ["ClientGoneError", "Limits", "SseStream"]

_KEEP_ALIVE = b":\n"
_MAX_BODY = 16 * 1024
_FAREWELL = 1.0
"""Seconds in which the last words must have been taken."""

_log = logging.getLogger("rx_stream.sse")


class ClientGoneError(Exception):
    """The client has closed the connection, or does not read from it in time."""


@dataclass(slots=True, frozen=True)
class Limits:
    """The times and sizes of a response, in seconds; None means without limit.

    Args:
        inbox: Makes the place where items wait for the client, on a loop.
        keep_alive: Silence after which a comment is sent.
        write_timeout: How long one write may take.
        max_duration: How long the response may take.
    """

    inbox: Callable[[asyncio.AbstractEventLoop], SseInbox]
    keep_alive: float | None
    write_timeout: float | None
    max_duration: float | None


class SseStream:
    """Sends what is ready, all in one write, until the stream or the client ends.

    Args:
        source: The items.
        encoder: Writes their frames.
        limits: Times and sizes.
        send: The server's.
    """

    __slots__ = (
        "_broken",
        "_encoder",
        "_ended",
        "_inbox",
        "_limits",
        "_loop",
        "_send",
        "_sent_at",
        "_source",
        "_writing",
    )

    def __init__(
        self, source: Observable[object], encoder: SseEncoder, limits: Limits, send: Send
    ) -> None:
        self._source = source
        self._encoder = encoder
        self._limits = limits
        self._send = send
        self._broken: Exception | None = None
        self._ended = False
        self._writing: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._sent_at = self._loop.time()
        self._inbox = limits.inbox(self._loop)

    async def run(self) -> None:
        """Serve the whole stream; return when its source is closed.

        Raises:
            ClientGoneError: A write failed, or was not taken in time.
            Exception: The source's own, if errors are passed on.
        """
        flow = self._inbox.flow
        scheduler = FlowScheduler(LoopScheduler(self._loop), flow)
        subscription: abc.DisposableBase = Disposable()
        try:
            # Some proxies, and middleware, hold the headers back until the body begins.
            await self._write(_KEEP_ALIVE)
            try:
                subscription = self._source.subscribe(self._inbox, scheduler=scheduler)
                self._inbox.check_source()
            except Exception as error:  # noqa: BLE001 - whatever it is, the client is waiting
                self._break(error)
            await self._pump_in_time()
        finally:
            subscription.dispose()
            flow.abandon()
            await closed(tuple(scheduler.tasks))

    async def _pump_in_time(self) -> None:
        whole = asyncio.timeout(self._limits.max_duration)
        try:
            async with whole:
                await self._pump()
        except TimeoutError:
            if not whole.expired():
                raise
            await self.farewell()

    def _break(self, error: Exception) -> None:
        """Let the stream end with an error, whatever its source has said or may still say."""
        self._broken = error
        self._inbox.waiting.clear()
        self._inbox.on_error(error)

    async def farewell(self) -> None:
        """Tell the client that the stream is cut off here, if it still listens."""
        if self._ended:
            return
        frames = self._encoder.fail(StreamTruncatedError("the server cut the response off"))
        try:
            async with asyncio.timeout(_FAREWELL):
                if self._writing is not None:
                    # Inside an event, the last words would be a part of its text.
                    await self._writing
                await self._write("".join(frames).encode(), last=True)
        except (TimeoutError, ClientGoneError):
            pass

    async def close(self) -> None:
        """Give up what is still being written."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _pump(self) -> None:
        inbox = self._inbox
        while True:
            if self._broken is not None:
                await self._end(self._broken)
                return
            if inbox.more():
                await self._send_ready()
            elif inbox.ended:
                await self._end(inbox.error)
                return
            else:
                await self._wait()

    async def _send_ready(self) -> None:
        """Send what waits; items count as waiting until the client's side has taken them."""
        inbox, feed = self._inbox, self._encoder.feed
        waiting = inbox.waiting
        frames: list[str] = []
        size = 0
        while waiting and size < _MAX_BODY:
            try:
                new = feed(waiting.popleft())
            except Exception as error:  # noqa: BLE001 - an item that cannot be sent ends the stream
                self._break(error)
                break
            for frame in new:
                size += len(frame)
            frames += new
        try:
            if frames:
                await self._write_joined(frames)
        finally:
            inbox.taken()

    async def _write_joined(self, frames: list[str]) -> None:
        body = "".join(frames).encode()
        if len(body) <= _MAX_BODY:
            await self._write(body)
            return
        # Whoever cuts the response off in the midst of it may still want to end it.
        self._writing = self._loop.create_task(self._write_pieces(body))
        await asyncio.shield(self._writing)
        self._writing = None

    async def _write_pieces(self, body: bytes) -> None:
        for begin in range(0, len(body), _MAX_BODY):
            await self._write(body[begin : begin + _MAX_BODY])

    async def _end(self, error: Exception | None) -> None:
        if error is None:
            frames = self._encoder.flush()
        elif self._encoder.swallows_errors:
            _log.error("a stream of events has failed", exc_info=error)
            frames = self._encoder.fail(error)
        else:
            raise error
        await self._write("".join(frames).encode(), last=True)

    async def _wait(self) -> None:
        """Wait for an item or the end; keep the connection alive meanwhile."""
        inbox = self._inbox
        if self._limits.keep_alive is None:
            await inbox.wait()
            return
        due = self._sent_at + self._limits.keep_alive
        timer = self._loop.call_at(due, inbox.wake)
        try:
            await inbox.wait()
        finally:
            timer.cancel()
        idle = not inbox.waiting and not inbox.ended
        if idle and self._loop.time() >= due:
            await self._write(_KEEP_ALIVE)

    async def _write(self, body: bytes, *, last: bool = False) -> None:
        self._ended = last
        message = {"type": "http.response.body", "body": body, "more_body": not last}
        in_time = asyncio.timeout(self._limits.write_timeout)
        try:
            async with in_time:
                await self._send(message)
        except TimeoutError as error:
            if not in_time.expired():
                raise
            raise ClientGoneError from error
        except OSError as error:
            raise ClientGoneError from error
        self._sent_at = self._loop.time()

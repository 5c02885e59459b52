"""The ASGI application that serves a stream."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, cast
from uuid import uuid4

from reactivex import Observable

from rx_stream.core.arguments import require
from rx_stream.core.sse.sse_encoder import SseEncoder
from rx_stream.core.sse.sse_options import SseOptions
from rx_stream.sinks._asgi import (
    Receive,
    Scope,
    Send,
    disconnected,
    last_event_id,
    place_of,
    serve_lifespan,
    start,
)
from rx_stream.sinks._sse_stream import ClientGoneError, Limits, SseStream

__all__ = ["SseResponse", "SseSource"]

SseSource: TypeAlias = (
    "Observable[object] | Callable[[Scope], Observable[object] | Awaitable[Observable[object]]]"
)
"""A stream for every request, or what makes one from the ASGI scope of a request."""

_METHODS = ("GET", "POST")
_REMEMBERED = 1024


class SseResponse:
    """An ASGI application that sends a stream as Server-Sent Events; see :func:`sse_response`."""

    __slots__ = ("_behind", "_ended", "_headers", "_limits", "_open", "_options", "_source")

    def __init__(
        self,
        source: SseSource,
        options: SseOptions,
        behind: Callable[[Observable[object]], Observable[object]],
        limits: Limits,
        headers: Mapping[str, str],
    ) -> None:
        self._source = source
        self._options = options
        self._behind = behind
        self._limits = limits
        self._headers = headers
        self._open: set[asyncio.Task[None]] = set()
        # Ends of streams, by where they were asked for; bounded, the oldest are forgotten.
        self._ended: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, self.aclose)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"sse_response: serves http only, not {scope['type']!r}")
        method = scope["method"]
        if method == "HEAD":
            await self._only_headers(send, 200, self._headers)
        elif method not in _METHODS:
            await self._only_headers(send, 405, {"allow": "GET, HEAD, POST"})
        elif self._is_over(scope):
            await self._only_headers(send, 204, {"cache-control": "no-cache"})
        else:
            await self._serve(scope, receive, send)

    async def aclose(self) -> None:
        """Cut all open responses off, each with a last event that says so; wait for their ends.

        For a server that is shutting down. A response that is cut off has no end marker.
        """
        tasks = tuple(self._open)
        for task in tasks:
            task.cancel("shutdown")
        if tasks:
            await asyncio.wait(tasks)

    @staticmethod
    async def _only_headers(send: Send, status: int, headers: Mapping[str, str]) -> None:
        await send(start(status, headers))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_over(self, scope: Scope) -> bool:
        """Tell whether the client has already seen the end: 204 stops it from reconnecting."""
        position = last_event_id(scope)
        return position is not None and (place_of(scope), position) in self._ended

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        source = await self._source_for(scope)
        answer = uuid4().hex
        encoder = self._encoder(answer)
        try:
            await send(start(200, self._headers))
        except OSError:  # The client has gone.
            return
        stream = SseStream(self._behind(source), encoder, self._limits, send)
        sending = asyncio.create_task(stream.run())
        watching = asyncio.create_task(disconnected(receive))
        self._open.add(sending)
        try:
            await asyncio.wait({sending, watching}, return_when=asyncio.FIRST_COMPLETED)
            gone = not sending.done()
            if gone:
                await _cancelled(sending)
            elif sending.cancelled():
                await stream.farewell()
            _raise_from(sending)
            last = encoder.last_id
            if encoder.finished and last is not None and (self._one or last.endswith(answer)):
                self._remember((place_of(scope), last))
        except asyncio.CancelledError:
            # The server is shutting down. The source is closed, and the client is told.
            if not sending.done():
                await _cancelled(sending)
                await stream.farewell()
            raise
        finally:
            self._open.discard(sending)
            await _cancelled(watching)
            await stream.close()

    @property
    def _one(self) -> bool:
        """Whether all answers are of one stream, so that an id says where a client is in it."""
        return not callable(self._source)

    def _encoder(self, answer: str) -> SseEncoder:
        """Return the encoder of an answer; the id of its end is no other answer's.

        Else the end of a short answer would be taken for the middle of a longer one.
        """
        options = self._options
        ids = options.ids
        if ids is not None and not self._one:

            def own_end(index: int) -> str:
                id = ids(index) if callable(ids) else f"{ids}:{index}"
                return f"{id}:{answer}" if encoder.finished else str(id)

            options = replace(options, ids=own_end)
        encoder = options.encoder(answer, int(time.time()))
        return encoder

    async def _source_for(self, scope: Scope) -> Observable[object]:
        if not callable(self._source):
            return self._source
        made: object = self._source(scope)
        # An Observable can be awaited too, for its last item.
        if not isinstance(made, Observable) and inspect.isawaitable(made):
            made = await made
        require("sse_response: what source returned", made, Observable, "an Observable")
        return cast("Observable[object]", made)

    def _remember(self, end: tuple[str, str]) -> None:
        self._ended[end] = None
        self._ended.move_to_end(end)
        if len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _raise_from(task: asyncio.Task[None]) -> None:
    """Raise what the server has to know of; a client that has gone is nothing to tell of."""
    if task.cancelled():
        return
    error = task.exception()
    if error is not None and not isinstance(error, ClientGoneError):
        raise error

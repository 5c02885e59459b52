"""Reads of the Durable Streams protocol: once, as a long poll, as Server-Sent Events."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping

from rx_stream.logs.base import BaseLog
from rx_stream.logs.http import durable_json
from rx_stream.logs.http.asgi import answer
from rx_stream.logs.http.durable_events import DurableEvents, cursor_after
from rx_stream.logs.http.durable_request import DurableRequest, RefusedError, offset_text
from rx_stream.logs.http.durable_store import DurableStore, Stored
from rx_stream.sinks._asgi import Send, start

__all__ = ["ALWAYS", "DurableReader", "etag_of", "place_of"]

ALWAYS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, PUT, DELETE, HEAD, OPTIONS",
    "access-control-allow-headers": "content-type, authorization, if-none-match, stream-seq, "
    "stream-ttl, stream-expires-at, stream-closed, producer-id, producer-epoch, producer-seq, "
    "stream-forked-from, stream-fork-offset, stream-fork-sub-offset",
    "access-control-expose-headers": "stream-next-offset, stream-cursor, stream-up-to-date, "
    "stream-closed, producer-epoch, producer-seq, producer-expected-seq, producer-received-seq, "
    "etag, content-type, content-encoding, vary",
    "x-content-type-options": "nosniff",
    # A stream may be of any type: as a page, it must not act in the name of this origin.
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}


class DurableReader:
    """Answers the reads of one log.

    Args:
        log: The log.
        store: Its streams, as the protocol sees them.
        long_poll: Seconds after which a long poll without news is answered.
    """

    def __init__(self, log: BaseLog, store: DurableStore, long_poll: float) -> None:
        self._log = log
        self._store = store
        self._long_poll = long_poll

    async def read(self, request: DurableRequest, send: Send) -> None:
        """Answer one read."""
        try:
            await self._read_checked(request, send)
        except RefusedError as refused:
            headers = {**ALWAYS, "content-type": "text/plain", **refused.headers}
            await answer(send, refused.status, headers, refused.why.encode())

    async def _read_checked(self, request: DurableRequest, send: Send) -> None:
        stored = await self._store.get(request.stream_id)
        offset, live = request.offset(), request.live
        if live and offset is None:
            raise RefusedError(400, "A live read requires the offset parameter")
        await self._store.touch(request.stream_id, stored)
        begin = stored.snapshot.length if offset == "now" else offset or 0
        assert isinstance(begin, int)
        if live == "sse":
            await self._follow(request, stored, begin, send)
            return
        if offset == "now" and not live:
            await self._send_now(stored, send)
            return
        if live and begin >= stored.snapshot.length and not stored.closed:
            stored = await self._wait(request, stored, self._long_poll)
        if live and begin >= stored.snapshot.length:
            headers = {**ALWAYS, **place_of(stored), "stream-up-to-date": "true"}
            headers["stream-cursor"] = cursor_after(request.cursor)
            await answer(send, 204, headers)
            return
        await self._send_data(request, stored, begin, send)

    async def _send_now(self, stored: Stored, send: Send) -> None:
        headers = {**ALWAYS, **place_of(stored), "content-type": stored.meta.content_type}
        headers |= {"stream-up-to-date": "true", "cache-control": "no-store"}
        await answer(send, 200, headers, b"[]" if stored.meta.is_json else b"")

    async def _send_data(
        self, request: DurableRequest, stored: Stored, begin: int, send: Send
    ) -> None:
        end = stored.snapshot.length
        found = await self._store.messages(request.stream_id, stored.meta, begin, end)
        start_text = request.query.get("offset", ["-1"])[0]
        etag = etag_of(request, start_text, end, stored.closed)
        if request.headers.get("if-none-match") == etag:
            await answer(send, 304, {**ALWAYS, "etag": etag})
            return
        headers = {**ALWAYS, **place_of(stored), "content-type": stored.meta.content_type}
        headers |= {"stream-up-to-date": "true", "etag": etag}
        if request.live:
            headers["stream-cursor"] = cursor_after(request.cursor)
        if stored.meta.is_json:
            body = durable_json.array_of((offset_text(ends), data) for ends, data in found)
        else:
            body = b"".join(data for _, data in found)
        await answer(send, 200, headers, body)

    async def _wait(self, request: DurableRequest, stored: Stored, duration: float) -> Stored:
        """Return the stream when it has changed, or after some seconds as it is."""
        seen = stored.snapshot
        until = time.monotonic() + duration
        hub = await self._log.open(request.stream_id, seen, seen.length)
        try:
            while True:
                version = hub.version
                stored = await self._store.get(request.stream_id)
                left = until - time.monotonic()
                news = stored.snapshot
                if left <= 0 or news.length > seen.length or news.ended or news.epoch != seen.epoch:
                    return stored
                await hub.wait(version, left)
        finally:
            await self._log.release(hub)

    async def _follow(
        self, request: DurableRequest, stored: Stored, offset: int, send: Send
    ) -> None:
        events = DurableEvents(stored.meta, request.cursor)
        headers = {**ALWAYS, "content-type": "text/event-stream", "cache-control": "no-cache"}
        headers["x-accel-buffering"] = "no"
        if events.binary:
            headers["stream-sse-data-encoding"] = "base64"
        found, end = await self._news(request, stored, offset)
        await send(start(200, headers))
        while True:
            body = events.write(found, end, stored.closed)
            await send({"type": "http.response.body", "body": body, "more_body": not stored.closed})
            if stored.closed:
                return
            known = stored.snapshot.epochs
            try:
                stored = await self._wait(request, stored, min(self._long_poll, 15.0))
                if stored.snapshot.epochs[: len(known)] != known:
                    raise RefusedError(410, "Another stream by now")
                await self._store.touch(request.stream_id, stored)
                found, end = await self._news(request, stored, end)
            except RefusedError:  # Deleted meanwhile.
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return

    async def _news(
        self, request: DurableRequest, stored: Stored, offset: int
    ) -> tuple[list[tuple[int, bytes]], int]:
        """Return what is behind an offset, and where that ends."""
        end = max(stored.snapshot.length, offset)
        return await self._store.messages(request.stream_id, stored.meta, offset, end), end


def place_of(stored: Stored) -> Mapping[str, str]:
    """Return the headers that say where a stream ends."""
    headers = {"stream-next-offset": stored.offset}
    if stored.closed:
        headers["stream-closed"] = "true"
    return headers


def etag_of(request: DurableRequest, begin: str, end: int, closed: bool) -> str:
    """Return the tag of what is between two offsets."""
    path = base64.b64encode(request.path.encode("utf-8", "surrogateescape")).decode()
    return f'"{path}:{begin}:{offset_text(end)}{":c" if closed else ""}"'

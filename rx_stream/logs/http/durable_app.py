"""The ASGI application :func:`durable_app`: the Durable Streams protocol over a log."""

from __future__ import annotations

from rx_stream.core.arguments import Seconds, optional_seconds, require, seconds
from rx_stream.errors import LogUnavailableError
from rx_stream.logs.base import BaseLog
from rx_stream.logs.http.asgi import answer, patient, while_connected
from rx_stream.logs.http.durable_append import append
from rx_stream.logs.http.durable_create import create
from rx_stream.logs.http.durable_reader import ALWAYS, DurableReader, etag_of, place_of
from rx_stream.logs.http.durable_request import DurableRequest, RefusedError
from rx_stream.logs.http.durable_store import DurableStore
from rx_stream.sinks._asgi import Receive, Scope, Send, serve_lifespan

__all__ = ["DurableApp", "durable_app"]


class DurableApp:
    """An ASGI application; see :func:`durable_app`."""

    def __init__(
        self,
        log: BaseLog,
        long_poll: float,
        body_timeout: float | None,
        write_timeout: float | None,
    ) -> None:
        self._log = log
        self._body_timeout = body_timeout
        self._write_timeout = write_timeout
        self._store = DurableStore(log)
        self._reader = DurableReader(log, self._store, long_poll)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, self._log.aclose)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"durable_app: serves http only, not {scope['type']!r}")
        if scope["method"] == "OPTIONS":
            await answer(send, 204, ALWAYS)
            return
        try:
            request = DurableRequest(scope, receive, self._log.max_bytes, self._body_timeout)
            await self._serve(request, receive, send)
        except RefusedError as refused:
            headers = {**ALWAYS, "content-type": "text/plain", **refused.headers}
            body = b"" if scope["method"] == "HEAD" else refused.why.encode()
            await answer(send, refused.status, headers, body)
        except LogUnavailableError:
            await answer(send, 503, {**ALWAYS, "retry-after": "1"})

    async def _serve(self, request: DurableRequest, receive: Receive, send: Send) -> None:
        method = request.method
        if method == "PUT":
            await self._create(request, send)
        elif method == "POST":
            await self._append(request, send)
        elif method == "DELETE":
            await self._store.delete(request.stream_id)
            await answer(send, 204, ALWAYS)
        elif method == "HEAD":
            await self._head(request, send)
        elif method == "GET":
            in_time = patient(send, self._write_timeout)
            await while_connected(receive, self._reader.read(request, in_time))
        else:
            raise RefusedError(
                405, "Method not allowed", Allow=ALWAYS["access-control-allow-methods"]
            )

    async def _create(self, request: DurableRequest, send: Send) -> None:
        stored, new = await create(self._store, request, await request.body())
        headers = {**ALWAYS, **place_of(stored), "content-type": stored.meta.content_type}
        if new:
            headers["location"] = request.address
        await answer(send, 201 if new else 200, headers)

    async def _append(self, request: DurableRequest, send: Send) -> None:
        mark = request.producer()
        body = await request.body()
        if not body and not request.closes:
            raise RefusedError(400, "Empty body")
        stored, duplicate = await append(self._store, request, body)
        headers = {**ALWAYS, **place_of(stored)}
        status = 204
        if mark is not None:
            name, epoch, seq = mark
            known = stored.meta.producers.get(name)
            headers["producer-epoch"] = str(epoch)
            headers["producer-seq"] = str(known[1] if duplicate and known else seq)
            status = 204 if duplicate or not body else 200
        await answer(send, status, headers)

    async def _head(self, request: DurableRequest, send: Send) -> None:
        stored = await self._store.get(request.stream_id)
        headers = {**ALWAYS, **place_of(stored), "content-type": stored.meta.content_type}
        headers["cache-control"] = "no-store"
        headers["etag"] = etag_of(request, "-1", stored.snapshot.length, stored.closed)
        if stored.meta.ttl is not None:
            headers["stream-ttl"] = str(stored.meta.ttl)
        if stored.meta.expires_at is not None:
            headers["stream-expires-at"] = stored.meta.expires_at
        await answer(send, 200, headers)


def durable_app(
    log: BaseLog,
    *,
    long_poll: Seconds = 20.0,
    body_timeout: Seconds | None = 60.0,
    write_timeout: Seconds | None = 60.0,
) -> DurableApp:
    """Serve all streams of a log through the Durable Streams protocol.

    A plain ASGI application: ``PUT`` creates a stream at any path, ``POST`` appends, ``GET`` reads
    from an offset – once, with ``live=long-poll`` or with ``live=sse`` – ``HEAD`` asks, ``DELETE``
    deletes. Streams written by :func:`publish` can be read too. Put your own authorisation in front
    of it. A stream keeps what it holds until its ``Stream-TTL``, or for ever.

    A body has at most the log's ``max_bytes``, JSON at most 100 levels, a header that is kept 256
    characters, and a stream 1,000 producers of the last seven days. Browsers run nothing of what a
    stream holds.

    Args:
        log: A :class:`MemoryLog`, :class:`SQLiteLog` or :class:`RedisLog`.
        long_poll: Seconds after which a long poll without news is answered.
        body_timeout: Seconds in which the body of a request must have come; None for ever.
        write_timeout: Seconds that a reader may take for 64 KiB, after which it is let go; None for
            ever.

    Returns:
        The application. It passes the protocol's own conformance suite, see
        ``tests/logs/conformance``.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument is out of range.
    """
    require("durable_app: log", log, BaseLog, "a MemoryLog, SQLiteLog or RedisLog")
    return DurableApp(
        log,
        seconds("durable_app: long_poll", long_poll),
        optional_seconds("durable_app: body_timeout", body_timeout),
        optional_seconds("durable_app: write_timeout", write_timeout),
    )

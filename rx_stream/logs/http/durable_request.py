"""One request of the Durable Streams protocol, checked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import cast
from urllib.parse import parse_qs, quote

from rx_stream.core.logs.durable_stream import ProducerMark, parse_time
from rx_stream.core.logs.stream_log import check_stream_id
from rx_stream.sinks._asgi import Receive, Scope

__all__ = ["DurableRequest", "RefusedError", "offset_text"]

_OFFSET = re.compile(r"([0-9]{1,16})_([0-9]{1,16})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_TYPE = re.compile(r"[\w-]+/[\w-]+", re.ASCII)
_LONGEST_VALUE = 256
"""Characters of a header that is kept with the stream."""
_KEPT = ("content-type", "producer-id", "stream-expires-at", "stream-seq")
_PLAIN = re.compile(r"[^A-Za-z0-9._:@=+-]")
_SAFE = (1 << 53) - 1
_FARTHEST = 10**16 - 1
"""The last offset that can be told; no stream is as long."""
_PATH = "/:@!$&'()*+,;=~"


class RefusedError(Exception):
    """A request that gets another answer than it hoped for."""

    def __init__(self, status: int, why: str = "", **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def offset_text(offset: int) -> str:
    """Return an offset as the protocol wants it: it sorts as text."""
    return f"{0:016d}_{offset:016d}"


def stream_id_of(path: str) -> str:
    """Return the stream of a path.

    Raises:
        RefusedError: No stream can be there.
    """
    name = _PLAIN.sub(lambda match: f"~{ord(match[0]):X}~", path.strip("/"))
    try:
        return check_stream_id("durable_app", name)
    except ValueError as error:
        raise RefusedError(404 if not name else 414, "There can be no such stream") from error


class DurableRequest:
    """The parts of a request.

    Args:
        scope: The ASGI scope.
        receive: Where the body comes from.
        limit: Bytes that the body may have.
        patience: Seconds in which it must have come; None for ever.

    Raises:
        RefusedError: There can be no such stream, or a header is too long.
    """

    def __init__(
        self, scope: Scope, receive: Receive, limit: int, patience: float | None = None
    ) -> None:
        self._receive = receive
        self._limit = limit
        self._patience = patience
        self.method = cast("str", scope["method"])
        root = cast("str", scope.get("root_path") or "")
        self.path = cast("str", scope["path"])
        self.stream_id = stream_id_of(self.path.removeprefix(root))
        self.root = root
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
        }
        for name in _KEPT:
            if len(self.headers.get(name, "")) > _LONGEST_VALUE:
                raise RefusedError(400, f"{name} is longer than {_LONGEST_VALUE} characters")
        self._scheme = cast("str", scope.get("scheme") or "http")
        # Else the server waits for the rest; HTTP/2 has no such header.
        version = cast("str", scope.get("http_version") or "1.1")
        self._hang_up = {"connection": "close"} if version.startswith("1") else {}
        query = cast("bytes", scope.get("query_string") or b"").decode("latin-1")
        self.query = parse_qs(query, keep_blank_values=True)

    @property
    def address(self) -> str:
        """Where the stream is, as an absolute address."""
        forwarded = self.headers.get("x-forwarded-proto")
        scheme = forwarded if forwarded in ("http", "https") else self._scheme
        # The path has been decoded: a line end in it would begin another header.
        return f"{scheme}://{self.headers.get('host', '')}{quote(self.path, safe=_PATH)}"

    async def body(self) -> bytes:
        """Return the whole body.

        Raises:
            RefusedError: It is too large, too slow, or the client has gone.
        """
        try:
            async with asyncio.timeout(self._patience):
                return await self._body()
        except TimeoutError:
            why = "The body did not come in time"
            raise RefusedError(408, why, **self._hang_up) from None

    async def _body(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RefusedError(400, "The client has gone")
            part = cast("bytes", message.get("body") or b"")
            parts.append(part)
            size += len(part)
            if size > self._limit:
                raise RefusedError(413, "The body is too large")
            if not message.get("more_body"):
                return b"".join(parts)

    @property
    def closes(self) -> bool:
        """Whether the stream is closed with it."""
        return self.headers.get("stream-closed", "").lower() == "true"

    def content_type(self, default: str) -> str:
        """Return the content type, or ``default`` where there is none that makes sense."""
        given = self.headers.get("content-type", "")
        return given if _TYPE.match(given) else default

    def ttl(self) -> int | None:
        """Return the time to live."""
        given = self.headers.get("stream-ttl")
        if given is not None and self.headers.get("stream-expires-at"):
            raise RefusedError(400, "Cannot specify both Stream-TTL and Stream-Expires-At")
        return None if given is None else self._number("Stream-TTL", given)

    def expires_at(self) -> str | None:
        """Return when it expires."""
        given = self.headers.get("stream-expires-at")
        if given is not None and parse_time(given) is None:
            raise RefusedError(400, "Invalid Stream-Expires-At timestamp")
        return given

    @staticmethod
    def _number(name: str, given: str) -> int:
        if _NUMBER.fullmatch(given) is None:
            raise RefusedError(400, f"Invalid {name} value")
        return int(given)

    def fork(self) -> tuple[str | None, int | None, int]:
        """Return the stream to fork from, the offset, and the sub-offset."""
        given = self.headers.get("stream-forked-from")
        offset = self.headers.get("stream-fork-offset")
        sub = self.headers.get("stream-fork-sub-offset")
        if sub is not None and given is None:
            raise RefusedError(400, "Stream-Fork-Sub-Offset requires Stream-Forked-From")
        found = None if given is None else stream_id_of(given.removeprefix(self.root))
        at = None if offset is None else self._offset(offset, "Stream-Fork-Offset")
        return found, at, 0 if sub is None else self._number("Stream-Fork-Sub-Offset", sub)

    @staticmethod
    def _offset(text: str, name: str) -> int:
        match = _OFFSET.fullmatch(text)
        if match is None:
            raise RefusedError(400, f"Invalid {name} format")
        return min(int(match[1]) * 10**16 + int(match[2]), _FARTHEST)

    def offset(self) -> int | str | None:
        """Return where to read: an offset, ``now``, or None for the start."""
        given = self.query.get("offset")
        if given is None:
            return None
        if len(given) > 1:
            raise RefusedError(400, "Multiple offset parameters not allowed")
        if given[0] == "now":
            return "now"
        return 0 if given[0] == "-1" else self._offset(given[0], "offset")

    @property
    def live(self) -> str:
        """How to follow: ``long-poll``, ``sse`` or not at all."""
        live = (self.query.get("live") or [""])[0]
        return live if live in ("long-poll", "sse") else ""

    @property
    def cursor(self) -> str:
        """The cursor of the response before."""
        return (self.query.get("cursor") or [""])[0]

    def producer(self) -> ProducerMark | None:
        """Return the producer's mark."""
        names = ("producer-id", "producer-epoch", "producer-seq")
        given = [self.headers.get(name) for name in names]
        if all(value is None for value in given):
            return None
        name, epoch, seq = given
        if not name or epoch is None or seq is None:
            raise RefusedError(
                400, "Producer-Id, Producer-Epoch and Producer-Seq must be given together"
            )
        for header, value in (("Producer-Epoch", epoch), ("Producer-Seq", seq)):
            if _DIGITS.fullmatch(value) is None or int(value) > _SAFE:
                raise RefusedError(400, f"Invalid {header}: must be a non-negative integer")
        return name, int(epoch), int(seq)

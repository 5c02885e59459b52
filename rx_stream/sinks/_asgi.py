"""The little of ASGI that a response needs.

Source: the ASGI specification 3.0, HTTP connection scope 2.4.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from hashlib import blake2b
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl

__all__ = [
    "Message",
    "Receive",
    "Scope",
    "Send",
    "checked_headers",
    "disconnected",
    "last_event_id",
    "place_of",
    "serve_lifespan",
    "start",
]

# What frameworks call these too; their values are of any type.
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_HEADER = b"last-event-id"
_QUERY = "lastEventId"

_BAD_HEADER = re.compile("[\r\n\0\u0100-\U0010ffff]")


def last_event_id(scope: Scope) -> str | None:
    """Return where a client stopped: its header, else the query of clients that cannot set one."""
    for name, value in cast("Iterable[tuple[bytes, bytes]]", scope.get("headers") or ()):
        if name.lower() == _HEADER:
            return value.decode("utf-8", "replace")
    query = cast("bytes", scope.get("query_string") or b"").decode("ascii", "replace")
    return dict(parse_qsl(query)).get(_QUERY)


def place_of(scope: Scope) -> str:
    """Return where a stream was asked for: of path and query, without a last event id, a digest.

    It is remembered, and an address may be long.
    """
    query = cast("bytes", scope.get("query_string") or b"").decode("latin-1").split("&")
    rest = "&".join(part for part in query if not part.startswith(f"{_QUERY}="))
    place = f"{scope.get('root_path') or ''}{scope['path']}?{rest}"
    return blake2b(place.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def checked_headers(name: str, headers: object) -> dict[str, str]:
    """Return headers with their names in lower case.

    Raises:
        TypeError: They are not a mapping of strings.
        ValueError: One has CR, LF or NUL, which would begin another header, or what no header can
            carry.
    """
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        raise TypeError(f"{name}: headers must be a mapping of strings, not {headers!r}")
    checked: dict[str, str] = {}
    for key, value in cast("Mapping[object, object]", headers).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"{name}: headers must be a mapping of strings, not {headers!r}")
        if _BAD_HEADER.search(key + value):
            raise ValueError(
                f"{name}: headers must be without CR, LF and NUL and in Latin-1, not {headers!r}"
            )
        checked[key.lower()] = value
    return checked


def start(status: int, headers: Mapping[str, str]) -> Message:
    """Return the message that starts a response."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}


async def disconnected(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def serve_lifespan(receive: Receive, send: Send, stop: Callable[[], Awaitable[None]]) -> None:
    """Answer a server that runs the response as its whole application."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop()
            await send({"type": "lifespan.shutdown.complete"})
            return

"""The response headers of an event stream."""

from __future__ import annotations

from typing import cast

from rx_stream.core.arguments import choice
from rx_stream.core.sse.dialects import DIALECTS, DialectName

__all__ = ["headers_for"]

_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    # A proxy that transforms, e.g. compresses, would hold events back to fill its buffer.
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


def headers_for(dialect: DialectName = "json") -> dict[str, str]:
    """Return the headers of a response that sends events in a dialect.

    They keep proxies from holding events back. There is no ``Connection`` header: HTTP/2 forbids
    it.

    Args:
        dialect: How the stream is written, as for :func:`to_sse`.

    Returns:
        A new dict of header names, in lower case, and their values.

    Raises:
        ValueError: There is no such dialect.
    """
    known = cast("tuple[DialectName, ...]", tuple(DIALECTS))
    name = choice("headers_for: dialect", dialect, known)
    return {**_HEADERS, **DIALECTS[name].headers}

"""The sink :func:`sse_response`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, cast

from reactivex import Observable

from rx_stream.core.arguments import Seconds, choice, count, optional_seconds
from rx_stream.core.flow.mailbox import BoundedMailbox, CoalescingMailbox, Mailbox
from rx_stream.core.sse.dialects import DialectName
from rx_stream.core.sse.sse_encoder import EventIds
from rx_stream.core.sse.sse_options import OnError, sse_options
from rx_stream.operators.backpressure import backpressure
from rx_stream.sinks._asgi import checked_headers
from rx_stream.sinks._sse_app import SseResponse, SseSource
from rx_stream.sinks._sse_inbox import SseInbox
from rx_stream.sinks._sse_stream import Limits
from rx_stream.sinks.headers import headers_for

__all__ = ["OVERFLOWS", "Overflow", "SseResponse", "SseSource", "is_lossy", "sse_response"]

Overflow: TypeAlias = Literal[
    "coalesce", "block", "buffer", "error", "drop_oldest", "drop_newest", "latest"
]
"""What happens to items while a client is behind; see :func:`backpressure`."""

_LOSSLESS: tuple[Overflow, ...] = ("coalesce", "block", "buffer")
_LOSSY: tuple[Overflow, ...] = ("drop_oldest", "drop_newest", "latest")
OVERFLOWS: tuple[Overflow, ...] = (*_LOSSLESS, "error", *_LOSSY)
"""All of them."""


def is_lossy(overflow: Overflow) -> bool:
    """Tell whether a strategy drops items, so that asking for it is consent."""
    return overflow in _LOSSY


def sse_response(
    source: SseSource,
    *,
    dialect: DialectName = "json",
    event: str | None = None,
    ids: EventIds = None,
    retry: int | None = None,
    done: bool = True,
    on_error: OnError = "event",
    keep_alive: Seconds | None = 15.0,
    capacity: int = 64,
    overflow: Overflow = "coalesce",
    max_characters: int = 1 << 20,
    write_timeout: Seconds | None = 60.0,
    max_duration: Seconds | None = None,
    headers: Mapping[str, str] | None = None,
) -> SseResponse:
    """Serve a stream as Server-Sent Events; every request subscribes anew.

    A plain ASGI application: mount it in Starlette, FastAPI, Litestar or beside Django, give it to
    a ``Route``, return it from a Starlette endpoint, or run it as it is::

        def answer(scope):
            return from_llm(ask_model()).pipe(track_progress(500, 0.5))

        app = Starlette(routes=[Route("/answer", sse_response(answer))])

    It answers GET, POST and HEAD; for HEAD nothing is subscribed.

    The headers and one comment line are sent at once. Everything that is ready goes out in one
    write of at most 16 KiB. A comment line is sent in silence, so that proxies keep the connection
    and a client that has gone is noticed. When the client has gone, the source is disposed, and
    the response ends once it is closed. A client that reconnects after the end gets 204, which
    stops browsers; it is known by its ``Last-Event-ID``, so that takes ``ids``. Where ``source`` is
    a callable, which may give another answer each time, the id of the end has a mark that no other
    answer has. To resume a stream in its middle, use :func:`resume_response`.

    Loses nothing but what a lossy ``overflow`` drops. A stream that fails, or that the server cuts
    off, ends without the end marker.

    Args:
        source: The stream, or a callable from the ASGI scope to one, which may be async. What the
            callable raises is the server's to answer, before anything is sent.
        dialect: How the stream is written; this and the next five as for :func:`to_sse`.
        event: The name of events of text, in ``json`` and ``text``; see :func:`to_sse`.
        ids: A name for the stream, or a callable that gives the id for a position.
        retry: Milliseconds after which clients should reconnect, told in the first event.
        done: Whether to send the dialect's end marker.
        on_error: ``"event"`` tells the client that the stream failed, and the log why; a callable
            chooses what the client is told; ``"raise"`` passes the error to the server.
        keep_alive: Seconds of silence after which a comment line is sent; None for never.
        capacity: Items that may wait for a slow client.
        overflow: What happens while it is behind, as for :func:`backpressure`.
        max_characters: Characters that may wait, for ``coalesce``.
        write_timeout: Seconds that the client may take for one write, after which it is let go;
            None for ever. Servers buffer some 64 KiB, so less than that never waits.
        max_duration: Seconds that a response may take, after which it is cut off; None for ever.
        headers: More headers, or others than :func:`headers_for` gives.

    Returns:
        The application. Its ``aclose()`` cuts open responses off when the server shuts down.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument has a value that is not allowed.
    """
    name = "sse_response"
    if not isinstance(source, Observable) and not callable(source):
        raise TypeError(f"{name}: source must be an Observable or a callable, not {source!r}")
    options = sse_options(
        name, dialect, event=event, ids=ids, retry=retry, done=done, on_error=on_error
    )
    limits = Limits(
        _inbox(
            choice(f"{name}: overflow", overflow, OVERFLOWS),
            count(f"{name}: capacity", capacity),
            count(f"{name}: max_characters", max_characters),
        ),
        optional_seconds(f"{name}: keep_alive", keep_alive),
        optional_seconds(f"{name}: write_timeout", write_timeout),
        optional_seconds(f"{name}: max_duration", max_duration),
    )
    behind = _behind(overflow, capacity)
    merged = {**headers_for(dialect), **checked_headers(name, headers)}
    return SseResponse(cast("SseSource", source), options, behind, limits, merged)


def _inbox(
    overflow: Overflow, capacity: int, max_characters: int
) -> Callable[[asyncio.AbstractEventLoop], SseInbox]:
    """Return what makes the place where items wait for one client."""

    def spill() -> Mailbox[object]:
        if overflow == "coalesce":
            return CoalescingMailbox(capacity, max_characters)
        return BoundedMailbox(0)

    return lambda loop: SseInbox(loop, capacity, None if overflow == "block" else spill)


def _behind(
    overflow: Overflow, capacity: int
) -> Callable[[Observable[object]], Observable[object]]:
    """Return the operator of a strategy that does not let the source wait."""
    if overflow in _LOSSLESS:
        return lambda source: source
    return backpressure(overflow, capacity=capacity, lossy=is_lossy(overflow))

"""The sink :func:`sse_iterable`."""

from __future__ import annotations

import time
from collections.abc import Generator
from uuid import uuid4

from reactivex import Observable, abc

from rx_stream.core.arguments import Seconds, choice, count, optional_seconds, require
from rx_stream.core.sse.dialects import DialectName
from rx_stream.core.sse.sse_encoder import EventIds
from rx_stream.core.sse.sse_options import OnError, sse_options
from rx_stream.operators._lift import lift
from rx_stream.operators.backpressure import backpressure
from rx_stream.operators.keep_alive import keep_alive as with_keep_alive
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.sinks.sse_response import OVERFLOWS, Overflow, is_lossy
from rx_stream.sinks.to_iterable import to_iterable

__all__ = ["sse_iterable"]


def sse_iterable(
    source: Observable[object],
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
) -> Generator[bytes, None, None]:
    r"""Iterate over the body of a response that sends a stream as Server-Sent Events.

    For WSGI, where a thread serves each request; in Flask::

        @app.get("/answer")
        def answer():
            return Response(sse_iterable(source), headers=headers_for("json"))

    The first item is a comment line, so that the headers leave at once; a comment line comes also
    in silence. The stream is subscribed when the iteration begins and closed when the server calls
    ``close()``, which is when it notices that the client has gone: at the next write.

    Loses nothing but what a lossy ``overflow`` drops.

    Args:
        source: The stream.
        dialect: How the stream is written; this and the next five as for :func:`to_sse`.
        event: The name of events of text, in ``json`` and ``text``.
        ids: A name for the stream, or a callable that gives the id for a position.
        retry: Milliseconds after which clients should reconnect, told in the first event.
        done: Whether to send the dialect's end marker.
        on_error: What becomes of an error; ``"raise"`` raises it from the iteration.
        keep_alive: Seconds of silence after which a comment line is sent; None for never.
        capacity: Items that may wait for a slow client.
        overflow: What happens while it is behind, as for :func:`backpressure`.
        max_characters: Characters that may wait, for ``coalesce``.

    Returns:
        A generator of bytes.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument has a value that is not allowed.
    """
    name = "sse_iterable"
    require(f"{name}: source", source, abc.ObservableBase, "an Observable")
    silence = optional_seconds(f"{name}: keep_alive", keep_alive)
    behind = backpressure(
        choice(f"{name}: overflow", overflow, OVERFLOWS),
        capacity=count(f"{name}: capacity", capacity),
        max_characters=count(f"{name}: max_characters", max_characters),
        lossy=is_lossy(overflow),
    )
    options = sse_options(
        name, dialect, event=event, ids=ids, retry=retry, done=done, on_error=on_error
    )
    frames = source.pipe(behind, lift(lambda: options.encoder(uuid4().hex, int(time.time()))))
    if silence is not None:
        # Not on the stream's own thread, which a source may block.
        frames = frames.pipe(with_keep_alive(silence, scheduler=TimerThreadScheduler.shared()))
    return _body(to_iterable(frames, capacity=capacity))


def _body(frames: Generator[str, None, None]) -> Generator[bytes, None, None]:
    try:
        yield b":\n"
        for frame in frames:
            yield frame.encode()
    finally:
        frames.close()

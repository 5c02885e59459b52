"""The ASGI application :func:`resume_response`."""

from __future__ import annotations

from collections.abc import Mapping

from rx_stream.core.arguments import Seconds, choice, optional_count, optional_seconds, require
from rx_stream.core.logs.stream_log import check_stream_id
from rx_stream.logs.base import BaseLog
from rx_stream.logs.http.resume_app import ResumeDialect, ResumeResponse, StreamIdFrom
from rx_stream.sinks._asgi import checked_headers
from rx_stream.sinks.headers import headers_for

__all__ = ["ResumeDialect", "ResumeResponse", "resume_response"]

_DIALECTS: tuple[ResumeDialect, ...] = ("json", "ui")


def resume_response(
    log: BaseLog,
    stream_id: StreamIdFrom,
    *,
    dialect: ResumeDialect = "json",
    keep_alive: Seconds | None = 15.0,
    retry: int | None = None,
    write_timeout: Seconds | None = 60.0,
    headers: Mapping[str, str] | None = None,
) -> ResumeResponse:
    """Serve a stream of a log as Server-Sent Events that any worker can resume.

    A plain ASGI application. Every event of text has the id ``epoch.offset``; a client that comes
    back with it as ``Last-Event-ID``, or as the query parameter ``lastEventId``, gets what follows,
    from any process on any machine, while the stream runs and after. Loses nothing. Its end is
    ``event: done``; a client that comes back after it gets 204, which stops browsers.

    In band: ``event: reset`` when the text of the client's position is gone, then the text from its
    start; ``event: stream-error`` with a ``type`` of ``error``, ``cancelled``, ``interrupted`` or
    ``expired``, never the error's own words. By status: 400 for a position that is malformed or
    beyond the end, 404 for a stream that never was, 503 when the log cannot be reached. A client
    that leaves stops nothing, and one that does not read holds no text: it is a position in a text
    that all share, until ``write_timeout`` lets it go.

    Args:
        log: A :class:`MemoryLog`, :class:`SQLiteLog` or :class:`RedisLog`.
        stream_id: The stream, or a callable, also async, that finds it in the ASGI scope; None
            means 404.
        dialect: ``json``, or ``ui`` for ``GET …/stream`` of the AI SDK: always from the start, and
            204 if nothing runs.
        keep_alive: Seconds of silence after which a comment line is sent; None for never.
        retry: Milliseconds after which clients should reconnect, told in the first event.
        write_timeout: Seconds that the client may take for 64 KiB, after which it is let go; None
            for ever. It can come back.
        headers: More headers, or others than :func:`headers_for` gives.

    Returns:
        The application.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument has a value that is not allowed.
    """
    name = "resume_response"
    require(f"{name}: log", log, BaseLog, "a MemoryLog, SQLiteLog or RedisLog")
    if not callable(stream_id):
        check_stream_id(name, stream_id)
    choice(f"{name}: dialect", dialect, _DIALECTS)
    return ResumeResponse(
        log,
        stream_id,
        dialect,
        optional_seconds(f"{name}: keep_alive", keep_alive),
        optional_count(f"{name}: retry", retry, least=0),
        optional_seconds(f"{name}: write_timeout", write_timeout),
        {**headers_for(dialect), **checked_headers(name, headers)},
    )

"""The operator :func:`to_sse`."""

from __future__ import annotations

import time
from uuid import uuid4

from rx_stream.core.sse.dialects import DialectName
from rx_stream.core.sse.sse_encoder import EventIds
from rx_stream.core.sse.sse_options import OnError, sse_options
from rx_stream.operators._lift import lift
from rx_stream.operators._link import Operator

__all__ = ["to_sse"]


def to_sse(
    dialect: DialectName = "json",
    *,
    event: str | None = None,
    ids: EventIds = None,
    retry: int | None = None,
    done: bool = True,
    on_error: OnError = "event",
) -> Operator[object, str]:
    r"""Emit the frames of Server-Sent Events, one string an event, as the items arrive.

    Takes ``str``, :class:`StreamChunk`, :class:`StreamProgress` and, sent as they are,
    :class:`ServerSentEvent`. The frames joined are the body of a ``text/event-stream`` response.
    JSON is in ASCII, so no text can break a frame. Text, reasoning, refusals, tool calls, progress,
    errors and the end are each written the dialect's own way, so that the stream of one provider
    can be relayed in the dialect of another.

    =============  ================================================================================
    dialect        who reads it
    =============  ================================================================================
    ``json``       ``EventSource`` and the like: ``{"content": …}`` without a name; ``progress``,
                   ``reasoning``, ``refusal``, ``tool``, ``stream-error`` and ``done`` by name
    ``text``       ``curl -N``: the text itself; the rest as above
    ``openai``     SDKs of OpenAI chat completions
    ``anthropic``  SDKs of Anthropic messages
    ``ui``         the AI SDK's ``useChat`` (UI message stream, version 1)
    =============  ================================================================================

    Loses nothing in ``json``, ``openai`` and ``ui``. ``text`` turns CR and CRLF into LF and half a
    surrogate pair into U+FFFD. ``anthropic`` has room for the words of a refusal only at the end,
    and loses them where the stream fails before. ``text``, ``anthropic`` and ``ui`` fail on a
    second choice. A chunk without text and without meaning gives no event.

    .. marble::

        'Hel' 1s 'lo' |
        [ to_sse(ids="s1") ]
        a 1s b c |

        a='id: s1:0\ndata: {"content":"Hel"}\n\n'
        b='id: s1:1\ndata: {"content":"lo"}\n\n'
        c='id: s1:2\nevent: done\ndata: {"finish_reason":"stop"}\n\n'

    Args:
        dialect: How the stream is written.
        event: The name of events of text, in ``json`` and ``text``; not ``error``, which browsers
            use for broken connections, nor a name that the dialect gives to other events.
        ids: A name for the stream, from which the ids ``name:0``, ``name:1``, … are made, or a
            callable that gives the id for a position. Progress and errors have no id.
        retry: Milliseconds after which clients should reconnect, told in the first event.
        done: Whether to send the dialect's end marker.
        on_error: ``"event"`` sends an error in the dialect's way, with words that tell nothing of
            the exception, and completes; a callable chooses the words; ``"raise"`` passes the error
            on.

    Returns:
        An operator from items to frames, each ending in a blank line.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument has a value that is not allowed, e.g. CR, LF or NUL in a name.
    """
    options = sse_options(
        "to_sse", dialect, event=event, ids=ids, retry=retry, done=done, on_error=on_error
    )
    # One id for all subscriptions: they see the same answer.
    id, created = uuid4().hex, int(time.time())
    return lift(lambda: options.encoder(id, created))

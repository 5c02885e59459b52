"""The operator :func:`from_sse`."""

from __future__ import annotations

from rx_stream.core.arguments import count, require
from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.operators._lift import lift_ending
from rx_stream.operators._link import Operator
from rx_stream.types import ServerSentEvent

__all__ = ["from_sse"]


def from_sse(
    *, max_event_size: int = 32 << 20, last_event_id: str = ""
) -> Operator[bytes, ServerSentEvent]:
    r"""Emit each Server-Sent Event with the byte that completes it.

    Takes the bytes of a ``text/event-stream`` body, cut anywhere, and reads them as browsers do:
    bad UTF-8 becomes U+FFFD, comments and unknown fields are passed over. An event's ``event`` is
    None where the stream gives no name, its ``id`` is the last event id at that event, and its
    ``retry`` the one given since the event before.

    Loses comments, and an event that is unfinished when the source ends, as the standard asks.

    .. marble::

        b'event: hi\ndata: {"a"' 1s b': 1}\n' 1s b'\n' |
        [ from_sse() ]
        2s a |

        a=ServerSentEvent('{"a": 1}', event="hi", id="")

    Args:
        max_event_size: Bytes that the lines of one event may have, each line end counted as one.
        last_event_id: The last event id to start with, as after a reconnect.

    Returns:
        An operator from bytes to :class:`ServerSentEvent`. An event that is too large ends the
        stream with :class:`EventTooLargeError`, after the events before it.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: ``max_event_size`` is below 1.

    Source: WHATWG HTML, 9.2 "Server-sent events".
    """
    limit = count("from_sse: max_event_size", max_event_size)
    require("from_sse: last_event_id", last_event_id, str, "a string")
    return lift_ending(lambda: SseDecoder(max_event_size=limit, last_event_id=last_event_id))

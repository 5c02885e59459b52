"""The text of one Server-Sent Event: what every dialect is made of."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as escape
from typing import cast

from rx_stream.types import ServerSentEvent

__all__ = ["data_lines", "dumps", "escape", "event_frame", "field", "frame", "without_halves"]

_LINE_END = re.compile("\r\n|\r|\n")
_FORBIDDEN = re.compile("[\r\n\0\ud800-\udfff]")

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in cast("dict[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in cast("Sequence[object]", value)]
    return value


def dumps(value: object) -> str:
    """Return JSON in ASCII.

    Clients that split lines at U+2028 or U+0085 then have nothing to split at, and half a
    surrogate pair, which UTF-8 cannot carry, meets its other half in the client. JSON has no NaN
    and no infinity, at which a client could not parse the event: they are null, as a browser would
    write them, and no reason to lose a stream.
    """
    try:
        return _encode(value)
    except ValueError:
        return _encode(_finite(value))


def field(name: str, value: object) -> str:
    """Return an event's name or id as text.

    Args:
        name: What the message calls it, e.g. ``"to_sse: event"``.
        value: A string, or a number for an id.

    Raises:
        ValueError: It has CR, LF, NUL or half a surrogate pair: it would break the frame.
    """
    text = str(value)
    if _FORBIDDEN.search(text):
        raise ValueError(f"{name} must be without CR, LF, NUL and lone surrogates, not {value!r}")
    return text


def without_halves(text: str) -> str:
    """Return text that UTF-8 can carry: pairs of surrogates joined, lone ones as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def data_lines(text: str) -> str:
    """Return the data lines of a text; CRLF, CR and LF end a line, nothing else does."""
    if "\n" in text or "\r" in text:
        text = "\ndata: ".join(_LINE_END.split(text))
    return f"data: {text}\n"


def frame(payload: object, event: str | None = None) -> str:
    """Return the frame of a JSON payload; the name is taken as it is."""
    head = "" if event is None else f"event: {event}\n"
    return f"{head}data: {dumps(payload)}\n\n"


def event_frame(event: ServerSentEvent) -> str:
    """Return the frame of an event, with all that it has.

    Raises:
        ValueError: Its name or id would break the frame, or ``retry`` is no number.
    """
    head = ""
    if event.id is not None:
        head += f"id: {field('to_sse: the id of an event', event.id)}\n"
    if event.retry is not None:
        if type(event.retry) is not int or event.retry < 0:
            raise ValueError(f"to_sse: retry must be a number of at least 0, not {event.retry!r}")
        head += f"retry: {event.retry}\n"
    if event.event is not None:
        head += f"event: {field('to_sse: the name of an event', event.event)}\n"
    return f"{head}{data_lines(without_halves(event.data))}\n"

"""Bodies that are no stream: error pages, error objects, answers in one piece."""

from __future__ import annotations

import json
from typing import cast

from rx_stream.core.llm.access import get, items
from rx_stream.core.llm.failures import error_of
from rx_stream.errors import RxStreamError

__all__ = ["not_a_stream", "shorten", "whole_answer"]

_SHOWN = 200


def shorten(text: str) -> str:
    """Return the beginning of a text, quoted for an error message."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def whole_answer(payload: object) -> RxStreamError | None:
    """Return an error for an answer that came in one piece, because nobody asked for a stream."""
    first = next(iter(items(payload, "choices")), None)
    chat = get(first, "message") is not None and get(first, "delta") is None
    message = get(payload, "type") == "message" and get(payload, "role") is not None
    response = get(payload, "object") == "response" and get(payload, "output") is not None
    if chat or message or response:
        return RxStreamError(
            "from_llm: this is a whole answer, not a stream; ask for one with stream=true"
        )
    return None


def not_a_stream(text: str) -> RxStreamError:
    """Return the error for a body that is something else; a provider's own error, if it is one."""
    text = text.strip()
    try:
        value = cast("object", json.loads(text))
    except ValueError:
        what = "an HTML page" if text[:1] == "<" else "neither Server-Sent Events nor JSON lines"
        return RxStreamError(f"from_llm: this is {what}, not a model's stream: {shorten(text)}")
    if isinstance(value, list):
        inner = next((e for v in cast("list[object]", value) if (e := error_of(v))), None)
        return inner or RxStreamError(
            "from_llm: this is one JSON array, not a stream; ask Gemini for one with alt=sse"
        )
    return (
        error_of(value)
        or whole_answer(value)
        or RxStreamError(f"from_llm: this is one JSON value, not a stream: {shorten(text)}")
    )

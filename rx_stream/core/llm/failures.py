"""Errors that a provider puts into the data of a stream that began well."""

from __future__ import annotations

from rx_stream.core.llm.access import get, plain, text, word
from rx_stream.errors import LLMStreamError

__all__ = ["error_of", "failure"]

_LONGEST = 2_000
"""Characters of a provider's message that are kept; it may be as long as an event."""


def failure(error: object, fallback: object = None) -> LLMStreamError:
    """Return the typed error for what stands under ``error``: text or an object.

    Args:
        error: The provider's description.
        fallback: Where code and message are looked for next: some SDKs lift them out.
    """
    if isinstance(error, str):
        return LLMStreamError(_short(error))
    places = (error, fallback)
    message = next((found for place in places if (found := text(place, "message"))), "")
    kind = next((k for p in places for n in ("type", "status") if (k := word(get(p, n)))), None)
    code = next((c for p in places if (c := get(p, "code")) is not None), None)
    if not message:
        message = text(error, "detail") or str(plain(error))
    return LLMStreamError(
        _short(message), kind=kind, code=None if code is None else _short(str(code))
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def error_of(payload: object) -> LLMStreamError | None:
    """Return the error that a payload carries, in any of the shapes seen; None without one.

    An object under ``error`` (Groq, OpenRouter beside ``choices``, Anthropic, Google), text under
    it (Ollama), ``{"type": "error", "message": …}`` (Responses) or ``{"object": "error"}`` (vLLM).
    """
    error = get(payload, "error")
    if error:
        return failure(error)
    if get(payload, "type") == "error" or get(payload, "object") == "error":
        return failure(payload)
    return None

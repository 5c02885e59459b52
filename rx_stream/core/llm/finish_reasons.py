"""Why a model stopped, in one vocabulary.

Source: the values seen in recorded streams of 22 providers, and the enumerations of their SDKs.
"""

from __future__ import annotations

from rx_stream.types import FinishReason

__all__ = ["normalise_finish_reason"]

_RAW: dict[FinishReason, str] = {
    "stop": "stop end_turn stop_sequence STOP COMPLETE STOP_SEQUENCE completed eos eos_token",
    "length": "length max_tokens MAX_TOKENS max_output_tokens model_context_window_exceeded"
    " model_length",
    "tool_calls": "tool_calls tool_use function_call TOOL_CALL",
    "content_filter": "content_filter refusal SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII"
    " LANGUAGE IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION IMAGE_OTHER MODEL_ARMOR"
    " guardrail_intervened sensitive",
    "pause": "pause_turn CONTINUATION",
    "error": "error ERROR TIMEOUT failed network_error MALFORMED_FUNCTION_CALL MALFORMED_RESPONSE"
    " UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE",
}

_NORMAL: dict[str, FinishReason] = {
    raw: normal for normal, words in _RAW.items() for raw in words.split()
}


def normalise_finish_reason(raw: str | None) -> FinishReason | None:
    """Return our word for a provider's; ``other`` for one that is not known, None for None."""
    return None if raw is None else _NORMAL.get(raw, "other")

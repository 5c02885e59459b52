"""What a model's answer came to, in a few lines for people."""

from __future__ import annotations

from collections.abc import Mapping

from rx_stream.cli.terminal_text import visible
from rx_stream.types import StreamResult

__all__ = ["summary"]

_USAGE = {
    "input_tokens": "in",
    "output_tokens": "out",
    "total_tokens": "in all",
    "reasoning_tokens": "of them reasoning",
    "cached_input_tokens": "of them cached",
}


def summary(result: StreamResult) -> str:
    """Return one line for each thing that is known of a result."""
    told = result.metadata
    lines = {
        "state": result.state,
        "finish reason": _reason(result),
        "dialect": told.get("dialect"),
        "provider": told.get("provider"),
        "model": told.get("model"),
        "text": f"{result.character_count} characters in {result.chunk_count} chunks",
        "usage": _usage(result.usage),
        "reasoning": f"{len(result.reasoning)} characters" if result.reasoning else None,
        "refusal": result.refusal or None,
    }
    text = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    text += [f"tool call: {call['name']} {call['arguments']}" for call in result.tool_calls]
    # What a provider sent must not move the cursor.
    return visible("".join(f"{' '.join(line.split())}\n" for line in text if line))


def _reason(result: StreamResult) -> str | None:
    raw = result.metadata.get("finish_reason_raw")
    if raw is None or raw == result.finish_reason:
        return result.finish_reason
    return f"{result.finish_reason} ({raw})"


def _usage(usage: Mapping[str, object] | None) -> str | None:
    if not usage:
        return None
    parts = [f"{usage[name]} {words}" for name, words in _USAGE.items() if name in usage]
    return f"{', '.join(parts)} tokens" if parts else None

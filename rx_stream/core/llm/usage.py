"""Token usage as providers report it: merged while it comes in, then in one vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

from rx_stream.core.llm.access import get, integer

__all__ = ["merge_usage", "normalise_usage"]

_INPUT = ("prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count")
_OUTPUT = ("completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count")
_TOTAL = ("total_tokens", "totalTokenCount")
_DETAILS = ("completion_tokens_details", "output_tokens_details", "output_token_details")
_INPUT_DETAILS = ("prompt_tokens_details", "input_tokens_details", "input_token_details")
_REASONING = ("reasoning_tokens", "thinking_tokens", "reasoning")
_CACHED = ("cached_tokens", "cache_read")


def merge_usage(known: dict[str, object], new: Mapping[str, object]) -> None:
    """Let the newer report win field by field; nothing is added up, null overwrites nothing.

    Reports are cumulative: Gemini repeats one on every chunk, Anthropic corrects the first by the
    last.
    """
    known.update({name: value for name, value in new.items() if value is not None})


def _first(source: object, names: tuple[str, ...]) -> int | None:
    return next((n for name in names if (n := integer(source, name)) is not None), None)


def _detail(
    raw: Mapping[str, object], places: tuple[str, ...], names: tuple[str, ...]
) -> int | None:
    return next((n for at in places if (n := _first(get(raw, at), names)) is not None), None)


def normalise_usage(raw: Mapping[str, object] | None) -> dict[str, int] | None:
    """Return a report in one vocabulary.

    The names are ``input_tokens``, ``output_tokens``, ``total_tokens``, ``reasoning_tokens``,
    ``cached_input_tokens`` and ``cache_creation_input_tokens``.

    ``input_tokens`` are all that the model read, those from a cache included; ``output_tokens``
    all that it wrote, reasoning included. What was not reported is absent, not zero.
    """
    if not raw:
        return None
    counts: object = raw.get("tokens") or raw  # Cohere; its billed units are something else.
    usage = {
        "input_tokens": _input(raw, _first(counts, _INPUT)),
        "output_tokens": _first(counts, _OUTPUT),
        "total_tokens": _first(raw, _TOTAL),
        "reasoning_tokens": _detail(raw, _DETAILS, _REASONING),
        "cached_input_tokens": _cached(raw),
        "cache_creation_input_tokens": integer(raw, "cache_creation_input_tokens"),
    }
    _reasoning(usage, raw)
    read, wrote = usage["input_tokens"], usage["output_tokens"]
    if usage["total_tokens"] is None and read is not None and wrote is not None:
        usage["total_tokens"] = read + wrote
    return {name: number for name, number in usage.items() if number is not None}


def _cached(raw: Mapping[str, object]) -> int | None:
    found = _detail(raw, _INPUT_DETAILS, _CACHED)
    names = ("cache_read_input_tokens", "cachedContentTokenCount", "cached_tokens")
    return _first(raw, names) if found is None else found


def _input(raw: Mapping[str, object], read: int | None) -> int | None:
    """Add what some leave out: Anthropic its cache, Gemini what its tools put in."""
    apart = ("cache_read_input_tokens", "cache_creation_input_tokens", "toolUsePromptTokenCount")
    extra = sum(integer(raw, name) or 0 for name in apart)
    return read if read is None else read + extra


def _reasoning(usage: dict[str, int | None], raw: Mapping[str, object]) -> None:
    """Count reasoning into the output where the provider has it apart."""
    thoughts = integer(raw, "thoughtsTokenCount")
    if thoughts is not None:  # Gemini
        usage["reasoning_tokens"] = thoughts
        usage["output_tokens"] = (usage["output_tokens"] or 0) + thoughts
        return
    reasoning, output = usage["reasoning_tokens"], usage["output_tokens"]
    if not reasoning or output is None:
        return
    read, total = usage["input_tokens"], usage["total_tokens"]
    if read is not None and total == read + output + reasoning:  # xAI
        usage["output_tokens"] = output + reasoning
    elif reasoning > output:  # Seen once: 11 of 10.
        usage["reasoning_tokens"] = output

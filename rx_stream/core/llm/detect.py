"""Which dialect a stream speaks, told by its first item."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from rx_stream.core.llm.access import get, items
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.anthropic import AnthropicMessages
from rx_stream.core.llm.cohere import Cohere
from rx_stream.core.llm.dialect import Dialect
from rx_stream.core.llm.gemini import Gemini
from rx_stream.core.llm.langchain import LangChain, message_chunk
from rx_stream.core.llm.llama_index import LlamaIndex
from rx_stream.core.llm.ollama import Ollama
from rx_stream.core.llm.openai_chat import OpenAIChat
from rx_stream.core.llm.openai_completions import OpenAICompletions
from rx_stream.core.llm.openai_responses import OpenAIResponses
from rx_stream.core.llm.plain_text import PlainText

__all__ = ["DIALECTS", "detect"]

MakeDialect = Callable[[Answer], Dialect]

_ANTHROPIC = frozenset(
    {
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "ping",
    }
)
_COHERE = ("message-", "content-", "tool-plan-", "tool-call-", "citation-")
_GEMINI = (
    "candidates",
    "promptFeedback",
    "prompt_feedback",
    "usageMetadata",
    "usage_metadata",
)


def _provider_of(payload: object) -> type[Dialect] | None:
    """Return the dialect of a provider's own payload."""
    kind = get(payload, "type")
    if isinstance(kind, str):
        if kind in _ANTHROPIC:
            return AnthropicMessages
        if kind.startswith("response."):
            return OpenAIResponses
        if kind.startswith(_COHERE):
            return Cohere
    choices = get(payload, "choices")
    if isinstance(choices, (list, tuple)):
        return _openai(payload)
    if get(payload, "done") is not None and (
        get(payload, "message") is not None or get(payload, "response") is not None
    ):
        return Ollama
    return None


def _openai(payload: object) -> type[Dialect]:
    first = next(iter(items(payload, "choices")), None)
    legacy = get(payload, "object") == "text_completion" or (
        get(first, "delta") is None and get(first, "text") is not None
    )
    return OpenAICompletions if legacy else OpenAIChat


def _is_langchain(payload: object) -> bool:
    event = get(payload, "event")
    if isinstance(event, str):
        return event.startswith("on_") and get(payload, "data") is not None
    if isinstance(payload, tuple):
        return len(cast("tuple[object, ...]", payload)) in (2, 3)
    if get(payload, "content") is None:
        return False
    kind = get(message_chunk(payload), "type")
    return kind == "AIMessageChunk" or get(payload, "response_metadata") is not None


def _is_llama_index(payload: object) -> bool:
    # Not by the values: most of them are None in most items.
    return hasattr(payload, "delta") and hasattr(payload, "raw")


def detect(payload: object) -> MakeDialect | None:
    """Return what makes the decoder for a stream with this first item; None if it is unknown."""
    if isinstance(payload, str):
        return PlainText
    if _is_llama_index(payload):
        return DIALECTS["llama_index"]
    found = _provider_of(payload)
    if found is not None:
        return found
    if _is_langchain(payload):
        return LangChain
    # After LangChain's, whose chunks have a field usage_metadata too.
    if any(get(payload, name) is not None for name in _GEMINI):
        return Gemini
    return None


DIALECTS: dict[str, MakeDialect] = {
    "openai.chat": OpenAIChat,
    "openai.completions": OpenAICompletions,
    "openai.responses": OpenAIResponses,
    "anthropic.messages": AnthropicMessages,
    "gemini": Gemini,
    "mistral": OpenAIChat,
    "litellm": OpenAIChat,
    "cohere.v2": Cohere,
    "ollama": Ollama,
    "langchain": LangChain,
    "llama_index": partial(LlamaIndex, find=_provider_of),
    "text": PlainText,
}
"""The decoder of each dialect, by its name in :data:`DIALECT_NAMES`."""

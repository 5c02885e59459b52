"""By what a dialect is known: by its own marks, and not by half of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rx_stream.core.llm.anthropic import AnthropicMessages
from rx_stream.core.llm.cohere import Cohere
from rx_stream.core.llm.detect import DIALECTS, detect
from rx_stream.core.llm.gemini import Gemini
from rx_stream.core.llm.langchain import LangChain
from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.ollama import Ollama
from rx_stream.core.llm.openai_chat import OpenAIChat
from rx_stream.core.llm.openai_completions import OpenAICompletions
from rx_stream.core.llm.openai_responses import OpenAIResponses
from rx_stream.core.llm.plain_text import PlainText

AI, OTHER = {"type": "AIMessageChunk"}, {"type": "human"}


@pytest.mark.parametrize(
    ("payload", "dialect"),
    [
        ("text", PlainText),
        ({"type": "ping"}, AnthropicMessages),
        ({"type": "response.created"}, OpenAIResponses),
        ({"type": "message-start"}, Cohere),
        ({"type": "citation-end"}, Cohere),
        ({"choices": [{"delta": {}}]}, OpenAIChat),
        ({"choices": []}, OpenAIChat),
        ({"choices": [{"delta": {}, "text": "x"}]}, OpenAIChat),
        ({"choices": [{"text": "x"}]}, OpenAICompletions),
        ({"choices": [{}], "object": "text_completion"}, OpenAICompletions),
        ({"choices": [], "object": "text_completion"}, OpenAICompletions),
        ({"done": False, "message": {}}, Ollama),
        ({"done": False, "response": ""}, Ollama),
        ({"event": "on_chat_model_stream", "data": {}}, LangChain),
        ((AI, {}), LangChain),
        (("a", AI, {}), LangChain),
        ({"content": "x", **AI}, LangChain),
        ({"content": "x", "response_metadata": {}}, LangChain),
        ({"content": "x", "usage_metadata": {}, **AI}, LangChain),
        ({"usage_metadata": {}}, Gemini),
        ({"candidates": []}, Gemini),
        ({"promptFeedback": {}}, Gemini),
    ],
)
def test_a_first_item_is_of_a_dialect(payload: Any, dialect: Any) -> None:
    assert detect(payload) is dialect


@pytest.mark.parametrize(
    "payload",
    [
        *({}, None, 5, [], (), (AI,), (1, 2, 3, 4)),
        *({"type": "pong"}, {"type": 5}, {"type": "response"}),
        *({"choices": None}, {"choices": "x"}),
        *({"done": True}, {"message": {}}, {"response": ""}),
        *({"event": "on_chat_model_stream"}, {"event": "ended", "data": {}}),
        *({"content": "x"}, {"content": "x", **OTHER}, AI, {"response_metadata": {}}),
        {"event": "ended", "content": "x", **AI},
    ],
)
def test_half_the_marks_are_none(payload: Any) -> None:
    assert detect(payload) is None


def test_llama_index_is_known_by_its_fields_whatever_is_in_them() -> None:
    assert detect(SimpleNamespace(delta=None, raw=None)) is DIALECTS["llama_index"]
    assert detect(SimpleNamespace(delta="x")) is None
    assert detect(SimpleNamespace(raw=None)) is None


def test_every_name_has_a_decoder() -> None:
    assert set(DIALECTS) == set(DIALECT_NAMES)

"""Legacy completions, which vLLM and llama.cpp still serve."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.openai_chat import OpenAIChat

__all__ = ["OpenAICompletions"]


class OpenAICompletions(OpenAIChat):
    """Reads ``text_completion`` objects: as a chat's, with ``text`` in place of ``delta``."""

    name: ClassVar[str] = "openai.completions"

    __slots__ = ()

"""Ollama's own API: chat and generate."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.access import get, integer, items, text, word
from rx_stream.core.llm.dialect import Dialect

__all__ = ["Ollama"]

_COUNTS = ("prompt_eval_count", "eval_count")


class Ollama(Dialect):
    """Reads the lines of ``/api/chat`` and ``/api/generate``; the last one says ``done``."""

    name: ClassVar[str] = "ollama"
    provider: ClassVar[str | None] = "ollama"

    __slots__ = ()

    def read(self, payload: object) -> None:
        """Read one line."""
        answer = self.answer
        answer.about(model=get(payload, "model"))
        message = get(payload, "message")
        source = payload if message is None else message
        answer.reasoning(text(source, "thinking"))
        answer.text(text(message, "content") if message is not None else text(payload, "response"))
        calls = [
            answer.calls(0).whole(
                word(get(call, "id")),
                word(get(get(call, "function"), "name")),
                get(get(call, "function"), "arguments") or {},
            )
            for call in items(message, "tool_calls")
        ]
        answer.tool_calls(calls)
        if get(payload, "done") is True:
            answer.usage({name: integer(payload, name) for name in _COUNTS})
            answer.finish(word(get(payload, "done_reason")))
            answer.end()

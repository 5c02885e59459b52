"""Version 2 of Cohere's chat."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.access import arguments_text, get, place, text, word
from rx_stream.core.llm.dialect import Dialect
from rx_stream.core.llm.failures import failure

__all__ = ["Cohere"]


class Cohere(Dialect):
    """Reads the typed events of Cohere.

    A tool plan is no answer: it travels as ``metadata["tool_plan"]``.
    """

    name: ClassVar[str] = "cohere.v2"
    provider: ClassVar[str | None] = "cohere"

    __slots__ = ()

    def read(self, payload: object) -> None:
        """Read one event."""
        kind = get(payload, "type")
        delta = get(payload, "delta")
        message = get(delta, "message")
        if kind in ("content-delta", "content-start"):
            content = get(message, "content")
            self.answer.reasoning(text(content, "thinking"))
            self.answer.text(text(content, "text"))
        elif kind == "tool-plan-delta":
            self.answer.note("tool_plan", text(message, "tool_plan"), channel="tool")
        elif kind in ("tool-call-start", "tool-call-delta"):
            self._call(place(payload, "index"), get(message, "tool_calls"))
        elif kind == "message-end":
            self._end(delta)

    def _call(self, index: int | str | None, call: object) -> None:
        function = get(call, "function")
        id, name = word(get(call, "id")), word(get(function, "name"))
        arguments = arguments_text(get(function, "arguments"))
        self.answer.tool_calls([self.answer.calls(0).delta(index, id, name, arguments)])

    def _end(self, delta: object) -> None:
        self.answer.usage(get(delta, "usage"))
        self.answer.finish(word(get(delta, "finish_reason")))
        if error := get(delta, "error"):
            raise failure(error)
        self.answer.end()

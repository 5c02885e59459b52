"""Gemini's ``streamGenerateContent``, of Google AI and of Vertex."""

from __future__ import annotations

import re
from typing import ClassVar, cast

from rx_stream.core.llm.access import get, integer, items, plain, text, word
from rx_stream.core.llm.dialect import Dialect

__all__ = ["Gemini"]

_SNAKE = re.compile(r"_([a-z])")


def _either(source: object, name: str) -> object:
    """Return a field by its name on the wire, or by the one the SDK gives it."""
    value = get(source, name)
    if value is None:
        value = get(source, re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name))
    return value


def _camel(value: object) -> object:
    """Return usage with the names of the wire, also where the SDK has renamed them."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {_SNAKE.sub(lambda m: m[1].upper(), k): _camel(v) for k, v in fields.items()}
    if isinstance(value, list):
        return [_camel(item) for item in cast("list[object]", value)]
    return value


class Gemini(Dialect):
    """Reads ``GenerateContentResponse`` objects: each is a whole response, usage included.

    There is no end marker: a reason to finish followed by the end of the data. Parts that are no
    text, reasoning or call (images, code that was run) are left out.
    """

    name: ClassVar[str] = "gemini"
    provider: ClassVar[str | None] = "google"

    __slots__ = ()

    def read(self, payload: object) -> None:
        """Read one response."""
        answer = self.answer
        answer.about(model=_either(payload, "modelVersion"))
        usage = _camel(plain(_either(payload, "usageMetadata")))
        written = integer(usage, "candidatesTokenCount")
        answer.usage(usage, written)
        for candidate in items(payload, "candidates"):
            self._candidate(candidate, integer(candidate, "index") or 0)
        self._blocked(_either(payload, "promptFeedback"))

    def _candidate(self, candidate: object, index: int) -> None:
        self.answer.begin(index)
        for part in items(get(candidate, "content"), "parts"):
            call = _either(part, "functionCall")
            if call is not None:
                known = self.answer.calls(index)
                piece = known.whole(
                    word(get(call, "id")), word(get(call, "name")), get(call, "args") or {}
                )
                self.answer.tool_calls([piece], index)
            elif get(part, "thought"):
                self.answer.reasoning(text(part, "text"), index)
            else:
                self.answer.text(text(part, "text"), index)
        raw = word(_either(candidate, "finishReason"))
        if raw != "FINISH_REASON_UNSPECIFIED":
            self.answer.finish(raw, index)

    def _blocked(self, feedback: object) -> None:
        reason = word(_either(feedback, "blockReason"))
        if reason is not None and reason != "BLOCKED_REASON_UNSPECIFIED":
            message = word(_either(feedback, "blockReasonMessage"))
            self.answer.refusal(message or reason)
            self.answer.finish(reason, normal="content_filter")

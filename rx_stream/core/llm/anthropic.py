"""Messages of Anthropic."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.access import arguments_text, get, place, plain, text, word
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.dialect import Dialect

__all__ = ["AnthropicMessages"]

_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")


class AnthropicMessages(Dialect):
    """Reads the raw events of a message; those that an SDK derives from them are left alone."""

    name: ClassVar[str] = "anthropic.messages"
    provider: ClassVar[str | None] = "anthropic"

    __slots__ = ("_whole_input",)

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        # Inputs that came with the start of a block; deltas, if any, replace them.
        self._whole_input: dict[int | str | None, object] = {}

    def read(self, payload: object) -> None:
        """Read one event."""
        kind = get(payload, "type")
        if kind == "content_block_delta":
            self._delta(place(payload, "index"), get(payload, "delta"))
        elif kind == "content_block_start":
            self._start(place(payload, "index"), get(payload, "content_block"))
        elif kind == "content_block_stop":
            self._stop(place(payload, "index"))
        elif kind == "message_start":
            message = get(payload, "message")
            self.answer.about(model=get(message, "model"))
            self.answer.usage(get(message, "usage"))
        elif kind == "message_delta":
            self._message_delta(payload)
        elif kind == "message_stop":
            self.answer.end()

    def _delta(self, index: int | str | None, delta: object) -> None:
        kind = get(delta, "type")
        if kind == "text_delta":
            self.answer.text(text(delta, "text"))
        elif kind == "thinking_delta":
            self.answer.reasoning(text(delta, "thinking"))
        elif kind == "input_json_delta":
            piece = text(delta, "partial_json")
            if piece:
                self._whole_input.pop(index, None)
                call = self.answer.calls(0).delta(index, None, None, piece)
                self.answer.tool_calls([call])

    def _start(self, index: int | str | None, block: object) -> None:
        kind = get(block, "type")
        if kind == "text":
            self.answer.text(text(block, "text"))
        elif kind == "thinking":
            self.answer.reasoning(text(block, "thinking"))
        elif kind in _CALLS:
            if given := get(block, "input"):
                self._whole_input[index] = given
            id, name = word(get(block, "id")), word(get(block, "name"))
            call = self.answer.calls(0).delta(index, id, name, "")
            self.answer.tool_calls([call])

    def _stop(self, index: int | str | None) -> None:
        given = self._whole_input.pop(index, None)
        if given:
            call = self.answer.calls(0).delta(index, None, None, arguments_text(given))
            self.answer.tool_calls([call])

    def _message_delta(self, payload: object) -> None:
        delta = get(payload, "delta")
        self.answer.usage(get(payload, "usage"))
        self.answer.finish(word(get(delta, "stop_reason")))
        details = get(delta, "stop_details")
        if details is not None:
            self.answer.extra["stop_details"] = plain(details)
            if get(delta, "stop_reason") == "refusal":
                self.answer.refusal(text(details, "explanation"))

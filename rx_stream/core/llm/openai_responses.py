"""The Responses API of OpenAI and of those that speak like it."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.access import arguments_text, get, items, place, text, word
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.dialect import Dialect
from rx_stream.core.llm.failures import failure

__all__ = ["OpenAIResponses"]

_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
_CALLS = ("function_call", "custom_tool_call", "mcp_call")
_ARGUMENTS = {
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.mcp_call_arguments": "arguments",
}
_REASONING = ("response.reasoning_summary_text", "response.reasoning_text", "response.reasoning")

_Place = tuple[int | str | None, ...]


class OpenAIResponses(Dialect):
    """Reads the typed events of a response."""

    name: ClassVar[str] = "openai.responses"

    __slots__ = ("_streamed",)

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        # Parts whose text came in deltas: the whole of it follows in a "done" event.
        self._streamed: set[_Place] = set()

    def read(self, payload: object) -> None:
        """Read one event."""
        kind = get(payload, "type")
        if not isinstance(kind, str):
            return
        name, _, verb = kind.rpartition(".")
        if verb == "delta":
            self._piece(name, payload, text(payload, "delta"))
        elif verb == "done" and name != "response.output_item":
            self._rest(name, payload)
        elif kind == "response.output_item.added":
            self._item(payload)
        elif kind == "response.output_item.done":
            self._whole_item(payload)
        elif kind in _ENDS:
            self._end(kind, get(payload, "response"))
        else:
            self.answer.about(model=get(get(payload, "response"), "model"))

    def _place(self, name: str, payload: object) -> _Place:
        part = place(payload, "content_index"), place(payload, "summary_index")
        return (name, place(payload, "output_index"), *part)

    def _piece(self, name: str, payload: object, piece: str) -> None:
        if not piece:
            return
        self._streamed.add(self._place(name, payload))
        answer = self.answer
        if name == "response.output_text":
            listed = items(payload, "logprobs")
            tokens = len(listed) if listed else None
            answer.usage(None)
            answer.text(piece, tokens=tokens, source="logprobs" if listed else "")
        elif name in _REASONING:
            answer.reasoning(piece)
        elif name == "response.refusal":
            answer.refusal(piece)
        elif name in _ARGUMENTS:
            self._streamed.add(("call", place(payload, "output_index")))
            call = answer.calls(0).delta(place(payload, "output_index"), None, None, piece)
            answer.tool_calls([call])

    def _rest(self, name: str, payload: object) -> None:
        """Read what came in one piece, without deltas before it."""
        field = _ARGUMENTS.get(name) or ("refusal" if name == "response.refusal" else "text")
        if self._place(name, payload) not in self._streamed:
            self._piece(name, payload, text(payload, field))

    def _item(self, payload: object) -> None:
        item = get(payload, "item")
        if get(item, "type") in _CALLS:
            id = word(get(item, "call_id")) or word(get(item, "id"))
            key = place(payload, "output_index")
            call = self.answer.calls(0).delta(key, id, word(get(item, "name")), "")
            self.answer.tool_calls([call])
            self._streamed.add(("item", key))

    def _whole_item(self, payload: object) -> None:
        item, key = get(payload, "item"), place(payload, "output_index")
        if get(item, "type") not in _CALLS:
            return
        if ("item", key) not in self._streamed:
            self._item(payload)
        if ("call", key) not in self._streamed:
            arguments = arguments_text(get(item, "arguments") or get(item, "input"))
            if arguments:
                self._streamed.add(("call", key))
                call = self.answer.calls(0).delta(key, None, None, arguments)
                self.answer.tool_calls([call])

    def _end(self, kind: str, response: object) -> None:
        answer = self.answer
        answer.about(model=get(response, "model"))
        answer.usage(get(response, "usage"))
        status = word(get(response, "status")) or kind.rpartition(".")[2]
        reason = word(get(get(response, "incomplete_details"), "reason"))
        answer.finish(reason or status)
        for bad in ("failed", "cancelled"):
            if bad in (status, kind.rpartition(".")[2]):  # Either of them is enough to doubt it.
                raise failure(get(response, "error") or f"the response ended as {bad}")
        answer.end()

"""The dialect ``ui``: the UI message stream of the AI SDK, version 1, as ``useChat`` reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar, NoReturn

from rx_stream.core.sse.dialects.base import Identity, SseDialect
from rx_stream.core.sse.sse_frames import escape, frame
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import FinishReason, StreamProgress

__all__ = ["UiDialect"]

_FINISH_REASONS: dict[FinishReason, str] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool-calls",
    "content_filter": "content-filter",
    "error": "error",
}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


# Python alone would take NaN and Infinity, which no other reader does.
_parse = json.JSONDecoder(parse_constant=_refuse).decode


class _Call:
    """One tool call: what has been told of it so far."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self, id: str, name: str) -> None:
        self.id = id
        self.name = name
        self.arguments: list[str] = []

    def whole(self) -> str:
        """Return the frame that says that the input is whole, or that it is not JSON."""
        text = "".join(self.arguments)
        about: dict[str, object] = {"toolCallId": self.id, "toolName": self.name}
        try:
            given: object = _parse(text) if text else {}
        except (ValueError, RecursionError):
            wrong = {"input": text, "errorText": "The input is not valid JSON."}
            return frame({"type": "tool-input-error", **about, **wrong})
        return frame({"type": "tool-input-available", **about, "input": given})


class UiDialect(SseDialect):
    """One assistant message of one step: parts of text, reasoning and tool input, then the finish.

    A refusal is a part of text, and the finish reason is then ``content-filter``. Progress is a
    transient ``data-progress`` part; usage is in the metadata of the message.
    """

    name: ClassVar[str] = "ui"
    headers: ClassVar[Mapping[str, str]] = {"x-vercel-ai-ui-message-stream": "v1"}

    __slots__ = ("_calls", "_open", "_open_id", "_parts", "_refused", "_started")

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self._started = False
        self._parts = 0
        self._open = ""
        self._open_id = ""
        self._calls: dict[int, _Call] = {}
        self._refused = False

    def template(self) -> tuple[str, str] | None:
        """Return what stands around text, while a part of text is open."""
        if self._open != "text":
            return None
        return f'data: {{"type":"text-delta","id":"{self._open_id}","delta":', "}\n\n"

    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return a text delta, and the start of its part."""
        frames = self._enter("text")
        before, after = self.template() or ("", "")
        frames.append(f"{before}{escape(text)}{after}")
        return frames

    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return a reasoning delta, and the start of its part."""
        frames = self._enter("reasoning")
        frames.append(frame({"type": "reasoning-delta", "id": self._open_id, "delta": text}))
        return frames

    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Return the refusal as text: that is all a user can be shown."""
        frames = [] if self._refused else self._leave()
        self._refused = True
        return frames + self.text(text)

    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return the deltas of inputs, and the starts of the calls."""
        frames = self._start() + self._leave()
        for piece in calls:
            index = piece.get("index", 0)
            call = self._calls.get(index)
            if call is None:
                id = piece.get("id") or f"call_{self.identity.id}_{index}"
                call = self._calls[index] = _Call(id, piece.get("name") or "")
                start = {"type": "tool-input-start", "toolCallId": id, "toolName": call.name}
                frames.append(frame(start))
            if arguments := piece.get("arguments_delta"):
                call.arguments.append(arguments)
                delta = {"toolCallId": call.id, "inputTextDelta": arguments}
                frames.append(frame({"type": "tool-input-delta", **delta}))
        return frames

    def progress(self, progress: StreamProgress) -> list[str]:
        """Return a transient ``data-progress`` part."""
        part: dict[str, object] = {"type": "data-progress", "id": "progress"}
        frames = self._start()
        frames.append(frame({**part, "data": progress.to_dict(), "transient": True}))
        return frames

    def error(self, message: str) -> list[str]:
        """Return an ``error`` part."""
        return [frame({"type": "error", "errorText": message})]

    def end(self, *, done: bool) -> list[str]:
        """Return the ends of the parts, whole tool inputs, the finish and ``[DONE]``."""
        frames = self._start() + self._leave()
        frames += [call.whole() for call in self._calls.values()]
        self._calls = {}
        frames.append(frame({"type": "finish-step"}))
        reason = self.ending().reason or "stop"
        if self._refused and reason == "stop":
            reason = "content_filter"
        finish: dict[str, object] = {"type": "finish"}
        finish["finishReason"] = _FINISH_REASONS.get(reason, "other")
        if self.usage:
            finish["messageMetadata"] = {"usage": dict(self.usage)}
        frames.append(frame(finish))
        if done:
            frames.append("data: [DONE]\n\n")
        return frames

    def _start(self) -> list[str]:
        if self._started:
            return []
        self._started = True
        start = {"type": "start", "messageId": f"msg_{self.identity.id}"}
        return [frame(start), frame({"type": "start-step"})]

    def _enter(self, kind: str) -> list[str]:
        if self._open == kind:
            return []
        frames = self._start() + self._leave()
        self._parts += 1
        self._open = kind
        self._open_id = f"{kind[0]}{self._parts}"
        frames.append(frame({"type": f"{kind}-start", "id": self._open_id}))
        return frames

    def _leave(self) -> list[str]:
        """End the part of text or reasoning that is open."""
        if not self._open:
            return []
        kind, self._open = self._open, ""
        return [frame({"type": f"{kind}-end", "id": self._open_id})]

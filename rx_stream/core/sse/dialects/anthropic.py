"""The dialect ``anthropic``: the events of a message, as the Anthropic SDKs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rx_stream.core.sse.dialects.base import Ending, Identity, SseDialect
from rx_stream.core.sse.sse_frames import escape, frame
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import FinishReason, StreamProgress

__all__ = ["AnthropicDialect"]

_NO_MODEL = "unknown"
_STOP_REASONS: dict[FinishReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "pause": "pause_turn",
}
_OWN_WORDS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
    "pause_turn": "pause",
}


class AnthropicDialect(SseDialect):
    """One message: its start, blocks of text, thinking and tool use, its delta, its stop.

    A refusal has no block of its own: its text is the explanation in ``stop_details``, at the end.
    Progress is a ``ping``, which every client passes over.
    """

    name: ClassVar[str] = "anthropic"

    __slots__ = ("_blocks", "_open", "_open_kind", "_refusal", "_started", "_tools")

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self._started = False
        self._blocks = 0
        self._open = -1
        self._open_kind = ""
        # The block of each tool call. They stay open to the end: calls may be streamed in turns.
        self._tools: dict[int, int] = {}
        self._refusal: list[str] = []

    def template(self) -> tuple[str, str] | None:
        """Return what stands around text, while a block of text is open."""
        if self._open_kind != "text":
            return None
        return (
            'event: content_block_delta\ndata: {"type":"content_block_delta",'
            f'"index":{self._open},"delta":{{"type":"text_delta","text":',
            "}}\n\n",
        )

    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return a text delta, and the start of its block."""
        frames = self._enter("text", {"type": "text", "text": ""})
        before, after = self.template() or ("", "")
        frames.append(f"{before}{escape(text)}{after}")
        return frames

    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return a thinking delta, and the start of its block."""
        frames = self._enter("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        frames.append(_delta(self._open, {"type": "thinking_delta", "thinking": text}))
        return frames

    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Keep the text for the end; only the start of the message is due."""
        self._refusal.append(text)
        return self._start()

    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return the deltas of inputs, and the starts of their blocks."""
        frames = self._start() + self._leave()
        for call in calls:
            index = call.get("index", 0)
            block = self._tools.get(index)
            if block is None:
                block = self._tools[index] = self._blocks
                content: dict[str, object] = {
                    "type": "tool_use",
                    "id": call.get("id") or f"toolu_{self.identity.id}_{index}",
                    "name": call.get("name") or "",
                    "input": {},
                }
                frames.append(self._begin_block(content))
            if arguments := call.get("arguments_delta"):
                delta = {"type": "input_json_delta", "partial_json": arguments}
                frames.append(_delta(block, delta))
        return frames

    def progress(self, progress: StreamProgress) -> list[str]:
        """Return a ``ping`` that has ``progress``."""
        return [frame({"type": "ping", "progress": progress.to_dict()}, "ping")]

    def error(self, message: str) -> list[str]:
        """Return an event named ``error``, which the SDKs raise."""
        error = {"type": "api_error", "message": message}
        return [frame({"type": "error", "error": error}, "error")]

    def end(self, *, done: bool) -> list[str]:
        """Return the stops of the blocks, the reason with the usage, and the stop."""
        frames = self._start() + self._leave()
        frames += [_stop(block) for block in self._tools.values()]
        self._tools = {}
        delta: dict[str, object] = {"stop_reason": self._stop_reason(), "stop_sequence": None}
        if self._refusal:
            explanation = "".join(self._refusal)
            details = {"type": "refusal", "category": None, "explanation": explanation}
            delta["stop_details"] = details
        payload = {"type": "message_delta", "delta": delta, "usage": self._usage()}
        frames.append(frame(payload, "message_delta"))
        if done:
            frames.append(frame({"type": "message_stop"}, "message_stop"))
        return frames

    def _start(self) -> list[str]:
        if self._started:
            return []
        self._started = True
        message: dict[str, object] = {
            "id": f"msg_{self.identity.id}",
            "type": "message",
            "role": "assistant",
            "model": self.model or _NO_MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            # Clients need numbers here; the message delta has those that are known at the end.
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        return [frame({"type": "message_start", "message": message}, "message_start")]

    def _enter(self, kind: str, content: Mapping[str, object]) -> list[str]:
        if self._open_kind == kind:
            return []
        frames = self._start() + self._leave()
        self._open = self._blocks
        self._open_kind = kind
        frames.append(self._begin_block(content))
        return frames

    def _begin_block(self, content: Mapping[str, object]) -> str:
        payload = {"type": "content_block_start", "index": self._blocks, "content_block": content}
        self._blocks += 1
        return frame(payload, "content_block_start")

    def _leave(self) -> list[str]:
        """End the block of text or thinking that is open."""
        if not self._open_kind:
            return []
        self._open_kind = ""
        return [_stop(self._open)]

    def _stop_reason(self) -> str:
        ending = self.ending()
        if self._refusal and ending.reason == "stop":
            return "refusal"
        return _stop_word(ending)

    def _usage(self) -> dict[str, object]:
        read = self.count("cached_input_tokens")
        written = self.count("cache_creation_input_tokens")
        usage: dict[str, object] = {"output_tokens": self.count("output_tokens") or 0}
        if (total := self.count("input_tokens")) is not None:
            usage["input_tokens"] = max(0, total - (read or 0) - (written or 0))
        if read is not None:
            usage["cache_read_input_tokens"] = read
        if written is not None:
            usage["cache_creation_input_tokens"] = written
        if (thinking := self.count("reasoning_tokens")) is not None:
            usage["output_tokens_details"] = {"thinking_tokens": thinking}
        return usage


def _delta(index: int, delta: Mapping[str, object]) -> str:
    payload = {"type": "content_block_delta", "index": index, "delta": delta}
    return frame(payload, "content_block_delta")


def _stop(index: int) -> str:
    return frame({"type": "content_block_stop", "index": index}, "content_block_stop")


def _stop_word(ending: Ending) -> str:
    """Return Anthropic's word: the provider's own where it is one, else the one for the reason."""
    if ending.raw is not None and _OWN_WORDS.get(ending.raw) == ending.reason:
        return ending.raw
    reason = ending.reason or "stop"
    return _STOP_REASONS.get(reason) or ending.raw or reason

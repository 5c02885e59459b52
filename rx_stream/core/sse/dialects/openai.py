"""The dialect ``openai``: chat.completion.chunk, as the OpenAI SDKs and many others read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rx_stream.core.sse.dialects.base import Ending, Identity, SseDialect
from rx_stream.core.sse.sse_frames import dumps, escape
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import StreamProgress

__all__ = ["OpenAIDialect"]

_OWN_WORDS = ("stop", "length", "tool_calls", "content_filter")
_NO_MODEL = "unknown"


class OpenAIDialect(SseDialect):
    """Chunks of a chat completion: the role first, then deltas, the finish, usage, ``[DONE]``.

    Events have no names: some clients lose all text that is in a named event. Progress is a chunk
    without choices, which every client passes over.
    """

    name: ClassVar[str] = "openai"
    takes_choices: ClassVar[bool] = True

    __slots__ = ("_begun", "_head", "_prefix")

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self._begun: set[int] = set()
        self._head = ""
        self._prefix = ""

    def template(self) -> tuple[str, str] | None:
        """Return what stands around text, once the role has been sent."""
        return (self._prefix, '},"finish_reason":null}]}\n\n') if 0 in self._begun else None

    def _chunk(self, rest: str) -> str:
        if not self._head or (self.model is not None and not self._begun):
            self._head = (
                f'data: {{"id":{escape("chatcmpl-" + self.identity.id)},'
                f'"object":"chat.completion.chunk","created":{self.identity.created},'
                f'"model":{escape(self.model or _NO_MODEL)},"choices":['
            )
            self._prefix = f'{self._head}{{"index":0,"delta":{{"content":'
        return f"{self._head}{rest}}}\n\n"

    def _delta(
        self, delta: Mapping[str, object], choice: int, finish: str | None = None
    ) -> list[str]:
        frames: list[str] = []
        if choice not in self._begun:
            role = f'{{"index":{choice},"delta":{{"role":"assistant","content":""}}'
            frames.append(self._chunk(f'{role},"finish_reason":null}}]'))
            self._begun.add(choice)
        body = f'{{"index":{choice},"delta":{dumps(delta)},"finish_reason":{dumps(finish)}}}]'
        frames.append(self._chunk(body))
        return frames

    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return a chunk whose delta has ``content``."""
        return self._delta({"content": text}, choice)

    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return a chunk whose delta has ``reasoning_content``, the name most hosts use."""
        return self._delta({"reasoning_content": text}, choice)

    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Return a chunk whose delta has ``refusal``."""
        return self._delta({"refusal": text}, choice)

    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return a chunk whose delta has ``tool_calls``."""
        return self._delta({"tool_calls": [_call(call) for call in calls]}, choice)

    def progress(self, progress: StreamProgress) -> list[str]:
        """Return a chunk without choices that has ``progress``."""
        return [self._chunk(f'],"progress":{dumps(progress.to_dict())}')]

    def error(self, message: str) -> list[str]:
        """Return an error object, which the SDKs raise."""
        error = {"message": message, "type": "server_error", "code": None, "param": None}
        return [f"data: {dumps({'error': error})}\n\n"]

    def end(self, *, done: bool) -> list[str]:
        """Return the finish of each choice, the usage if it is known, and ``[DONE]``."""
        frames: list[str] = []
        for choice in sorted(self._begun | self.endings.keys() | {0}):
            frames += self._delta({}, choice, _finish_word(self.ending(choice)))
        if usage := self._usage():
            frames.append(self._chunk(f'],"usage":{dumps(usage)}'))
        if done:
            frames.append("data: [DONE]\n\n")
        return frames

    def _usage(self) -> dict[str, object]:
        names = {
            "prompt_tokens": "input_tokens",
            "completion_tokens": "output_tokens",
            "total_tokens": "total_tokens",
        }
        usage: dict[str, object] = {
            theirs: number
            for theirs, ours in names.items()
            if (number := self.count(ours)) is not None
        }
        read, wrote = self.count("input_tokens"), self.count("output_tokens")
        if read is not None and wrote is not None:
            usage.setdefault("total_tokens", read + wrote)  # Its clients take it for granted.
        if (reasoning := self.count("reasoning_tokens")) is not None:
            usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
        if (cached := self.count("cached_input_tokens")) is not None:
            usage["prompt_tokens_details"] = {"cached_tokens": cached}
        return usage


def _call(call: ToolCallDelta) -> dict[str, object]:
    id, name = call.get("id"), call.get("name")
    piece: dict[str, object] = {"index": call.get("index", 0)}
    if id is not None:
        piece["id"] = id
    if id is not None or name is not None:
        piece["type"] = "function"
    function: dict[str, object] = {} if name is None else {"name": name}
    piece["function"] = {**function, "arguments": call.get("arguments_delta", "")}
    return piece


def _finish_word(ending: Ending) -> str:
    """Return OpenAI's word; for what it has none for, the provider's, which tells more."""
    reason = ending.reason or "stop"
    return reason if reason in _OWN_WORDS else ending.raw or reason

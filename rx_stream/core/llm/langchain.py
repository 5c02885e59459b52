"""LangChain: ``astream``, ``astream_events``, and LangGraph's ``messages`` mode."""

from __future__ import annotations

from typing import ClassVar, cast

from rx_stream.core.llm.access import get, integer, items, place, plain, text, word
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.dialect import Dialect

__all__ = ["LangChain", "message_chunk"]

_REASONS = ("finish_reason", "stop_reason", "done_reason")
_STREAM = ("on_chat_model_stream", "on_llm_stream")
_END = ("on_chat_model_end", "on_llm_end")
_TOTALS = ("input_tokens", "output_tokens", "total_tokens")


def message_chunk(item: object) -> object:
    """Return the message chunk inside an item of any of the ways; None for other items."""
    if isinstance(item, tuple):
        pair = cast("tuple[object, ...]", item)
        if pair and isinstance(pair[-1], tuple):  # Behind the names of its subgraph and mode.
            return message_chunk(cast("object", pair[-1]))
        return pair[0] if len(pair) == 2 and not isinstance(pair[0], str) else None
    event = get(item, "event")
    if isinstance(event, str):
        return get(get(item, "data"), "chunk") if event in _STREAM else None
    return item


class LangChain(Dialect):
    """Reads message chunks.

    Their usage is made to be added up, unlike the providers' own: that is how LangChain joins
    chunks.
    """

    name: ClassVar[str] = "langchain"

    __slots__ = ("_over", "_used")

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._used: dict[str, int] = {}
        self._over = False

    def read(self, payload: object) -> None:
        """Read one item."""
        if get(payload, "event") in _END:
            self._finish(get(get(payload, "data"), "output"))
            self._over = True
            return
        chunk = message_chunk(payload)
        if isinstance(chunk, str):
            self.answer.text(chunk)
            return
        if chunk is None:
            return  # What chains, parsers and tools do.
        kind = get(chunk, "type")
        if kind is not None and kind not in ("AIMessageChunk", "ai"):
            return  # LangGraph also sends what tools and users say.
        if self._over:
            # A graph asks a model again: the answer goes on, and must end again.
            self._over = False
            self.answer.reopen()
        self._usage(get(chunk, "usage_metadata"))
        self._content(chunk)
        self._calls(chunk)
        self._finish(chunk)
        if get(chunk, "chunk_position") == "last":
            self._over = True

    def eof(self) -> None:
        """Note the end of the answer if the last message had come to its own."""
        if self._over:
            self.answer.end()

    def _content(self, chunk: object) -> None:
        answer = self.answer
        content = get(chunk, "content")
        answer.reasoning(text(get(chunk, "additional_kwargs"), "reasoning_content"))
        if content is None:
            content = get(chunk, "text")
        if isinstance(content, str):
            answer.text(content)
            return
        for block in items(chunk, "content"):
            if isinstance(block, str):
                answer.text(block)
                continue
            kind = get(block, "type")
            if kind in ("reasoning", "thinking"):
                answer.reasoning(text(block, "reasoning") or text(block, "thinking"))
                for part in items(block, "summary"):
                    answer.reasoning(text(part, "text"))
            elif kind in ("text", "text_delta", "output_text"):
                answer.text(text(block, "text"))

    def _calls(self, chunk: object) -> None:
        calls = items(chunk, "tool_call_chunks")
        known = self.answer.calls(0)
        deltas = [
            known.delta(
                place(call, "index"),
                word(get(call, "id")),
                word(get(call, "name")),
                text(call, "args"),
                position=position,
            )
            for position, call in enumerate(calls)
        ]
        self.answer.tool_calls(deltas)

    def _finish(self, message: object) -> None:
        told = get(message, "response_metadata") or get(message, "generation_info")
        self.answer.about(
            model=get(told, "model_name") or get(told, "model"),
            provider=get(told, "model_provider"),
        )
        for name in _REASONS:
            self.answer.finish(word(get(told, name)))

    def _usage(self, usage: object) -> None:
        if usage is None:
            return
        report = plain(usage)
        for name in _TOTALS:
            used = integer(usage, name)
            if used is not None:
                self._used[name] = self._used.get(name, 0) + used
        if isinstance(report, dict):
            self.answer.usage({**cast("dict[str, object]", report), **self._used})

"""The short way for the usual chunk of a chat: one choice with a piece of text, nothing else.

Typed decoding does not build what nobody reads. Whatever is not usual takes the long way.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rx_stream.core.llm.answer import Answer
from rx_stream.types import ServerSentEvent, StreamChunk

__all__ = ["OpenAIShortWay"]

_MISSES = 16
"""Chunks of unexpected types in a row after which the short way is given up."""


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: object = None
    refusal: str | None = None
    tool_calls: object = None
    function_call: object = None


class _Choice(msgspec.Struct):
    delta: _Delta
    index: int = 0
    finish_reason: str | None = None
    logprobs: object = None
    token_ids: object = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice]
    usage: object = None
    error: object = None
    x_groq: object = None


_decode = msgspec.json.Decoder(_Chunk).decode


class OpenAIShortWay:
    """Reads usual chunks of one answer."""

    __slots__ = ("_misses",)

    def __init__(self) -> None:
        self._misses = 0

    def read(self, events: Sequence[ServerSentEvent], at: int, answer: Answer) -> int:
        """Read events from a position on; return the position of the first that is not usual."""
        if answer.model is None or answer.steady or answer.holds_half or self._misses > _MISSES:
            return at
        base = answer.base(0)
        add = answer.out.append
        decode = _decode
        for here in range(at, len(events)):
            event = events[here]
            if event.event is not None:
                return here
            try:
                chunk = decode(event.data)
                (choice,) = chunk.choices
            except (ValueError, msgspec.DecodeError):
                self._misses += 1
                return here
            delta = choice.delta
            text = delta.content
            if (
                not text
                or choice.finish_reason
                or choice.index
                or choice.logprobs is not None
                or choice.token_ids is not None
                or chunk.usage is not None
                or chunk.error is not None
                or chunk.x_groq is not None
                or delta.reasoning_content
                or delta.reasoning
                or delta.reasoning_details
                or delta.refusal
                or delta.tool_calls
                or delta.function_call is not None
            ):
                return here
            add(StreamChunk(text, None, False, None, base))
        self._misses = 0
        return len(events)

"""The short way for the usual chunk of a chat or completion: one piece of text, nothing else.

Typed decoding builds only what is read, and checks the rest while it parses: a chunk that has more
to say is of another type, and takes the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from rx_stream.core.llm.answer import Answer
from rx_stream.types import ServerSentEvent, StreamChunk

__all__ = ["OpenAIShortWay"]

_MISSES = 16
"""Unusual chunks in a row after which the short way is given up."""

_NoText = Literal["", None]
_NoItems = Annotated[list[object], msgspec.Meta(max_length=0)] | None


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: _NoItems = None
    refusal: _NoText = None
    tool_calls: _NoItems = None
    function_call: None = None


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta | None = None
    text: str | None = None
    index: Literal[0] = 0
    finish_reason: _NoText = None
    logprobs: None = None
    token_ids: None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: tuple[_Choice]
    usage: None = None
    error: None = None
    x_groq: None = None


_decode = msgspec.json.Decoder(_Chunk).decode


class OpenAIShortWay:
    """Reads usual chunks of one answer."""

    __slots__ = ("_base", "_misses")

    def __init__(self) -> None:
        self._misses = 0
        self._base: dict[str, object] | None = None

    def read(self, events: Sequence[bytes | ServerSentEvent], at: int, answer: Answer) -> int:
        """Read events from a position on; return the position of the first that is not usual."""
        if answer.model is None or answer.holds_half or self._misses > _MISSES:
            return at
        base = self._base
        if base is None:
            base = self._base = answer.text_base(0, "answer", "")
        add, decode = answer.out.append, _decode
        here, ready = at, len(answer.out)
        for event in events if at == 0 else events[at:]:
            if isinstance(event, bytes):
                data = event
            elif event.event is None:
                data = event.data
            else:
                break
            try:
                (choice,) = decode(data).choices
            except ValueError:  # Also what msgspec raises.
                break
            delta = choice.delta
            if delta is None:
                text = choice.text
            else:
                text = choice.text if delta.content is None else delta.content
                thought = delta.reasoning_content or delta.reasoning
                if thought:
                    answer.reported.missing()
                    answer.reasoning(thought)
            if text:
                add(StreamChunk(text, None, False, None, base))
            here += 1
        if len(answer.out) > ready:
            answer.reported.missing()
        self._misses = 0 if here > at else self._misses + 1
        return here

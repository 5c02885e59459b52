"""Chat completions of OpenAI and of the many that speak like it."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.access import arguments_text, get, integer, items, place, text, word
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.dialect import Dialect

__all__ = ["OpenAIChat"]

_READABLE = ("reasoning.text", "reasoning.summary")


class OpenAIChat(Dialect):
    """Reads ``chat.completion.chunk`` objects.

    Also those of Azure, Groq, DeepSeek, xAI, OpenRouter, Mistral, Perplexity, Moonshot, z.ai,
    Alibaba, vLLM, llama.cpp and LiteLLM, whose fields differ where noted.
    """

    name: ClassVar[str] = "openai.chat"

    __slots__ = ("_usage_before", "_usage_last")

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._usage_before: bool | None = None
        self._usage_last = False

    def read(self, payload: object) -> None:
        """Read one chunk."""
        answer = self.answer
        groq = get(payload, "x_groq")
        answer.about(
            model=get(payload, "model"),
            provider="groq" if groq is not None else get(payload, "provider"),
        )
        usage = get(payload, "usage") or get(groq, "usage")
        answer.usage(usage, integer(usage, "completion_tokens"))
        self._usage_last = usage is not None and self._usage_before is False
        self._usage_before = usage is not None
        for choice in items(payload, "choices"):
            index = integer(choice, "index") or 0
            answer.begin(index)
            self._delta(index, choice)
            answer.finish(word(get(choice, "finish_reason")), index)

    def _delta(self, index: int, choice: object) -> None:
        answer = self.answer
        delta = get(choice, "delta")
        tokens, source = _tokens(choice)
        answer.reasoning(_reasoning(delta), index, tokens=tokens, source=source)
        content = get(delta, "content")
        if content is None:
            content = get(choice, "text")  # A legacy completion under another name.
        if isinstance(content, str):
            answer.text(content, index, tokens=tokens, source=source)
        elif content:
            self._parts(index, items(delta, "content"))
        answer.refusal(text(delta, "refusal"), index)
        calls = items(delta, "tool_calls")
        if calls:
            self._calls(index, calls)
        elif (call := get(delta, "function_call")) is not None:
            known = answer.calls(index)
            piece = known.delta(
                "function_call", None, word(get(call, "name")), text(call, "arguments")
            )
            answer.tool_calls([piece], index)

    def _parts(self, index: int, parts: object) -> None:
        """Read Mistral's list of typed parts."""
        for part in items({"parts": parts}, "parts"):
            if get(part, "type") == "thinking":
                thinking = get(part, "thinking")
                if isinstance(thinking, str):
                    self.answer.reasoning(thinking, index)
                for piece in items(part, "thinking"):
                    self.answer.reasoning(text(piece, "text"), index)
            else:
                self.answer.text(text(part, "text"), index)

    def _calls(self, index: int, calls: object) -> None:
        known = self.answer.calls(index)
        deltas = [
            known.delta(
                place(call, "index"),
                word(get(call, "id")),
                word(get(get(call, "function"), "name")),
                arguments_text(get(get(call, "function"), "arguments")),
                position=position,
            )
            for position, call in enumerate(items({"calls": calls}, "calls"))
        ]
        self.answer.tool_calls(deltas, index)

    def eof(self) -> None:
        """Take usage that came at last for the end marker, which an SDK keeps to itself."""
        if self._usage_last:
            self.answer.end()


def _reasoning(delta: object) -> str:
    """Return reasoning from one of its places; OpenRouter repeats it in the last one."""
    plain = text(delta, "reasoning_content") or text(delta, "reasoning")
    if plain:
        return plain
    details = items(delta, "reasoning_details")
    return "".join(
        text(d, "text") or text(d, "summary") for d in details if get(d, "type") in _READABLE
    )


def _tokens(choice: object) -> tuple[int | None, str]:
    """Return the tokens of a piece where the provider lists them, and where it does."""
    ids = items(choice, "token_ids")
    if ids:
        return len(ids), "token_ids"
    logprobs = get(choice, "logprobs")
    if logprobs is None:
        return None, ""
    listed = items(logprobs, "content") or items(logprobs, "tokens")
    return (len(listed), "logprobs") if listed else (None, "")

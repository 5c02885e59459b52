"""llama-index: streams of chat and completion responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rx_stream.core.llm.access import get, text
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.dialect import Dialect

__all__ = ["LlamaIndex"]


class LlamaIndex(Dialect):
    """Reads ``delta``; usage, reasons and calls from the provider's own object in ``raw``.

    The generator's end is the only end marker there is.

    Args:
        answer: Is told what has been read.
        find: Returns the dialect of a provider's object, or None.
    """

    name: ClassVar[str] = "llama_index"

    __slots__ = ("_find", "_raw")

    def __init__(self, answer: Answer, find: Callable[[object], type[Dialect] | None]) -> None:
        super().__init__(answer)
        self._find = find
        self._raw: Dialect | None = None

    def read(self, payload: object) -> None:
        """Read one response."""
        answer = self.answer
        answer.text(text(payload, "delta"))
        answer.reasoning(text(get(payload, "additional_kwargs"), "thinking_delta"))
        raw = get(payload, "raw")
        if raw is None:
            return
        if self._raw is None:
            found = self._find(raw)
            if found is None:
                return
            self._raw = found(answer)
        answer.mute = True  # Its text has come as ``delta`` already.
        try:
            self._raw.read(raw)
        finally:
            answer.mute = False
            answer.ended = False

    def eof(self) -> None:
        """Take the end of the generator for the end of the answer."""
        self.answer.end()

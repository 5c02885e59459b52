"""What the decoder of a dialect is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from rx_stream.core.llm.answer import Answer

__all__ = ["Dialect"]


class Dialect(ABC):
    """Reads the payloads of one dialect, as dicts or as objects of an SDK.

    Args:
        answer: Is told what has been read.

    Attributes:
        name: What the dialect is called.
        provider: Who speaks it, where only one does.
    """

    name: ClassVar[str] = ""
    provider: ClassVar[str | None] = None

    __slots__ = ("answer",)

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        answer.provider = answer.provider or self.provider

    @abstractmethod
    def read(self, payload: object, /) -> None:
        """Tell the answer what is in one payload.

        Raises:
            LLMStreamError: The dialect says in a way of its own that the answer has failed.
        """

    def eof(self) -> None:  # noqa: B027 - most dialects have nothing to do there
        """Note that there are no more objects. Where that is the only end marker, it is the end.

        Not called for what was read from a body, where end markers can be seen.
        """

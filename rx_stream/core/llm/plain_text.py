"""Plain strings, as Hugging Face streamers and many generators give them."""

from __future__ import annotations

from typing import ClassVar

from rx_stream.core.llm.dialect import Dialect

__all__ = ["PlainText"]


class PlainText(Dialect):
    """Takes each string as text of the answer; the end of the data is its end."""

    name: ClassVar[str] = "text"

    __slots__ = ()

    def read(self, payload: object) -> None:
        """Read one string."""
        if isinstance(payload, str):
            self.answer.text(payload)

    def eof(self) -> None:
        """Take the end of the data for the end of the answer."""
        self.answer.end()

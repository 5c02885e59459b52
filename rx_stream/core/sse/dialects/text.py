"""The dialect ``text``: for ``curl -N`` and the simplest of pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rx_stream.core.sse.dialects.base import NAMED, Identity, SseDialect
from rx_stream.core.sse.sse_frames import data_lines, frame, without_halves
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import StreamProgress

__all__ = ["TextDialect"]


class TextDialect(SseDialect):
    """The text itself as data, one data line for each of its lines.

    Loses what the format cannot carry: CR and CRLF arrive as LF, half a surrogate pair as U+FFFD.
    Some clients also strip leading spaces or drop newlines; ``json`` is safe from that.
    """

    name: ClassVar[str] = "text"
    takes_event: ClassVar[bool] = True
    events: ClassVar[Sequence[str]] = NAMED

    __slots__ = ("_head",)

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self._head = "" if identity.event is None else f"event: {identity.event}\n"

    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return the text, a data line for each of its lines."""
        return [f"{self._head}{data_lines(without_halves(text))}\n"]

    def _named(self, name: str, text: str) -> list[str]:
        return [f"event: {name}\n{data_lines(without_halves(text))}\n"]

    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return an event named ``reasoning``."""
        return self._named("reasoning", text)

    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Return an event named ``refusal``."""
        return self._named("refusal", text)

    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return an event named ``tool``, in JSON, for each piece."""
        return [frame(call, "tool") for call in calls]

    def progress(self, progress: StreamProgress) -> list[str]:
        """Return an event named ``progress``, in JSON."""
        return [frame(progress.to_dict(), "progress")]

    def error(self, message: str) -> list[str]:
        """Return an event named ``stream-error``."""
        return self._named("stream-error", message)

    def end(self, *, done: bool) -> list[str]:
        """Return an event named ``done``."""
        return ["event: done\ndata: [DONE]\n\n"] if done else []

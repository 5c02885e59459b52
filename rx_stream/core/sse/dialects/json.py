"""The dialect ``json``: for EventSource, fetch-event-source, httpx-sse and the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rx_stream.core.sse.dialects.base import NAMED, Identity, SseDialect
from rx_stream.core.sse.sse_frames import escape, frame
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import StreamProgress

__all__ = ["JsonDialect"]


class JsonDialect(SseDialect):
    """Text as ``{"content": …}`` without a name; what is not text has a name of its own.

    No event is called ``error``: in an EventSource that would fire the handler for a broken
    connection.
    """

    name: ClassVar[str] = "json"
    takes_event: ClassVar[bool] = True
    events: ClassVar[Sequence[str]] = NAMED
    takes_choices: ClassVar[bool] = True

    __slots__ = ("_prefix",)

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        head = "" if identity.event is None else f"event: {identity.event}\n"
        self._prefix = f'{head}data: {{"content":'

    def template(self) -> tuple[str, str] | None:
        """Return what stands around text."""
        return self._prefix, "}\n\n"

    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return ``{"content": text}``."""
        suffix = f',"choice":{choice}}}\n\n' if choice else "}\n\n"
        return [f"{self._prefix}{escape(text)}{suffix}"]

    def _named(self, name: str, payload: dict[str, object], choice: int) -> list[str]:
        return [frame({**payload, "choice": choice} if choice else payload, name)]

    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return an event named ``reasoning``."""
        return self._named("reasoning", {"content": text}, choice)

    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Return an event named ``refusal``."""
        return self._named("refusal", {"content": text}, choice)

    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return an event named ``tool`` for each piece."""
        return [text for call in calls for text in self._named("tool", {**call}, choice)]

    def progress(self, progress: StreamProgress) -> list[str]:
        """Return an event named ``progress``."""
        return [frame(progress.to_dict(), "progress")]

    def error(self, message: str) -> list[str]:
        """Return an event named ``stream-error``."""
        return [frame({"message": message}, "stream-error")]

    def end(self, *, done: bool) -> list[str]:
        """Return an event named ``done``, with the reason and the usage."""
        if not done:
            return []
        payload: dict[str, object] = {"finish_reason": self.ending().reason}
        others = {str(n): self.ending(n).reason for n in sorted(self.endings) if n}
        if others:
            payload["finish_reasons"] = {"0": self.ending().reason, **others}
        if self.usage:
            payload["usage"] = dict(self.usage)
        return [frame(payload, "done")]

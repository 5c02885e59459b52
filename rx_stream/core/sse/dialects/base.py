"""What every dialect of output does: the part that does not depend on its bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.types import FinishReason, StreamChunk, StreamProgress, choice_of

__all__ = ["NAMED", "Ending", "Identity", "SseDialect"]

NAMED = ("done", "progress", "reasoning", "refusal", "stream-error", "tool")
"""What the events that are not text are called where text has no name."""


class Identity(NamedTuple):
    """What makes one answer different from another.

    Args:
        id: A word that no other answer has.
        created: When the answer began, in seconds since 1970.
        event: The name for events of text, where the dialect leaves that open.
    """

    id: str
    created: int
    event: str | None = None


@dataclass(slots=True)
class Ending:
    """How a choice ended.

    Args:
        reason: Why, normalised; None where nobody said.
        raw: The provider's own word.
    """

    reason: FinishReason | None = None
    raw: str | None = None


class SseDialect(ABC):
    """Writes the frames of one answer. Each method returns whole frames, without id and retry.

    Args:
        identity: What makes the answer different from another.

    Attributes:
        model: The model, once a chunk has named it.
        usage: The last report of usage, normalised.
        endings: How each choice ended, as far as that has been told.
    """

    name: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}
    takes_event: ClassVar[bool] = False
    """Whether the application may name the events of text."""
    events: ClassVar[Sequence[str]] = ()
    """Names of its events that are not text, where the application may name the others."""
    takes_choices: ClassVar[bool] = False
    """Whether several answers can travel side by side."""

    __slots__ = ("endings", "identity", "model", "usage")

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.model: str | None = None
        self.usage: Mapping[str, object] = {}
        self.endings: dict[int, Ending] = {}

    def chunk(self, chunk: StreamChunk) -> list[str]:
        """Return the frames of a chunk; how it ends the answer is kept for :meth:`end`."""
        about = chunk.metadata
        choice = choice_of(about)
        if choice and not self.takes_choices:
            raise ValueError(f"to_sse: the {self.name} dialect has one choice, not choice {choice}")
        if self.model is None and isinstance(model := about.get("model"), str):
            self.model = model
        frames: list[str] = []
        if reasoning := about.get("reasoning"):
            frames += self.reasoning(str(reasoning), choice)
        if chunk.content:
            frames += self.text(chunk.content, choice)
        if refusal := about.get("refusal"):
            frames += self.refusal(str(refusal), choice)
        if calls := cast("Sequence[ToolCallDelta]", about.get("tool_calls") or ()):
            frames += self.tool_calls(calls, choice)
        if chunk.is_complete or chunk.finish_reason is not None:
            raw = about.get("finish_reason_raw")
            self.endings[choice] = Ending(chunk.finish_reason, None if raw is None else str(raw))
        if isinstance(usage := about.get("usage"), Mapping):
            self.usage = cast("Mapping[str, object]", usage)
        return frames

    def template(self) -> tuple[str, str] | None:
        """Return what stands before and after the JSON string of the next text.

        None if the next text needs more than one frame, or is not sent as JSON.
        """
        return None

    @abstractmethod
    def text(self, text: str, choice: int = 0) -> list[str]:
        """Return the frames of text of the answer, which is not empty."""

    @abstractmethod
    def reasoning(self, text: str, choice: int = 0) -> list[str]:
        """Return the frames of a piece of reasoning."""

    @abstractmethod
    def refusal(self, text: str, choice: int = 0) -> list[str]:
        """Return the frames of a piece of a refusal."""

    @abstractmethod
    def tool_calls(self, calls: Sequence[ToolCallDelta], choice: int = 0) -> list[str]:
        """Return the frames of pieces of tool calls."""

    @abstractmethod
    def progress(self, progress: StreamProgress) -> list[str]:
        """Return the frames of a report of progress."""

    @abstractmethod
    def error(self, message: str) -> list[str]:
        """Return the frames that say that the stream has failed."""

    @abstractmethod
    def end(self, *, done: bool) -> list[str]:
        """Return the frames that end the answer, with the end marker if ``done``."""

    def ending(self, choice: int = 0) -> Ending:
        """Return how a choice ended; a stream that simply completed has stopped."""
        known = self.endings.get(choice) or Ending()
        return known if known.reason is not None else Ending("stop", known.raw)

    def count(self, name: str) -> int | None:
        """Return one number of the usage, if it was reported."""
        value = self.usage.get(name)
        return value if isinstance(value, int) else None

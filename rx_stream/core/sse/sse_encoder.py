"""Items of a stream in, frames of Server-Sent Events out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as escape
from typing import TypeAlias, cast

from rx_stream.core.sse.dialects import SseDialect
from rx_stream.core.sse.sse_frames import event_frame, field
from rx_stream.types import FACTS, NO_METADATA, ServerSentEvent, StreamChunk, StreamProgress

__all__ = ["FAILED", "ErrorMessage", "EventIds", "SseEncoder"]

EventIds: TypeAlias = str | Callable[[int], str | int] | None
"""Ids of events: the name of the stream, or what gives the id for a position."""

ErrorMessage: TypeAlias = Callable[[Exception], str]
"""What chooses the words that a client is shown for an error."""

FAILED = "The stream failed."
"""What clients are told of an error, unless the application chooses other words."""


class SseEncoder:
    """Writes the frames of one stream in one dialect.

    Events that carry a part of the answer, and its end, have an id if ids are asked for; reports
    of progress and errors have none, so that a client never resumes behind what it has not got.

    Args:
        dialect: Writes the frames of the items.
        ids: Where ids come from; None for no ids.
        retry: Milliseconds after which a client should reconnect, told in the first event.
        done: Whether the end marker is sent.
        message: Chooses the words for an error; None to pass errors on.

    Attributes:
        finished: Whether the end has been written.
        last_id: The id of the last event that had one.
        swallows_errors: Whether an error ends as an event of the stream.
    """

    __slots__ = (
        "_after",
        "_before",
        "_dialect",
        "_done",
        "_ids",
        "_index",
        "_message",
        "_plain",
        "_plain_size",
        "_retry",
        "finished",
        "last_id",
        "swallows_errors",
    )

    def __init__(
        self,
        dialect: SseDialect,
        *,
        ids: EventIds = None,
        retry: int | None = None,
        done: bool = True,
        message: ErrorMessage | None,
    ) -> None:
        self._dialect = dialect
        self._ids = ids
        self._retry = retry
        self._done = done
        self._message = message
        self.swallows_errors = message is not None
        self.last_id: str | None = None
        self.finished = False
        self._index = 0
        # What stands around the next text, where nothing but one frame is due; else None.
        self._before: str | None = None
        self._after = ""
        self._plain: Mapping[str, object] = NO_METADATA
        self._plain_size = 0
        self._look()

    def feed(self, item: object, /) -> list[str]:
        """Return the frames of an item.

        Raises:
            TypeError: It is not text, a chunk, progress or an event.
            ValueError: It has what the dialect or an event cannot carry.
        """
        before = self._before
        if before is not None:
            text: str | None = None
            if type(item) is str:
                text = item
            elif type(item) is StreamChunk:
                about = item.metadata
                if about is self._plain and len(about) == self._plain_size:
                    if item.finish_reason is None and not item.is_complete:
                        text = item.content
                else:
                    self._learn(about)
            if text is not None:
                if not text:
                    return []
                frame = f"{before}{escape(text)}{self._after}"
                return [frame] if self._ids is None else self._numbered([frame])
        frames = self._frames(item)
        self._look()
        return frames

    def flush(self) -> list[str]:
        """Return the frames of the end."""
        self.finished = True
        return self._numbered(self._dialect.end(done=self._done))

    def fail(self, error: Exception) -> list[str]:
        """Return the frames that tell of an error; none if errors are passed on."""
        if self._message is None:
            return []
        try:
            message = self._message(error)
        except Exception:  # noqa: BLE001 - a client must hear of the first error all the same
            message = FAILED
        return self._first(self._dialect.error(str(message)))

    def _learn(self, about: Mapping[str, object]) -> None:
        """Remember the metadata of chunks that have text of the first choice and nothing else.

        A source has one mapping for all its text, so the look at its keys is paid once.
        """
        plain = FACTS.isdisjoint(about) and not about.get("choice")
        self._plain = about if plain else NO_METADATA
        self._plain_size = len(self._plain)

    def _frames(self, item: object) -> list[str]:
        if isinstance(item, StreamChunk):
            return self._numbered(self._dialect.chunk(item))
        if isinstance(item, str):
            return self._numbered(self._dialect.text(item)) if item else []
        if isinstance(item, StreamProgress):
            return self._first(self._dialect.progress(item))
        if isinstance(item, ServerSentEvent):
            if item.retry is not None:
                self._retry = None
            return self._first([event_frame(item)])
        raise TypeError(
            "to_sse: an item must be a str, StreamChunk, StreamProgress or ServerSentEvent, "
            f"not {item!r}"
        )

    def _look(self) -> None:
        """See whether the next text takes the short way."""
        template = self._dialect.template()
        if template is None or self._retry is not None:
            self._before = None
        else:
            self._before, self._after = template

    def _first(self, frames: list[str]) -> list[str]:
        if self._retry is not None and frames:
            frames[0] = f"retry: {self._retry}\n{frames[0]}"
            self._retry = None
        return frames

    def _numbered(self, frames: list[str]) -> list[str]:
        frames = self._first(frames)
        ids = self._ids
        if ids is None:
            return frames
        out: list[str] = []
        for text in frames:
            index = self._index
            self.last_id = f"{ids}:{index}" if type(ids) is str else self._id(index)
            self._index = index + 1
            out.append(f"id: {self.last_id}\n{text}")
        return out

    def _id(self, index: int) -> str:
        given: object = cast("Callable[[int], object]", self._ids)(index)
        if isinstance(given, bool) or not isinstance(given, (str, int)):
            raise TypeError(f"to_sse: an id must be a str or an int, not {given!r}")
        return field("to_sse: an id", given)

"""The events of a stream that can be resumed, in the dialect ``json``."""

from __future__ import annotations

from rx_stream.core.logs.stream_log import Position
from rx_stream.core.sse.sse_frames import escape, frame
from rx_stream.errors import (
    StreamCancelledError,
    StreamFailedError,
    StreamInterruptedError,
)
from rx_stream.logs.from_log import finish_reason_of

__all__ = ["EXPIRED", "ResumeFrames"]

EXPIRED = Position("expired", 0)
"""The id of the event that says that a stream is forgotten; who comes back with it gets 204."""


class ResumeFrames:
    """Writes the frames of one response.

    Args:
        retry: Milliseconds after which clients should reconnect, told in the first event.
    """

    __slots__ = ("_retry",)

    def __init__(self, retry: int | None) -> None:
        self._retry = "" if retry is None else f"retry: {retry}\n"

    def _head(self, position: object) -> str:
        retry, self._retry = self._retry, ""
        return f"id: {position}\n{retry}"

    def text(self, text: str, position: str) -> str:
        """Return the event of a piece of text that ends at a position."""
        return f'{self._head(position)}data: {{"content":{escape(text)}}}\n\n'

    def reset(self, epoch: str) -> str:
        """Return the event that says: drop what you have, the text begins anew."""
        return self._head(Position(epoch, 0)) + frame({"reason": "position_lost"}, "reset")

    def done(self, detail: str, end: Position) -> str:
        """Return the event at the end of a complete stream."""
        return self._head(end) + frame({"finish_reason": finish_reason_of(detail)}, "done")

    def failed(self, error: Exception, end: Position | None) -> str:
        """Return the event of a stream that is not complete; ``end`` if it never will be."""
        head = "" if end is None else self._head(end)
        return head + frame({"message": _message(error), "type": _kind(error)}, "stream-error")

    def expired(self) -> str:
        """Return the event that says that there is nothing to resume any more."""
        payload = {"message": "The stream has expired.", "type": "expired"}
        return self._head(EXPIRED) + frame(payload, "stream-error")


def _kind(error: Exception) -> str:
    if isinstance(error, StreamCancelledError):
        return "cancelled"
    return "interrupted" if isinstance(error, StreamInterruptedError) else "error"


def _message(error: Exception) -> str:
    # Never the error's own text: it is the server's business.
    if isinstance(error, StreamCancelledError):
        return "The stream was cancelled."
    if isinstance(error, StreamInterruptedError):
        return "The stream was interrupted."
    if isinstance(error, StreamFailedError):
        return "The stream failed."
    return "The stream cannot be read."

"""Server-Sent Events of models, without an object for each."""

from __future__ import annotations

from typing import cast

from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.errors import EventTooLargeError
from rx_stream.types import ServerSentEvent

__all__ = ["PayloadDecoder"]

_LF, _CR = b"\n\r"


class PayloadDecoder(SseDecoder):
    """Decodes as :class:`SseDecoder` does, but an event that has only data may come as its bytes.

    At a microsecond an event, making the objects would take a third of the time, and the JSON
    reader wants bytes.
    """

    __slots__ = ()

    def payloads(self, chunk: bytes) -> list[bytes | ServerSentEvent]:
        """Return the events that ``chunk`` completes.

        Raises:
            EventTooLargeError: One is larger than the limit, and none comes before it.
        """
        # What nearly every read of a slow stream is: one whole event.
        if (
            self._between
            and chunk[:6] == b"data: "
            and chunk.find(b"\n") == len(chunk) - 2
            and chunk[-1] == _LF
            and _CR not in chunk
            and len(chunk) <= self._limit
        ):
            return [chunk[6:-2]]
        events = self.feed(chunk)
        if not events and self.outcome is not None:
            raise EventTooLargeError(
                f"from_llm: an event is larger than {self._limit} bytes", limit=self._limit
            )
        return cast("list[bytes | ServerSentEvent]", events)

    def _decode(self, blocks: bytes) -> list[ServerSentEvent]:
        if self._retry_here is None and blocks[:6] == b"data: ":
            data = blocks[6:-2].split(b"\n\ndata: ")
            if blocks.count(b"\n") == 2 * len(data):
                return cast("list[ServerSentEvent]", data)
        return super()._decode(blocks)

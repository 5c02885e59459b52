"""Bytes of an event stream in, events out with the byte that completes them."""

from __future__ import annotations

from typing import Literal

from rx_stream.core.arguments import as_bytes
from rx_stream.core.sse.sse_framing import with_lf
from rx_stream.core.sse.sse_shapes import ShapeReader
from rx_stream.errors import EventTooLargeError
from rx_stream.types import ServerSentEvent

__all__ = ["SseDecoder"]

# An int of thousands of digits is refused by Python, and no client waits even this long.
_RETRY_DIGITS = 18

_D = ord("d")


class SseDecoder(ShapeReader):
    """Decodes ``text/event-stream`` as browsers do, from bytes that were cut anywhere.

    Shortcuts are taken only where the count of line ends proves that nothing else is inside.

    Args:
        max_event_size: Bytes that the lines of one event may have.
        last_event_id: The last event id to start with, as after a reconnect.

    Attributes:
        last_event_id: The last event id so far; it outlives ``flush``, as it does a connection.
        retry: The reconnection time last given, in milliseconds; None before.
        outcome: The error that ended decoding, an event larger than the limit; else None.

    Source: WHATWG HTML, 9.2.6 "Interpreting an event stream".
    """

    __slots__ = ("_between", "_in_line", "_retry_here", "outcome", "retry")

    def __init__(self, *, max_event_size: int = 32 << 20, last_event_id: str = "") -> None:
        super().__init__(max_event_size, last_event_id)
        self._between = self._in_line = False
        self.retry: int | None = None
        self.outcome: Exception | Literal[True] | None = None
        self._retry_here: int | None = None

    def feed(self, chunk: bytes, /) -> list[ServerSentEvent]:
        """Return the events that ``chunk`` completes; after one that is too large, nothing.

        Raises:
            TypeError: ``chunk`` is not bytes.
        """
        # The usual chunks, a piece of a long line or whole events, take the short way.
        if self._in_line and type(chunk) is bytes and 10 not in chunk and 13 not in chunk:
            size = self._size + len(chunk)
            if size <= self._limit:
                self._size = size
                self._parts.append(chunk)
                return []
        if self._between and type(chunk) is bytes and len(chunk) <= self._limit:
            tail = 2 if chunk[-2:] == b"\n\n" else 4 if chunk[-4:] == b"\r\n\r\n" else 0
            if tail:
                if chunk[0] == _D and chunk[1:6] == b"ata: ":
                    data = chunk[6:-tail]
                    if 10 not in data and 13 not in data:
                        text = data.decode("utf-8", "replace")
                        return [ServerSentEvent(text, None, self.last_event_id)]
                return self._decode(chunk if 13 not in chunk else with_lf(chunk))
        return self._feed(chunk if type(chunk) is bytes else as_bytes("from_sse", chunk))

    def _feed(self, chunk: bytes) -> list[ServerSentEvent]:
        if self.outcome is not None:
            return []
        blocks = self._take(chunk)
        if self._size > self._limit:
            self.outcome = EventTooLargeError(
                f"from_sse: an event is larger than max_event_size, {self._limit} bytes",
                limit=self._limit,
            )
            self._restart()
        events = self._decode(blocks) if blocks else []
        self._settle()
        return events

    def _settle(self) -> None:
        """Note whether the next chunk may take a short way."""
        usual = not self._special and self.outcome is None
        self._in_line = usual and bool(self._parts) and not self._line_done
        self._between = usual and not self._parts and self._retry_here is None

    def flush(self) -> list[ServerSentEvent]:
        """Drop the unfinished event, as the standard asks; a whole ``retry`` line in it counts."""
        for line in b"".join(self._parts).split(b"\n")[:-1]:
            if line.startswith(b"retry:"):
                self._set_retry(line[6:].decode("utf-8", "replace").removeprefix(" "))
        self._retry_here = None
        self._restart()
        self._settle()
        return []

    def _decode(self, blocks: bytes) -> list[ServerSentEvent]:
        text: str | None = None
        if self._retry_here is None:
            events = None
            if blocks[0] == _D:
                if blocks.find(b"\n") == len(blocks) - 2 and blocks[:6] == b"data: ":
                    # A view: an event of megabytes is not copied once more.
                    text = str(memoryview(blocks)[6:-2], "utf-8", "replace")
                    return [ServerSentEvent(text, None, self.last_event_id)]
                text = blocks.decode("utf-8", "replace")
                if text[:6] == "data: ":
                    events = self._data_only(text)
            else:
                text = blocks.decode("utf-8", "replace")
                head, _, rest = text.partition("\ndata: ")
                one = rest.find("\n") == len(rest) - 2
                events = self._one(head, rest[:-2]) if one else self._many(text)
            if events is not None:
                return events
        return self._by_line(blocks.decode("utf-8", "replace") if text is None else text)

    def _by_line(self, text: str) -> list[ServerSentEvent]:
        """Decode blocks of any shape by the rules of the standard, line by line."""
        events: list[ServerSentEvent] = []
        data: list[str] = []
        name = ""
        for line in text[:-1].split("\n"):
            if line[:6] == "data: ":
                data.append(line[6:])
            elif line:
                field, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if field == "data":
                    data.append(value)
                elif field == "event":
                    name = value
                elif field == "id" and "\0" not in value:
                    self.last_event_id = value
                elif field == "retry":
                    self._set_retry(value)
            else:
                if data:
                    joined = "\n".join(data) if len(data) > 1 else data[0]
                    events.append(
                        ServerSentEvent(joined, name or None, self.last_event_id, self._retry_here)
                    )
                    self._retry_here = None
                    data = []
                name = ""
        return events

    def _set_retry(self, value: str) -> None:
        # ``int`` alone would take signs, spaces and the digits of other scripts.
        if value.isascii() and value.isdigit() and len(value) <= _RETRY_DIGITS:
            self.retry = self._retry_here = int(value)
            self._between = False

"""The bytes of an HTTP body in, the events of a stream out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from rx_stream.core.llm.not_a_stream import not_a_stream
from rx_stream.core.llm.payloads import PayloadDecoder
from rx_stream.errors import EventTooLargeError
from rx_stream.types import ServerSentEvent

__all__ = ["Body", "Payload"]

Payload: TypeAlias = bytes | ServerSentEvent
"""The bytes of data alone, or an event that may have a name."""

_BOM = b"\xef\xbb\xbf"
_SSE = (b":", b"data:", b"event:", b"id:", b"retry:", b"data\n", b"data\r")
_LIMIT = 32 << 20


def _too_large(what: str) -> EventTooLargeError:
    return EventTooLargeError(f"from_llm: {what} is larger than {_LIMIT} bytes", limit=_LIMIT)


class _Whole:
    """Keeps a body that is no stream, for the error."""

    __slots__ = ("_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Payload]:
        self._hold(chunk)
        return []

    def end(self) -> list[Payload]:
        raise not_a_stream(self._text())

    def _hold(self, piece: bytes) -> None:
        if piece:
            self._parts.append(piece)
            self._size += len(piece)
            if self._size > _LIMIT:
                raise _too_large("a line")

    def _text(self) -> str:
        whole = b"".join(self._parts)
        self._parts = []
        self._size = 0
        return whole.decode("utf-8", "replace").strip()


class _Lines(_Whole):
    """Cuts bytes at LF and nowhere else.

    A first line that is no JSON begins a value that is laid out over many lines: no stream.
    """

    __slots__ = ("_is_stream",)

    def __init__(self) -> None:
        super().__init__()
        self._is_stream: bool | None = None

    def feed(self, chunk: bytes) -> list[Payload]:
        if self._is_stream is False:
            return super().feed(chunk)
        first, *lines = chunk.split(b"\n")
        self._hold(first)
        out: list[Payload] = []
        for at, line in enumerate(lines):
            text = self._text()
            if text:
                if self._is_stream is None and not _is_json(text):
                    self._is_stream = False
                    self._hold(b"\n".join([text.encode(), *lines[at:]]))
                    break
                self._is_stream = True
                out.append(ServerSentEvent(text))
            self._hold(line)
        return out

    def end(self) -> list[Payload]:
        text = self._text()
        if self._is_stream is False:
            raise not_a_stream(text)
        return [ServerSentEvent(text)] if text else []


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class _Events:
    """Cuts bytes into the events of an event stream."""

    __slots__ = ("feed",)

    def __init__(self) -> None:
        self.feed = PayloadDecoder(max_event_size=_LIMIT).payloads

    def end(self) -> list[Payload]:
        # The last event may be whole although the blank line after it is missing.
        return self.feed(b"\n\n")


class Body:
    """Tells from the first bytes what a body is, and cuts it accordingly.

    Server-Sent Events begin with a field or a comment, lines of JSON with a brace. Anything else
    is no stream, and its beginning stands in the error. A line of JSON counts as an event.

    Attributes:
        cut: Does what ``feed`` does, without a detour, once it is known what the body is.
    """

    __slots__ = ("_head", "_reader", "cut")

    def __init__(self) -> None:
        self._head = b""
        self._reader: _Whole | _Events | None = None
        self.cut: Callable[[bytes], list[Payload]] | None = None

    def feed(self, chunk: bytes) -> list[Payload]:
        """Return the events that ``chunk`` completes.

        Raises:
            EventTooLargeError: One is too large, and none comes before it.
            RxStreamError: This is no stream.
        """
        if self.cut is not None:
            return self.cut(chunk)
        # Blank lines may go on for ever where a server keeps a connection alive with them.
        self._head = (self._head + chunk).lstrip().removeprefix(_BOM).lstrip()
        reader = self._reader = _reader_for(self._head)
        if reader is None:
            return []
        self.cut = reader.feed
        return reader.feed(self._head)

    def end(self) -> list[Payload]:
        """Return what the missing end of the last event or line left unfinished.

        Raises:
            RxStreamError: This is no stream.
        """
        if self._reader is not None:
            return self._reader.end()
        if self._head.strip():
            raise not_a_stream(self._head.decode("utf-8", "replace"))
        return []


def _reader_for(head: bytes) -> _Whole | _Events | None:
    if head.startswith(b"{"):
        return _Lines()
    if head.startswith(_SSE):
        return _Events()
    if any(field.startswith(head) for field in _SSE) or _BOM.startswith(head):
        return None  # It could still become one.
    return _Whole()

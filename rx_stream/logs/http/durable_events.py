"""The Server-Sent Events of the Durable Streams protocol."""

from __future__ import annotations

import base64
import codecs
import json
import random
import time
from collections.abc import Sequence

from rx_stream.core.logs.durable_stream import DurableMeta, base_type
from rx_stream.logs.http import durable_json
from rx_stream.logs.http.durable_request import offset_text

__all__ = ["DurableEvents", "cursor_after"]

_CURSOR_EPOCH = 1_728_432_000  # 2024-10-09, as the protocol has it.
_CURSOR_INTERVAL = 20


def cursor_after(given: str) -> str:
    """Return a cursor for caches: it moves with time, and never stands still for one client."""
    now = int((time.time() - _CURSOR_EPOCH) // _CURSOR_INTERVAL)
    if not given.isascii() or not given.isdigit() or len(given) > 15 or int(given) < now:
        return str(now)
    return str(int(given) + max(1, -(-random.randint(1, 3600) // _CURSOR_INTERVAL)))


class DurableEvents:
    """Writes what one reader is sent: an event for each entry, and one that says where it ends.

    A character of a text that is cut between two entries waits for its rest; until then the reader
    is told to go on before it.

    Args:
        meta: What is kept with the stream.
        cursor: The cursor of the reader's response before.
    """

    __slots__ = ("_cursor", "_decoder", "_is_json", "binary")

    def __init__(self, meta: DurableMeta, cursor: str) -> None:
        self._cursor = cursor
        self._is_json = meta.is_json
        self.binary = not self._is_json and not base_type(meta.content_type).startswith("text/")
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, entries: Sequence[tuple[int, bytes]], end: int, closed: bool) -> bytes:
        """Return the events of new entries.

        Args:
            entries: The entries, each with where it ends.
            end: Where the stream ends.
            closed: Whether it ends there for ever.
        """
        frames: list[str] = []
        for ends, data in entries or [(end, b"")]:
            last = ends == end
            payload = self._payload(ends, data, closed and last)
            if payload:
                frames.append(_event("data", payload))
            if payload or last:
                held = len(self._decoder.getstate()[0])
                frames.append(self._control(ends - held, closed and last, last))
        return "".join(frames).encode("utf-8", "replace")

    def _payload(self, ends: int, data: bytes, final: bool) -> str:
        if self.binary:
            return base64.b64encode(data).decode()
        if not self._is_json:
            return self._decoder.decode(data, final)
        if not data:
            return ""
        return durable_json.array_of([(offset_text(ends), data)]).decode("utf-8", "replace")

    def _control(self, offset: int, closed: bool, up_to_date: bool) -> str:
        payload: dict[str, object] = {"streamNextOffset": offset_text(offset)}
        if closed:
            payload["streamClosed"] = True
        else:
            payload["streamCursor"] = cursor_after(self._cursor)
            if up_to_date:
                payload["upToDate"] = True
        return _event("control", json.dumps(payload, separators=(",", ":")))


def _event(name: str, data: str) -> str:
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"event: {name}\n{''.join(map(_data_line, lines))}\n"


def _data_line(line: str) -> str:
    # A reader takes one blank after the colon away.
    return f"data: {line}\n" if line.startswith(" ") else f"data:{line}\n"

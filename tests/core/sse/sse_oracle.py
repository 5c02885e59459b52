"""A literal transcription of the rules for event streams, character by character: the oracle.

Source: WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable


class SseOracle:
    """Decodes an event stream slowly and obviously. An event is (name, data, last id, retry)."""

    def __init__(self, last_event_id: str = "") -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._leading = True
        self._after_cr = False
        self._line: list[str] = []
        self._data = ""
        self._type = ""
        self._id = last_event_id
        self._retry_here: int | None = None
        self.last_event_id = last_event_id
        self.retry: int | None = None
        self.events: list[tuple[str, str, str, int | None]] = []

    def feed(self, chunk: bytes, final: bool = False) -> None:
        for character in self._utf8.decode(chunk, final):
            self._character(character)

    def close(self) -> None:
        """The end of the stream: pending data is discarded."""
        self.feed(b"", True)

    def _character(self, character: str) -> None:
        if self._leading:
            self._leading = False
            if character == "\ufeff":
                return
        if self._after_cr:
            self._after_cr = False
            if character == "\n":
                return
        if character in "\r\n":
            self._after_cr = character == "\r"
            line = "".join(self._line)
            self._line = []
            self._process(line)
        else:
            self._line.append(character)

    def _process(self, line: str) -> None:
        if line == "":
            self._dispatch()
        elif line.startswith(":"):
            pass
        elif ":" in line:
            field, value = line.split(":", 1)
            self._field(field, value[1:] if value.startswith(" ") else value)
        else:
            self._field(line, "")

    def _field(self, field: str, value: str) -> None:
        if field == "event":
            self._type = value
        elif field == "data":
            self._data += value + "\n"
        elif field == "id":
            if "\0" not in value:
                self._id = value
        elif field == "retry" and value and all(c in "0123456789" for c in value):
            self._retry(value)

    def _retry(self, digits: str) -> None:
        if len(digits) <= 18:  # More are ignored, here as in the decoder.
            self.retry = self._retry_here = int(digits)

    def _dispatch(self) -> None:
        self.last_event_id = self._id
        if self._data == "":
            self._type = ""
            return
        event = (self._type or "message", self._data[:-1], self.last_event_id, self._retry_here)
        self._retry_here = None
        self._data = self._type = ""
        self.events.append(event)


def decode_slowly(chunks: Iterable[bytes], last_event_id: str = "") -> SseOracle:
    oracle = SseOracle(last_event_id)
    for chunk in chunks:
        oracle.feed(chunk)
    oracle.close()
    return oracle

"""Bytes of newline-delimited JSON in, parsed objects out."""

from __future__ import annotations

import json
from typing import Literal, NoReturn, TypeAlias

from rx_stream.core.arguments import as_bytes
from rx_stream.errors import EventTooLargeError, MalformedLineError

__all__ = ["JsonValue", "NdjsonDecoder"]

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
"""What a line of JSON may hold."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


# Python alone would take NaN and Infinity, which no other reader does.
_parse = json.JSONDecoder(parse_constant=_refuse).decode

_BOM = b"\xef\xbb\xbf"


class NdjsonDecoder:
    r"""Parses one JSON value a line, from bytes that were cut anywhere.

    Bytes are cut at LF and nowhere else: JSON text may hold U+2028 and U+0085, at which the line
    readers of HTTP clients cut too. Empty lines are passed over; the last line needs no LF.

    Args:
        max_line_size: Bytes that one line may have, its LF not counted.

    Attributes:
        outcome: The error that ended decoding; else None.
    """

    __slots__ = ("_limit", "_lines", "_parts", "_size", "outcome")

    def __init__(self, *, max_line_size: int = 32 << 20) -> None:
        self._limit = max_line_size
        self.outcome: Exception | Literal[True] | None = None
        self._restart()

    def _restart(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._lines = 0

    def feed(self, chunk: bytes, /) -> list[JsonValue]:
        """Return the values of the lines that ``chunk`` completes; after a bad line, nothing.

        Raises:
            TypeError: ``chunk`` is not bytes.
        """
        chunk = as_bytes("from_ndjson", chunk)
        if self.outcome is not None:
            return []
        first, *lines = chunk.split(b"\n")
        self._hold(first)
        values: list[JsonValue] = []
        for line in lines:
            self._end_line(values)
            if self.outcome is not None:
                break
            self._hold(line)
        if self.outcome is None and self._size > self._limit:
            self._too_large()
        return values

    def flush(self) -> list[JsonValue]:
        """Return the value of the last line, if no LF ended it."""
        values: list[JsonValue] = []
        if self.outcome is None:
            self._end_line(values)
        self._restart()
        return values

    def _hold(self, piece: bytes) -> None:
        if piece:
            self._parts.append(piece)
            self._size += len(piece)

    def _end_line(self, values: list[JsonValue]) -> None:
        self._lines += 1
        line = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        if self._size > self._limit:
            self._too_large()
            return
        self._size = 0
        if self._lines == 1:
            line = line.removeprefix(_BOM)
        if not line or line.isspace():
            return
        try:
            values.append(_parse(line.decode("utf-8", "replace")))
        except (ValueError, RecursionError) as error:
            self.outcome = MalformedLineError(
                f"from_ndjson: line {self._lines} is not JSON: {error}", line=self._lines
            )
            self.outcome.__cause__ = error

    def _too_large(self) -> None:
        self._parts.clear()
        self.outcome = EventTooLargeError(
            f"from_ndjson: a line is larger than max_line_size, {self._limit} bytes",
            limit=self._limit,
        )

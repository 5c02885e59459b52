"""Bytes in, text out: UTF-8 that was cut anywhere, also inside a character."""

from __future__ import annotations

import codecs
from typing import Literal

from rx_stream.core.arguments import as_bytes

__all__ = ["Utf8Decoder"]


class Utf8Decoder:
    """Decodes UTF-8 step by step.

    Args:
        errors: The name of an error handler of :mod:`codecs`, e.g. ``replace`` or ``strict``.

    Attributes:
        outcome: The error that ended decoding, as with ``strict``; else None.
    """

    __slots__ = ("_decoder", "_errors", "_midway", "outcome")

    def __init__(self, errors: str = "replace") -> None:
        self._errors = errors
        self.outcome: Exception | Literal[True] | None = None
        self._restart()

    def _restart(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(self._errors)
        self._midway = False

    def feed(self, chunk: bytes, /) -> list[str]:
        """Return the text of ``chunk``, without an unfinished character at its end.

        Raises:
            TypeError: ``chunk`` is not bytes.
        """
        if not self._midway and self.outcome is None and type(chunk) is bytes and chunk:
            try:
                return [chunk.decode()]
            except UnicodeDecodeError:
                pass
        return self._step(chunk, final=False)

    def flush(self) -> list[str]:
        """Return what an unfinished character at the end stands for."""
        out = self._step(b"", final=True)
        self._restart()
        return out

    def _step(self, chunk: bytes, *, final: bool) -> list[str]:
        chunk = as_bytes("decode_utf8", chunk)
        if self.outcome is not None:
            return []
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            # Text before the bad byte has arrived and is not lost.
            self.outcome = error
            text = error.object[: error.start].decode("utf-8", self._errors)
        self._midway = bool(self._decoder.getstate()[0])
        return [text] if text else []

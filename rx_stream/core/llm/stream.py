"""Whatever a provider sends in, the chunks of one answer out, with exactly one honest end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, cast

from rx_stream.core.llm.access import get
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.body import Body, Payload
from rx_stream.core.llm.failures import error_of, failure
from rx_stream.core.llm.json_reader import parse
from rx_stream.core.llm.names import ALIASES, DIALECT_NAMES, WIRE
from rx_stream.core.llm.not_a_stream import shorten
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.payload_reader import PayloadReader
from rx_stream.core.llm.transcript import Transcript
from rx_stream.core.text.utf8 import Utf8Decoder
from rx_stream.errors import RxStreamError, StreamTruncatedError
from rx_stream.types import ServerSentEvent, StreamChunk

__all__ = ["LlmStream", "dialect_name"]

_USUAL = Options()


def dialect_name(value: object) -> str | None:
    """Return the name of a dialect that the caller has named in one of its ways.

    Raises:
        ValueError: It is none.
    """
    if value is None:
        return None
    name = ALIASES.get(value, value) if isinstance(value, str) else value
    if not isinstance(name, str) or name not in DIALECT_NAMES:
        known = ", ".join(map(repr, DIALECT_NAMES))
        raise ValueError(f"from_llm: dialect must be None or one of {known}, not {value!r}")
    return name


def _typed(cause: Exception) -> RxStreamError:
    """Return the error for whatever went wrong in reading an item."""
    if isinstance(cause, RxStreamError):
        return cause
    if isinstance(cause, RecursionError):
        error = RxStreamError("from_llm: the JSON of an event is nested too deeply")
    else:
        what = shorten(f"{type(cause).__name__}: {cause}")
        error = RxStreamError(f"from_llm: an item of the stream cannot be read: {what}")
    error.__cause__ = cause
    return error


class LlmStream:
    """Decodes one stream: bytes of a body, events, strings, dicts or objects of an SDK.

    Args:
        dialect: Name of the dialect; None to tell it from the first item.
        options: How it is to be read.

    Attributes:
        outcome: True when the answer is complete, an error when it is not; None before.
    """

    __slots__ = (
        "_body",
        "_cut",
        "_events_seen",
        "_named",
        "_reader",
        "_sent",
        "_utf8",
        "answer",
        "outcome",
    )

    def __init__(
        self,
        dialect: str | None = None,
        options: Options = _USUAL,
    ) -> None:
        self.answer = Answer(options)
        self.outcome: Exception | Literal[True] | None = None
        self._named = dialect
        self._reader = PayloadReader(self.answer, dialect)
        self._events_seen = False
        self._body: Body | None = None
        self._cut: Callable[[bytes], Sequence[Payload]] | None = None
        self._utf8: Utf8Decoder | None = None
        self._sent = Transcript()

    def feed(self, item: object, /) -> list[StreamChunk]:
        """Take one item of the stream and return the chunks that it completes."""
        if self.outcome is not None:
            return []
        try:
            if type(item) is bytes and self._cut is not None:
                self._events(self._cut(item))
            else:
                self._item(item)
        except Exception as error:  # noqa: BLE001 - a decoder's slip must not cost the text
            self._fail(_typed(error))
        return self._take() if self.answer.out else []

    def flush(self) -> list[StreamChunk]:
        """Take the end of the data: the end of the answer, or its loss."""
        if self.outcome is not None:
            return []
        try:
            self._eof()
        except Exception as error:  # noqa: BLE001 - a decoder's slip must not cost the text
            self._fail(_typed(error))
        return self._take()

    def fail(self, error: Exception) -> list[StreamChunk]:
        """Take the failure of the source, whose error is passed on as it is."""
        if self.outcome is None:
            self.outcome = error
            self.answer.close()
        return self._take()

    def _take(self) -> list[StreamChunk]:
        out = self.answer.take()
        if out:
            self._sent.add(out)
        return out

    # ------------------------------------------------------------------ kinds of items

    def _item(self, item: object) -> None:
        if isinstance(item, (bytes, bytearray, memoryview)):
            self._bytes(bytes(cast("bytes", item)))
        elif isinstance(item, str):
            if self._named in WIRE:
                self._bytes(item.encode("utf-8", "surrogatepass"))
            else:
                self._payload(item)
        elif isinstance(item, ServerSentEvent):
            self._events([item])
        elif isinstance(data := get(item, "data"), str) and hasattr(item, "event"):
            name = get(item, "event")  # An event as another reader of SSE gives it.
            self._events([ServerSentEvent(data, name if isinstance(name, str) else None)])
        else:
            self._payload(item)

    def _bytes(self, chunk: bytes) -> None:
        if self._named is not None and self._named not in WIRE:
            self._utf8 = self._utf8 or Utf8Decoder()
            for text in self._utf8.feed(chunk):
                self._payload(text)
            return
        if self._body is None:
            self._body = Body()
        self._events(self._body.feed(chunk))
        self._cut = self._body.cut

    def _events(self, events: Sequence[Payload]) -> None:
        at, short_way = 0, self._reader.short_way
        while at < len(events):
            if short_way is not None:
                at = short_way.read(events, at, self.answer)
                if at == len(events):
                    return
            self._event(events[at])
            if self.outcome is not None:
                return
            at, short_way = at + 1, self._reader.short_way

    def _event(self, event: Payload, *, last: bool = False) -> None:
        self._events_seen = True
        if isinstance(event, bytes):
            name, text = None, event.decode("utf-8", "replace").strip()
        else:
            name, text = event.event, event.data.strip()
        if not text:
            return
        if text == "[DONE]":
            self.answer.end()
            self._complete()
            return
        try:
            payload = parse(text)
        except ValueError as error:
            if name == "error":
                raise failure(text) from None
            if last:
                return  # The body was cut inside it.
            raise RxStreamError(f"from_llm: an event is not JSON: {shorten(text)}") from error
        if name == "error" and error_of(payload) is None:
            raise failure(payload)
        self._payload(payload)

    def _payload(self, payload: object) -> None:
        self._reader.read(payload)
        if self.answer.ended:
            self._complete()

    # ------------------------------------------------------------------ the end

    def _complete(self) -> None:
        self.answer.complete()
        self.outcome = True

    def _eof(self) -> None:
        if self._utf8 is not None:
            for text in self._utf8.flush():
                self._payload(text)
        if self._body is not None:
            for event in self._body.end():
                self._event(event, last=True)
                if self.outcome is not None:
                    return
        decoder = self._reader.decoder
        if self._body is None and decoder is not None and not self._events_seen:
            decoder.eof()
        if decoder is not None and self.answer.whole:
            self._complete()
            return
        what = "without an end" if decoder is not None else "before its first item"
        raise StreamTruncatedError(f"from_llm: the stream stopped {what}; the answer is cut off")

    def _fail(self, error: RxStreamError) -> None:
        self.answer.close()
        sent = self.answer.take()
        self._sent.add(sent)
        self.answer.out = sent
        summary = self.answer.summary()
        truncated = isinstance(error, StreamTruncatedError)
        error.result = replace(
            self._sent.result(error),
            finish_reason=self.answer.finish_reason or (None if truncated else "error"),
            usage=summary["usage"],
            metadata=summary,
        )
        self._sent = Transcript()
        self.outcome = error

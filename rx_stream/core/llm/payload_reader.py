"""Read the payloads of a stream by their dialect, which the first one tells."""

from __future__ import annotations

from rx_stream.core.llm.access import get
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.detect import DIALECTS, detect
from rx_stream.core.llm.dialect import Dialect
from rx_stream.core.llm.failures import error_of
from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.not_a_stream import shorten, whole_answer
from rx_stream.core.llm.openai_chat import OpenAIChat
from rx_stream.core.llm.openai_fast import OpenAIShortWay
from rx_stream.errors import RxStreamError

__all__ = ["PayloadReader"]

_WRAPPERS = ("data", "chunk")


class PayloadReader:
    """Reads payloads into an answer.

    Args:
        answer: What they come to.
        dialect: Name of the dialect; None to tell it from the first payload.

    Attributes:
        decoder: Reads the dialect; None as long as nobody knows which one it is.
        short_way: A quicker way for most events of this dialect, if there is one.
    """

    __slots__ = ("_answer", "_wrapper", "decoder", "short_way")

    def __init__(self, answer: Answer, dialect: str | None) -> None:
        self._answer = answer
        self._wrapper: str | None = None
        self.decoder: Dialect | None = None
        self.short_way: OpenAIShortWay | None = None
        if dialect is not None:
            self._begin(DIALECTS[dialect](answer))

    def read(self, payload: object) -> None:
        """Read one payload.

        Raises:
            RxStreamError: It tells of an error, or is of no known dialect.
        """
        decoder = self.decoder
        if decoder is None:
            _raise_error(payload)
            decoder = self._choose(payload)
        if self._wrapper is not None:
            payload = get(payload, self._wrapper)
        decoder.read(payload)
        _raise_error(payload)

    def _choose(self, payload: object) -> Dialect:
        if (error := whole_answer(payload)) is not None:
            raise error
        found = detect(payload)
        for wrapper in _WRAPPERS:
            if found is None and (inner := get(payload, wrapper)) is not None:
                found = detect(inner)  # Mistral's SDK, and the helpers of OpenAI's.
                self._wrapper = wrapper if found is not None else None
        if found is None:
            known = ", ".join(DIALECT_NAMES)
            raise RxStreamError(
                f"from_llm: the first item is of no known dialect: {shorten(repr(payload))}; "
                f"known are {known}, and bytes of a body (choose one with dialect=)"
            )
        return self._begin(found(self._answer))

    def _begin(self, decoder: Dialect) -> Dialect:
        self.decoder = decoder
        self._answer.dialect = decoder.name
        if isinstance(decoder, OpenAIChat):
            self.short_way = OpenAIShortWay()
        return decoder


def _raise_error(payload: object) -> None:
    if not isinstance(payload, str) and (error := error_of(payload)) is not None:
        raise error

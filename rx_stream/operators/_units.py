"""The operator for a unit of text, where the unit is a setting."""

from __future__ import annotations

from rx_stream.core.stream_config import BufferUnit
from rx_stream.operators._link import Operator
from rx_stream.operators.buffer_characters import buffer_characters
from rx_stream.operators.buffer_lines import buffer_lines
from rx_stream.operators.buffer_paragraphs import buffer_paragraphs
from rx_stream.operators.buffer_sentences import buffer_sentences
from rx_stream.operators.buffer_tokens import buffer_tokens
from rx_stream.operators.buffer_words import buffer_words
from rx_stream.types import TextT

__all__ = ["buffer_by"]


def buffer_by(
    unit: BufferUnit,
    *,
    tokens: int = 1,
    encoding: str | None = None,
    language: str = "en",
    flush_after: float | None = None,
) -> Operator[TextT, TextT]:
    """Return the operator that cuts text into units; each takes the options that it has.

    Args:
        unit: The unit.
        tokens: Tokens in one piece.
        encoding: The tokens' encoding.
        language: The language of sentences.
        flush_after: Seconds of silence after which what waits only for look-ahead is sent.
    """
    match unit:
        case "character":
            return buffer_characters()
        case "word":
            return buffer_words(flush_after=flush_after)
        case "sentence":
            return buffer_sentences(language=language, flush_after=flush_after)
        case "line":
            return buffer_lines(flush_after=flush_after)
        case "paragraph":
            return buffer_paragraphs(flush_after=flush_after)
        case _:
            return buffer_tokens(tokens, encoding=encoding)

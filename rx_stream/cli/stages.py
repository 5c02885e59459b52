"""The operators that the commands share, made from their options."""

from __future__ import annotations

from typing import TypeAlias

from rx_stream.operators._stage import Operator
from rx_stream.types import TextT

__all__ = ["UNITS", "by_unit", "paced"]

UNITS = ("character", "word", "sentence", "line", "paragraph", "token")

_Text: TypeAlias = "Operator[TextT, TextT]"


def by_unit(
    unit: str,
    *,
    tokens: int | None = None,
    language: str | None = None,
    flush_after: float | None = None,
) -> _Text[TextT]:
    """Return the operator that cuts text into units.

    Raises:
        ValueError: An option is given that the unit does not have.
    """
    import rx_stream as rx_stream_

    if tokens is not None and unit != "token":
        raise ValueError(f"--tokens {tokens} needs --by token, not --by {unit}")
    if language is not None and unit != "sentence":
        raise ValueError(f"--language {language} needs --by sentence, not --by {unit}")
    if flush_after is not None and unit in ("character", "token"):
        raise ValueError(f"--flush-after {flush_after:g} does not go with --by {unit}")
    if unit == "character":
        return rx_stream_.buffer_characters()
    if unit == "word":
        return rx_stream_.buffer_words(flush_after=flush_after)
    if unit == "sentence":
        return rx_stream_.buffer_sentences(language=language or "en", flush_after=flush_after)
    if unit == "line":
        return rx_stream_.buffer_lines(flush_after=flush_after)
    if unit == "paragraph":
        return rx_stream_.buffer_paragraphs(flush_after=flush_after)
    return rx_stream_.buffer_tokens(tokens or 1)


def paced(rate: float, burst: int) -> _Text[TextT]:
    """Return the operator that lets ``rate`` tokens a second through."""
    from rx_stream import throttle_tokens

    return throttle_tokens(rate, burst=burst)

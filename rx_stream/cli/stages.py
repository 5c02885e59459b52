"""The operators that the commands share, made from their options."""

from __future__ import annotations

from typing import TypeAlias

from rx_stream.core.stream_config import UNITS, BufferUnit
from rx_stream.operators._link import Operator
from rx_stream.operators._units import buffer_by
from rx_stream.types import TextT

__all__ = ["UNITS", "by_unit", "paced"]

_Text: TypeAlias = "Operator[TextT, TextT]"


def by_unit(
    unit: BufferUnit,
    *,
    tokens: int | None = None,
    language: str | None = None,
    flush_after: float | None = None,
) -> _Text[TextT]:
    """Return the operator that cuts text into units.

    Raises:
        ValueError: An option is given that the unit does not have.
    """
    if tokens is not None and unit != "token":
        raise ValueError(f"--tokens {tokens} needs --by token, not --by {unit}")
    if language is not None and unit != "sentence":
        raise ValueError(f"--language {language} needs --by sentence, not --by {unit}")
    if flush_after is not None and unit in ("character", "token"):
        raise ValueError(f"--flush-after {flush_after:g} does not go with --by {unit}")
    return buffer_by(unit, tokens=tokens or 1, language=language or "en", flush_after=flush_after)


def paced(rate: float, burst: int) -> _Text[TextT]:
    """Return the operator that lets ``rate`` tokens a second through."""
    from rx_stream import throttle_tokens

    return throttle_tokens(rate, burst=burst)

"""The operator :func:`buffer_words`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from reactivex import abc

from rx_stream.core.arguments import Seconds, choice, optional_count, optional_seconds, require
from rx_stream.core.protocols import SettlingCore
from rx_stream.core.text.cut_places import cut_at_grapheme
from rx_stream.core.text.delimited import Delimited
from rx_stream.core.text.length_limit import DrainableCore, LengthLimit
from rx_stream.core.text.uax29_words import Uax29Words, load_segmenter
from rx_stream.core.text.words import Words
from rx_stream.operators._lift import lift_text
from rx_stream.operators._operator_types import TextOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["buffer_words"]


def buffer_words(
    *,
    delimiter: str | None = None,
    mode: Literal["display", "uax29"] = "display",
    max_length: int | None = None,
    flush_after: Seconds | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> TextOperator:
    r"""Emit each word with the white space that ends it, as soon as that arrives.

    Loses nothing. A word is white space that leads it, a run of anything else, and exactly one
    white-space character (CRLF counts as one). Punctuation stays with its word and a non-breaking
    space does not end one. Scripts that are written without spaces break inside the run: Chinese,
    Japanese (a run of katakana is one word), Thai, Lao, Khmer and Burmese come character by
    character with their marks and punctuation.

    .. marble::

        'Hel' 250ms 'lo wor' 'ld' |
        [ buffer_words() ]
        250ms 'Hello ' 'world' |

    Args:
        delimiter: If given, each piece ends with this literal text instead, and with nothing else.
        mode: ``"display"`` as above; ``"uax29"`` gives the word segments of the Unicode standard,
            white space and punctuation by themselves, and needs the extra ``rx_stream[uax29]``.
        max_length: Code points after which a longer word is cut, at a border of characters; only a
            character that is longer itself is not cut. Pieces are emitted as they fill.
        flush_after: Seconds of silence after which an unfinished word is emitted as it is. With
            it, where words are cut depends on when their text comes.
        scheduler: Where that silence is measured; by default the subscriber's, or the running
            event loop, or one timer thread.

    Returns:
        An operator from text to text of the same type.

    Raises:
        ImportError: ``mode="uax29"`` without that extra.
        TypeError: An argument has the wrong type.
        ValueError: ``delimiter`` is empty or given with ``"uax29"``, ``mode`` is not known,
            ``max_length`` is less than 1 or given with ``"uax29"``, or ``flush_after`` is not
            above 0.
    """
    if delimiter is not None:
        require("buffer_words: delimiter", delimiter, str, "a text")
        if not delimiter:
            raise ValueError(f"buffer_words: delimiter must not be empty, not {delimiter!r}")
    choice("buffer_words: mode", mode, ("display", "uax29"))
    limit = optional_count("buffer_words: max_length", max_length)
    silence = optional_seconds("buffer_words: flush_after", flush_after)
    make = _uax29(delimiter, limit) if mode == "uax29" else _words(delimiter, limit)
    return lift_text(
        make, flush_after=silence, scheduler=scheduler_argument("buffer_words", scheduler)
    )


def _words(delimiter: str | None, limit: int | None) -> Callable[[], SettlingCore[str, str]]:
    def unlimited() -> DrainableCore:
        return Words() if delimiter is None else Delimited(delimiter)

    if limit is None:
        return unlimited
    return lambda: LengthLimit(unlimited(), limit, cut_at_grapheme)


def _uax29(delimiter: str | None, limit: int | None) -> Callable[[], SettlingCore[str, str]]:
    if delimiter is not None:
        raise ValueError(
            f'buffer_words: delimiter must be None with mode="uax29", not {delimiter!r}'
        )
    if limit is not None:
        raise ValueError(f'buffer_words: max_length must be None with mode="uax29", not {limit!r}')
    segment = load_segmenter()
    return lambda: Uax29Words(segment)

"""The operator :func:`buffer_lines`."""

from __future__ import annotations

from typing import Literal

from reactivex import abc

from rx_stream.core.arguments import Seconds, choice, optional_count, optional_seconds
from rx_stream.core.text.cut_places import cut_at_clause
from rx_stream.core.text.length_limit import LengthLimit
from rx_stream.core.text.lines import Lines, UniversalLines
from rx_stream.operators._lift import lift_text
from rx_stream.operators._operator_types import TextOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["buffer_lines"]


def buffer_lines(
    *,
    newlines: Literal["lf", "universal"] = "lf",
    max_length: int | None = None,
    flush_after: Seconds | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> TextOperator:
    r"""Emit each line with the newline that ends it, as soon as that arrives.

    Loses nothing. A line ends at LF only, so that CRLF stays whole and a line of JSON may hold a
    lone CR, U+2028 or any other control character.

    .. marble::

        'one, t' 250ms 'wo\nth' 'ree' |
        [ buffer_lines() ]
        250ms 'one, two\n' 'three' |

    Args:
        newlines: ``"lf"`` as above; with ``"universal"`` a line also ends at a CR that no LF
            follows, which waits for the next character.
        max_length: Code points after which a longer line is cut: behind the last mark of a clause
            that fits, else behind the last white space, else at a border of characters. Only a
            character that is longer itself is not cut.
        flush_after: Seconds of silence after which an unfinished line is emitted as it is. With
            it, where lines are cut depends on when their text comes.
        scheduler: Where that silence is measured; by default the subscriber's, or the running
            event loop, or one timer thread.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: ``newlines`` is not known, ``max_length`` is less than 1, or ``flush_after`` is
            not above 0.
    """
    choice("buffer_lines: newlines", newlines, ("lf", "universal"))
    limit = optional_count("buffer_lines: max_length", max_length)
    silence = optional_seconds("buffer_lines: flush_after", flush_after)
    timers = scheduler_argument("buffer_lines", scheduler)
    lines = Lines if newlines == "lf" else UniversalLines
    if limit is None:
        return lift_text(lines, flush_after=silence, scheduler=timers)
    return lift_text(
        lambda: LengthLimit(lines(), limit, cut_at_clause),
        flush_after=silence,
        scheduler=timers,
    )

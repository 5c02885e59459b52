"""The operator :func:`buffer_paragraphs`."""

from __future__ import annotations

from reactivex import abc

from rx_stream.core.arguments import Seconds, optional_count, optional_seconds
from rx_stream.core.text.cut_places import cut_at_clause
from rx_stream.core.text.length_limit import LengthLimit
from rx_stream.core.text.paragraphs import Paragraphs
from rx_stream.operators._lift import lift_text
from rx_stream.operators._operator_types import TextOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["buffer_paragraphs"]


def buffer_paragraphs(
    *,
    max_length: int | None = None,
    flush_after: Seconds | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> TextOperator:
    r"""Emit each paragraph through the blank line that ends it, as soon as that arrives.

    Loses nothing. A blank line has nothing but white space in it. Further blank lines lead the
    next paragraph, so only the last piece may be without other text.

    .. marble::

        'One\nstill one\n' 250ms '\nTwo' |
        [ buffer_paragraphs() ]
        250ms 'One\nstill one\n\n' 'Two' |

    Args:
        max_length: Code points after which a longer paragraph is cut: behind the last mark of a
            clause that fits, else behind the last white space, else at a border of characters.
            Only a character that is longer itself is not cut.
        flush_after: Seconds of silence after which an unfinished paragraph is emitted as it is.
            With it, where paragraphs are cut depends on when their text comes.
        scheduler: Where that silence is measured; by default the subscriber's, or the running
            event loop, or one timer thread.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: ``max_length`` is less than 1, or ``flush_after`` is not above 0.
    """
    limit = optional_count("buffer_paragraphs: max_length", max_length)
    silence = optional_seconds("buffer_paragraphs: flush_after", flush_after)
    timers = scheduler_argument("buffer_paragraphs", scheduler)
    if limit is None:
        return lift_text(
            Paragraphs,
            flush_after=silence,
            scheduler=timers,
        )
    return lift_text(
        lambda: LengthLimit(Paragraphs(), limit, cut_at_clause),
        flush_after=silence,
        scheduler=timers,
    )

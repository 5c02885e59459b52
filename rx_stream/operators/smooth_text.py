"""The operator ``smooth_text``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from reactivex import abc

from rx_stream.core.arguments import choice, seconds
from rx_stream.core.pacing.playout import Playout
from rx_stream.core.pacing.smoother import Smoother
from rx_stream.core.protocols import Core
from rx_stream.core.text.graphemes import Graphemes
from rx_stream.core.text.words import Words
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.core.tokens.token_splitter import splitter_factory
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._operator_types import TextOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument
from rx_stream.types import TextT

__all__ = ["smooth_text"]

_NAME = "smooth_text"

_BRISK = {"grapheme": 500.0, "word": 100.0, "token": 125.0}
"""Units per second: the pace of a pause of 10 ms after each word of English."""


def smooth_text(
    *,
    max_lag: float | timedelta = 0.6,
    drain: float | timedelta = 0.25,
    unit: Literal["grapheme", "word", "token"] = "grapheme",
    frame: float | timedelta = 1 / 60,
    encoding: EncodingLike = None,
    scheduler: abc.SchedulerBase | None = None,
) -> TextOperator:
    """Emit text at a steady pace, at most one piece a frame, however ragged it comes.

    An adaptive typewriter. The first text is shown at once, unless it is more than a small chunk.
    From then on the backlog is shown so that it lasts until more text may be expected, by the gaps
    between arrivals so far: a source that is steady by itself is not delayed, one that comes in
    clumps is spread out. What is left when the source ends goes within ``drain``, and no slower
    than 10 ms a word.

    Loses nothing. A chunk that says more than its text keeps its place; what is not text is not
    held back. Completion and errors come after the text. A piece has text of one choice only.

    .. marble::

        'Hello' 1s ' you' |
        [ smooth_text(drain=0.05, frame=0.025) ]
        'Hello' 1s ' ' 25ms 'you' |

    Args:
        max_lag: Seconds that text may be late. A short one, such as 0.03, leaves little to even
            out.
        drain: Seconds in which the rest is shown after the source has ended.
        unit: What is not torn: ``grapheme``, ``word`` or ``token``. Text that waits for the rest
            of its unit is shown without it rather than be late.
        frame: Seconds between two emissions.
        encoding: Of the tokens, for ``unit="token"``, as for :func:`buffer_tokens`. Loaded at
            this call.
        scheduler: Where timers run; by default the subscriber's, the running asyncio loop, or one
            shared timer thread.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: An argument has a wrong type.
        ValueError: An argument is out of range, or there is no such encoding.
        LookupError: The vocabulary is not on this machine.
    """
    lag = seconds(f"{_NAME}: max_lag", max_lag)
    rest = seconds(f"{_NAME}: drain", drain, least=0.0)
    step = seconds(f"{_NAME}: frame", frame)
    choice(f"{_NAME}: unit", unit, ("grapheme", "word", "token"))
    splitter = _splitter(unit, encoding)
    # An unfinished cluster is most often whole already; an unfinished word is not.
    patience = None if unit == "grapheme" else lag

    def make() -> Smoother[TextT]:
        playout = Playout(lag, rest, _BRISK[unit], step)
        return Smoother(splitter(), playout, step, patience)

    return lift_timed(make, scheduler=scheduler_argument(_NAME, scheduler))


def _splitter(unit: str, encoding: EncodingLike) -> Callable[[], Core[str, str]]:
    if unit == "grapheme":
        return Graphemes
    if unit == "word":
        return Words
    return splitter_factory(encoding, 1, name=_NAME)

"""The operator :func:`resume_on_error`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeVar

from reactivex import Observable, abc

from rx_stream.core.arguments import Seconds, count, number, seconds
from rx_stream.core.flow.backoff import Backoff
from rx_stream.operators._lift_resuming import lift_resuming
from rx_stream.operators._link import Operator
from rx_stream.schedulers.scheduler_argument import scheduler_argument
from rx_stream.types import StreamResult

__all__ = ["resume_on_error"]

_T = TypeVar("_T")

_NAME = "resume_on_error"


def _any_error(_: Exception) -> bool:
    return True


def _share(name: str, value: object) -> float:
    rule = f"{name} must be a number from 0 to 1, not {value!r}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(rule)
    if not 0.0 <= value <= 1.0:
        raise ValueError(rule)
    return float(value)


def resume_on_error(
    resume: Callable[[StreamResult], Observable[_T]],
    *,
    attempts: int = 3,
    initial_delay: Seconds = 0.1,
    max_delay: Seconds = 5.0,
    multiplier: float = 2.0,
    jitter: float = 0.5,
    retry_if: Callable[[Exception], bool] = _any_error,
    random: Random | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Operator[_T, _T]:
    """Emit every item at once; when the stream breaks, go on with what ``resume`` gives.

    Loses nothing and repeats nothing, where ``resume(result)`` returns what follows
    ``result.content``: for example a call with the text so far as the beginning of the answer, or
    a log read from a position. An error is answered after a delay of ``initial_delay``, then
    ``multiplier`` times as long for each failure in a row, at most ``max_delay``; up to ``jitter``
    of a delay is taken off at random. New text ends the row. After ``attempts`` failed attempts in
    a row, or an error that ``retry_if`` refuses, or one that comes after the terminal chunk, the
    last error itself is passed on, with all that was received as its ``result``.

    .. marble::

        'Hel' #
        [ resume_on_error(lambda result: from_iterable(["lo"]), initial_delay=1, jitter=0) ]
        'Hel' 1s 'lo' |

    Args:
        resume: Called with the :class:`StreamResult` so far, whose ``error`` is the one that broke
            the stream; returns an Observable of the rest. What it raises counts as a failed
            attempt.
        attempts: Attempts without new text before it gives up; 0 only attaches the result.
        initial_delay: Seconds before the first attempt.
        max_delay: The longest delay in seconds.
        multiplier: Growth of the delay, at least 1.
        jitter: The part of each delay that is left to chance, 0 to 1.
        retry_if: Tells whether an error can be recovered from; by default every one.
        random: Where chance comes from, for tests: ``random.Random(seed)``.
        scheduler: Where delays are waited for.

    Returns:
        An operator for any items.

    Raises:
        ValueError: A number is out of range.
        TypeError: An argument has the wrong type.
    """
    for name, value in (("resume", resume), ("retry_if", retry_if)):
        if not callable(value):
            raise TypeError(f"{_NAME}: {name} must be a function, not {value!r}")
    if random is not None and not isinstance(random, Random):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{_NAME}: random must be a random.Random, not {random!r}")
    times = count(f"{_NAME}: attempts", attempts, least=0)
    first = seconds(f"{_NAME}: initial_delay", initial_delay, least=0.0)
    longest = seconds(f"{_NAME}: max_delay", max_delay, least=0.0)
    growth = number(f"{_NAME}: multiplier", multiplier, unit="", least=1.0)
    part = _share(f"{_NAME}: jitter", jitter)
    chance = random or Random()

    def make() -> Backoff:
        return Backoff(times, first, longest, growth, part, chance)

    return lift_resuming(resume, retry_if, make, scheduler_argument(_NAME, scheduler))

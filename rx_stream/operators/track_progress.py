"""The operator ``track_progress``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, overload

from reactivex import Observable, abc

from rx_stream.core.arguments import number, optional_seconds, seconds
from rx_stream.core.progress.progress import ProgressTracker
from rx_stream.core.tokens.token_counter import EncodingLike, counter_factory
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._lift_watching import lift_watching
from rx_stream.operators._link import Operator
from rx_stream.operators._operator_types import ItemOperator, ReportingOperator
from rx_stream.operators._report import reporter
from rx_stream.schedulers.scheduler_argument import scheduler_argument
from rx_stream.types import StreamProgress

__all__ = ["track_progress"]


_NAME = "track_progress"

_Estimate = float | Observable[float | None] | None
_Reporter = Callable[[StreamProgress], object] | abc.ObserverBase[StreamProgress]


@overload
def track_progress(
    estimated_tokens: _Estimate = None,
    interval: float | timedelta | None = 0.1,
    *,
    on_progress: None = None,
    stall_after: float | timedelta | None = None,
    encoding: EncodingLike = None,
    scheduler: abc.SchedulerBase | None = None,
) -> ReportingOperator: ...
@overload
def track_progress(
    estimated_tokens: _Estimate = None,
    interval: float | timedelta | None = 0.1,
    *,
    on_progress: _Reporter,
    stall_after: float | timedelta | None = None,
    encoding: EncodingLike = None,
    scheduler: abc.SchedulerBase | None = None,
) -> ItemOperator: ...
def track_progress(
    estimated_tokens: _Estimate = None,
    interval: float | timedelta | None = 0.1,
    *,
    on_progress: _Reporter | None = None,
    stall_after: float | timedelta | None = None,
    encoding: EncodingLike = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Operator[Any, Any]:
    """Emit each item at once, and every ``interval`` a report of how far the stream has come.

    The reports are driven by a timer, from the subscription on, so a stream that stalls still
    reports. A last one always comes: in the stream directly before the terminal event, to
    ``on_progress`` also when the subscriber disposes.

    The remaining time is reckoned from the rate since the first token, in which stalls count only
    briefly. An estimate is believed until it proves too low, then the expected total grows with
    what has come. The percentage is the share of the length to be expected given what has come
    (a log-normal around the estimate): it never falls, and reaches 100 only at completion.

    Loses nothing. Without ``on_progress`` adds ``StreamProgress`` items to the stream, but none
    at an interval while as many items wait for their reader as may: they would only pile up.

    .. marble::

        a 250ms b |
        [ track_progress(10, 0.2) ]
        [ ops.map(lambda item: getattr(item, "state", item)) ]
        a 200ms 'streaming' 50ms b 'completed' |

        a=StreamChunk("The", 1), b=StreamChunk(" fox", 1)

    Args:
        estimated_tokens: Tokens expected in all, above 0; None if nobody knows, then percentage
            and remaining time are None. Or an Observable of these, each of which revises the last.
        interval: Seconds between reports. 0 makes a report for each item and uses no timer; None
            makes only the last one.
        on_progress: A function or an observer for the reports; the stream is then left alone.
            What it raises ends the stream with that error. An observer is not completed: the
            state of the last report says how the stream ended.
        stall_after: Seconds without text after which the state is ``stalled``; None: never.
        encoding: How chunks are counted that do not say their ``token_count``, as for
            :func:`count_tokens`. Loaded at this call.
        scheduler: Where timers run; by default the subscriber's, the running asyncio loop, or one
            shared timer thread.

    Returns:
        An operator from items to the same items, with or without reports between them.

    Raises:
        TypeError: An argument has a wrong type.
        ValueError: An argument is out of range, or there is no such encoding.
        LookupError: The vocabulary is not on this machine.
    """
    revised = estimated_tokens if isinstance(estimated_tokens, Observable) else None
    estimate = None if isinstance(estimated_tokens, Observable) else _estimate(estimated_tokens)
    every = None if interval is None else seconds(f"{_NAME}: interval", interval, least=0.0)
    stall = optional_seconds(f"{_NAME}: stall_after", stall_after)
    report = None if on_progress is None else reporter(f"{_NAME}: on_progress", on_progress)
    counter = counter_factory(encoding, name=_NAME)

    def make() -> ProgressTracker[Any]:
        # ProgressTracker[Any](…) takes far longer: the alias is a call of its own.
        tracker: ProgressTracker[Any] = ProgressTracker(counter, estimate, every, stall, report)
        if revised is not None:
            tracker.inputs = [(revised, _reviser(tracker))]
        return tracker

    lift = lift_timed if every == 0 else lift_watching
    return lift(make, scheduler=scheduler_argument(_NAME, scheduler))


def _estimate(value: object) -> float | None:
    if value is None:
        return None
    return number(f"{_NAME}: estimated_tokens", value, unit="tokens")


def _reviser(tracker: ProgressTracker[Any]) -> Callable[[object, float], Sequence[Any]]:
    def revise(value: object, _: float) -> Sequence[Any]:
        try:
            tracker.revise(_estimate(value))
        except (TypeError, ValueError) as error:
            tracker.failure = error
        return ()

    return revise

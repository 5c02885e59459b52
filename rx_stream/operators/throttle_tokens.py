"""The operator ``throttle_tokens``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

from reactivex import Observable, abc
from reactivex import operators as ops
from reactivex.notification import Notification, OnError, OnNext

from rx_stream.core.arguments import count, number, optional_count, seconds
from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.limiter import Limiter
from rx_stream.core.pacing.pacer import Pacer
from rx_stream.core.tokens.token_cost import TokenCost
from rx_stream.core.tokens.token_counter import EncodingLike, counter_factory
from rx_stream.core.tokens.token_cut import TokenCut
from rx_stream.core.tokens.token_splitter import split_tokens
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["throttle_tokens"]

_Item = TypeVar("_Item")

_NAME = "throttle_tokens"


def throttle_tokens(
    rate: float | Observable[float | None] | None,
    *,
    burst: int = 1,
    limiter: Limiter | None = None,
    split: bool = False,
    encoding: EncodingLike = None,
    max_catch_up: float | timedelta = 0.25,
    max_pending_tokens: int | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> ItemOperator:
    """Emit each item when its turn comes, at a rate of tokens.

    The first item leaves at once. After one of n tokens the next waits n / rate seconds, counted
    from when that one was due and not from when a late timer let it go, so the rate does not
    drift. An item costs its ``token_count`` where that is set, else what it adds to the exact
    count of the text; without text it costs nothing and follows the one before it.

    Delays, loses nothing: unlike Rx's own ``throttle_*``, which drop. Items keep their order,
    and completion and errors come after them. What is not text is not held back. A pausable
    source waits while items wait here.

    .. marble::

        a b c |
        [ throttle_tokens(2) ]
        a 500ms b 1s c |

        a=StreamChunk("The", 1), b=StreamChunk(" quick brown", 2), c=StreamChunk(" fox", 1)

    Args:
        rate: Tokens per second, above 0; None for no limit. Or an Observable of these, in which 0
            pauses: nothing leaves before its first value; what is owed when the rate changes is
            owed at the new rate, and no credit gathers in a pause. If it completes in a pause, the
            text that waits is let out and the stream ends with ``ValueError``.
        burst: Tokens that may leave together after a rest.
        limiter: A :class:`TokenLimiter` shared with other streams, or one that is shared between
            machines. Both limits hold.
        split: Whether to cut an item that costs more than ``burst`` into its tokens. Otherwise it
            leaves whole and is paid for afterwards.
        encoding: How text is counted, as for :func:`count_tokens`. Loaded at this call.
        max_catch_up: Seconds. What was held up for longer than this, say by a busy event loop, is
            not made up for: no flood follows a stall.
        max_pending_tokens: Tokens that may wait. At this many a pausable source waits; with any
            other the stream ends with ``BackpressureError`` after the text that waits.
        scheduler: Where timers run; by default the subscriber's, the running asyncio loop, or one
            shared timer thread.

    Returns:
        An operator from items to the same items, later.

    Raises:
        TypeError: An argument has a wrong type.
        ValueError: An argument is out of range, or there is no such encoding.
        LookupError: The vocabulary is not on this machine.

    Source: the generic cell rate algorithm of ITU-T I.371.
    """
    rates = rate if isinstance(rate, Observable) else None
    steady = None if isinstance(rate, Observable) else _rate(rate, zero=False)
    burst = count(f"{_NAME}: burst", burst)
    timers = scheduler_argument(_NAME, scheduler)
    _check(limiter, split)
    catch_up = seconds(f"{_NAME}: max_catch_up", max_catch_up, least=0.0)
    optional_count(f"{_NAME}: max_pending_tokens", max_pending_tokens)
    if rates is None and steady is None and limiter is None:
        return _unchanged
    cut = TokenCut(split_tokens(encoding, name=_NAME)).cut if split else None
    counter = counter_factory(encoding, name=_NAME)

    def make() -> Pacer[Any]:
        pacer: Pacer[Any] = Pacer(
            TokenCost(counter).of,
            Gcra(steady if rates is None else 0, burst, catch_up),
            limiter=limiter,
            max_pending_tokens=max_pending_tokens,
            cut=cut,
        )
        if rates is not None:
            pacer.inputs = [(rates.pipe(ops.materialize()), _Rates(pacer).receive)]
        return pacer

    return lift_timed(make, scheduler=timers)


def _unchanged(source: Observable[_Item]) -> Observable[_Item]:
    return source


def _rate(value: object, *, zero: bool) -> float | None:
    if value is None:
        return None
    least = 0.0 if zero else None
    return number(f"{_NAME}: rate", value, unit="tokens per second", least=least)


def _check(limiter: object, split: object) -> None:
    if limiter is not None and not isinstance(limiter, Limiter):
        raise TypeError(f"{_NAME}: limiter must be a TokenLimiter or the like, not {limiter!r}")
    if not isinstance(split, bool):
        raise TypeError(f"{_NAME}: split must be True or False, not {split!r}")


class _Rates(Generic[_Item]):
    """Hands what an Observable of rates tells to a pacer.

    It comes as notifications: a rate that ends before it began, or at 0, must not hold the text
    for ever.
    """

    def __init__(self, pacer: Pacer[_Item]) -> None:
        self._pacer = pacer
        self._rate: float | None = 0.0

    def receive(self, event: Notification[float | None], now: float) -> Sequence[_Item]:
        """Take one notification and return what may leave."""
        pacer = self._pacer
        if isinstance(event, OnNext):
            try:
                rate = _rate(event.value, zero=True)
            except (TypeError, ValueError) as error:
                pacer.break_down(error, now)
            else:
                self._rate = rate
                return pacer.set_rate(rate, now)
        elif isinstance(event, OnError):
            pacer.break_down(event.exception, now)
        elif self._rate == 0:
            pacer.break_down(
                ValueError(f"{_NAME}: rate must give a value above 0 before it completes"), now
            )
        return pacer.tick(now)

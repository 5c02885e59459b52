"""A rate that many machines share through Redis."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from rx_stream.core.arguments import choice, count, number, require
from rx_stream.core.extras import load_extra
from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.lease_pool import LeasedPlace, LeasePool
from rx_stream.errors import LogUnavailableError
from rx_stream.logs.redis_scripts import RedisClient, run, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

__all__ = ["FailMode", "RedisLimiter"]

FailMode: TypeAlias = Literal["closed", "open", "local"]

_MODES: tuple[FailMode, ...] = ("closed", "open", "local")
_PATIENCE = 1.0
"""Seconds that an answer may take, and until Redis is tried again when it is away."""

_MEMBER = 10.0
"""Seconds for which a process counts as one that shares the rate."""


class _Reservation:
    """One place, on the clock of its stream."""

    __slots__ = ("_limiter", "_offset", "_place")

    def __init__(self, limiter: RedisLimiter, place: LeasedPlace, offset: float) -> None:
        self._limiter = limiter
        self._place = place
        self._offset = offset

    def due(self, now: float, /) -> float | None:
        """Return when the item may leave; None while Redis has not answered."""
        del now
        if self._place.error is not None:
            raise self._place.error
        deadline = self._place.deadline
        return None if deadline is None else deadline + self._offset

    def leave(self, now: float, /) -> None:
        """Note that the item leaves."""
        del now
        self._limiter.ask()

    def cancel(self, now: float, /) -> None:
        """Give the tokens to others of this process."""
        del now
        self._limiter.give_back(self._place)


class RedisLimiter:
    """A rate that the streams of any number of processes and machines share.

    Give it to the ``limiter`` of :func:`throttle_tokens`. Redis keeps the account on its own clock,
    so clocks of machines do not matter. A process reserves some tokens at a time, up to 50 ms of
    the rate or 10 while it has much to send, and paces them itself: no polling, about one call for
    ten tokens.

    Args:
        client: A ``redis.asyncio`` client, used on the loop where the first stream runs. It stays
            yours.
        key: Names the limiter: who uses the same key must use the same rate and burst.
        rate: Tokens per second, for all together.
        burst: Tokens that may leave together after a rest.
        fail: What happens while Redis cannot be reached: ``"local"`` goes on at this process's
            share, the rate by the number of processes last seen; ``"open"`` goes on without a
            limit; ``"closed"`` ends the streams with :class:`LogUnavailableError`.

    Raises:
        ModuleNotFoundError: ``redis`` is not installed: ``pip install 'rx_stream[redis]'``.
        TypeError: An argument is of the wrong type.
        ValueError: An argument is out of range, or ``fail`` is another word.
    """

    def __init__(
        self, client: Redis, key: str, rate: float, burst: int = 1, *, fail: FailMode = "local"
    ) -> None:
        redis = load_extra("RedisLimiter", "redis.asyncio", "redis")
        require("RedisLimiter: client", client, redis.Redis, "a redis.asyncio client")
        require("RedisLimiter: key", key, str, "a str that is not empty")
        if not key:
            raise ValueError(f"RedisLimiter: key must be a str that is not empty, not {key!r}")
        self._client = cast("RedisClient", client)
        self.key = key
        self.rate = number("RedisLimiter: rate", rate, unit="tokens per second")
        self.burst = count("RedisLimiter: burst", burst)
        self.fail: FailMode = choice("RedisLimiter: fail", fail, _MODES)
        self._name = secrets.token_hex(6)
        self._pool = LeasePool(self.rate, self.burst)
        self._members = 1
        self._local: Gcra | None = None
        self._away_until = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return (
            f"RedisLimiter({self.key!r}, {self.rate!r}, burst={self.burst!r}, fail={self.fail!r})"
        )

    def reserve(
        self, tokens: int, anchor: float, now: float, changed: Callable[[], None], /
    ) -> _Reservation:
        """Queue one item; see :class:`rx_stream.core.pacing.limiter.Limiter`."""
        here = time.monotonic()
        offset = now - here
        place = LeasedPlace(tokens, max(anchor - offset, here - 0.25), changed)
        with self._lock:
            running = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
            if self._loop is None or self._loop.is_closed():
                self._loop = running
                self._pool.asking = False  # What was asked on a loop that has ended is lost.
            if self._loop is None:
                place.error = RuntimeError("RedisLimiter: needs a running asyncio loop")
            elif here < self._away_until:
                self._without_redis(place, here)
            else:
                self._pool.reserve(place, here)
        self.ask()
        return _Reservation(self, place, offset)

    def give_back(self, place: LeasedPlace) -> None:
        """Let others of this process have the tokens of a place."""
        with self._lock:
            served = self._pool.cancel(place)
        _tell(served)

    def ask(self) -> None:
        """Lease more tokens, if more are wanted."""
        with self._lock:
            loop = self._loop
            if loop is None or loop.is_closed() or time.monotonic() < self._away_until:
                return
            wanted = self._pool.wanted()
        if wanted:
            if asyncio._get_running_loop() is loop:  # pyright: ignore[reportPrivateUsage]
                self._start(wanted)
            else:
                loop.call_soon_threadsafe(self._start, wanted)

    def _start(self, wanted: int) -> None:
        self._task = asyncio.get_running_loop().create_task(self._lease(wanted))

    async def _lease(self, wanted: int) -> None:
        args = (
            1e6 / self.rate,
            (self.burst - 1) * 1e6 / self.rate,
            wanted,
            self._name,
            _MEMBER * 1e6,
        )
        keys = (f"{{{self.key}}}:due", f"{{{self.key}}}:members")
        try:
            async with asyncio.timeout(_PATIENCE):
                reply = await run(self._client, script("limiter"), keys, args)
        except Exception as error:  # noqa: BLE001 - whatever it is, the limiter is away
            self._go_without(error)
            return
        except asyncio.CancelledError:
            # The loop ends, and Redis is not away: the next stream brings another loop.
            with self._lock:
                self._loop = None
            raise
        wait, members = cast("tuple[int, int]", reply)
        with self._lock:
            self._members = max(1, members)
            self._local = None
            served = self._pool.granted(wanted, time.monotonic() + wait / 1e6)
        _tell(served)
        self.ask()

    def _go_without(self, error: Exception) -> None:
        now = time.monotonic()
        with self._lock:
            self._away_until = now + _PATIENCE
            waiting = self._pool.drain()
            for place in waiting:
                self._without_redis(place, now, error)
        _tell(waiting)

    def _without_redis(
        self, place: LeasedPlace, now: float, error: Exception | None = None
    ) -> None:
        """Give a place its time while Redis is away."""
        if self.fail == "closed":
            place.error = LogUnavailableError("the limiter in Redis cannot be reached")
            place.error.__cause__ = error
        elif self.fail == "open":
            place.deadline = now
        else:
            if self._local is None:
                self._local = Gcra(self.rate / self._members, 1)
            start = self._local.start(max(place.anchor, now))
            self._local.pay(place.tokens, start, start)
            place.deadline = start


def _tell(places: Iterable[LeasedPlace]) -> None:
    for place in places:
        with suppress(RuntimeError):  # Of a loop that has ended; nobody waits there.
            place.changed()

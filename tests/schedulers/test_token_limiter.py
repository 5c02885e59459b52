from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import Any

import pytest
import reactivex as rx

from rx_stream import StreamChunk, TokenLimiter, throttle_tokens
from rx_stream.core.pacing.limiter import Limiter


def test_it_is_a_limiter_and_says_what_it_is() -> None:
    assert isinstance(TokenLimiter(5), Limiter)
    assert repr(TokenLimiter(5, burst=2)) == "TokenLimiter(5.0, burst=2)"


def test_reset_forgets_what_is_owed() -> None:
    limiter = TokenLimiter(1)
    first = limiter.reserve(50, 0.0, 0.0, lambda: None)
    waiting = limiter.reserve(1, 0.0, 0.0, lambda: None)
    limiter.reset()
    assert limiter.reserve(1, 0.0, 0.0, lambda: None).due(0.0) == 0.0
    assert waiting.due(0.0) == 50.0
    first.leave(0.0)
    waiting.cancel(0.0)


@pytest.mark.realtime
def test_streams_on_many_threads_share_the_rate_fairly() -> None:
    limiter = TokenLimiter(400)
    turns: list[int] = []
    times: list[float] = []
    subscriptions: list[Any] = []
    enough = threading.Event()

    def run(index: int) -> None:
        def note(_: object) -> None:
            turns.append(index)
            times.append(time.monotonic())
            if len(times) == 500:
                enough.set()

        source = rx.from_iterable([StreamChunk("x", 1)] * 300)
        subscriptions.append(source.pipe(throttle_tokens(None, limiter=limiter)).subscribe(note))

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert enough.wait(10)
    for subscription in subscriptions:
        subscription.dispose()
    # What a busy machine loses by standing still is made up for only in part.
    lost = sum(max(0.0, after - before - 0.25) for before, after in pairwise(times))
    assert (len(times) - 1) / (times[-1] - times[0] - lost) == pytest.approx(400, rel=0.1)
    # A busy machine may start a thread late: from when all are there, none may starve. Who is woken
    # late takes several turns at once; that turns are equal otherwise is tested in virtual time.
    together = turns[max(turns.index(i) for i in range(4)) :]
    assert len(together) > 200
    counts = [together.count(i) for i in range(4)]
    assert min(counts) > 0.5 * max(counts)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((0,), ValueError, "TokenLimiter: rate must be above 0 tokens per second, not 0"),
        ((None,), TypeError, "TokenLimiter: rate must be above 0 tokens per second, not None"),
        ((1, 0), ValueError, "TokenLimiter: burst must be a whole number of at least 1, not 0"),
    ],
)
def test_a_bad_argument_is_refused(arguments: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        TokenLimiter(*arguments)
    assert str(caught.value) == words

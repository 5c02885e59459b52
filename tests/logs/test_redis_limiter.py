"""One rate for several processes."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from typing import Any

import pytest
from reactivex.subject import Subject
from redis_server import RedisServer

from rx_stream import (
    LogUnavailableError,
    RedisLimiter,
    StreamChunk,
    from_iterable,
    throttle_tokens,
    to_async_iterable,
)

LONG = os.environ.get("RX_STREAM_LONG") == "1"

WORKER = """
import asyncio, sys, time
import redis.asyncio
from rx_stream import RedisLimiter, StreamChunk, from_iterable, throttle_tokens, to_async_iterable

async def main(port, rate, seconds):
    client = redis.asyncio.Redis(port=port)
    limiter = RedisLimiter(client, "shared", rate)
    chunks = from_iterable([StreamChunk("x", 1)] * 100_000)
    warm = throttle_tokens(1e6, limiter=RedisLimiter(client, "warm", rate))
    async for _ in to_async_iterable(from_iterable([StreamChunk("x", 1)]).pipe(warm)):
        pass
    print("ready", flush=True)
    await asyncio.sleep(float(sys.stdin.readline()) - time.time())
    end, passed = time.monotonic() + seconds, 0
    stream = to_async_iterable(chunks.pipe(throttle_tokens(1e6, limiter=limiter)))
    async for _ in stream:
        if time.monotonic() >= end:
            break
        passed += 1
    await stream.aclose()
    await client.aclose()
    print(passed)

asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
"""


@pytest.mark.realtime
@pytest.mark.parametrize("rate", [200, 2000])
def test_four_processes_share_the_rate(redis_server: RedisServer, rate: int) -> None:
    seconds = 5.0 if LONG else 3.0

    async def main() -> tuple[list[int], int]:
        import redis.asyncio

        async with redis.asyncio.Redis(port=redis_server.port) as client:
            await client.flushall()
            args = [str(redis_server.port), str(rate), str(seconds)]
            pipe = asyncio.subprocess.PIPE
            workers = [
                await asyncio.create_subprocess_exec(
                    sys.executable, "-c", WORKER, *args, stdout=pipe, stdin=pipe
                )
                for _ in range(4)
            ]
            for worker in workers:
                await worker.stdout.readline()
            await client.config_resetstat()
            start = f"{time.time() + 0.3}\n".encode()
            ends = await asyncio.gather(*(worker.communicate(start) for worker in workers))
            passed = [int(out) for out, _ in ends]
            stats = await client.info("commandstats")
            calls = stats["cmdstat_evalsha"]["calls"]
            return passed, calls

    passed, calls = asyncio.run(main())
    total = sum(passed)
    print(f"target {rate}/s: {100 * total / rate / seconds:.1f} %, {passed}, {calls} calls")
    # A lease that begins just before the end counts in full or not at all.
    # Only the long run has the machine for itself.
    assert total == pytest.approx(rate * seconds, rel=0.02 if LONG else 0.15, abs=12)
    assert total <= rate * seconds * 1.02 + 12
    assert min(passed) > rate * seconds / 8
    assert calls <= total / 8 + 4 * 8


def paced(limiter: Any, items: int) -> Any:
    async def main() -> float:
        chunks = from_iterable([StreamChunk("x", 1)] * items)
        begin = time.monotonic()
        async for _ in to_async_iterable(chunks.pipe(throttle_tokens(1e6, limiter=limiter))):
            pass
        return time.monotonic() - begin

    return main()


@pytest.mark.realtime
@pytest.mark.parametrize(("mode", "least", "most"), [("open", 0.0, 1.0), ("local", 0.36, 1.6)])
def test_without_redis_it_goes_on_as_chosen(mode: Any, least: float, most: float) -> None:
    async def main() -> float:
        import redis.asyncio

        async with redis.asyncio.Redis(port=1, retry=None) as client:
            return await paced(RedisLimiter(client, "k", 50, fail=mode), 20)

    assert least <= asyncio.run(main()) <= most


def test_without_redis_a_closed_limiter_ends_the_stream() -> None:
    async def main() -> None:
        import redis.asyncio

        async with redis.asyncio.Redis(port=1, retry=None) as client:
            limiter = RedisLimiter(client, "k", 50, fail="closed")
            source: Subject[str] = Subject()
            ended: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
            source.pipe(throttle_tokens(100, limiter=limiter)).subscribe(
                on_error=ended.set_result, on_completed=lambda: ended.cancel()
            )
            source.on_next("text")
            error = await ended
            assert isinstance(error, LogUnavailableError)
            assert "limiter in Redis" in str(error)

    asyncio.run(main())


async def paced_at_last(client: Any, limiter: Any) -> None:
    async with asyncio.timeout(5):
        await paced(limiter, 2)
    await client.aclose()


def test_it_goes_on_in_another_loop_after_one_that_ended_while_redis_was_asked() -> None:
    import redis.asyncio

    async def first() -> None:
        source = from_iterable([StreamChunk("x", 1)])
        source.pipe(throttle_tokens(1e6, limiter=limiter)).subscribe()
        while not limiter._pool.asking:
            await asyncio.sleep(0)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = redis.asyncio.Redis(port=silent.getsockname()[1], retry=None)
        limiter = RedisLimiter(client, "k", 50, fail="open")
        asyncio.run(first())
        assert time.monotonic() >= limiter._away_until
        asyncio.run(paced_at_last(client, limiter))


def test_it_goes_on_in_another_loop_after_one_that_ended_before_redis_was_asked(
    redis_server: RedisServer,
) -> None:
    import redis.asyncio

    client = redis.asyncio.Redis(port=redis_server.port)
    limiter = RedisLimiter(client, "two loops", 1000)
    limiter._loop = loop = asyncio.new_event_loop()
    limiter.reserve(1, 0.0, time.monotonic(), lambda: None)
    assert limiter._pool.asking
    loop.close()
    asyncio.run(paced_at_last(client, limiter))
    assert time.monotonic() >= limiter._away_until


@pytest.mark.realtime
def test_a_burst_leaves_together_and_the_rest_at_the_rate(redis_server: RedisServer) -> None:
    async def main() -> float:
        import redis.asyncio

        async with redis.asyncio.Redis(port=redis_server.port) as client:
            await client.flushall()
            return await paced(RedisLimiter(client, "k", 20, burst=10), 15)

    assert 0.2 <= asyncio.run(main()) <= 0.6


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"rate": 0}, ValueError),
        ({"rate": float("nan")}, ValueError),
        ({"rate": True}, TypeError),
        ({"burst": 0}, ValueError),
        ({"fail": "maybe"}, ValueError),
        ({"key": ""}, ValueError),
        ({"client": object()}, TypeError),
    ],
)
def test_bad_arguments_are_refused(settings: dict[str, Any], error: type[Exception]) -> None:
    import redis.asyncio

    given: dict[str, Any] = {"client": redis.asyncio.Redis(), "key": "k", "rate": 5.0, **settings}
    with pytest.raises(error, match="RedisLimiter: "):
        RedisLimiter(**given)

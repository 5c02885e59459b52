"""Resumable streams beside the Python peers, on one Redis. Needs redis-server.

Whoever asks first for a stream produces it, as in a web application; four workers, each with
connections of its own, stand for four machines.

bench_resume_peers.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import random
import shutil
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import redis.asyncio

from rx_stream import (
    RedisLog,
    StreamTakenError,
    from_async_iterable,
    from_log,
    publish,
    to_async_iterable,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

from redis_server import RedisServer

Make = Callable[[], AsyncIterator[str]]
Read = Callable[[str, Make], AsyncIterator[str]]
CHUNKS = [f"<{number}>" for number in range(60)]
TEXT = "".join(CHUNKS)
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
WORKERS, LIMIT, APPENDED, LEAD = 4, 6.0, 3000, 0.5
MODULES = {
    "rx_stream": "rx_stream",
    "resumable-sse": "resumable_sse",
    "fastapi-resumable-stream": "fastapi_resumable_stream",
    "resumable-stream": "resumable_stream",
}
background: set[Any] = set()


def ours(port: int) -> Read:
    log = RedisLog(redis.asyncio.Redis(port=port))

    async def produce(name: str, make: Make) -> None:
        try:
            async for _ in to_async_iterable(from_async_iterable(make()).pipe(publish(log, name))):
                pass
        except (StreamTakenError, RuntimeError):
            pass

    async def read(name: str, make: Make) -> AsyncIterator[str]:
        task = asyncio.ensure_future(produce(name, make))
        background.add(task)
        while await log.status(name) == "missing":  # Nobody has begun to produce it.
            await asyncio.sleep(0.001)
        async for chunk in to_async_iterable(from_log(log, name)):
            yield chunk.content

    return read


def resumable_sse(port: int) -> Read:
    from resumable_sse.redis_stream import RedisSSEStreamer

    streamer = RedisSSEStreamer(redis.asyncio.Redis(port=port))

    async def read(name: str, make: Make) -> AsyncIterator[str]:
        async for event in streamer.stream(name, make()):
            if event["event"] == "message":
                yield event["data"]

    return read


def fastapi_resumable_stream(port: int) -> Read:
    from fastapi_resumable_stream import ResumableStream

    streams = ResumableStream(redis.asyncio.Redis(port=port))

    async def read(name: str, make: Make) -> AsyncIterator[str]:
        async for chunk in await streams.start(name, make):
            yield chunk

    return read


def resumable_stream(port: int) -> Read:
    from resumable_stream import (
        RedisPublisher,
        RedisSubscriber,
        create_resumable_stream_context,
    )

    url = f"redis://127.0.0.1:{port}"
    publisher, subscriber = RedisPublisher(url), RedisSubscriber(url)
    context: Any = create_resumable_stream_context(
        publisher=publisher, subscriber=subscriber, key_prefix="peer"
    )

    async def read(name: str, make: Make) -> AsyncIterator[str]:
        await publisher.connect()
        await subscriber.connect()
        async for chunk in await context.resumable_stream(name, make):
            yield chunk

    return read


async def chunks(fail: bool) -> AsyncIterator[str]:
    for number, chunk in enumerate(CHUNKS):
        if fail and number == 30:
            raise RuntimeError("the provider failed")
        yield chunk
        await asyncio.sleep(0.005)


async def verdict(read: Read, name: str, fail: bool, wait: float) -> str:
    await asyncio.sleep(wait)
    got: list[str] = []
    try:
        async with asyncio.timeout(LIMIT):
            async for chunk in read(name, lambda: chunks(fail)):
                got.append(chunk)  # noqa: PERF401 - kept when it fails
    except TimeoutError:
        return "hung"
    except Exception as error:  # noqa: BLE001 - any error tells the reader
        return "error" if fail else f"error: {error!r}"
    text = "".join(got)
    if fail:
        return "success"
    if text == TEXT:
        return "exact"
    return "cut" if TEXT.startswith(text) else "doubled"


async def readers(workers: list[Read], name: str, fail: bool) -> Counter[str]:
    waits = random.Random(7)
    found: Counter[str] = Counter()
    for turn in range(0, ROUNDS, 4):  # Four streams at a time.
        found.update(
            await asyncio.gather(
                *(
                    verdict(worker, f"{name}{fail}{number}", fail, waits.uniform(0, 0.12))
                    for number in range(turn, turn + 4)
                    for worker in workers
                )
            )
        )
    return found


async def many() -> AsyncIterator[str]:
    await asyncio.sleep(LEAD)
    for number in range(APPENDED):
        yield " token"
        if number % 20 == 0:
            await asyncio.sleep(0)


async def drain(read: Read, name: str) -> None:
    async for _ in read(name, many):
        pass


async def appended(workers: list[Read], name: str) -> str:
    """Time a reader on another worker: a producer's own reader may never go through Redis."""
    begin, size = time.perf_counter() + LEAD, 0
    own = asyncio.ensure_future(drain(workers[0], name))
    try:
        async with asyncio.timeout(LIMIT):
            await asyncio.sleep(LEAD / 2)
            async for chunk in workers[1](name, many):
                size += len(chunk)
    except TimeoutError:
        return "hung"
    finally:
        own.cancel()
    if size != APPENDED * len(" token"):
        return "wrong"
    return f"{APPENDED / (time.perf_counter() - begin):,.0f}"


async def stamps() -> AsyncIterator[str]:
    begin = time.monotonic() + LEAD
    for number in range(100):
        await asyncio.sleep(max(0.0, begin + number / 100 - time.monotonic()))
        yield f"{time.monotonic_ns()}|"


async def latency(workers: list[Read], name: str, count: int) -> str:
    waits: list[float] = []

    async def one(read: Read) -> None:
        rest = ""
        async for chunk in read(name, stamps):
            now = time.monotonic_ns()
            *whole, rest = (rest + chunk).split("|")
            waits.extend((now - int(stamp)) / 1e6 for stamp in whole)

    async def bounded(number: int) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                # The first one is the producer: no race for it here.
                await asyncio.sleep(LEAD / 2 if number else 0)
                await one(workers[number % WORKERS])
        except Exception:  # noqa: BLE001 - what is missing shows in the share received
            pass

    await asyncio.gather(*(bounded(number) for number in range(count)))
    if len(waits) < 2:
        return "nothing"
    cut = statistics.quantiles(waits, n=100)
    return f"{cut[49]:.1f}/{cut[98]:.1f} ({len(waits) / count:.0f} %)"


def told(found: Counter[str], kinds: tuple[str, ...]) -> str:
    return "/".join(str(found[kind]) for kind in kinds)


async def row(name: str, module: str, port: int) -> None:
    factory = {"rx_stream": ours}.get(module) or globals()[module]
    workers = [factory(port) for _ in range(WORKERS)]
    good = await readers(workers, "r", False)
    bad = await readers(workers, "e", True)
    cells = [
        told(good, ("exact", "doubled", "cut", "hung", "error")),
        told(bad, ("error", "success", "hung")),
        await appended(workers, "t"),
        *[await latency(workers, f"l{count}", count) for count in (1, 10, 100)],
    ]
    print(f"{name:25}" + "".join(f"{cell:>21}" for cell in cells), flush=True)


async def main() -> None:
    logging.disable(logging.CRITICAL)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    print(f"{ROUNDS * WORKERS} readers: exact/doubled/cut/hung/error; of an error at chunk 30:")
    print("error/success/hung; tokens/s; ms p50/p99 (received) with 1, 10, 100 readers")
    with RedisServer(shutil.which("redis-server") or "redis-server") as server:
        for name, module in MODULES.items():
            if importlib.util.find_spec(module) is None:
                print(f"{name:25} not installed, skipped")
                continue
            try:
                async with asyncio.timeout(90):
                    await row(name, module, server.port)
            except TimeoutError:
                print(f"{name:25} took more than 90 s")
            async with redis.asyncio.Redis(port=server.port) as client:
                await client.flushall()


if __name__ == "__main__":
    asyncio.run(main())

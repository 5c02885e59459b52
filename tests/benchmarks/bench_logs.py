"""The logs: tokens written per second, and what readers wait. Needs redis-server."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis.asyncio

from rx_stream import MemoryLog, RedisLog, SQLiteLog, from_async_iterable, from_log, publish

sys.path.insert(0, str(Path(__file__).parents[1]))

from redis_server import RedisServer

TOKENS = [" the", " of", "ing", " stream", ",", " token", " a", " language", ".", " model"]


async def ended(source: Any, on_next: Callable[[Any], None] = lambda _: None) -> None:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    source.subscribe(on_next, done.set_exception, lambda: done.set_result(None))
    await done


async def many_tokens(count: int, per_turn: int, pause: float) -> Any:
    for number in range(count):
        yield TOKENS[number % 10]
        if number % per_turn == 0:
            await asyncio.sleep(pause)


async def throughput(log: Any, streams: int, count: int) -> float:
    begin = time.perf_counter()
    name = f"t{time.monotonic_ns()}"
    await asyncio.gather(
        *(
            ended(
                from_async_iterable(many_tokens(count, 20, 0.0)).pipe(publish(log, f"{name}-{n}"))
            )
            for n in range(streams)
        )
    )
    return streams * count / (time.perf_counter() - begin)


async def stamps(rate: int, seconds: float) -> Any:
    begin = time.monotonic() + 0.3
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        yield f"{time.monotonic_ns()}|"


async def latency(write_log: Any, read_log: Any, readers: int) -> tuple[float, float, int, float]:
    """Return p50 and p99 in ms, what was received of all that was sent, and the CPU seconds."""
    waits: list[float] = []

    def reader() -> Callable[[Any], None]:
        rest = ""

        def take(chunk: Any) -> None:
            nonlocal rest
            now = time.monotonic_ns()
            *whole, rest = (rest + chunk.content).split("|")
            waits.extend((now - int(stamp)) / 1e6 for stamp in whole)

        return take

    name = f"l{time.monotonic_ns()}"
    writing = asyncio.ensure_future(
        ended(from_async_iterable(stamps(200, 3.0)).pipe(publish(write_log, name)))
    )
    while await write_log.status(name) != "running":
        await asyncio.sleep(0.001)
    cpu = time.process_time()
    await asyncio.gather(*(ended(from_log(read_log, name), reader()) for _ in range(readers)))
    await writing
    waits.sort()
    cut = statistics.quantiles(waits, n=100)
    return cut[49], cut[98], len(waits), time.process_time() - cpu


async def engine(name: str, write_log: Any, read_log: Any) -> None:
    for streams, count in ((1, 20_000), (100, 1_000)):
        rates = [await throughput(write_log, streams, count) for _ in range(3)]
        print(f"{name:22} {streams:4} streams: {statistics.median(rates):12,.0f} tokens/s")
    for readers in (1, 10, 100):
        p50, p99, got, cpu = await latency(write_log, read_log, readers)
        print(
            f"{name:22} {readers:4} readers: p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, "
            f"{got} of {600 * readers}, {cpu:.2f} s of CPU"
        )


async def main() -> None:
    log: Any = MemoryLog()
    await engine("memory", log, log)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        logs = SQLiteLog(path), SQLiteLog(path)
        await engine("sqlite", *logs)
        for log in logs:
            await log.aclose()
    for sync in ("no", "everysec", "always"):
        with RedisServer(shutil.which("redis-server") or "redis-server", sync) as server:
            clients = [redis.asyncio.Redis(port=server.port) for _ in range(2)]
            logs = RedisLog(clients[0]), RedisLog(clients[1])
            await engine(f"redis, sync {sync}", *logs)
            for log, client in zip(logs, clients, strict=True):
                await log.aclose()
                await client.aclose()


if __name__ == "__main__":
    asyncio.run(main())

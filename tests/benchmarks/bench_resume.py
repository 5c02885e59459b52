"""Many Server-Sent Events clients of two worker processes behind one Redis. Needs redis-server.

bench_resume.py [CLIENTS]
"""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import redis.asyncio

from rx_stream import RedisLog, from_async_iterable, publish, to_async_iterable

sys.path.insert(0, str(Path(__file__).parents[1]))

from redis_server import RedisServer, free_port

WORKER = """
import sys
import redis.asyncio, uvicorn
from rx_stream import RedisLog, resume_response
log = RedisLog(redis.asyncio.Redis(port=int(sys.argv[1])))
app = resume_response(log, "s")
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", lifespan="off", backlog=4096)
"""
RATE, SECONDS = 50, 6.0
STAMP = re.compile(rb"(\d{10,})\|")


async def stamps() -> Any:
    begin = time.monotonic() + 4.0
    for number in range(int(RATE * SECONDS)):
        await asyncio.sleep(max(0.0, begin + number / RATE - time.monotonic()))
        yield f"{time.monotonic_ns()}|"


async def client(port: int, waits: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    count = 0
    while line := await reader.readline():
        if line.startswith(b"data: "):
            now = time.monotonic_ns()
            for stamp in STAMP.findall(line):
                count += 1
                waits.append((now - int(stamp)) / 1e6)
        elif line == b"event: done\n":
            break
    writer.close()
    return count


async def main(clients: int) -> None:
    with RedisServer(shutil.which("redis-server") or "redis-server", "everysec") as server:
        ports = [free_port(), free_port()]
        workers = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", WORKER, str(server.port), str(port)
            )
            for port in ports
        ]
        await asyncio.sleep(2.0)
        async with redis.asyncio.Redis(port=server.port) as connection:
            log = RedisLog(connection)
            waits: list[float] = []

            async def write() -> None:
                source = from_async_iterable(stamps())
                async for _ in to_async_iterable(source.pipe(publish(log, "s"))):
                    pass

            writing = asyncio.ensure_future(write())
            await asyncio.sleep(0.5)
            counts = await asyncio.gather(*(client(ports[n % 2], waits) for n in range(clients)))
            await writing
            await log.aclose()
        for worker in workers:
            worker.kill()
            await worker.wait()
    cut = statistics.quantiles(waits, n=100)
    whole = sum(count == RATE * SECONDS for count in counts)
    print(f"{clients} clients, {RATE} tokens/s: {whole} got everything, ", end="")
    print(f"p50 {cut[49]:.1f} ms, p99 {cut[98]:.1f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))

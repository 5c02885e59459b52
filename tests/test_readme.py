"""The README renders without a warning, and what its examples and its tables say is so.

Its ``>>>`` examples run too, as doctests: see ``testpaths`` in setup.cfg.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import reactivex as rx
from redis_server import RedisServer, free_port
from replay_server import ReplayServer, Reply

from rx_stream import (
    from_iterable,
    from_log,
    from_sse,
    to_async_iterable,
    to_iterable,
    to_sse,
)
from rx_stream.core.sse.sse_decoder import SseDecoder

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.rst").read_text(encoding="utf-8")
TEXT = ["Good ", "mor", "ning. 日本"]


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 50))


def block(word: str, language: str = "python") -> str:
    """The code block that contains a word."""
    found = re.findall(rf"(?m)^\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)", README)
    (code,) = [re.sub("(?m)^    ", "", code) for code in found if word in code]
    return code


def every_block() -> list[str]:
    return re.findall(r"(?m)^\.\. code-block:: (?:python|shell)\n\n((?:    .*\n|\n)+)", README)


async def get(app: Any, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), timeout=30) as client:
        return await client.get(f"http://test{path}")


def events_of(body: bytes) -> list[Any]:
    return list(to_iterable(from_iterable([body]).pipe(from_sse())))


# --- form


def test_it_renders_without_a_warning(need_module: Callable[[str], Any]) -> None:
    core = need_module("docutils.core")
    settings = {"report_level": 1, "halt_level": 1, "raw_enabled": False}
    html = core.publish_string(README, writer="html5", settings_overrides=settings).decode()
    assert 'class="system-message' not in html
    assert html.count("<table") >= 10


def test_every_code_block_is_run_by_a_test_of_this_file() -> None:
    used = ["AsyncOpenAI", "AsyncAnthropic", "RedisLog(", "redis-server"]
    assert [code for code in every_block() if not any(word in code for word in used)] == []
    assert len(every_block()) == len(used)


def test_every_test_that_is_named_exists() -> None:
    files = re.findall(r"(?:``|<)(tests/[\w/.]+)(?:``|>)", README)
    assert [path for path in files if not (ROOT / path).exists()] == []
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"``(test_\w+)``", README)
    assert min(len(files), len(named)) > 10
    assert [name for name in named if f"\ndef {name}(" not in code] == []


def test_the_ratios_are_those_that_are_recorded() -> None:
    told = re.findall(r"(?m)^``([\w /,:.]+)`` +(\d\.\d+)$", README)
    known = json.loads((ROOT / "tests/benchmarks/recorded.json").read_text())["full"]
    assert len(told) >= 8
    for name, ratio in told:
        assert float(ratio) == pytest.approx(known[name], rel=0.25), name


# --- recipes


@contextmanager
def provider(dialect: Any, path: str) -> Iterator[str]:
    """A provider on loopback, in whose dialect the text is told."""
    frames = list(to_iterable(from_iterable(TEXT).pipe(to_sse(dialect))))
    reply = Reply(lambda: [(0.0, frame.encode()) for frame in frames])
    with ReplayServer({path: reply}) as server:
        yield server.url("")


def recipe(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "README.rst", "exec"), names)
    return names


def test_openai_to_a_web_page(
    need_module: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("openai", "fastapi"):
        need_module(module)
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    async def main() -> bytes:
        names = recipe(block("AsyncOpenAI"))
        response = await get(names["app"], "/answer/")
        await names["client"].close()
        return response.content

    with provider("openai", "/v1/chat/completions") as url:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
        events = events_of(run(main()))
    texts = [json.loads(e.data)["content"] for e in events if e.event is None]
    assert texts[:2] == ["Good ", "morning. "]
    assert "".join(texts) == "".join(TEXT)
    assert [e.event for e in events][-2:] == ["progress", "done"]


def test_anthropic_to_the_ai_sdk(
    need_module: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    need_module("anthropic")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")

    async def main() -> httpx.Response:
        names = recipe(block("AsyncAnthropic"))
        response = await get(names["app"], "/")
        await names["client"].close()
        return response

    with provider("anthropic", "/v1/messages") as url:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        response = run(main())
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    *parts, end = (event.data for event in events_of(response.content))
    assert end == "[DONE]"
    deltas = [json.loads(part) for part in parts]
    assert "".join(d["delta"] for d in deltas if d["type"] == "text-delta") == "".join(TEXT)


# --- many machines


@pytest.fixture(scope="module")
def redis_at(
    need_program: Callable[[str], str], need_module: Callable[[str], Any]
) -> Iterator[RedisServer]:
    need_module("redis")
    with RedisServer(need_program("redis-server")) as server:
        yield server


def test_a_log_in_redis_and_its_three_faces(redis_at: RedisServer) -> None:
    code = block("RedisLog(").replace("Redis()", f"Redis(port={redis_at.port})")

    async def main() -> None:
        names: dict[str, Any] = {
            "source": rx.of(*TEXT),
            "position": None,
            "stream_id_of_scope": lambda scope: scope["path"].strip("/"),
        }
        before, after = code.split("rest = ")
        exec(compile(before, "README.rst", "exec"), names)
        while await names["log"].status("answer-1") != "completed":
            await asyncio.sleep(0.001)
        async with aclosing(to_async_iterable(from_log(names["log"], "answer-1"))) as chunks:
            first = await anext(chunks)
        names["position"] = first.metadata["id"].partition(".")[0] + ".5"
        exec(compile(f"rest = {after}", "README.rst", "exec"), names)
        rest = [chunk.content async for chunk in to_async_iterable(names["rest"])]
        assert "".join(rest) == "".join(TEXT)[5:]
        events = events_of((await get(names["app"], "/answer-1")).content)
        told = [json.loads(e.data)["content"] for e in events if e.event is None]
        assert "".join(told) == "".join(TEXT)
        assert (await get(names["api"], "/answer-1?offset=-1")).text == "".join(TEXT)
        await names["log"].aclose()
        await names["log"].client.aclose()

    run(main())


class Workers:
    """Redis and the two workers of the README's commands, on ports that are free."""

    def __init__(self, stack: ExitStack, redis_at: RedisServer) -> None:
        server, *workers = (
            shlex.split(line.partition("&")[0])
            for line in block("redis-server", "shell").split("\n")[:3]
        )
        assert server == ["redis-server", "--port", "6390", "--save", ""]
        self.ports = {"8001": str(free_port()), "8002": str(free_port())}
        environment = {"REDIS_URL": redis_at.url, "PACE": "0.004", "PYTHONPATH": str(ROOT)}
        self.processes = {}
        for command in workers:
            program, script, *ports = command
            assert program == "python"
            named = [self.ports[port] for port in ports]
            self.processes[named[0]] = process = subprocess.Popen(
                [sys.executable, script, *named], cwd=ROOT, env=environment
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
        self.first, self.second = self.ports.values()
        for port in self.ports.values():
            self._wait(port)

    def url(self, port: str, path: str) -> str:
        return f"http://127.0.0.1:{port}{path}"

    def _wait(self, port: str) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                if httpx.get(self.url(port, "/")).status_code == 200:
                    return
            except httpx.ConnectError:
                time.sleep(0.02)
        raise AssertionError("a worker does not answer")

    def kill(self, port: str) -> None:
        self.processes[port].send_signal(signal.SIGKILL)
        self.processes[port].wait()

    def follow(self, port: str, name: str, last: str = "", count: int | None = None) -> list[Any]:
        """The events of a stream until its end, its break, or so many of them."""
        events: list[Any] = []
        decoder = SseDecoder()
        headers = {"last-event-id": last} if last else {}
        address = self.url(port, f"/stream/{name}")
        with httpx.stream("GET", address, headers=headers, timeout=20) as response:
            assert response.status_code == 200
            for piece in response.iter_raw():
                events += decoder.feed(piece)
                if count is not None and len(events) >= count:
                    break
        return events


@pytest.fixture
def workers(redis_at: RedisServer) -> Iterator[Workers]:
    with ExitStack() as stack:
        yield Workers(stack, redis_at)


ALL = "".join(f"word{number} " for number in range(300))


def text_in(events: list[Any]) -> str:
    return "".join(json.loads(event.data)["content"] for event in events if event.event is None)


def test_a_page_survives_the_worker_that_serves_it(workers: Workers) -> None:
    httpx.post(workers.url(workers.second, "/start/a"))
    seen = workers.follow(workers.first, "a", count=20)
    workers.kill(workers.first)
    rest = workers.follow(workers.second, "a", last=seen[-1].id)
    assert text_in(seen) + text_in(rest) == ALL
    assert rest[-1].event == "done"


def test_a_page_is_told_when_the_worker_that_produced_was_killed(workers: Workers) -> None:
    httpx.post(workers.url(workers.first, "/start/b"))
    seen = workers.follow(workers.first, "b", count=20)
    workers.kill(workers.first)
    rest = workers.follow(workers.second, "b", last=seen[-1].id)
    assert ALL.startswith(text_in(seen) + text_in(rest))
    assert rest[-1].event == "stream-error"
    assert json.loads(rest[-1].data)["type"] == "interrupted"


def test_a_page_is_told_when_no_producer_can_start(workers: Workers, redis_at: RedisServer) -> None:
    import redis

    with redis.Redis(port=redis_at.port) as client:
        client.config_set("min-replicas-to-write", 1)  # It can be read and not written.
        try:
            answer = httpx.post(workers.url(workers.first, "/start/c"), timeout=20)
        finally:
            client.config_set("min-replicas-to-write", 0)
    assert answer.status_code == 503
    assert answer.json()["error"]

"""The three engines of the log, for tests that run over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer

OpenLog = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture(scope="session")
def redis_server(
    need_program: Callable[[str], str], need_module: Callable[[str], Any]
) -> Iterator[RedisServer]:
    """A Redis that lives as long as the tests."""
    need_module("redis")
    with RedisServer(need_program("redis-server")) as server:
        yield server


@pytest.fixture
def memory_log() -> OpenLog:
    from rx_stream import MemoryLog

    @asynccontextmanager
    async def make(**settings: Any) -> AsyncIterator[Any]:
        yield MemoryLog(**settings)

    return make


@pytest.fixture
def sqlite_log(tmp_path: Path) -> OpenLog:
    from rx_stream import SQLiteLog

    @asynccontextmanager
    async def make(**settings: Any) -> AsyncIterator[Any]:
        number = sum(1 for _ in tmp_path.glob("*.db"))
        log = SQLiteLog(tmp_path / f"streams-{number}.db", **settings)
        try:
            yield log
        finally:
            await log.aclose()

    return make


@pytest.fixture
def redis_log(redis_server: RedisServer) -> OpenLog:
    import redis.asyncio

    from rx_stream import RedisLog

    @asynccontextmanager
    async def make(**settings: Any) -> AsyncIterator[Any]:
        client = redis.asyncio.Redis(port=redis_server.port)
        await client.flushall()
        log = RedisLog(client, **settings)
        try:
            yield log
        finally:
            await log.aclose()
            await client.aclose()

    return make


@pytest.fixture(params=["memory", "sqlite", "redis"])
def open_log(request: pytest.FixtureRequest) -> OpenLog:
    """An async context manager that gives a new, empty log of each engine in turn."""
    return request.getfixturevalue(f"{request.param}_log")


@pytest.fixture(params=["sqlite", "redis"])
def stored_log(request: pytest.FixtureRequest) -> OpenLog:
    """The same of the engines that keep their streams outside of the process."""
    return request.getfixturevalue(f"{request.param}_log")

"""Run the Durable Streams conformance suite against one engine: serve.py memory|sqlite|redis.

Needs node and ``npm install`` in this folder. Prints the suite's report and returns its result.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvicorn

from rx_stream import MemoryLog, RedisLog, SQLiteLog, durable_app

sys.path.insert(0, str(Path(__file__).parents[2]))

from redis_server import RedisServer, free_port


def open_log(engine: str, stack: ExitStack) -> Any:
    if engine == "memory":
        return MemoryLog()
    if engine == "sqlite":
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        return SQLiteLog(Path(folder) / "streams.db")
    import redis.asyncio

    program = shutil.which("redis-server")
    assert program is not None, "redis-server is missing"
    server = stack.enter_context(RedisServer(program))
    return RedisLog(redis.asyncio.Redis(port=server.port))


async def main(engine: str) -> int:
    with ExitStack() as stack:
        port = free_port()
        app = durable_app(open_log(engine, stack), long_poll=3.0)
        config = uvicorn.Config(app, port=port, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        suite = await asyncio.create_subprocess_exec(
            *("npx", "vitest", "run", "server.test.mjs"),
            cwd=Path(__file__).parent,
            env={**os.environ, "BASE": f"http://127.0.0.1:{port}"},
        )
        result = await suite.wait()
        server.force_exit = server.should_exit = True
        await serving
        return result


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))

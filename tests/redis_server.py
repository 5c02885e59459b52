"""A private redis-server on a loopback port, in a folder of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import redis


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """Starts, kills and restarts one server.

    Args:
        program: The path of redis-server.
        sync: Append-only file: ``no`` (off), ``everysec`` or ``always``.
    """

    def __init__(self, program: str, sync: str = "no") -> None:
        self.program = program
        self.port = free_port()
        self.sync = sync
        self.folder = Path(tempfile.mkdtemp(prefix="rx-stream-redis-"))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> RedisServer:
        append = ["no"] if self.sync == "no" else ["yes", "--appendfsync", self.sync]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.program,
                    *("--port", str(self.port), "--bind", "127.0.0.1"),
                    *("--dir", str(self.folder), "--save", "", "--loglevel", "warning"),
                    *("--appendonly", *append),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()
        return self

    def _wait(self) -> None:
        end = time.monotonic() + 10
        with redis.Redis(port=self.port, socket_timeout=1, retry=None) as client:
            while time.monotonic() < end:
                try:
                    if client.ping():
                        return
                except redis.RedisError:
                    time.sleep(0.02)
        raise RuntimeError(f"redis-server did not start: {(self.folder / 'log').read_text()}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def cut_tail(self, size: int) -> None:
        """Do to the append-only file what a power failure does."""
        for path in sorted(self.folder.glob("appendonlydir/*.incr.aof"))[-1:]:
            with path.open("r+b") as file:
                file.truncate(max(0, path.stat().st_size - size))

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> RedisServer:
        return self.start()

    def __exit__(self, *_: Any) -> None:
        self.stop()

"""A real HTTP server on loopback that sends bodies at a pace and sees connections close."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

Pieces = Iterable[tuple[float, bytes]]
"""Pieces of a body, each with the seconds to wait before it."""


@dataclass
class Reply:
    """What one path answers."""

    pieces: Callable[[], Pieces]
    status: int = 200
    content_type: str = "text/event-stream"


@dataclass
class Seen:
    """What the server has seen of one request."""

    head: str
    body: bytes = b""
    sent: int = 0
    closed_early: threading.Event = field(default_factory=threading.Event)


class ReplayServer:
    """Serves in a thread of its own while it is entered."""

    def __init__(self, replies: dict[str, Reply]) -> None:
        self.replies = replies
        self.requests: list[Seen] = []
        self.arrived = threading.Semaphore(0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _start(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step does not reach its ``finally``.
        task.add_done_callback(lambda _: writer.close())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line for line in head.lower().split("\r\n") if "content-length:" in line]
            length = int(lengths[0].partition(":")[2]) if lengths else 0
            seen = Seen(head, await reader.readexactly(length))
            self.requests.append(seen)
            self.arrived.release()
            path = head.split(" ")[1].partition("?")[0]
            reply = self.replies.get(path) or Reply(lambda: [(0.0, b"{}")], 404, "application/json")
            gone = self._loop.create_task(reader.read())  # Ends when the client hangs up.
            try:
                await self._send(writer, reply, seen, gone)
            finally:
                gone.cancel()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        reply: Reply,
        seen: Seen,
        gone: asyncio.Task[bytes],
    ) -> None:
        writer.write(
            f"HTTP/1.1 {reply.status} Any\r\ncontent-type: {reply.content_type}\r\n"
            "transfer-encoding: chunked\r\nconnection: close\r\n\r\n".encode()
        )
        for delay, piece in reply.pieces():
            if delay:
                await asyncio.wait({gone}, timeout=delay)
            if gone.done():
                seen.closed_early.set()
                return
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            seen.sent += 1
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

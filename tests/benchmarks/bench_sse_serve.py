"""Serving: cost per event over loopback with uvicorn, against raw ASGI and sse-starlette.

Usage: python tests/benchmarks/bench_sse_serve.py [events [slow clients]]. The server runs in a
process of its own, and its CPU time is what is compared; the routes take turns.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import socket
import statistics
import sys
import time

HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
}
ROUNDS = 5


def tokens(count: int):
    return (f"token{i} " for i in range(count))


async def async_tokens(count: int):
    for i in range(count):
        yield f"token{i} "


def raw(count: int, join: int):
    """The least a server can do: format, join ``join`` events, send."""

    async def app(scope, receive, send):
        await send(HEAD)
        ready = []
        async for token in async_tokens(count):
            ready.append(f'data: {{"content":"{token}"}}\n\n')
            if len(ready) == join:
                body = "".join(ready).encode()
                await send({"type": "http.response.body", "body": body, "more_body": True})
                ready.clear()
                await asyncio.sleep(0)
        body = "".join(ready).encode()
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return app


def routes(count: int):
    from rx_stream import from_async_iterable, from_iterable, sse_response

    made = {
        "raw, 1 a send": raw(count, 1),
        "raw, 16 a send": raw(count, 16),
        "raw, 64 a send": raw(count, 64),
        "sse_response, from_iterable": sse_response(lambda _: from_iterable(tokens(count))),
        "sse_response, from_async_iterable": sse_response(
            lambda _: from_async_iterable(async_tokens(count))
        ),
    }
    try:
        from sse_starlette import EventSourceResponse
    except ImportError:
        return made

    async def starlette(scope, receive, send):
        events = ({"data": f'{{"content":"{t}"}}'} async for t in async_tokens(count))
        await EventSourceResponse(events)(scope, receive, send)

    made["sse-starlette"] = starlette
    return made


def shared_app(count: int, pause: float):
    """One stream for all clients, at the pace of a model."""
    from rx_stream import from_async_iterable, share_stream, sse_response

    async def slowly():
        for i in range(count):
            await asyncio.sleep(pause)
            yield f"token{i} "

    return sse_response(from_async_iterable(slowly()).pipe(share_stream(slow="coalesce")))


def serve(port: int, count: int, pipe) -> None:
    import uvicorn

    made = routes(count)
    names = list(made)
    shared = {}

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        what = scope["path"][1:]
        if what == "usage":
            usage = resource.getrusage(resource.RUSAGE_SELF)
            body = f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}".encode()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
        elif what == "shared":
            if "app" not in shared:
                shared["app"] = shared_app(300, 0.03)
            await shared["app"](scope, receive, send)
        else:
            await made[names[int(what)]](scope, receive, send)

    pipe.send(names)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", lifespan="off", backlog=4096)


def get(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        parts = []
        while part := connection.recv(1 << 18):
            parts.append(part)
    return b"".join(parts)


def usage(port: int) -> tuple[float, int]:
    cpu, memory = get(port, "/usage").rsplit(b"\r\n", 4)[-4].split()
    return float(cpu), int(memory)


def paired(port: int, names: list[str], count: int) -> None:
    spent: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for index, name in enumerate(names):
            before = usage(port)[0]
            body = get(port, f"/{index}")
            assert body.count(b"token") == count, name
            spent[name].append(usage(port)[0] - before)
    medians = {name: statistics.median(values) for name, values in spent.items()}
    base = medians["raw, 16 a send"]
    print(f"server CPU per event, {count} events, median of {ROUNDS}; 1.0 is raw with 16 a send")
    for name, value in medians.items():
        print(f"{name:36s} {1e6 * value / count:7.2f} us  {value / base:6.2f}")


async def client(port: int, delay: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(b"GET /shared HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    body = b""
    while part := await reader.read(1024):
        body += part
        await asyncio.sleep(delay)
    writer.close()
    return body.count(b"token")


async def crowd(port: int, clients: int) -> list[int]:
    return await asyncio.gather(*(client(port, 0.05) for _ in range(clients)))


def many(port: int, clients: int) -> None:
    before = usage(port)
    begin = time.perf_counter()
    seen = asyncio.run(crowd(port, clients))
    took = time.perf_counter() - begin
    after = usage(port)
    print(
        f"{clients} slow clients of one shared stream of 300 items in {took:.1f} s: "
        f"{sum(n == 300 for n in seen)} got all of it; CPU {after[0] - before[0]:.1f} s, "
        f"memory {before[1] / 1024:.0f} -> {after[1] / 1024:.0f} MiB"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65_536), limit))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(port, count, theirs), daemon=True)
    server.start()
    names = ours.recv()
    while server.is_alive():
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    try:
        paired(port, names, count)
        if clients:
            many(port, clients)
    finally:
        server.terminate()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()

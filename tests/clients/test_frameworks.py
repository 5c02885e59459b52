"""The response inside the frameworks people use, each under uvicorn on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from rx_stream import from_async_iterable, from_iterable, headers_for, sse_iterable, sse_response
from rx_stream.core.sse.sse_decoder import SseDecoder

WORDS = ["Hel", "lo ", "日本\u2028", "😀"]


def response(**options):
    return sse_response(from_iterable(WORDS), ids="s", **options)


def starlette_app():
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.cors import CORSMiddleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Mount, Route

    async def endpoint(request):
        return response()

    return Starlette(
        routes=[
            Mount("/mounted", response()),
            Route("/routed", response(), methods=["GET", "HEAD"]),
            Route("/returned", endpoint),
        ],
        middleware=[Middleware(GZipMiddleware), Middleware(CORSMiddleware, allow_origins=["*"])],
    )


def fastapi_app():
    from fastapi import FastAPI

    app = FastAPI()
    app.mount("/mounted", response())
    app.add_route("/routed", response(), methods=["GET", "HEAD"])
    return app


def litestar_app():
    from litestar import Litestar, asgi

    app = response()

    @asgi("/mounted", is_mount=True, copy_scope=True)
    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return Litestar([mounted])


def django_app():
    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        django.setup()
    pages = get_asgi_application()
    stream = response()

    async def app(scope, receive, send):
        chosen = stream if scope.get("path") == "/mounted/" else pages
        await chosen(scope, receive, send)

    return app


urlpatterns: list[object] = []


@pytest.mark.parametrize(
    ("module", "make", "paths"),
    [
        ("starlette", starlette_app, ["/mounted/", "/routed", "/returned"]),
        ("fastapi", fastapi_app, ["/mounted/", "/routed"]),
        ("litestar", litestar_app, ["/mounted/"]),
        ("django", django_app, ["/mounted/"]),
    ],
)
def test_the_response_works_in_a_framework(need_module, serving, module, make, paths) -> None:
    need_module(module)
    need_module("httpx")
    import httpx

    with serving(make()) as base, httpx.Client(base_url=base) as client:
        for path in paths:
            got = client.get(path)
            assert got.status_code == 200, path
            for name, value in headers_for("json").items():
                assert got.headers[name] == value, path
            assert "content-encoding" not in got.headers
            events = SseDecoder().feed(got.content)
            assert [json.loads(e.data).get("content") for e in events] == [*WORDS, None], path
        assert client.head(paths[0]).content == b""
        if module != "django":
            assert client.get("/nothing-here").status_code == 404


def test_the_body_works_in_flask(need_module) -> None:
    need_module("flask")
    need_module("httpx")
    import httpx
    from flask import Flask, Response
    from werkzeug.serving import make_server

    app = Flask(__name__)
    closed = threading.Event()

    def words():
        try:
            yield from WORDS
            while True:
                time.sleep(0.01)
                yield "more"
        finally:
            closed.set()

    @app.get("/finite")
    def finite():
        body = sse_iterable(from_iterable(WORDS), ids="s")
        return Response(body, headers=headers_for("json"))

    @app.get("/endless")
    def endless():
        return Response(sse_iterable(from_iterable(words())), headers=headers_for("json"))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
            got = client.get("/finite")
            assert got.headers["content-type"] == "text/event-stream; charset=utf-8"
            events = SseDecoder().feed(got.content)
            assert [json.loads(e.data).get("content") for e in events] == [*WORDS, None]
            with client.stream("GET", "/endless") as endless_answer:
                next(endless_answer.iter_bytes())
            assert closed.wait(5)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


# ------------------------------------------------------------------------- leaving, for real


class Watched:
    """A source that says when it was opened and closed."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.opened = threading.Event()
        self.closed = threading.Event()
        self.produced = 0

    async def __aiter__(self) -> AsyncIterator[str]:
        self.opened.set()
        try:
            while True:
                self.produced += 1
                yield "x" * 200
                await asyncio.sleep(self.pause)
        finally:
            self.closed.set()


def connect(base: str) -> socket.socket:
    host, _, port = base.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection


@pytest.mark.realtime
def test_an_idle_client_that_leaves_is_noticed_within_a_second(serving) -> None:
    source = Watched(pause=1000)
    with serving(sse_response(from_async_iterable(source))) as base:
        connection = connect(base)
        assert source.opened.wait(5)
        connection.close()
        assert source.closed.wait(1)


@pytest.mark.realtime
def test_a_stalled_client_that_leaves_is_noticed_within_a_second(serving) -> None:
    source = Watched(pause=0)
    with serving(sse_response(from_async_iterable(source), overflow="block")) as base:
        connection = connect(base)
        before = -1
        while before != source.produced:  # Until the buffers between us are full.
            before = source.produced
            time.sleep(0.2)
        assert not source.closed.is_set()
        connection.close()
        assert source.closed.wait(1)


@pytest.mark.realtime
def test_a_client_that_never_reads_is_let_go_after_the_write_timeout(serving) -> None:
    source = Watched(pause=0)
    app = sse_response(from_async_iterable(source), write_timeout=0.3)
    with serving(app) as base:
        connection = connect(base)
        try:
            assert source.closed.wait(10)
        finally:
            connection.close()


@pytest.mark.realtime
def test_a_server_that_shuts_down_says_farewell(serving) -> None:
    source = Watched(pause=1000)
    with serving(sse_response(from_async_iterable(source))) as base:
        connection = connect(base)
        assert source.opened.wait(5)
    body = b""
    while part := connection.recv(65_536):
        body += part
    connection.close()
    assert source.closed.is_set()
    assert b"event: stream-error\n" in body
    assert b"event: done\n" not in body
    assert body.endswith(b"0\r\n\r\n")

"""The ASGI application behind the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import cast

from reactivex import Observable
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rx_stream.serve.run import Run, StoppedError
from rx_stream.sinks.sse_response import sse_response
from rx_stream.types import StreamChunk

__all__ = ["page_app"]

_MOST_RUNS = 8
"""Runs that are remembered; the oldest is stopped for a new one."""

_LARGEST_BODY = 4096

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class _Headers:
    """Adds the headers that keep the page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                headers.append((b"content-security-policy", _POLICY.encode()))
                headers.append((b"x-content-type-options", b"nosniff"))
                headers.append((b"referrer-policy", b"no-referrer"))
                headers.append((b"cross-origin-resource-policy", b"same-origin"))
                headers.append((b"cross-origin-opener-policy", b"same-origin"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_more)


def _refusal(message: str, status: int = 400) -> Response:
    return JSONResponse({"error": message}, status)


async def _settings(request: Request) -> Mapping[str, object]:
    """Return the JSON object of a request's body.

    Raises:
        ValueError: It is not one, or too large.
    """
    # Another site's page can send a plain form here, but not this type.
    if request.headers.get("content-type") != "application/json":
        raise ValueError("the body must be application/json")
    body = b""
    async for piece in request.stream():
        if len(body) + len(piece) > _LARGEST_BODY:
            raise ValueError(f"the body must have at most {_LARGEST_BODY} bytes")
        body += piece
    try:
        settings: object = json.loads(body)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    if not isinstance(settings, dict):
        raise ValueError("the body must be a JSON object")
    return cast("Mapping[str, object]", settings)


def _client_message(error: Exception) -> str:
    return "stopped" if isinstance(error, StoppedError) else "the source failed"


class _Runs:
    """The runs of one server, and the answers to requests about them."""

    def __init__(
        self, source: Callable[[], Observable[StreamChunk]], estimated_tokens: int | None
    ) -> None:
        self._source = source
        self._estimated_tokens = estimated_tokens
        self._runs: dict[str, Run] = {}

    async def create(self, request: Request) -> Response:
        try:
            run = Run(self._source(), self._estimated_tokens, await _settings(request))
        except (TypeError, ValueError) as error:
            return _refusal(str(error))
        except OSError as error:  # Its file has gone, say.
            return _refusal(f"cannot read the source: {error.strerror or error}", 404)
        self._runs[run.id] = run
        while len(self._runs) > _MOST_RUNS:
            self._runs.pop(next(iter(self._runs))).stop()
        return JSONResponse(run.to_dict(), 201)

    async def current(self, _: Request) -> Response:
        live = [run for run in self._runs.values() if run.live]
        return JSONResponse(live[-1].to_dict() if live else {"id": None})

    async def change(self, request: Request) -> Response:
        run = self._runs.get(request.path_params["id"])
        if run is None:
            return _refusal("no such stream", 404)
        try:
            run.change(await _settings(request))
        except (TypeError, ValueError) as error:
            return _refusal(str(error))
        return JSONResponse(run.to_dict())

    async def stop(self, request: Request) -> Response:
        run = self._runs.get(request.path_params["id"])
        if run is None:
            return _refusal("no such stream", 404)
        run.stop()
        return Response(status_code=204)

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        run = self._runs.get(scope["path_params"]["id"])
        answer = (
            _refusal("no such stream", 404)
            if run is None
            else sse_response(run.events, on_error=_client_message)
        )
        await answer(scope, receive, send)


class _Events:
    """An endpoint that is an ASGI application: a class, as Starlette tells them from functions."""

    def __init__(self, runs: _Runs) -> None:
        self._runs = runs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._runs.events(scope, receive, send)


def page_app(
    source: Callable[[], Observable[StreamChunk]], estimated_tokens: int | None
) -> ASGIApp:
    """Return the application that serves the page and its streams, to this machine only.

    Args:
        source: Makes the stream of one run.
        estimated_tokens: How long it is expected to be; None if nobody knows.

    Returns:
        An ASGI application. It answers only requests for a loopback host name.
    """
    runs = _Runs(source, estimated_tokens)
    return Starlette(
        routes=[
            Route("/api/runs", runs.create, methods=["POST"]),
            Route("/api/runs/current", runs.current, methods=["GET"]),
            Route("/api/runs/{id}", runs.change, methods=["PATCH"]),
            Route("/api/runs/{id}", runs.stop, methods=["DELETE"]),
            Route("/api/runs/{id}/events", _Events(runs), methods=["GET"]),
            Mount("/", StaticFiles(packages=[("rx_stream.serve", "page")], html=True)),
        ],
        middleware=[
            Middleware(_Headers),
            # A foreign name that resolves to this machine must not reach the streams.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        ],
    )

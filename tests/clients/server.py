"""What the clients read: one answer in every dialect, with all that has broken clients before.

Ids, ``retry``, keep-alive comments, progress, reasoning, tool calls, text of many scripts with
U+2028 and blank lines; and an answer that fails in its middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from rx_stream import StreamChunk, StreamProgress, from_async_iterable, sse_response

ABOUT = {"model": "rx-test", "choice": 0, "channel": "answer"}
TOKENS = [
    *("Hel", "lo", " wor", "ld\n", "\n", "- 日本", "語 😀", " a\u2028b\u2029c\u0085d", " naïve"),
    *("  two spaces", "\r\n", "\tdata: x", "[DONE]", ' "quoted" \\ ', "👩‍👩‍👧", " עברית", " end"),
]
TEXT = "".join(TOKENS)
REASONING = "Let me think…\nIt is easy."
ARGUMENTS = '{"city": "Zürich"}'
USAGE = {"input_tokens": 11, "output_tokens": 42, "total_tokens": 53}
SORRY = "Sorry, the model is busy."

CLIENT_FILES = Path(__file__).parent


def about(**more: object) -> dict[str, object]:
    return {**ABOUT, **more}


def call(id: str | None, name: str | None, piece: str) -> StreamChunk:
    delta = {"index": 0, "id": id, "name": name, "arguments_delta": piece}
    return StreamChunk(metadata=about(tool_calls=[delta]))


async def answer(kind: str) -> AsyncIterator[object]:
    """The answer, with pauses in which keep-alive comments are sent."""
    yield StreamProgress(state="waiting")
    await asyncio.sleep(0.06)
    if kind == "tools":
        half = len(REASONING) // 2
        yield StreamChunk(metadata=about(reasoning=REASONING[:half]))
        yield StreamChunk(metadata=about(reasoning=REASONING[half:]))
    for number, token in enumerate(TOKENS):
        if kind == "error" and number == 5:
            raise RuntimeError("internal: password=hunter2")
        yield StreamChunk(token, metadata=ABOUT)
        if number % 4 == 0:
            yield StreamProgress(tokens_received=number, percentage=50.0, state="streaming")
            await asyncio.sleep(0.06)
    if kind == "tools":
        yield call("call_1", "weather", "")
        yield call(None, None, ARGUMENTS[:9])
        yield call(None, None, ARGUMENTS[9:])
    reason = "tool_calls" if kind == "tools" else "stop"
    yield StreamChunk("", None, True, reason, about(usage=USAGE))


def respond(kind: str, dialect: Any):
    return sse_response(
        from_async_iterable(answer(kind)),
        dialect=dialect,
        ids="s1",
        retry=30,
        keep_alive=0.02,
        on_error=lambda error: SORRY,
    )


async def chat(request):
    return respond((await request.json())["model"], "openai")


async def messages(request):
    return respond((await request.json())["model"], "anthropic")


async def ui(request):
    return respond(request.path_params["kind"], "ui")


async def no_stream(request):
    return Response(status_code=204)


async def by_path(request):
    return respond(request.path_params["kind"], request.path_params["dialect"])


BROWSER: dict[str, object] = {}


async def result(request):
    if request.method == "POST":
        BROWSER.update(await request.json())
    return JSONResponse(BROWSER)


async def page(request):
    return Response((CLIENT_FILES / "page.html").read_text(), media_type="text/html")


async def expected(request):
    about_it = {"text": TEXT, "reasoning": REASONING, "arguments": ARGUMENTS, "sorry": SORRY}
    return JSONResponse({**about_it, "failed": "".join(TOKENS[:5])})


def kept(kind: str):
    """One response for all requests, which remembers its end for those that reconnect."""
    return sse_response(
        lambda _: from_async_iterable(answer(kind)), ids="s1", retry=30, keep_alive=0.02
    )


def make_app() -> Starlette:
    return Starlette(
        routes=[
            Route("/v1/chat/completions", chat, methods=["POST"]),
            Route("/v1/messages", messages, methods=["POST"]),
            Route("/ui/{kind}", ui, methods=["POST"]),
            Route("/ui/{kind}/{id}/stream", no_stream),
            Route("/sse/{dialect}/{kind}", by_path, methods=["GET", "POST"]),
            Mount("/kept", kept("plain")),
            Route("/page", page),
            Route("/result", result, methods=["GET", "POST"]),
            Route("/expected", expected),
        ]
    )

"""Whatever holds a model's stream, and how it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import threading
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import reactivex as rx
from reactivex.scheduler import NewThreadScheduler
from replay_server import ReplayServer, Reply

from rx_stream import (
    LLMStreamError,
    RxStreamError,
    StreamChunk,
    StreamTruncatedError,
    from_llm,
    from_sse,
    to_async_iterable,
    to_iterable,
)

WAIT = 10.0


def chat(content: str | None = None, **choice: Any) -> dict[str, Any]:
    delta = {} if content is None else {"content": content}
    return {"model": "m", "choices": [{"index": 0, "delta": delta, **choice}]}


HELLO = [chat("Hel"), chat("lo"), chat(finish_reason="stop")]
BODY = b"".join(b"data: %s\n\n" % json.dumps(p).encode() for p in HELLO) + b"data: [DONE]\n\n"


def read(stream: Any, **options: Any) -> tuple[list[StreamChunk], Exception | None]:
    chunks: list[StreamChunk] = []
    errors: list[Exception] = []
    from_llm(stream, **options).subscribe(chunks.append, errors.append)
    return chunks, errors[0] if errors else None


def texts(chunks: list[StreamChunk]) -> list[str]:
    return [chunk.content for chunk in chunks]


async def texts_async(stream: Any, **options: Any) -> list[str]:
    return [chunk.content async for chunk in to_async_iterable(from_llm(stream, **options))]


async def arrives(items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


# ---------------------------------------------------------------------------- what is accepted


@pytest.mark.parametrize(
    "stream",
    [
        HELLO,
        tuple(HELLO),
        iter(HELLO),
        BODY,
        bytearray(BODY),
        memoryview(BODY),
        [BODY[:50], BODY[50:]],
        rx.from_iterable(HELLO),
        rx.of(BODY).pipe(from_sse()),
        lambda: iter(HELLO),
        contextlib.nullcontext(HELLO),
        httpx.Response(200, content=BODY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_takes_whatever_gives_items_without_a_loop(stream: Any) -> None:
    chunks, error = read(stream)
    assert texts(chunks) == ["Hel", "lo", ""]
    assert error is None


class Manager:
    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.left = False

    async def __aenter__(self) -> Any:
        return self.stream

    async def __aexit__(self, *_: object) -> None:
        self.left = True


def test_it_takes_whatever_gives_items_on_a_loop() -> None:
    async def coroutine(value: Any) -> Any:
        return value

    async def run() -> None:
        manager = Manager(arrives(HELLO))
        for stream in (
            arrives(HELLO),
            coroutine(arrives(HELLO)),
            coroutine(HELLO),
            coroutine(Manager(arrives([BODY]))),
            manager,
            lambda: arrives(HELLO),
        ):
            assert await texts_async(stream) == ["Hel", "lo", ""]
        assert manager.left

    asyncio.run(run())


def test_a_list_can_be_subscribed_again() -> None:
    source = from_llm(HELLO)
    for _ in range(2):
        chunks: list[StreamChunk] = []
        source.subscribe(chunks.append)
        assert texts(chunks) == ["Hel", "lo", ""]


def test_a_function_makes_a_stream_for_each_subscription() -> None:
    source = from_llm(lambda: iter(HELLO))
    assert texts(list(to_iterable(source))) == texts(list(to_iterable(source)))


def test_it_comes_no_faster_than_it_is_taken() -> None:
    pulled = 0

    def items() -> Iterator[Any]:
        nonlocal pulled
        for number in range(1000):
            pulled += 1
            yield chat(str(number))
        yield chat(finish_reason="stop")

    stream = to_iterable(from_llm(items()), capacity=8)
    assert str(next(stream)) == "0"
    assert pulled <= 10
    stream.close()


@pytest.mark.parametrize("bad", [5, None, 1.5, object()])
def test_what_holds_no_stream_is_refused_at_once(bad: object) -> None:
    with pytest.raises(TypeError, match=r"from_llm: stream must be .*not "):
        from_llm(bad)


@pytest.mark.parametrize(
    ("option", "value"),
    [("dialect", "klingon"), ("choices", "some"), ("reasoning", True), ("token_counts", "no")],
)
def test_bad_options_are_refused_at_once(option: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"from_llm: {option} must be .*{value!r}"):
        from_llm(HELLO, **{option: value})


# ---------------------------------------------------------------------------- strings, bytes


def test_strings_are_text_of_the_answer() -> None:
    chunks, error = read(["data: no", "t an event", ""])
    assert texts(chunks) == ["data: no", "t an event", ""]
    assert chunks[-1].is_complete
    assert error is None


def test_strings_are_a_body_where_the_dialect_says_so() -> None:
    assert texts(read([BODY.decode()], dialect="openai.chat")[0]) == ["Hel", "lo", ""]


def test_bytes_of_plain_text_are_decoded_across_cuts() -> None:
    body = "héllo 👋".encode()
    chunks, error = read([body[i : i + 1] for i in range(len(body))], dialect="text")
    assert "".join(texts(chunks)) == "héllo 👋"
    assert error is None


# ---------------------------------------------------------------------------- ends


def test_an_empty_stream_is_cut_off() -> None:
    chunks, error = read([])
    assert chunks == []
    assert isinstance(error, StreamTruncatedError)


def test_what_the_source_raises_comes_unchanged_after_all_text() -> None:
    failure = OSError("reset")

    def items() -> Iterator[Any]:
        yield HELLO[0]
        raise failure

    chunks, error = read(items())
    assert texts(chunks) == ["Hel"]
    assert error is failure


def test_an_unknown_first_item_is_an_error_that_lists_what_is_known() -> None:
    chunks, error = read([{"colour": "blue"}])
    assert chunks == []
    assert type(error) is RxStreamError
    for name in ("colour", "openai.chat", "anthropic.messages", "gemini", "ollama", "langchain"):
        assert name in str(error)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<!doctype html>\n<html><h1>502 Bad Gateway</h1>", RxStreamError, "HTML page"),
        (b"upstream connect error", RxStreamError, "neither Server-Sent Events nor JSON"),
        (b'{"error": {"message": "no key", "type": "auth"}}', LLMStreamError, "no key"),
        (b'{\n  "error": {\n    "message": "no key"\n  }\n}\n', LLMStreamError, "no key"),
        (b'[{\n "error": {"code": 429, "message": "slow down"}}]', LLMStreamError, "slow down"),
        (b'[{"candidates": []}\n,\n{"candidates": []}]', RxStreamError, "alt=sse"),
        (b'{"choices": [{"message": {"content": "Hi"}}]}', RxStreamError, "stream=true"),
        (b'{\n"type": "message", "role": "assistant"}', RxStreamError, "stream=true"),
        (b"data: oops\n\n", RxStreamError, "not JSON: 'oops'"),
        (b"event: error\ndata: oops\n\n", LLMStreamError, "oops"),
        (b"", StreamTruncatedError, "before its first item"),
        (b": just a comment\n\n", StreamTruncatedError, "before its first item"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_body_that_is_no_stream_is_a_clear_error(
    body: bytes, kind: type[Exception], words: str, size: int
) -> None:
    chunks, error = read([body[at : at + size] for at in range(0, len(body), size)])
    assert chunks == []
    assert type(error) is kind
    assert words in str(error)
    assert error.result is not None  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------- closing


class Stream:
    """As an SDK has them: iterated through a generator, closed by itself, with a response."""

    def __init__(self, log: list[str], items: Any) -> None:
        self.log = log
        self.items = items
        self.response = SimpleNamespace(close=lambda: log.append("response"))

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self.items
        finally:
            self.log.append("iterator")

    def close(self) -> None:
        self.log.append("stream")


class AsyncStream:
    def __init__(self, log: list[str], items: Any) -> None:
        self.log = log
        self.items = items
        self.response = SimpleNamespace(aclose=self._close_response, close=self._wrong)

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            for item in self.items:
                yield item
        finally:
            self.log.append("iterator")

    async def close(self) -> None:
        self.log.append("stream")

    async def _close_response(self) -> None:
        self.log.append("response")

    def _wrong(self) -> None:
        self.log.append("wrong")


def endless() -> Iterator[Any]:
    return (chat(f"{number} ") for number in itertools.count())


def test_leaving_early_closes_stream_then_response() -> None:
    log: list[str] = []
    stream = to_iterable(from_llm(Stream(log, endless())), capacity=4)
    assert str(next(stream)) == "0 "
    stream.close()
    assert log == ["iterator", "stream", "response"]


def test_leaving_early_closes_an_async_stream_then_its_response() -> None:
    log: list[str] = []

    async def run() -> None:
        stream = to_async_iterable(from_llm(AsyncStream(log, endless())), capacity=4)
        assert str(await anext(stream)) == "0 "
        await stream.aclose()
        assert log == ["iterator", "stream", "response"]

    asyncio.run(run())


def test_the_end_mark_closes_a_stream_that_would_go_on() -> None:
    log: list[str] = []
    items = itertools.chain([BODY], itertools.repeat(b": still here\n"))
    chunks, error = read(Stream(log, items))
    assert texts(chunks) == ["Hel", "lo", ""]
    assert error is None
    assert log == ["iterator", "stream", "response"]


def endless_body() -> Iterator[tuple[float, bytes]]:
    for item in endless():
        yield 0.002, b"data: %s\n\n" % json.dumps(item).encode()


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    reply = Reply(endless_body)
    with ReplayServer({"/": reply, "/chat/completions": reply}) as server:
        yield server


def test_leaving_early_hangs_up_on_a_server(server: ReplayServer) -> None:
    with httpx.Client(timeout=WAIT) as client:
        stream = to_iterable(from_llm(client.stream("POST", server.url())))
        assert [str(next(stream)) for _ in range(3)] == ["0 ", "1 ", "2 "]
        stream.close()
        (seen,) = server.requests
        assert seen.closed_early.wait(WAIT)
        sent = seen.sent
    assert sent == seen.sent


def test_disposing_from_another_thread_hangs_up_on_a_server(server: ReplayServer) -> None:
    some = threading.Event()
    chunks: list[StreamChunk] = []

    def take(chunk: StreamChunk) -> None:
        chunks.append(chunk)
        if len(chunks) == 3:
            some.set()

    with httpx.Client(timeout=WAIT) as client:
        source = from_llm(client.stream("POST", server.url()))
        subscription = source.subscribe(take, scheduler=NewThreadScheduler())
        assert some.wait(WAIT)
        subscription.dispose()
        assert server.requests[0].closed_early.wait(WAIT)


def test_leaving_early_on_a_loop_hangs_up_on_a_server(server: ReplayServer) -> None:
    async def run() -> None:
        async with httpx.AsyncClient(timeout=WAIT) as client:
            stream = to_async_iterable(from_llm(client.stream("POST", server.url())))
            assert [str(await anext(stream)) for _ in range(3)] == ["0 ", "1 ", "2 "]
            await stream.aclose()
            hung_up = server.requests[0].closed_early.wait
            assert await asyncio.to_thread(hung_up, WAIT)

    asyncio.run(run())


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_leaving_early_stops_the_sdk_of_openai(
    server: ReplayServer, mode: str, need_module: Any
) -> None:
    openai = need_module("openai")
    ask = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": True}

    async def run() -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=server.url("")) as client:
            stream = to_async_iterable(from_llm(client.chat.completions.create(**ask)))
            assert str(await anext(stream)) == "0 "
            await stream.aclose()
            assert await asyncio.to_thread(server.requests[0].closed_early.wait, WAIT)

    if mode == "async":
        asyncio.run(run())
        return
    with openai.OpenAI(api_key="k", base_url=server.url("")) as client:
        stream = to_iterable(from_llm(client.chat.completions.create(**ask)))
        assert str(next(stream)) == "0 "
        stream.close()
        assert server.requests[0].closed_early.wait(WAIT)

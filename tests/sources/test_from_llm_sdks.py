"""The objects of the providers' own SDKs, over recorded bodies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from llm_recordings import Recording, check, gather, recordings

from rx_stream import StreamChunk, from_llm, to_async_iterable


class Body:
    """A body that arrives in pieces and notes whether it was closed."""

    def __init__(self, body: bytes) -> None:
        self.pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def transport(recording: Recording, http: Any = httpx) -> tuple[Any, Any]:
    """Return a transport of httpx, or of its successor, that answers with a recorded body."""
    kind = type("Stream", (Body, http.SyncByteStream, http.AsyncByteStream), {})
    body = kind(recording.body)
    headers = {"content-type": "text/event-stream"}
    return http.MockTransport(lambda _: http.Response(200, headers=headers, stream=body)), body


def read(stream: Any, **options: Any) -> tuple[list[StreamChunk], Exception | None]:
    chunks: list[StreamChunk] = []
    errors: list[Exception] = []
    from_llm(stream, **options).subscribe(chunks.append, errors.append)
    return chunks, errors[0] if errors else None


async def read_async(stream: Any) -> tuple[list[StreamChunk], Exception | None]:
    chunks: list[StreamChunk] = []
    try:
        async for chunk in to_async_iterable(from_llm(stream)):
            chunks.append(chunk)  # noqa: PERF401 - the ones before an error are wanted, too
    except Exception as error:  # noqa: BLE001 - it is what is tested
        return chunks, error
    return chunks, None


def verify(recording: Recording, chunks: list[StreamChunk], error: Exception | None) -> None:
    if recording.expected["error"]:
        # The SDK finds the error itself; it is passed on as it is, after all text.
        assert type(error).__module__.startswith(("openai", "anthropic"))
        assert gather(chunks).content == recording.text
        assert not any(chunk.is_complete for chunk in chunks)
    else:
        check(recording, chunks, error)


@pytest.fixture
def openai(need_module: Callable[[str], Any]) -> Any:
    return need_module("openai")


def openai_call(client: Any, recording: Recording) -> Any:
    if recording.dialect == "openai.responses":
        return client.responses.create(model="m", input="x", stream=True)
    if recording.dialect == "openai.completions":
        return client.completions.create(model="m", prompt="x", stream=True)
    messages = [{"role": "user", "content": "x"}]
    return client.chat.completions.create(model="m", messages=messages, stream=True)


OPENAI = ("openai.chat", "openai.completions", "openai.responses")


@recordings(dialects=OPENAI)
def test_openai_sync(recording: Recording, openai: Any) -> None:
    mock, body = transport(recording)
    with httpx.Client(transport=mock) as http:
        client = openai.OpenAI(api_key="k", http_client=http, max_retries=0)
        verify(recording, *read(openai_call(client, recording)))
    assert body.closed


@recordings(dialects=OPENAI)
def test_openai_async(recording: Recording, openai: Any) -> None:
    async def run() -> None:
        mock, body = transport(recording)
        async with httpx.AsyncClient(transport=mock) as http:
            client = openai.AsyncOpenAI(api_key="k", http_client=http, max_retries=0)
            verify(recording, *await read_async(openai_call(client, recording)))
            assert body.closed

    asyncio.run(run())


@recordings(dialects=("anthropic.messages",))
def test_anthropic_sync(recording: Recording, need_module: Callable[[str], Any]) -> None:
    anthropic = need_module("anthropic")
    http = need_module("httpx2")
    mock, body = transport(recording, http)
    messages = [{"role": "user", "content": "x"}]
    with http.Client(transport=mock) as connection:
        client = anthropic.Anthropic(api_key="k", http_client=connection, max_retries=0)
        stream = client.messages.create(model="m", max_tokens=9, messages=messages, stream=True)
        check(recording, *read(stream))
    assert body.closed


@recordings(dialects=("anthropic.messages",))
def test_anthropic_helper_whose_derived_events_are_left_alone(
    recording: Recording, need_module: Callable[[str], Any]
) -> None:
    anthropic = need_module("anthropic")
    http = need_module("httpx2")
    messages = [{"role": "user", "content": "x"}]

    async def run() -> None:
        mock, body = transport(recording, http)
        async with http.AsyncClient(transport=mock) as connection:
            client = anthropic.AsyncAnthropic(api_key="k", http_client=connection, max_retries=0)
            manager = client.messages.stream(model="m", max_tokens=9, messages=messages)
            check(recording, *await read_async(manager))
            assert body.closed

    asyncio.run(run())


def google_client(genai: Any, **http: Any) -> Any:
    return genai.Client(api_key="k", http_options=genai.types.HttpOptions(**http))


@recordings(dialects=("gemini",))
def test_google_sync(recording: Recording, need_module: Callable[[str], Any]) -> None:
    genai = need_module("google.genai")
    mock, body = transport(recording)
    with httpx.Client(transport=mock) as http:
        client = google_client(genai, httpx_client=http)
        chunks, error = read(client.models.generate_content_stream(model="m", contents="x"))
    check_google(recording, chunks, error)
    assert body.closed


@recordings(dialects=("gemini",))
def test_google_async(recording: Recording, need_module: Callable[[str], Any]) -> None:
    genai = need_module("google.genai")

    async def run() -> None:
        mock, _ = transport(recording)
        async with httpx.AsyncClient(transport=mock) as http:
            client = google_client(genai, httpx_async_client=http)
            call = client.aio.models.generate_content_stream(model="m", contents="x")
            check_google(recording, *await read_async(call))

    asyncio.run(run())


def check_google(recording: Recording, chunks: list[StreamChunk], error: Exception | None) -> None:
    """Check all but fields of the usage that the SDK's types do not have."""
    usage = chunks[-1].metadata["usage_raw"]
    assert isinstance(usage, dict)
    wanted = recording.expected["usage"]
    known = {name: value for name, value in wanted.items() if name in usage}
    assert {name: usage[name] for name in known} == known
    assert {"promptTokenCount", "totalTokenCount"} <= known.keys()
    expected = {**recording.expected, "usage": usage}
    check(Recording(recording.file, recording.dialect, expected, []), chunks, error)


@pytest.mark.parametrize("parsed", [False, True])
@pytest.mark.parametrize("events", [False, True])
def test_langchain_models_and_chains(
    parsed: bool, events: bool, need_module: Callable[[str], Any]
) -> None:
    models = need_module("langchain_core.language_models.fake_chat_models")
    parser = need_module("langchain_core.output_parsers").StrOutputParser()
    model = models.GenericFakeChatModel(messages=iter(["Good morning"]))
    chain = model | parser if parsed else model

    async def run() -> None:
        stream = chain.astream_events("Hi", version="v2") if events else chain.astream("Hi")
        chunks, error = await read_async(stream)
        assert error is None
        assert "".join(map(str, chunks)) == "Good morning"
        assert [chunk.is_complete for chunk in chunks].count(True) == 1

    asyncio.run(run())

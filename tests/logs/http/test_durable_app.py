"""``durable_app`` in short; ``tests/logs/conformance/serve.py`` runs the protocol's own suite."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
import reactivex as rx

from rx_stream import MemoryLog, durable_app, from_log, publish, to_async_iterable
from rx_stream.core.sse.sse_decoder import SseDecoder

TEXT = {"content-type": "text/plain"}


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 30))


def client_of(log: Any, long_poll: float = 0.2) -> httpx.AsyncClient:
    app = durable_app(log, long_poll=long_poll)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def test_what_is_appended_is_read_from_any_offset(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            created = await client.put("/v1/a b", headers=TEXT, content=b"Hel")
            assert created.status_code == 201
            middle = created.headers["stream-next-offset"]
            assert (await client.post("/v1/a b", headers=TEXT, content=b"lo")).status_code == 204
            whole = await client.get("/v1/a b?offset=-1")
            assert (whole.text, whole.headers["stream-up-to-date"]) == ("Hello", "true")
            assert (await client.get(f"/v1/a b?offset={middle}")).text == "lo"
            closed = await client.post("/v1/a b", headers={"stream-closed": "true"})
            assert closed.headers["stream-closed"] == "true"
            sse = await client.get("/v1/a b?offset=-1&live=sse")
            assert sse.text.count("event: data") == 2
            assert '"streamClosed":true' in sse.text

    run(main())


async def events_of(client: httpx.AsyncClient, offset: str = "-1") -> list[tuple[str, str]]:
    """Return text of a closed stream and where it says that the reader is, event for event."""
    body = (await client.get(f"/s?offset={offset}&live=sse")).content
    told = SseDecoder().feed(body)
    texts = [event.data for event in told if event.event == "data"]
    places = [json.loads(e.data)["streamNextOffset"] for e in told if e.event == "control"]
    return list(zip(texts, places, strict=True))


@pytest.mark.parametrize("text", ["café!", "🙂流é\n x", " a\n  b"])
def test_a_character_may_be_cut_between_appends(text: str) -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            data = text.encode()
            await client.put("/s", headers=TEXT)
            for place in range(len(data)):
                await client.post("/s", headers=TEXT, content=data[place : place + 1])
            await client.post("/s", headers={"stream-closed": "true"})
            events = await events_of(client)
            assert [piece for piece, _ in events] == list(text)
            for number, (_, place) in enumerate(events[:-1], 1):
                rest = await client.get(f"/s?offset={place}")
                assert rest.text == text[number:]
                assert await events_of(client, place) == events[number:]

    run(main())


def test_half_a_character_waits_and_is_not_lost_at_the_end() -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            created = await client.put("/s", headers=TEXT, content=b"a\xc3")
            end = created.headers["stream-next-offset"]
            await client.post("/s", headers={"stream-closed": "true"})
            assert await events_of(client) == [("a\ufffd", end)]

    run(main())


@pytest.mark.parametrize("end", ["\xa9!", ""])
def test_a_reader_who_follows_gets_a_whole_character(end: str) -> None:
    async def main() -> None:
        log = MemoryLog()
        sent: asyncio.Queue[bytes] = asyncio.Queue()

        async def send(message: Any) -> None:
            await sent.put(message.get("body", b""))

        async with client_of(log) as client:
            await client.put("/s", headers=TEXT, content=b"caf\xc3")
            scope = {"type": "http", "method": "GET", "path": "/s", "headers": []}
            scope["query_string"] = b"offset=-1&live=sse"
            reading = asyncio.ensure_future(
                durable_app(log)(scope, asyncio.get_running_loop().create_future, send)
            )
            body = b""
            while b"control" not in body:
                body += await sent.get()
            assert SseDecoder().feed(body)[0].data == "caf"
            headers = {**TEXT, "stream-closed": "true"}
            await client.post("/s", headers=headers, content=end.encode("latin-1"))
            await reading
            body = b"".join(sent.get_nowait() for _ in range(sent.qsize()))
            assert SseDecoder().feed(body)[0].data == ("é!" if end else "\ufffd")

    run(main())


def test_who_follows_a_deleted_stream_gets_nothing_of_a_new_one(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log, long_poll=20) as client:
            sent: asyncio.Queue[bytes] = asyncio.Queue()

            async def send(message: Any) -> None:
                await sent.put(message.get("body", b""))

            await client.put("/s", headers=TEXT, content=b"old")
            scope = {"type": "http", "method": "GET", "path": "/s", "headers": []}
            scope["query_string"] = b"offset=-1&live=sse"
            reading = asyncio.ensure_future(
                durable_app(log, long_poll=0.3)(
                    scope, asyncio.get_running_loop().create_future, send
                )
            )
            body = b""
            while b"upToDate" not in body:
                body += await sent.get()
            await log.delete("s")
            await client.put("/s", headers=TEXT, content=b"the new one")
            await reading
            while not sent.empty():
                body += sent.get_nowait()
            assert [e.data for e in SseDecoder().feed(body) if e.event == "data"] == ["old"]

    run(main())


def test_many_writers_lose_nothing(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            await client.put("/s", headers={"content-type": "application/json"})

            async def write(number: int) -> None:
                for step in range(5):
                    response = await client.post(
                        "/s", headers={"content-type": "application/json"}, json=[number, step]
                    )
                    assert response.status_code == 204

            await asyncio.gather(*(write(n) for n in range(8)))
            values = (await client.get("/s?offset=-1")).json()
            assert sorted(values) == sorted(
                [n for n in range(8) for _ in range(5)] + [*range(5)] * 8
            )

    run(main())


def test_a_published_stream_can_be_read_and_not_written(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            async for _ in to_async_iterable(rx.of("Hé", "llo").pipe(publish(log, "s"))):
                pass
            response = await client.get("/s?offset=-1")
            assert response.text == "Héllo"
            assert response.headers["stream-closed"] == "true"
            assert (await client.post("/s", headers=TEXT, content=b"x")).status_code == 409

    run(main())


def test_a_stream_of_the_protocol_can_be_read_as_a_source(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            headers = {**TEXT, "stream-closed": "true"}
            await client.put("/s", headers=headers, content="Héllo".encode())
            chunks = [c.content async for c in to_async_iterable(from_log(log, "s"))]
            assert "".join(chunks) == "Héllo"

    run(main())


def test_a_long_poll_gets_what_comes(open_log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log, long_poll=20) as client:
            follow, follows = log.open, asyncio.Event()

            async def follow_and_tell(*args: Any) -> Any:
                hub = await follow(*args)
                follows.set()
                return hub

            monkeypatch.setattr(log, "open", follow_and_tell)
            await client.put("/s", headers=TEXT)
            waiting = asyncio.ensure_future(client.get("/s?offset=now&live=long-poll"))
            await follows.wait()
            await client.post("/s", headers=TEXT, content=b"news")
            assert (await waiting).text == "news"

    run(main())


@pytest.mark.realtime
def test_a_long_poll_without_news_ends_in_time() -> None:
    async def main() -> None:
        async with client_of(MemoryLog(), long_poll=0.05) as client:
            await client.put("/s", headers=TEXT, content=b"old")
            late = await client.get("/s?offset=now&live=long-poll")
            assert (late.status_code, late.content) == (204, b"")

    run(main())


@pytest.mark.parametrize("path", ["/", "/" + "a" * 300])
def test_a_path_that_can_be_no_stream_is_refused(path: str) -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            assert (await client.put(path, headers=TEXT)).status_code in (404, 414)

    run(main())

"""``durable_app`` in short; ``tests/logs/conformance/serve.py`` runs the protocol's own suite."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
import reactivex as rx

from rx_stream import MemoryLog, durable_app, from_log, publish, to_async_iterable

TEXT = {"content-type": "text/plain"}


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 30))


def client_of(log: Any) -> httpx.AsyncClient:
    app = durable_app(log, long_poll=0.2)
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


def test_a_long_poll_gets_what_comes(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            await client.put("/s", headers=TEXT)
            waiting = asyncio.ensure_future(client.get("/s?offset=now&live=long-poll"))
            await asyncio.sleep(0.05)
            await client.post("/s", headers=TEXT, content=b"news")
            assert (await waiting).text == "news"
            late = await client.get("/s?offset=now&live=long-poll")
            assert late.status_code == 204

    run(main())


@pytest.mark.parametrize("path", ["/", "/" + "a" * 300])
def test_a_path_that_can_be_no_stream_is_refused(path: str) -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            assert (await client.put(path, headers=TEXT)).status_code in (404, 414)

    run(main())

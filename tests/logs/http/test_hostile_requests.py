"""What strangers may send to ``durable_app`` and ``resume_response``, and what comes of it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import pytest
import reactivex as rx
from asgi_server import serving
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import MemoryLog, durable_app, publish, resume_response, to_async_iterable

TEXT = {"content-type": "text/plain"}
JSON = {"content-type": "application/json"}


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 50))


def client_of(log: Any, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(durable_app(log, long_poll=0.05, **options))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def exchange(address: tuple[str, int], request: bytes) -> bytes:
    """Send bytes and return what comes until the server closes the connection."""
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return received


# --- JSON


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b"[" * 500 + b"]" * 500,
        b"[" + b'{"a":' * 101 + b"1" + b"}" * 101 + b"]",
        b"1e999",
        b'{"a":[-1e999]}',
        b"NaN",
        b"9" * 5_000,
        b'"\xff"',
    ],
)
def test_json_that_not_every_reader_could_read_is_refused(body: bytes) -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            await client.put("/s", headers=JSON)
            assert (await client.post("/s", headers=JSON, content=body)).status_code == 400
            assert (await client.put("/t", headers=JSON, content=body)).status_code == 400
            assert (await client.get("/s?offset=-1")).content == b"[]"

    run(main())


def test_json_of_a_hundred_levels_is_kept_read_and_forked() -> None:
    body = b"[" + b'{"headers":' * 100 + b"1" + b"}" * 100 + b"]"

    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            await client.put("/s", headers=JSON)
            assert (await client.post("/s", headers=JSON, content=body)).status_code == 204
            assert (await client.get("/s?offset=-1")).content == body
            fork = {"stream-forked-from": "/s", "stream-fork-offset": f"{0:016d}_{0:016d}"}
            fork |= {"stream-fork-sub-offset": "1"}
            assert (await client.put("/f", headers=fork)).status_code == 201
            assert (await client.get("/f?offset=-1")).content == body

    run(main())


# --- headers


def test_json_is_read_and_forked_between_its_messages_and_nowhere_else(open_log: Any) -> None:
    first = [{"a": [1, 2], "headers": {"operation": "x"}}, 3]
    left = {0: 3, 42: 1, 53: 0}  # At each border: the values behind it.

    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            await client.put("/s", json=first)
            await client.post("/s", json={"c": "é"}, headers={"stream-closed": "true"})
            assert [ends for ends, _ in await log.entries("s", 0, 99)] == [42, 53]
            for offset in range(54):
                place = {"offset": f"0_{offset}"}
                once = await client.get("/s", params=place)
                events = await client.get("/s", params={**place, "live": "sse"})
                fork = {"stream-forked-from": "/s", "stream-fork-offset": f"0_{offset}"}
                forked = await client.put(f"/{offset}", headers={**JSON, **fork})
                got = (once.status_code, events.status_code, forked.status_code)
                assert got == ((200, 200, 201) if offset in left else (400, 400, 400))
                if offset in left:
                    assert len(json.loads(once.content)) == left[offset]
                    whole = json.loads((await client.get(f"/{offset}")).content)
                    assert len(whole) == 3 - left[offset]

    run(main())


def test_a_line_end_in_a_path_begins_no_header(need_module: Any) -> None:
    need_module("uvicorn")
    with serving(durable_app(MemoryLog())) as address:
        answer = exchange(
            address,
            b"PUT /a%0d%0aX-Injected:%201/%E6%97%A5 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
            b"X-Forwarded-Proto: javascript\r\nContent-Type: text/plain\r\n\r\n",
        )
    head = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert head[0].startswith(b"http/1.1 201")
    assert not [line for line in head if line.startswith(b"x-injected")]
    assert b"location: http://h/a%0d%0ax-injected:%201/%e6%97%a5" in head


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-type", "text/plain; " + "a" * 250),
        ("producer-id", "p" * 257),
        ("stream-seq", "1" * 257),
        ("stream-expires-at", "2" * 257),
    ],
)
def test_a_header_that_is_kept_has_at_most_256_characters(name: str, value: str) -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            await client.put("/s", headers=TEXT)
            for method, path in (("PUT", "/t"), ("POST", "/s")):
                refused = await client.request(
                    method, path, headers={**TEXT, name: value}, content=b"x"
                )
                assert refused.status_code == 400
            assert (await client.get("/s?offset=-1")).content == b""

    run(main())


def test_any_time_to_live_that_the_protocol_allows_can_be_kept(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            headers = {**TEXT, "stream-ttl": "9" * 16}
            assert (await client.put("/s", headers=headers, content=b"x")).status_code == 201
            assert (await client.get("/s?offset=-1")).content == b"x"

    run(main())


@pytest.mark.parametrize("offset", ["1000_0", "9999999999999999_9999999999999999"])
def test_an_offset_beyond_all_numbers_is_one_beyond_the_end(open_log: Any, offset: str) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            await client.put("/s", content=b"abc", headers={**TEXT, "stream-closed": "true"})
            once = await client.get("/s", params={"offset": offset})
            assert (once.status_code, once.content) == (200, b"")
            events = await client.get("/s", params={"offset": offset, "live": "sse"})
            told = re.search('"streamNextOffset":"([0-9_]+)"', events.text)
            assert told is not None
            assert (await client.get("/s", params={"offset": told[1]})).status_code == 200

    run(main())


def test_a_stream_remembers_at_most_a_thousand_producers() -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            await client.put("/s", headers=TEXT)

            async def write(name: str) -> int:
                mark = {"producer-id": name, "producer-epoch": "0", "producer-seq": "0"}
                return (await client.post("/s", headers=TEXT | mark, content=b"x")).status_code

            for number in range(1_000):
                assert await write(f"p{number}") == 200
            assert await write("one-more") == 429
            assert await write("p7") == 204  # A duplicate of one that is known.

    run(main())


def test_browsers_run_nothing_of_what_a_stream_holds() -> None:
    async def main() -> None:
        async with client_of(MemoryLog()) as client:
            page = {"content-type": "text/html"}
            await client.put("/s", headers=page, content=b"<script>alert(1)</script>")
            await client.post("/s", headers={"stream-closed": "true"})
            for path in ("/s?offset=-1", "/s?offset=-1&live=sse", "/nothing"):
                headers = (await client.get(path)).headers
                assert headers["x-content-type-options"] == "nosniff"
                assert headers["content-security-policy"] == "default-src 'none'; sandbox"

    run(main())


# --- bodies


def test_a_body_is_refused_where_it_becomes_too_large() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1_000

    async def main() -> None:
        async with client_of(MemoryLog(max_bytes=10_000)) as client:
            refused = await client.put("/s", headers=TEXT, content=endless())
            assert refused.status_code == 413
            assert sent <= 12

    run(main())


def test_a_body_that_comes_too_slowly_is_refused_and_the_connection_closed(
    need_module: Any,
) -> None:
    need_module("uvicorn")
    with serving(durable_app(MemoryLog(), body_timeout=0.2)) as address:
        answer = exchange(
            address, b"PUT /s HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nonly this"
        )
    assert answer.startswith(b"HTTP/1.1 408")


# --- names


NAMES = [
    *(
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/a%00b",
        "/a}:text",
        "/{a}",
        "/a'--",
        "/~",
    ),
    *("/a%27;DROP%20TABLE%20streams", "/*", "/%0d%0aFLUSHALL%0d%0a", "/%F0%9F%98%80", "/A", "/a"),
]


def test_no_name_reaches_what_another_name_holds(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log, client_of(log) as client:
            for name in NAMES:
                body = name.encode()
                assert (await client.put(name, headers=TEXT, content=body)).status_code == 201
            for name in NAMES:
                assert (await client.get(f"{name}?offset=-1")).content == name.encode()

    run(main())


def test_a_long_chain_of_forks_is_removed_with_its_last_one() -> None:
    async def main() -> None:
        log = MemoryLog()
        async with client_of(log) as client:
            await client.put("/0", headers=TEXT, content=b"x")
            for number in range(1, 1_500):
                fork = {"stream-forked-from": f"/{number - 1}"}
                assert (await client.put(f"/{number}", headers=fork)).status_code == 201
            for number in range(1_500):
                assert (await client.delete(f"/{number}")).status_code == 204
            assert [await log.look(str(n)) for n in (0, 700, 1_499)] == [None] * 3

    run(main())


# --- anything


words = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=12)
numbers = st.integers(-1, 10**20).map(str)
offsets = st.from_regex(r"[0-9]{1,16}_[0-9]{1,16}", fullmatch=True)
known = st.sampled_from(["true", "now", "-1", "/s", "/t", "sse"])
values = st.one_of(words, numbers, offsets, known)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("content-type", "stream-ttl", "stream-expires-at", "stream-closed", "stream-seq"),
            *("producer-id", "producer-epoch", "producer-seq", "if-none-match", "last-event-id"),
            *("stream-forked-from", "stream-fork-offset", "stream-fork-sub-offset"),
            *("x-forwarded-proto", "host"),
        ]
    ),
    st.one_of(values, st.sampled_from(["text/plain", "application/json", "2999-01-01T00:00:00Z"])),
    max_size=5,
)
methods = st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"])
paths = st.one_of(st.sampled_from(["/s", "/t"]), words.map(lambda text: f"/{text}"))
queries = st.lists(st.tuples(st.sampled_from(["offset", "cursor", "lastEventId"]), values))
bodies = st.one_of(st.binary(max_size=20), st.sampled_from([b"[1]", b"{}", b"[", b'"a"']))


async def ask(app: Any, method: str, path: str, query: Any, given: Any, body: bytes) -> int:
    """Call an application as a server does; return the status."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": str(httpx.QueryParams(query)).encode(),
        "headers": [(n.encode(), v.encode("latin-1")) for n, v in given.items()],
    }
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    for name, value in sent[0]["headers"]:
        assert not {10, 13, 0} & {*name, *value}
    return int(sent[0]["status"])


@given(
    st.lists(st.tuples(methods, paths, queries, headers, bodies), min_size=1, max_size=6),
)
def test_whatever_is_asked_durable_app_answers_and_never_fails(requests: list[Any]) -> None:
    async def main() -> None:
        app = durable_app(MemoryLog(), long_poll=0.01)
        await ask(app, "PUT", "/s", [], {"content-type": "application/json"}, b"[1]")
        for request in requests:
            assert await ask(app, *request) < 500

    run(main())


@given(st.one_of(values, st.from_regex(r"[a-z0-9]{1,12}\.[0-9]{1,17}", fullmatch=True)), queries)
def test_whatever_position_a_client_sends_resume_response_answers(last: str, query: Any) -> None:
    async def main() -> None:
        log = MemoryLog()
        async for _ in to_async_iterable(rx.of("Hello").pipe(publish(log, "s"))):
            pass
        app = resume_response(log, "s")
        status = await ask(app, "GET", "/", query, {"last-event-id": last}, b"")
        assert status in (200, 204, 400)

    run(main())


@pytest.mark.parametrize("failing", ["http.response.start", "http.response.body"])
@pytest.mark.parametrize("face", [durable_app, lambda log: resume_response(log, "s")])
def test_a_client_that_has_gone_is_no_failure_and_leaves_nothing(face: Any, failing: str) -> None:
    async def main() -> None:
        log = MemoryLog()
        lease = await log.acquire("s")
        assert lease is not None
        await log.append(lease, 0, b"Hello")
        before = asyncio.all_tasks()

        async def send(message: Any) -> None:
            if message["type"] == failing:
                raise OSError("the connection is gone")

        scope = {"type": "http", "method": "GET", "path": "/s", "headers": []}
        scope["query_string"] = b"offset=-1&live=sse"
        await face(log)(scope, asyncio.get_running_loop().create_future, send)
        assert asyncio.all_tasks() == before

    run(main())


def test_the_answer_to_a_long_position_is_short() -> None:
    async def main() -> None:
        log = MemoryLog()
        async for _ in to_async_iterable(rx.of("Hello").pipe(publish(log, "s"))):
            pass
        transport = httpx.ASGITransport(resume_response(log, "s"))
        async with httpx.AsyncClient(transport=transport) as client:
            refused = await client.get("http://test/", headers={"last-event-id": "x" * 50_000})
            assert refused.status_code == 400
            assert len(refused.content) < 300

    run(main())


@pytest.mark.parametrize("name", ["../x", "a/b", "a}b", "a\nb", "a\0", "x" * 201, "", "é"])
def test_a_name_that_no_stream_can_have_is_not_found(name: str) -> None:
    async def main() -> None:
        app = resume_response(MemoryLog(), lambda _: name)
        assert await ask(app, "GET", "/", [], {}, b"") == 404

    run(main())

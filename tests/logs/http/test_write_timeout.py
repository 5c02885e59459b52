"""Readers of a log that take what they are sent slowly, or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from rx_stream import (
    MemoryLog,
    durable_app,
    from_iterable,
    publish,
    resume_response,
    to_async_iterable,
)
from rx_stream.logs.http.asgi import patient

GET = {"type": "http", "method": "GET", "path": "/s", "raw_path": b"/s", "headers": []}
TEXT = "0123456789" * 20_000


async def written(log: MemoryLog) -> None:
    async for _ in to_async_iterable(from_iterable([TEXT]).pipe(publish(log, "s"))):
        pass


async def connected() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


def test_a_body_is_sent_in_pieces_of_which_only_the_last_ends_it() -> None:
    async def main() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        in_pieces = patient(send, 20)
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await in_pieces(start)
        for body, more in ((b"", True), (b"x" * 65_536, True), (b"y" * 65_537, False)):
            await in_pieces({"type": "http.response.body", "body": body, "more_body": more})
        assert sent.pop(0) is start
        return sent

    sent = asyncio.run(main())
    assert [(len(message["body"]), message["more_body"]) for message in sent] == [
        (0, True),
        (65_536, True),
        (65_536, True),
        (1, False),
    ]
    assert {message["type"] for message in sent} == {"http.response.body"}


APPS: list[Any] = [
    (lambda log, **limits: resume_response(log, "s", **limits), b""),
    (durable_app, b""),
    (durable_app, b"offset=-1&live=sse"),
]


@pytest.mark.parametrize(("make", "query"), APPS, ids=["resume", "durable", "durable, live"])
def test_all_that_a_reader_is_sent_arrives_in_pieces(
    make: Callable[..., Any], query: bytes
) -> None:
    async def main() -> bytes:
        log, sent = MemoryLog(), list[dict[str, Any]]()

        async def send(message: Any) -> None:
            sent.append(message)

        await written(log)
        await make(log)({**GET, "query_string": query}, connected, send)
        bodies = [message["body"] for message in sent[1:]]
        assert max(map(len, bodies)) == 65_536
        assert [message["more_body"] for message in sent[1:]] == [True] * (len(bodies) - 1) + [
            False
        ]
        return b"".join(bodies)

    text = b"".join(re.findall(rb"\d{100,}", asyncio.run(asyncio.wait_for(main(), 20))))
    assert text == TEXT.encode()


@pytest.mark.realtime
@pytest.mark.parametrize(("make", "query"), APPS, ids=["resume", "durable", "durable, live"])
def test_a_reader_of_a_log_that_never_reads_is_let_go(
    make: Callable[..., Any], query: bytes
) -> None:
    async def main() -> list[str]:
        log, sent = MemoryLog(), list[str]()

        async def send(message: Any) -> None:
            sent.append(message["type"])
            if len(sent) > 2:  # What it has for buffers is full.
                await asyncio.Event().wait()

        await written(log)
        await make(log, write_timeout=0.05)({**GET, "query_string": query}, connected, send)
        return sent

    assert asyncio.run(asyncio.wait_for(main(), 20)) == [
        "http.response.start",
        "http.response.body",
        "http.response.body",
    ]


@pytest.mark.parametrize("make", [make for make, _ in APPS[:2]], ids=["resume", "durable"])
def test_a_wrong_write_timeout_is_refused(make: Callable[..., Any]) -> None:
    for wrong in (0, -1, float("nan"), "1", True):
        with pytest.raises((TypeError, ValueError), match="write_timeout must be"):
            make(MemoryLog(), write_timeout=wrong)

"""What strangers may send to ``sse_response``, and what comes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import sse_response

text = st.text(max_size=20)
values = st.one_of(st.binary(max_size=20), st.sampled_from([b"s:0", b"s:2", b"s:9", b"x" * 60_000]))


async def ask(app: Any, method: str, path: str, query: bytes, last: bytes) -> tuple[int, bytes]:
    """Call an application as a server does; return status and body."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(b"last-event-id", last)],
    }

    async def receive() -> Any:
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"]), b"".join(part.get("body", b"") for part in sent)


@given(st.sampled_from(["GET", "POST", "HEAD", "PUT", "get", "\u0130"]), text, values, values)
def test_whatever_is_asked_the_answer_is_the_stream_or_its_end(
    method: str, path: str, query: bytes, last: bytes
) -> None:
    async def main() -> None:
        app = sse_response(rx.of("a", "b"), ids="s")
        whole = (await ask(app, "GET", "/", b"", b""))[1]
        status, body = await ask(app, method, path, query, last)
        assert (status, body) in ((200, whole), (200, b""), (204, b""), (405, b""))

    asyncio.run(main())


def test_what_is_remembered_of_an_end_does_not_grow_with_the_address() -> None:
    async def main() -> None:
        app = sse_response(rx.of("a"), ids="s")
        address = "/" + "x" * 1_000_000
        status, _ = await ask(app, "GET", address, b"", b"")
        assert status == 200
        ((place, position),) = app._ended
        assert len(place) + len(position) < 100
        assert (await ask(app, "GET", address, b"", position.encode()))[0] == 204
        assert (await ask(app, "GET", address + "y", b"", position.encode()))[0] == 200

    asyncio.run(main())

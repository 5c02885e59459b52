"""Bodies that are streams, and bodies that are something else."""

from __future__ import annotations

import pytest

from rx_stream.core.llm import body as module
from rx_stream.core.llm.body import Body
from rx_stream.errors import EventTooLargeError, RxStreamError

LINES = b'{"a": 1}\n\n{"b": 2}\n{"c": 3}'


def read(*chunks: bytes) -> list[str]:
    body = Body()
    events = [event for chunk in chunks for event in body.feed(chunk)]
    return [
        event.decode() if isinstance(event, bytes) else event.data
        for event in [*events, *body.end()]
    ]


def one_by_one(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def test_each_line_of_json_is_an_event_however_it_is_cut() -> None:
    wanted = ['{"a": 1}', '{"b": 2}', '{"c": 3}']
    assert read(LINES) == wanted
    assert read(*one_by_one(LINES)) == wanted


def test_an_event_stream_is_known_however_it_is_cut() -> None:
    data = b"\xef\xbb\xbfdata: x\n\ndata: y"
    assert read(data) == ["x", "y"]
    assert read(*one_by_one(data)) == ["x", "y"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>busy</html>", "an HTML page"),
        (b"busy", "neither Server-Sent Events nor JSON lines"),
        (b"dat", "neither Server-Sent Events nor JSON lines"),
        (b"[1, 2]", "one JSON array"),
        (b"17", "one JSON value"),
        (b'{\n  "x": 1\n}', "one JSON value"),
        (b'{\n"choices": [{"message": {"content": "x"}}]\n}', "a whole answer"),
        (b'[{"error": {"message": "no quota"}}]', "no quota"),
        (b"x" * 1_000, "…"),
    ],
)
@pytest.mark.parametrize("cut", [False, True])
def test_what_is_no_stream_is_named(data: bytes, words: str, *, cut: bool) -> None:
    with pytest.raises(RxStreamError, match=words):
        read(*(one_by_one(data) if cut else [data]))


def test_a_body_of_white_space_has_no_events() -> None:
    assert read(b"") == []
    assert read(b" \n") == []


def test_a_line_without_end_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LIMIT", 100)
    body = Body()
    for _ in range(100):
        body.feed(b"{")
    with pytest.raises(EventTooLargeError, match="a line is larger than 100 bytes"):
        body.feed(b"{")

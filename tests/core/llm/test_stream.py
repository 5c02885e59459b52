"""How a stream ends, and what it says of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rx_stream import StreamChunk, StreamTruncatedError, from_llm


def read(payloads: list[dict[str, Any]]) -> tuple[list[StreamChunk], Exception | None]:
    chunks: list[StreamChunk] = []
    errors: list[Exception] = []
    body = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads)
    from_llm([body.encode()]).subscribe(chunks.append, errors.append)
    return chunks, errors[0] if errors else None


def chat(text: str, finish: str | None = None, **about: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "model": "m", "choices": [choice], **about}


def test_a_stream_that_stops_after_text_says_that_its_end_is_missing() -> None:
    chunks, error = read([chat("a")])
    assert [chunk.content for chunk in chunks] == ["a"]
    assert isinstance(error, StreamTruncatedError)
    message = "from_llm: the stream stopped without an end; the answer is cut off"
    assert str(error) == message


@pytest.mark.parametrize(
    ("about", "provider"),
    [({"x_groq": {"id": "r"}}, "groq"), ({"provider": "P"}, "P"), ({}, None)],
)
def test_who_answers_is_told_where_the_body_says_it(about: Any, provider: str | None) -> None:
    chunks, error = read([chat("a", **about), chat("b", "stop", **about)])
    assert error is None
    assert chunks[-1].metadata.get("provider") == provider


@pytest.mark.parametrize("dialect", ["no such", "", 5, []])
def test_a_dialect_that_is_not_known_is_refused(dialect: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="from_llm: dialect must be"):
        from_llm([], dialect=dialect)

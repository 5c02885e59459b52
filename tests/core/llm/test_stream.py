"""How a stream ends, and what it says of itself."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from rx_stream import (
    LLMStreamError,
    ServerSentEvent,
    StreamChunk,
    StreamTruncatedError,
    from_llm,
)
from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream, dialect_name


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


@pytest.mark.parametrize("name", DIALECT_NAMES)
def test_a_dialect_may_be_named_by_its_own_name(name: str) -> None:
    assert dialect_name(name) == name


def test_a_dialect_may_be_named_by_another_name_or_not_at_all() -> None:
    assert dialect_name("google") == "gemini"
    assert dialect_name(None) is None


@pytest.mark.parametrize("text", ["!", "no"])
def test_text_that_is_no_json_is_an_error_and_no_end_mark(text: str) -> None:
    core = LlmStream()
    core.feed(chat("a"))
    core.feed(ServerSentEvent(text))
    assert str(core.outcome) == f"from_llm: an event is not JSON: {text!r}"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_every_kind_may_follow_each_other(kind: type) -> None:
    core = LlmStream()
    body = f"data: {json.dumps(chat('a'))}\n\n".encode()
    out = [chunk for part in (body, kind(body), body) for chunk in core.feed(part)]
    assert [chunk.content for chunk in out] == ["a", "a", "a"]


def test_a_record_may_follow_bytes() -> None:
    core = LlmStream()
    body = f"data: {json.dumps(chat('a'))}\n\n".encode()
    out = [chunk for item in (body, chat("b")) for chunk in core.feed(item)]
    assert [chunk.content for chunk in out] == ["a", "b"]


def test_strings_of_a_dialect_of_the_wire_are_its_body_in_pieces() -> None:
    core = LlmStream("openai.chat")
    body = f"data: {json.dumps(chat('a'))}\n\n"
    assert core.feed(body[:20]) == []
    assert [chunk.content for chunk in core.feed(body[20:])] == ["a"]


def test_an_event_of_another_reader_keeps_its_name() -> None:
    core = LlmStream()
    core.feed(SimpleNamespace(event="message", data=json.dumps(chat("a"))))
    core.feed(SimpleNamespace(event="error", data='{"reason": "overloaded"}'))
    assert isinstance(core.outcome, LLMStreamError)


def test_a_record_with_a_field_named_data_is_no_event() -> None:
    core = LlmStream()
    out = core.feed({**chat("a"), "data": "x"})
    assert [chunk.content for chunk in out] == ["a"]


def test_usage_that_comes_at_last_is_no_end_of_events() -> None:
    core = LlmStream()
    for payload in (chat("a"), chat("b", usage={"completion_tokens": 2})):
        core.feed(ServerSentEvent(json.dumps(payload)))
    core.flush()
    assert isinstance(core.outcome, StreamTruncatedError)


def test_a_body_that_is_cut_inside_an_event_is_cut_off_and_not_wrong() -> None:
    core = LlmStream()
    event = f"data: {json.dumps(chat('a'))}\n\n".encode()
    out = [*core.feed(event + event[:30]), *core.flush()]
    assert [chunk.content for chunk in out] == ["a"]
    assert isinstance(core.outcome, StreamTruncatedError)


def test_an_error_that_is_cut_off_is_still_an_error() -> None:
    core = LlmStream()
    event = f"data: {json.dumps(chat('a', 'stop'))}\n\n".encode()
    out = [*core.feed(event + b'event: error\ndata: {"error": {"mess'), *core.flush()]
    assert [chunk.content for chunk in out] == ["a"]
    assert isinstance(core.outcome, LLMStreamError)
    assert core.outcome.message == '{"error": {"mess'


SILENT: dict[str, list[dict[str, Any]]] = {
    "openai.chat": [
        chat("a"),
        {"choices": [{"index": 1, "delta": {"role": "assistant", "content": ""}}]},
        chat("", "stop"),
    ],
    "gemini": [
        {
            "candidates": [
                {"index": 0, "content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"},
                {"index": 1, "content": {"role": "model"}},
            ]
        }
    ],
}
"""A second choice that has begun and said nothing."""


@pytest.mark.parametrize("dialect", SILENT)
def test_a_choice_that_has_said_nothing_yet_is_cut_off_too(dialect: str) -> None:
    for choices, whole in (("first", True), ("all", False)):
        core = LlmStream(dialect, Options(choices=choices))
        out = [chunk for payload in SILENT[dialect] for chunk in core.feed(payload)]
        out += core.flush()
        assert "".join(chunk.content for chunk in out) == "a"
        assert (core.outcome is True) == whole
        assert whole or isinstance(core.outcome, StreamTruncatedError)

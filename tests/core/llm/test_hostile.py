"""What a provider's body must not be able to do: anything but text, an end or a typed error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.stream import LlmStream
from rx_stream.errors import LLMStreamError, RxStreamError

START = (
    b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
)
DEEP = b"[" * 1_000_000
CLOSED = b"[" * 100_000 + b"]" * 100_000


def read(chunks: list[bytes], dialect: str | None = None) -> tuple[str, object]:
    core = LlmStream(dialect)
    chunks_out = [chunk for piece in chunks for chunk in core.feed(piece)] + core.flush()
    return "".join(chunk.content for chunk in chunks_out), core.outcome


@pytest.mark.parametrize(
    "hostile",
    [
        b'data: {"choices":' + DEEP + b"\n\n",
        b'data: {"choices":' + CLOSED + b"}\n\n",
        b'data: {"error":' + b"[" * 900 + b"]" * 900 + b"}\n\n",
        b"event: error\ndata: " + DEEP + b"\n\n",
        b'{"message":' + DEEP + b"\n{}\n",
        b'{"message":' + DEEP,
        DEEP,
    ],
    ids=["open", "closed", "error", "named", "line", "last line", "no stream"],
)
def test_a_million_brackets_are_an_error_of_this_library(hostile: bytes) -> None:
    text, outcome = read([hostile])
    assert text == ""
    assert isinstance(outcome, RxStreamError)
    assert len(str(outcome)) < 2_100


def test_a_message_of_a_provider_is_kept_up_to_its_limit() -> None:
    for length, kept in ((2_000, "x" * 2_000), (1_000_000, "x" * 2_000 + "…")):
        body = json.dumps({"error": {"message": "x" * length}}).encode()
        _, outcome = read([b"data: " + body + b"\n\n"])
        assert isinstance(outcome, LLMStreamError)
        assert outcome.message == kept


def test_text_before_a_million_brackets_is_kept() -> None:
    text, outcome = read([START, b'data: {"usage":' + DEEP + b"}\n\n"])
    assert text == "Hi"
    assert isinstance(outcome, RxStreamError)
    assert outcome.result is not None
    assert outcome.result.content == "Hi"


def test_a_number_of_thousands_of_digits_is_an_error_of_this_library() -> None:
    _, outcome = read([START, b'data: {"usage":{"prompt_tokens":' + b"9" * 5_000 + b"}}\n\n"])
    assert isinstance(outcome, RxStreamError)
    assert len(str(outcome)) < 1_000


def test_a_line_without_an_end_is_refused_at_the_limit() -> None:
    core = LlmStream()
    piece = b"x" * (1 << 20)
    core.feed(b"data: ")
    fed = 0
    while core.outcome is None and fed < 40:
        core.feed(piece)
        fed += 1
    assert fed == 32
    assert isinstance(core.outcome, RxStreamError)


@pytest.mark.parametrize("blank", [b"\n", b" ", b"\r\n"])
def test_blank_lines_before_the_first_event_are_not_kept(blank: bytes) -> None:
    core = LlmStream()
    for _ in range(100):
        core.feed(blank * 1_000)
    assert core._body is not None
    assert core._body._head == b""
    core.feed(START + b"data: [DONE]\n\n")
    assert core.outcome is True


names = st.sampled_from(
    [
        *("choices", "delta", "content", "index", "error", "message", "type", "usage", "text"),
        *("parts", "candidates", "done", "tool_calls", "function", "arguments", "id", "object"),
        *("finish_reason", "event", "data", "role"),
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
events = st.one_of(
    st.binary(max_size=40),
    json_values.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"),
    json_values.map(lambda value: json.dumps(value).encode() + b"\n"),
    st.sampled_from([START, b"data: [DONE]\n\n", b"event: error\n", b":\n", b"\xef\xbb\xbf", b"["]),
)


@given(st.lists(events, max_size=8), st.sampled_from([None, *DIALECT_NAMES]))
def test_whatever_comes_the_end_is_true_or_an_error_of_this_library(
    body: list[bytes], dialect: str | None
) -> None:
    _, outcome = read(body, dialect)
    assert outcome is True or isinstance(outcome, RxStreamError)


@given(st.data())
def test_a_damaged_recording_ends_honestly(data: st.DataObject) -> None:
    path = Path(__file__).parents[2] / "recordings" / "llamacpp-chat.sse"
    body = bytearray(path.read_bytes()[:6_000])
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=20)):
        body[at] = data.draw(st.integers(0, 255))
    _, outcome = read([bytes(body)])
    assert outcome is True or isinstance(outcome, RxStreamError)

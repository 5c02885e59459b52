"""What a provider's body must not be able to do: anything but text, an end or a typed error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.options import Choices, Options
from rx_stream.core.llm.stream import LlmStream
from rx_stream.errors import LLMStreamError, RxStreamError

START = (
    b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
)
DEEP = b"[" * 1_000_000
CLOSED = b"[" * 100_000 + b"]" * 100_000


def read(
    chunks: list[bytes], dialect: str | None = None, choices: Choices = "first"
) -> tuple[str, object]:
    core = LlmStream(dialect, Options(choices))
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


@pytest.mark.parametrize("choices", ["first", "all"])
@pytest.mark.parametrize("last", [1_024, -1_024, 10**30])
def test_more_choices_than_anyone_asks_for_are_an_error(choices: Choices, last: int) -> None:
    events = [
        b'data: {"choices":[{"index":%d,"delta":{"content":"x"}}]}\n\n' % index
        for index in (0, 1_023, last)
    ]
    text, outcome = read([b"".join(events)], choices=choices)
    assert text == ("x" if choices == "first" else "xx")
    assert repr(outcome) == "RxStreamError('from_llm: the answer has more than 1024 choices')"


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


TEXTS: dict[str, dict[str, object]] = {
    "openai.chat": {"model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    "openai.completions": {"object": "text_completion", "choices": [{"index": 0, "text": "Hi"}]},
    "openai.responses": {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"},
    "anthropic.messages": {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": "Hi"},
    },
    "gemini": {"candidates": [{"index": 0, "content": {"parts": [{"text": "Hi"}]}}]},
    "cohere.v2": {"type": "content-delta", "delta": {"message": {"content": {"text": "Hi"}}}},
    "ollama": {"done": False, "message": {"content": "Hi"}},
    "langchain": {"type": "AIMessageChunk", "content": "Hi"},
}
TEXTS["mistral"] = TEXTS["litellm"] = TEXTS["openai.chat"]
"""The beginning of an answer in each dialect that has calls of tools."""


def shaped(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Give an object with these fields."""
    return st.fixed_dictionaries(fields)


places = st.sampled_from([0, 1, "a", 1.0, True, None, [1], {"a": 1}])
anything = st.sampled_from(["x", "{}", ["x"], {"a": [1]}, None, 7, True, float("nan"), [[{}]]])
words = st.sampled_from(["x", "{}"]) | anything
function = shaped(name=words, arguments=words)
calls = st.lists(
    shaped(index=places, id=words, name=words, args=words, function=function) | anything,
    min_size=1,
    max_size=2,
)
part = shaped(
    type=st.sampled_from(["text", "thinking", "tool_use", "function_call"]),
    text=words,
    input=anything,
    id=words,
    name=words,
    arguments=words,
    functionCall=shaped(name=words, args=anything),
)
chat = shaped(
    choices=st.lists(
        shaped(index=places, delta=shaped(content=words, tool_calls=calls)), min_size=1, max_size=2
    )
)
old_chat = shaped(choices=st.tuples(shaped(delta=shaped(content=words, function_call=function))))
gemini = shaped(
    candidates=st.tuples(shaped(index=places, content=shaped(parts=st.lists(part, max_size=2)))),
    usageMetadata=anything,
)
anthropic_kinds = ["content_block_start", "content_block_delta", "content_block_stop"]
anthropic = shaped(
    type=st.sampled_from(anthropic_kinds),
    index=places,
    content_block=part,
    delta=shaped(
        type=st.sampled_from(["text_delta", "input_json_delta"]), text=words, partial_json=words
    ),
)
responses_kinds = [
    *("response.output_text.delta", "response.function_call_arguments.delta"),
    *("response.output_text.done", "response.function_call_arguments.done"),
    *("response.output_item.added", "response.output_item.done"),
]
responses = shaped(
    type=st.sampled_from(responses_kinds),
    output_index=places,
    content_index=places,
    delta=words,
    text=words,
    item=part,
)
cohere = shaped(
    type=st.sampled_from(["tool-call-start", "tool-call-delta", "content-delta"]),
    index=places,
    delta=shaped(message=shaped(content=part, tool_calls=shaped(id=words, function=function))),
)
ollama = shaped(done=st.just(False), message=shaped(content=words, tool_calls=calls))
langchain = shaped(
    type=st.just("AIMessageChunk"),
    content=words | st.lists(part, max_size=2),
    tool_call_chunks=calls,
    usage_metadata=anything,
)
ODD = {
    "openai.chat": chat | old_chat,
    "mistral": chat,
    "litellm": chat,
    "openai.completions": shaped(choices=st.lists(shaped(index=places, text=words), max_size=2)),
    "openai.responses": responses,
    "anthropic.messages": anthropic,
    "gemini": gemini,
    "cohere.v2": cohere,
    "ollama": ollama,
    "langchain": langchain,
}


@pytest.mark.parametrize("dialect", ODD)
@given(st.data())
def test_whatever_comes_the_text_before_it_in_the_same_read_is_there(
    dialect: str, data: st.DataObject
) -> None:
    named = data.draw(st.booleans())
    payloads = data.draw(st.lists(ODD[dialect], min_size=1, max_size=3))
    core = LlmStream(dialect if named else None)
    all_payloads = [TEXTS[dialect], *payloads]
    if dialect == "langchain":
        chunks = [chunk for payload in all_payloads for chunk in core.feed(payload)]
    else:
        chunks = core.feed(
            b"".join(b"data: %b\n\n" % json.dumps(payload).encode() for payload in all_payloads)
        )
    chunks += core.flush()
    text = "".join(chunk.content for chunk in chunks)
    assert text.startswith("Hi")
    if core.outcome is not True:
        assert isinstance(core.outcome, RxStreamError)
        assert "cannot be read" not in str(core.outcome)
        assert core.outcome.result is not None
        assert core.outcome.result.content == text


def test_a_place_that_cannot_be_a_key_costs_neither_the_text_nor_the_call() -> None:
    call = {"index": [1], "function": {"name": "f", "arguments": "{}"}}
    events = [
        {"choices": [{"index": 0, "delta": {"content": "Hello "}}]},
        {"choices": [{"index": 0, "delta": {"content": "world"}}]},
        {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "stop"}]},
    ]
    core = LlmStream()
    body = b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)
    chunks = core.feed(body) + core.flush()
    assert "".join(chunk.content for chunk in chunks) == "Hello world"
    assert [c.metadata["tool_calls"] for c in chunks if "tool_calls" in c.metadata] == [
        [{"index": 0, "id": None, "name": "f", "arguments_delta": "{}"}]
    ]
    assert core.outcome is True


class _Broken:
    """An item of an SDK that fails when it is looked at."""

    type = "content_block_delta"

    @property
    def delta(self) -> object:
        raise KeyError("no such field")


class _BrokenEnd(LlmStream):
    __slots__ = ()

    def _eof(self) -> None:
        raise KeyError("no such field")


def test_an_item_that_cannot_be_read_is_a_typed_error_behind_the_text_before_it() -> None:
    core = LlmStream()
    before = core.feed(TEXTS["anthropic.messages"])
    assert [chunk.content for chunk in before] == ["Hi"]
    assert core.feed(_Broken()) == []
    assert type(core.outcome) is RxStreamError
    assert str(core.outcome) == (
        "from_llm: an item of the stream cannot be read: \"KeyError: 'no such field'\""
    )
    assert isinstance(core.outcome.__cause__, KeyError)
    assert core.outcome.result is not None
    assert core.outcome.result.content == "Hi"


def test_an_end_that_cannot_be_read_is_a_typed_error_too() -> None:
    core = _BrokenEnd("text")
    assert [chunk.content for chunk in core.feed("Hi")] == ["Hi"]
    assert core.flush() == []
    assert type(core.outcome) is RxStreamError
    assert isinstance(core.outcome.__cause__, KeyError)


@given(st.data())
def test_a_damaged_recording_ends_honestly(data: st.DataObject) -> None:
    path = Path(__file__).parents[2] / "recordings" / "llamacpp-chat.sse"
    body = bytearray(path.read_bytes()[:6_000])
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=20)):
        body[at] = data.draw(st.integers(0, 255))
    _, outcome = read([bytes(body)])
    assert outcome is True or isinstance(outcome, RxStreamError)

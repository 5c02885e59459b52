"""The short way gives what the long way gives."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.openai_fast import OpenAIShortWay
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream
from rx_stream.types import ServerSentEvent, StreamChunk

USUAL: list[dict[str, Any]] = [
    {"delta": {"content": "Hi"}},
    {"delta": {"content": ""}},
    {"delta": {}},
    {"delta": {"content": None, "reasoning_content": "hm"}},
    {"delta": {"content": "b", "reasoning": "so"}},
    {"delta": {"content": "é😀", "tool_calls": [], "refusal": ""}},
    {"text": "plain"},
]
UNUSUAL: list[dict[str, Any]] = [
    {"delta": {"content": "x"}, "index": 1},
    {"delta": {"content": "y"}, "logprobs": {"content": []}},
    {"delta": {"refusal": "No."}},
    {"delta": {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f"}}]}},
    {"delta": {"reasoning_details": [{"type": "reasoning.text", "text": "t"}]}},
    {"delta": {"content": "a\ud83d"}},
    {"delta": {"content": "\ude00b"}},
]
END = {"delta": {"content": "."}, "finish_reason": "stop"}


def payload(choice: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "model": "m",
        "choices": [{"index": 0, "finish_reason": None, **choice}],
        **more,
    }


def used(tokens: int) -> dict[str, Any]:
    return {"usage": {"completion_tokens": tokens}}


def by_bytes(payloads: list[dict[str, Any]], size: int) -> list[StreamChunk]:
    stream = LlmStream()
    events = [f"data: {json.dumps(item)}\n\n".encode() for item in payloads]
    chunks: list[StreamChunk] = []
    for at in range(0, len(events), size):
        chunks += stream.feed(b"".join(events[at : at + size]))
    return [*chunks, *stream.feed(b"data: [DONE]\n\n"), *stream.flush()]


def by_dicts(payloads: list[dict[str, Any]]) -> list[StreamChunk]:
    stream = LlmStream()
    chunks = [chunk for item in payloads for chunk in stream.feed(item)]
    return [*chunks, *stream.flush()]


def facts(chunks: list[StreamChunk]) -> list[tuple[Any, ...]]:
    told = ("usage", "reasoning", "refusal", "tool_calls", "choice")
    return [
        (
            *(chunk.content, chunk.token_count, chunk.is_complete, chunk.finish_reason),
            {key: value for key, value in chunk.metadata.items() if key in told and value},
        )
        for chunk in chunks
    ]


@pytest.mark.parametrize("size", [1, 3, 50])
def test_bytes_give_the_chunks_that_dicts_give(size: int) -> None:
    rnd = random.Random(size)
    for _ in range(300):
        kinds = [*USUAL, *USUAL, *UNUSUAL] if rnd.random() < 0.7 else UNUSUAL
        choices = [*rnd.choices(kinds, k=rnd.randint(0, 40)), END]
        often = rnd.choice((0, 0, 0.5, 0.9))
        payloads = [
            payload(choice, **used(3 * at)) if rnd.random() < often else payload(choice)
            for at, choice in enumerate(choices)
        ]
        assert facts(by_bytes(payloads, size)) == facts(by_dicts(payloads))


def test_text_beside_an_empty_delta_is_read_in_both_ways() -> None:
    beside = {"index": 0, "delta": {"role": "assistant"}, "text": "Hi"}
    payloads = [payload(beside), payload(beside), payload(END)]
    for chunks in (by_bytes(payloads, 50), by_dicts(payloads)):
        assert "".join(chunk.content for chunk in chunks) == "HiHi."


def test_reasoning_is_not_given_the_tokens_of_an_earlier_report() -> None:
    choices = [{"index": 0, "delta": {}}, {"index": 0, "delta": {"reasoning": "so"}}]
    payloads = [payload(choices[0], **used(7)), payload(choices[1])]
    body = b"".join(b"data: %b\n\n" % json.dumps(item).encode() for item in payloads)
    for items in ([body], payloads):
        stream = LlmStream(None, Options(reasoning="inline", token_counts="provider"))
        chunks = [chunk for item in items for chunk in stream.feed(item)]
        assert [(chunk.content, chunk.token_count) for chunk in chunks] == [("so", None)]


def events_of(*choices: dict[str, Any], **more: Any) -> list[bytes | ServerSentEvent]:
    return [json.dumps(payload(choice, **more)).encode() for choice in choices]


def begun() -> Answer:
    answer = Answer(Options())
    answer.model = "m"
    return answer


def test_usual_events_are_read_up_to_the_first_that_is_not() -> None:
    answer, short = begun(), OpenAIShortWay()
    events = events_of(USUAL[0], USUAL[4], UNUSUAL[0], USUAL[0])
    assert short.read(events, 0, answer) == 2
    assert "".join(chunk.content for chunk in answer.out) == "Hib"
    assert short.read(events, 2, answer) == 2
    assert short.read(events, 3, answer) == 4
    assert "".join(chunk.content for chunk in answer.out) == "HibHi"


@pytest.mark.parametrize(
    "more", [{"usage": {"total_tokens": 3}}, {"error": {"message": "no"}}, {"x_groq": {"id": "r"}}]
)
def test_what_stands_beside_the_text_takes_the_long_way(more: dict[str, Any]) -> None:
    answer = begun()
    assert OpenAIShortWay().read(events_of(USUAL[0], **more), 0, answer) == 0
    assert answer.out == []


def test_an_event_with_a_name_takes_the_long_way_and_one_without_does_not() -> None:
    answer, short = begun(), OpenAIShortWay()
    data = json.dumps(payload(USUAL[0]))
    assert short.read([ServerSentEvent(data), ServerSentEvent(data, "error")], 0, answer) == 1
    assert [chunk.content for chunk in answer.out] == ["Hi"]


def test_before_the_model_is_known_nothing_is_read() -> None:
    answer = Answer(Options())
    assert OpenAIShortWay().read(events_of(USUAL[0]), 0, answer) == 0
    assert answer.out == []


@pytest.mark.parametrize(("misses", "left"), [(16, 1), (17, 0)])
def test_after_seventeen_unusual_events_in_a_row_it_is_not_tried_again(
    misses: int, left: int
) -> None:
    answer, short = begun(), OpenAIShortWay()
    usual, unusual = events_of(USUAL[0]), events_of(UNUSUAL[0])
    for _ in range(3):  # A usual one between starts the count again.
        assert short.read(unusual, 0, answer) == 0
        assert short.read(usual, 0, answer) == 1
    for _ in range(misses):
        assert short.read(unusual, 0, answer) == 0
    assert short.read(usual, 0, answer) == left

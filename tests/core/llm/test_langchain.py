"""LangChain's items: what holds a message chunk, and where the answer ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rx_stream import StreamTruncatedError
from rx_stream.core.llm.langchain import message_chunk
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream

AI = SimpleNamespace(type="AIMessageChunk", content="a")
LAST = SimpleNamespace(type="AIMessageChunk", content="", chunk_position="last")


@pytest.mark.parametrize(
    "item",
    [
        AI,
        (AI, {}),
        ("messages", (AI, {})),
        (("graph:1",), "messages", (AI, {})),
        {"event": "on_chat_model_stream", "data": {"chunk": AI}},
    ],
)
def test_a_message_chunk_is_found_in_every_way_to_stream(item: object) -> None:
    assert message_chunk(item) is AI


@pytest.mark.parametrize(
    "item",
    [
        *((), (AI,), (AI, {}, {}), ("updates", {}), ("updates", "x"), ("custom",), ("a", AI, {})),
        {"event": "on_tool_start", "data": {"chunk": AI}},
    ],
)
def test_what_another_mode_streams_holds_none(item: object) -> None:
    assert message_chunk(item) is None


def outcome(*items: Any) -> object:
    core = LlmStream("langchain", Options())
    for item in items:
        core.feed(item)
    core.flush()
    return core.outcome


END = {"event": "on_chat_model_end", "data": {"output": AI}}


@pytest.mark.parametrize("end", [LAST, END])
def test_an_answer_ends_with_its_last_chunk_or_the_end_of_its_model(end: object) -> None:
    assert isinstance(outcome(), StreamTruncatedError)
    assert isinstance(outcome(AI), StreamTruncatedError)
    assert outcome(AI, end) is True
    assert isinstance(outcome(AI, end, AI), StreamTruncatedError)
    assert outcome(AI, end, AI, end) is True


@pytest.mark.parametrize("end", [LAST, END])
def test_what_a_chain_tells_after_its_model_does_not_open_the_answer_again(end: object) -> None:
    parser = {"event": "on_parser_end", "data": {"output": "a", "input": AI}}
    chain = {"event": "on_chain_end", "data": {"output": "a"}}
    assert outcome(AI, end, parser, chain, ("updates", {"model": {}})) is True

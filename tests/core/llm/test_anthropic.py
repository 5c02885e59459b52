"""Messages of Anthropic: kinds that nobody knows, and calls that come at once."""

from __future__ import annotations

from typing import Any

import pytest
from llm_recordings import gather

from rx_stream import StreamChunk
from rx_stream.core.llm.stream import LlmStream

START = {"type": "message_start", "message": {"model": "m"}}
STOP = {"type": "message_stop"}
FIELDS = {"text": "t", "thinking": "t", "partial_json": "t", "input": {"t": 1}}
OTHERS = [None, "a_delta", "json", "s", "thinking_z", "zzz"]


def end(reason: str, **more: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, **more}}


def whole(*items: Any) -> list[StreamChunk]:
    core = LlmStream()
    out = [chunk for item in (START, *items, STOP) for chunk in core.feed(item)]
    assert core.outcome is True
    return out


@pytest.mark.parametrize("kind", OTHERS)
def test_a_delta_of_another_kind_or_none_says_nothing(kind: str | None) -> None:
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": kind, **FIELDS}}
    assert len(whole(delta, end("end_turn"))) == 1


@pytest.mark.parametrize("kind", OTHERS)
def test_a_block_of_another_kind_or_none_says_nothing(kind: str | None) -> None:
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": kind, **FIELDS}}
    stop = {"type": "content_block_stop", "index": 0}
    assert len(whole(block, stop, end("end_turn"))) == 1


@pytest.mark.parametrize("reason", ["end_turn", "tool_use"])
def test_an_explanation_is_a_refusal_only_of_what_was_refused(reason: str) -> None:
    out = whole(end(reason, stop_details={"explanation": "Because."}))
    assert gather(out).refusal == ""
    assert out[-1].metadata["stop_details"] == {"explanation": "Because."}


def test_pieces_of_two_calls_that_come_at_once_find_theirs() -> None:
    def start(index: int, name: str) -> dict[str, Any]:
        block = {"type": "tool_use", "id": f"id {name}", "name": name, "input": {}}
        return {"type": "content_block_start", "index": index, "content_block": block}

    def piece(index: int, text: str) -> dict[str, Any]:
        delta = {"type": "input_json_delta", "partial_json": text}
        return {"type": "content_block_delta", "index": index, "delta": delta}

    calls = [start(1, "f"), start(2, "g"), piece(2, "[2"), piece(1, "[1]"), piece(2, "]")]
    assert gather(whole(*calls, end("tool_use"))).tool_calls == [
        {"id": "id f", "name": "f", "arguments": "[1]"},
        {"id": "id g", "name": "g", "arguments": "[2]"},
    ]

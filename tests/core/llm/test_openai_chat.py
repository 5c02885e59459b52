"""Chat completions: ends that only usage tells, and parts of other kinds."""

from __future__ import annotations

from typing import Any

import pytest
from llm_recordings import gather

from rx_stream import StreamTruncatedError
from rx_stream.core.llm.stream import LlmStream

USAGE = {"prompt_tokens": 3, "completion_tokens": 2}


def chat(content: Any, usage: Any = None) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "delta": {"content": content}}], "usage": usage}


@pytest.mark.parametrize(
    ("reports", "whole"),
    [
        ([None, None, USAGE], True),
        ([USAGE, None, USAGE], True),
        ([USAGE, USAGE, USAGE], False),
        ([None, USAGE, None], False),
        ([None, USAGE, USAGE], False),
        ([USAGE], False),
    ],
)
def test_usage_that_came_only_at_last_ends_what_an_sdk_gave(
    reports: list[Any], whole: bool
) -> None:
    core = LlmStream()
    for report in reports:
        core.feed(chat("a", report))
    core.flush()
    assert (core.outcome is True) == whole
    assert whole or isinstance(core.outcome, StreamTruncatedError)


@pytest.mark.parametrize("kind", [None, "a", "text", "think", "thinking_2", "zzz"])
def test_a_part_that_is_not_thinking_is_text(kind: str | None) -> None:
    core = LlmStream()
    result = gather(core.feed(chat([{"type": kind, "text": "a", "thinking": "b"}])))
    assert (result.content, result.reasoning) == ("a", "")

"""What providers report of tokens, in one vocabulary."""

from __future__ import annotations

from typing import Any

import pytest

from rx_stream.core.llm.usage import normalise_usage


def usage(**raw: Any) -> dict[str, int]:
    found = normalise_usage(raw)
    assert found is not None
    return found


def test_what_anthropic_reads_from_its_cache_or_writes_to_it_is_input() -> None:
    found = usage(
        input_tokens=3, cache_read_input_tokens=8, cache_creation_input_tokens=5, output_tokens=2
    )
    assert (found["input_tokens"], found["total_tokens"]) == (16, 18)
    assert (found["cached_input_tokens"], found["cache_creation_input_tokens"]) == (8, 5)


def test_what_is_read_from_a_cache_is_also_told_in_details() -> None:
    found = usage(prompt_tokens=9, prompt_tokens_details={"cached_tokens": 4}, cached_tokens=7)
    assert (found["input_tokens"], found["cached_input_tokens"]) == (9, 4)


def test_no_tokens_of_a_cache_are_reported_as_none() -> None:
    assert "cached_input_tokens" not in usage(prompt_tokens=9)


@pytest.mark.parametrize("total", [15, 21, 23, 30, None])
def test_reasoning_is_apart_only_where_the_total_says_exactly_so(total: int | None) -> None:
    details = {"reasoning_tokens": 7}
    raw = {"completion_tokens_details": details, "total_tokens": total}
    found = usage(prompt_tokens=5, completion_tokens=10, **raw)
    assert (found["output_tokens"], found["reasoning_tokens"]) == (10, 7)


def test_geminis_thoughts_without_an_answer_are_its_output() -> None:
    found = usage(promptTokenCount=3, thoughtsTokenCount=6)
    assert (found["output_tokens"], found["reasoning_tokens"]) == (6, 6)
    assert found["total_tokens"] == 9

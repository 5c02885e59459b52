from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from enum import Enum

import pytest

from rx_stream import StreamChunk, StreamResult
from rx_stream.core.aggregator import Aggregator, ResultCollector, ResultReporter
from rx_stream.core.tool_calls import ToolCalls


class Shout(str):
    __slots__ = ()


def test_text_of_a_class_of_its_own_is_text() -> None:
    aggregator = Aggregator(lambda: 0.0)
    for item in ("a", Shout("b"), StreamChunk("c"), 4, ""):
        aggregator.see(item)
    result = aggregator.result()
    assert (result.content, result.chunk_count) == ("abc", 3)


def test_many_pieces_are_kept_in_few_and_counted_all() -> None:
    aggregator = Aggregator(lambda: 0.0)
    for _ in range(5_000):
        aggregator.see("ab")
        aggregator.see(StreamChunk("c", 1))
    result = aggregator.result()
    assert (result.content, result.chunk_count) == ("abc" * 5_000, 10_000)


@pytest.mark.parametrize("make", [str, StreamChunk])
def test_small_pieces_take_little_more_memory_than_their_text(
    make: Callable[[str], str | StreamChunk],
) -> None:
    aggregator = Aggregator(lambda: 0.0)
    tracemalloc.start()
    try:
        for number in range(20_000):
            aggregator.see(make(f"{number:09d} "))
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # A string for each piece would take 1,300,000.
    assert taken < 600_000


def test_tokens_are_known_if_those_of_all_text_are() -> None:
    def counted(*chunks: str | StreamChunk) -> int | None:
        aggregator = Aggregator(lambda: 0.0)
        for chunk in chunks:
            aggregator.see(chunk)
        return aggregator.result().counted

    assert counted(StreamChunk("a", 1), StreamChunk(""), StreamChunk("b", 2)) == 3
    assert counted(StreamChunk("a", 1), StreamChunk("b"), StreamChunk("c", 2)) is None
    assert counted(StreamChunk("a", 1), "b") is None


def test_a_call_that_names_no_choice_is_one_of_the_first() -> None:
    def delta(text: str) -> list[dict[str, object]]:
        return [{"index": 0, "id": None, "name": None, "arguments_delta": text}]

    aggregator = Aggregator(lambda: 0.0)
    aggregator.see(StreamChunk(metadata={"tool_calls": delta("[1")}))
    aggregator.see(StreamChunk(metadata={"tool_calls": delta("]"), "choice": 0}))
    assert [call["arguments"] for call in aggregator.result().tool_calls] == ["[1]"]


def test_a_reporter_passes_items_on_and_reports_once() -> None:
    results: list[StreamResult] = []
    reporter = ResultReporter(lambda: 0.0, results.append)
    assert reporter.feed("a") == ("a",)
    assert reporter.flush() == ()
    assert [(result.content, result.state) for result in results] == [("a", "completed")]


def test_a_collector_gives_nothing_for_half_an_answer() -> None:
    collector = ResultCollector(lambda: 0.0)
    assert collector.feed("a") == ()
    assert collector.fail(OSError()) == ()
    (result,) = collector.flush()
    assert result.content == "a"


def test_pieces_of_calls_are_put_together_by_their_index() -> None:
    calls = ToolCalls()
    calls.feed([{"index": 1, "id": "a", "name": "f", "arguments_delta": "{"}, {"index": 0}])
    calls.feed([{"index": 1, "id": "late", "name": None, "arguments_delta": "}"}])
    assert calls.result() == [
        {"id": "a", "name": "f", "arguments": "{}"},
        {"id": None, "name": None, "arguments": ""},
    ]


@pytest.mark.parametrize("odd", [None, 5, "calls", {"index": 0}, [None, "call", 5], [("index", 0)]])
def test_what_is_no_piece_of_a_call_is_left_out_and_ends_no_stream(odd: object) -> None:
    aggregator = Aggregator(lambda: 0.0)
    aggregator.see(StreamChunk("a", metadata={"tool_calls": odd}))
    aggregator.see(StreamChunk("b", metadata={"tool_calls": ({"index": 0, "id": "c"},)}))
    result = aggregator.result()
    assert (result.content, [call["id"] for call in result.tool_calls]) == ("ab", ["c"])


def test_text_of_an_enumeration_is_its_value() -> None:
    class Said(str, Enum):  # noqa: UP042 - a StrEnum would show its value
        HELLO = "hello"

    aggregator = Aggregator(lambda: 0.0)
    aggregator.see(Said.HELLO)
    assert aggregator.result().content == "hello"


def test_of_several_choices_the_result_is_of_the_first_and_none_are_mixed() -> None:
    aggregator = Aggregator(lambda: 0.0)
    said = [("Bon", 1, 3), ("Hel", 0, 1), ("jour", 1, None), ("lo", 0, 1)]
    for text, choice, tokens in said:
        about = {"choice": choice, "reasoning": text.upper(), "refusal": f"no {text}. "}
        aggregator.see(StreamChunk(text, tokens, metadata=about))
        call = {"index": 0, "id": f"c{choice}", "name": "f", "arguments_delta": text}
        aggregator.see(StreamChunk(metadata={"choice": choice, "tool_calls": [call]}))
    aggregator.see(StreamChunk("", None, False, "stop", {"choice": 0}))
    aggregator.see(StreamChunk("", None, False, "length", {"choice": 1}))
    aggregator.see(StreamChunk("!"))
    aggregator.see(StreamChunk("", metadata={"choice": 1, "usage": {"output_tokens": 7}}))
    result = aggregator.result()
    assert (result.content, result.chunk_count, result.finish_reason) == ("Hello!", 3, "stop")
    assert (result.reasoning, result.refusal) == ("HELLO", "no Hel. no lo. ")
    assert result.tool_calls == [{"id": "c0", "name": "f", "arguments": "Hello"}]
    assert result.usage == {"output_tokens": 7}
    assert result.counted is None


def test_the_result_is_of_another_choice_where_the_first_says_nothing() -> None:
    aggregator = Aggregator(lambda: 0.0)
    aggregator.see(StreamChunk("b", 1, metadata={"choice": 2}))
    aggregator.see(StreamChunk("c", 1, metadata={"choice": 3}))
    last = {"choice": 0, "usage": {"output_tokens": 2}}
    aggregator.see(StreamChunk("", None, True, "length", last))
    result = aggregator.result()
    assert (result.content, result.counted, result.finish_reason) == ("b", 1, "length")
    assert (result.usage, result.metadata) == ({"output_tokens": 2}, last)


CALL = {"index": 0, "id": "c", "name": "f", "arguments_delta": "{}"}


@pytest.mark.parametrize(
    "said",
    [{"reasoning": "well"}, {"refusal": "no"}, {"tool_calls": [CALL]}],
    ids=lambda s: next(iter(s)),
)
def test_a_choice_without_text_may_have_said_something(said: dict[str, object]) -> None:
    aggregator = Aggregator(lambda: 0.0)
    aggregator.see(StreamChunk(metadata={"choice": 0, **said}))
    aggregator.see(StreamChunk("b", metadata={"choice": 1}))
    result = aggregator.result()
    assert result.content == ""
    told = (result.reasoning, result.refusal, len(result.tool_calls))
    assert sum(map(bool, told)) == 1


def test_a_choice_whose_pieces_have_just_been_joined_has_said_something() -> None:
    aggregator = Aggregator(lambda: 0.0)
    for _ in range(4096):
        aggregator.see(StreamChunk("a", metadata={"choice": 0}))
    aggregator.see(StreamChunk("b", metadata={"choice": 1}))
    assert aggregator.result().content == "a" * 4096


def test_strings_are_of_the_first_choice() -> None:
    aggregator = Aggregator(lambda: 0.0)
    for item in ("a", StreamChunk("x", metadata={"choice": 1}), "b", StreamChunk("c")):
        aggregator.see(item)
    assert aggregator.result().content == "abc"

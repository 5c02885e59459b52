"""What becomes of what a decoder has read, without a decoder."""

from __future__ import annotations

import pytest

from rx_stream import StreamChunk
from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.options import Options


def answer(**options: str) -> Answer:
    return Answer(Options(**{"token_counts": "provider", **options}))  # type: ignore[arg-type]


def test_text_reasoning_and_halves_end_nothing() -> None:
    made = answer(reasoning="inline")
    made.reasoning("hm")
    made.text("a\ud83d")
    made.close()
    chunks = made.take()
    assert [chunk.content for chunk in chunks] == ["hm", "a", "\ud83d"]
    assert not any(chunk.is_complete for chunk in chunks)


@pytest.mark.parametrize("shown", ["metadata", "inline"])
def test_a_character_of_reasoning_that_came_in_halves_is_joined(shown: str) -> None:
    made = answer(reasoning=shown)
    for piece in ("a\ud83d", "\ude00b", "\ud83d"):
        made.reasoning(piece)
        made.text("x")
    made.close()
    chunks = made.take()
    told = [chunk.metadata.get("reasoning") or chunk.content for chunk in chunks]
    assert told == ["a", "x", "😀b", "x", "x", "\ud83d"]
    assert chunks[-1].metadata["channel"] == "reasoning"


def test_reasoning_that_is_left_out_leaves_no_half() -> None:
    made = answer(reasoning="drop")
    made.reasoning("a\ud83d")
    made.close()
    assert made.take() == []


def test_a_character_of_a_refusal_that_came_in_halves_is_joined() -> None:
    made = answer(choices="all")
    for piece, choice in (("\ud83d", 0), ("\ud83d", 1), ("\ude00", 0), ("\ude01\ud83d", 1)):
        made.refusal(piece, choice)
    made.close()
    told = [(c.metadata["choice"], c.metadata["refusal"]) for c in made.take()]
    assert told == [(0, "😀"), (1, "😁"), (1, "\ud83d")]


def test_a_character_of_the_arguments_of_a_call_that_came_in_halves_is_joined() -> None:
    made = answer()
    calls = made.calls(0)
    for place, piece in ((0, '"\ud83d'), (1, '"\ud83d'), (0, '\ude00"'), (1, '\ude01"\ud83d')):
        made.tool_calls([calls.delta(place, None, None, piece)])
    made.close()
    deltas = [delta for chunk in made.take() for delta in chunk.metadata["tool_calls"]]
    arguments = [(delta["index"], delta["arguments_delta"]) for delta in deltas]
    assert arguments == [(0, '"'), (1, '"'), (0, '😀"'), (1, '😁"'), (1, "\ud83d")]


def test_half_a_character_of_something_else_does_not_end_the_short_way() -> None:
    made = answer()
    made.reasoning("\ud83d")
    assert not made.holds_half
    made.text("\ud83d")
    assert made.holds_half


def test_only_the_first_choice_is_wanted_unless_all_are() -> None:
    assert [answer().wants(choice) for choice in (0, 1, 2)] == [True, False, False]
    assert all(answer(choices="all").wants(choice) for choice in (0, 1, 2))


@pytest.mark.parametrize(
    ("choices", "ended", "told"),
    [
        ("first", (0, 1), []),
        ("all", (0,), []),
        ("all", (0, 1), [(0, "stop"), (1, "length")]),
    ],
)
def test_where_several_choices_are_wanted_the_end_of_each_is_told_before_the_last_chunk(
    choices: str, ended: tuple[int, ...], told: list[tuple[int, str]]
) -> None:
    made = answer(choices=choices)
    for choice in ended:
        made.finish(("stop", "length")[choice], choice)
    made.complete()
    *ends, last = made.take()
    assert [(chunk.metadata["choice"], chunk.finish_reason) for chunk in ends] == told
    assert not any(chunk.is_complete for chunk in ends)
    assert (last.is_complete, last.finish_reason) == (True, "stop")


def test_without_an_end_of_any_choice_only_the_last_chunk_comes() -> None:
    made = answer(choices="all")
    made.complete()
    assert [chunk.finish_reason for chunk in made.take()] == [None]


def test_the_first_model_that_is_named_is_told_from_then_on() -> None:
    made = answer()
    made.text("a")
    for model in ("", 5, "m", "n"):
        made.about(model=model)
    made.text("b")
    assert [chunk.metadata.get("model") for chunk in made.take()] == [None, "m"]


def test_a_provider_that_is_no_name_is_none() -> None:
    made = answer()
    for provider in ("p", "", 5, None):
        made.about(provider=provider)
    assert made.provider == "p"


@pytest.mark.parametrize(
    ("reasoning", "chunks"),
    [
        ("drop", []),
        ("inline", [StreamChunk("hm", metadata={"choice": 0, "channel": "reasoning"})]),
        (
            "metadata",
            [StreamChunk(metadata={"choice": 0, "channel": "reasoning", "reasoning": "hm"})],
        ),
    ],
)
def test_reasoning_goes_where_it_is_wanted(reasoning: str, chunks: list[StreamChunk]) -> None:
    made = answer(reasoning=reasoning)
    made.reasoning("hm")
    assert made.take() == chunks

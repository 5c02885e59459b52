from __future__ import annotations

import random

import pytest
import reactivex as rx

from rx_stream import StreamChunk, StreamProgress, count_tokens
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.testing import TextMarbles

TEXT = "Hello wörld, 水が沸いたら、四分待ちます。 don't stop 👩‍👩‍👧‍👦!!\n\n    return x1\n" * 3
O200K = encoding_of()


def run(items, **options):
    out = []
    rx.from_iterable(items).pipe(count_tokens(**options)).subscribe(out.append)
    return out


def cut(text, seed, longest):
    rnd, start, pieces = random.Random(seed), 0, []
    while start < len(text):
        end = start + rnd.randint(1, longest)
        pieces.append(text[start:end])
        start = end
    return pieces


def count(text):
    return len(O200K.encode_ordinary(text))


@pytest.mark.parametrize("longest", [1, 3, 12, 60])
def test_total_is_the_exact_count_of_the_text_so_far_and_counts_never_fall(longest):
    seen, given = "", 0
    for chunk in run(cut(TEXT, 4, longest)):
        seen += chunk.content
        assert chunk.metadata["total_tokens"] == count(seen)
        assert chunk.token_count == max(0, count(seen) - given)
        given += chunk.token_count
    assert seen == TEXT
    assert given - count(TEXT) in (0, 1)


def test_each_piece_is_emitted_at_once():
    lab = TextMarbles()
    seen = lab.run(lab.cold("'a' 1s 'b' 250ms 'c' #").pipe(count_tokens()))
    assert [row.time for row in seen] == [0, 1, 1.25, 1.25]


def test_a_count_that_the_provider_gave_is_not_overwritten():
    first, second = run([StreamChunk("Hello wor", 7), StreamChunk("ld and more")])
    assert first.token_count == 7
    assert first.metadata["token_count_source"] == "provider"
    assert first.metadata["total_tokens"] == count("Hello wor")
    assert second.token_count == count("Hello world and more") - count("Hello wor")
    assert second.metadata["token_count_source"] == "o200k_base"


def test_a_count_of_zero_is_a_count():
    assert run([StreamChunk("Hello", 0)])[0].token_count == 0


def test_a_source_that_the_chunk_names_is_kept():
    chunk = StreamChunk("Hello", 3, metadata={"token_count_source": "logprobs"})
    assert run([chunk])[0].metadata["token_count_source"] == "logprobs"


def test_a_chunk_keeps_all_else_and_is_not_changed_in_place():
    chunk = StreamChunk("Hi", None, True, "stop", {"model": "m", "usage": {"output_tokens": 9}})
    (out,) = run([chunk])
    assert (out.content, out.is_complete, out.finish_reason) == ("Hi", True, "stop")
    assert out.metadata["model"] == "m"
    assert out.metadata["usage"] == {"output_tokens": 9}
    assert chunk.token_count is None
    assert "total_tokens" not in chunk.metadata


def test_choices_are_texts_of_their_own():
    pieces = ["Hel", "lo wor", "ld", " again"]
    items = [StreamChunk(p, metadata={"choice": c}) for p in pieces for c in (0, 1)]
    out = run(items)
    for choice in (0, 1):
        own = [chunk for chunk in out if chunk.metadata["choice"] == choice]
        assert own[-1].metadata["total_tokens"] == count("Hello world again")


def test_reasoning_and_arguments_of_tools_are_counted_apart_from_the_answer():
    call = {"index": 0, "id": "c", "name": "f", "arguments_delta": '{"city": "Par'}
    rest = {"index": 0, "id": None, "name": None, "arguments_delta": 'is"}'}
    out = run(
        [
            StreamChunk(metadata={"reasoning": "Let me thi"}),
            StreamChunk("Hel"),
            StreamChunk(metadata={"reasoning": "nk about it"}),
            StreamChunk("lo"),
            StreamChunk(metadata={"tool_calls": [call]}),
            StreamChunk(metadata={"tool_calls": [rest]}),
        ]
    )
    totals = [chunk.metadata["total_tokens"] for chunk in out]
    assert totals[2] == count("Let me think about it")
    assert totals[3] == count("Hello") == 1
    assert totals[5] == count('{"city": "Paris"}')


def test_pieces_of_tool_calls_without_arguments_are_no_text():
    calls = [{"index": 0, "name": "f"}, "not a call", {"index": 0, "arguments_delta": 3}]
    (out,) = run([StreamChunk(metadata={"tool_calls": calls})])
    assert out.metadata["total_tokens"] == 0


def test_a_chunk_without_text_has_no_tokens():
    first, last = run([StreamChunk("Hello"), StreamChunk(is_complete=True, finish_reason="stop")])
    assert last.token_count == 0
    assert last.metadata["total_tokens"] == first.metadata["total_tokens"] == 1


def test_what_is_not_text_passes_unchanged_in_order():
    progress = StreamProgress()
    out = run(["a", progress, 5, " b"])
    assert out[1] is progress
    assert out[2] == 5
    assert [chunk.content for chunk in (out[0], out[3])] == ["a", " b"]


def test_each_subscription_counts_for_itself():
    source = rx.from_iterable(["Hel", "lo"]).pipe(count_tokens())
    first, second = [], []
    source.subscribe(first.append)
    source.subscribe(second.append)
    assert first == second


def test_any_function_counts():
    out = run(["a b", "c d"], encoding=lambda text: len(text.split()))
    assert [chunk.token_count for chunk in out] == [2, 1]
    assert out[-1].metadata["total_tokens"] == 3
    assert out[-1].metadata["token_count_source"] == "<lambda>"


def test_a_count_that_is_not_certain_is_called_an_estimate():
    out = run(["x" * 9000], encoding=lambda text: len(text) ** 2)
    assert out[0].metadata["token_count_source"] == "estimate"


@pytest.mark.parametrize("wrong", ["nope", 5, True, 1.5, object(), lambda text: "three"])
def test_what_does_not_count_is_refused_at_the_call(wrong):
    with pytest.raises((TypeError, ValueError), match=r"^count_tokens: encoding must be .* not "):
        count_tokens(encoding=wrong)


def test_a_vocabulary_that_is_not_here_is_refused_at_the_call_and_never_fetched(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    with pytest.raises(LookupError, match=r"count_tokens: .*TIKTOKEN_CACHE_DIR.* pass a "):
        count_tokens(encoding="p50k_base")

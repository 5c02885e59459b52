"""All recorded streams, at every kind of cut, and cut off."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable

import pytest
from llm_recordings import Recording, check, gather, recordings

from rx_stream import (
    EventTooLargeError,
    LLMStreamError,
    RxStreamError,
    StreamChunk,
    StreamTruncatedError,
)
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream, dialect_name


def decode(
    items: Iterable[object], dialect: str | None = None, options: Options | None = None
) -> tuple[list[StreamChunk], Exception | None]:
    core = LlmStream(dialect_name(dialect), options or Options())
    out: list[StreamChunk] = []
    for item in items:
        out += core.feed(item)
    out += core.flush()
    assert core.outcome is not None
    return out, None if core.outcome is True else core.outcome


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def random_cuts(body: bytes, seed: int) -> list[bytes]:
    dice = random.Random(seed)
    places = sorted(dice.sample(range(1, len(body)), k=min(40, len(body) - 1)))
    return [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]


@recordings()
@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_a_recorded_body_is_read_right_at_any_size_of_reads(
    recording: Recording, size: int
) -> None:
    check(recording, *decode(cut(recording.body, size)))


@recordings()
def test_a_recorded_body_is_read_right_at_random_cuts(recording: Recording) -> None:
    whole = decode([recording.body])
    for seed in range(5):
        chunks, error = decode(random_cuts(recording.body, seed))
        assert chunks == whole[0]
        assert repr(error) == repr(whole[1])
    check(recording, *whole)


@recordings()
def test_the_dialect_is_told_from_the_first_item(recording: Recording) -> None:
    chunks, error = decode([recording.body])
    result = chunks[-1] if error is None else error.result  # type: ignore[attr-defined]
    found = result.metadata["dialect"]
    assert found in (recording.dialect, recording.dialect.partition(".")[0])


@recordings()
def test_a_named_dialect_reads_the_same(recording: Recording) -> None:
    check(recording, *decode([recording.body], recording.dialect))


@recordings(failed=False)
def test_parsed_payloads_read_the_same_as_bytes(recording: Recording) -> None:
    check(recording, *decode(recording.payloads()))


@recordings()
def test_a_body_that_is_cut_off_never_looks_complete(recording: Recording) -> None:
    body = recording.body
    ended = recording.body
    for place in sorted({*range(0, len(body), max(1, len(body) // 60)), len(body) - 1}):
        core = LlmStream()
        chunks = core.feed(body[:place])
        told = core.answer.whole
        chunks += core.flush()
        if core.outcome is True:
            # Only where the provider has said why it finished, or that it did.
            assert told or core.answer.whole
            assert "".join(c.content for c in chunks) == recording.text
        else:
            assert isinstance(core.outcome, StreamTruncatedError | LLMStreamError)
            assert not any(c.is_complete for c in chunks)
            assert core.outcome.result is not None
            assert recording.text.startswith(core.outcome.result.content)
    assert ended


@recordings(failed=False)
def test_usage_is_given_in_one_vocabulary(recording: Recording) -> None:
    chunks, _ = decode([recording.body])
    usage = chunks[-1].metadata["usage"]
    if recording.expected["usage"] is None:
        assert usage is None
        return
    assert isinstance(usage, dict)
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage.get("reasoning_tokens", 0) <= usage["output_tokens"]


@recordings(failed=False)
def test_every_piece_of_text_has_a_count_and_says_who_counted(recording: Recording) -> None:
    chunks, _ = decode([recording.body])
    for chunk in chunks:
        if chunk.content:
            assert chunk.token_count is not None
            assert chunk.metadata["token_count_source"] in ("logprobs", "usage", "o200k_base")
        else:
            assert chunk.token_count is None


@recordings(failed=False)
def test_reasoning_can_be_in_the_text_or_left_out(recording: Recording) -> None:
    inline, _ = decode([recording.body], options=Options(reasoning="inline"))
    thought = "".join(c.content for c in inline if c.metadata["channel"] == "reasoning")
    assert thought == (recording.expected["reasoning"] or "")
    assert not any("reasoning" in c.metadata for c in inline)
    dropped, _ = decode([recording.body], options=Options(reasoning="drop"))
    assert "".join(c.content for c in dropped) == recording.text
    assert not any(c.metadata["channel"] == "reasoning" for c in dropped)


def test_several_choices_come_apart_by_their_index(recordings_n2: bytes) -> None:
    chunks, error = decode([recordings_n2], options=Options(choices="all"))
    assert error is None
    texts = {
        choice: "".join(c.content for c in chunks if c.metadata["choice"] == choice)
        for choice in (0, 1)
    }
    assert texts[0].startswith("<|im_end|>")
    assert texts[1].startswith("Hi<|im_end|>")
    ends = [
        (c.metadata["choice"], c.finish_reason, c.is_complete) for c in chunks if c.finish_reason
    ]
    assert ends == [(0, "length", False), (1, "length", False), (0, "length", True)]


@pytest.fixture
def recordings_n2(recordings: object) -> bytes:
    from pathlib import Path

    assert isinstance(recordings, Path)
    return (recordings / "llamacpp-n2.sse").read_bytes()


def test_an_error_is_one_of_the_librarys(recordings_n2: bytes) -> None:
    _, error = decode([recordings_n2[:1000]])
    assert isinstance(error, RxStreamError)


@recordings(failed=False)
def test_objects_that_stop_early_never_look_complete(recording: Recording) -> None:
    payloads = recording.payloads()
    for place in range(len(payloads)):
        core = LlmStream()
        chunks = [chunk for payload in payloads[:place] for chunk in core.feed(payload)]
        chunks += core.flush()
        if core.outcome is True:
            assert "".join(c.content for c in chunks) == recording.text
        else:
            assert isinstance(core.outcome, StreamTruncatedError)


@recordings()
def test_without_msgspec_the_standard_library_reads_the_same(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    monkeypatch.delitem(sys.modules, "rx_stream.core.llm.openai_fast", raising=False)
    check(recording, *decode(cut(recording.body, 4096)))


def test_one_event_larger_than_the_limit_is_an_error_after_the_text(recordings_n2: bytes) -> None:
    begun = recordings_n2[: recordings_n2.index(b"\n\n", 2000) + 2]
    huge = [b"data: "] + [b"x" * (1 << 20)] * 33
    chunks, error = decode([begun, *huge])
    assert isinstance(error, EventTooLargeError)
    assert "33554432 bytes" in str(error)
    assert error.result is not None
    assert gather(chunks).content == error.result.content != ""


def test_a_long_answer_costs_in_proportion_to_its_length() -> None:
    event = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'

    def cost(size: int) -> float:
        best = float("inf")
        for _ in range(3):
            core = LlmStream(None, Options(token_counts="provider"))
            start = time.process_time()
            for _ in range(size):
                core.feed(event)
            core.feed(b"data: [DONE]\n\n")
            best = min(best, time.process_time() - start)
        return best

    assert cost(40_000) < 24 * cost(5_000)  # Quadratic would be 64 times.

"""The decoder of event streams against the cases, the oracle, and its own promises."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.errors import EventTooLargeError
from rx_stream.types import ServerSentEvent


def _load_oracle():
    spec = importlib.util.spec_from_file_location(
        "sse_oracle", Path(__file__).with_name("sse_oracle.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LONG = os.environ.get("RX_STREAM_LONG") == "1"

SseOracle = _load_oracle().SseOracle

SOUP = [
    *(b"data", b"data: ", b"data:", b": c", b":", b"id: 1", b"id:", b"id: ", b"id: 2\x003"),
    *(b"event: e", b"event:", b"event: ", b"retry: 5", b"retry: +5", b"retry:", b"x", b" ", b"\n"),
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xe2\x82\xac", b"\xf0\x9f"),
    *(b"\xff", b"\xe2\x80\xa8", b"\0", b"data: a\n\n", b"event: x\ndata: y\n\n"),
    *(b"id: 7\ndata: z\n\n", b"event: q\nid: 9\ndata: w\n\n", b"id: 8\nevent: r\ndata: v\n\n"),
    *(b"data: a\ndata: b\n\n", b"data: c\r\n\r\n", b"retry: 7\n\n", b"data: d\rdata: e\r\r"),
]


def seen(events: list[ServerSentEvent]) -> list[tuple[str, str, str, int | None]]:
    return [(e.event or "message", e.data, e.id, e.retry) for e in events]


def decode(chunks: list[bytes], **kwargs: object) -> tuple[SseDecoder, list[ServerSentEvent]]:
    decoder = SseDecoder(**kwargs)
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return decoder, events + decoder.flush()


def splits(data: bytes) -> Iterator[list[bytes]]:
    yield [data[i : i + 1] for i in range(len(data))]
    for i in range(1, len(data)):
        yield [data[:i], data[i:]]
    if len(data) <= 26:
        for i in range(1, len(data)):
            for j in range(i + 1, len(data)):
                yield [data[:i], data[i:j], data[j:]]


def test_every_case_holds_at_every_split(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "sse_decode.json").read_text())
    assert len(cases) > 90
    for case in cases:
        encoding = "latin-1" if case["enc"] == "bytes" else "utf-8"
        given = [piece.encode(encoding) for piece in case["chunks"]]
        expected = [(e["event"], e["data"], e["id"]) for e in case["expected"]]
        ways = [given, *(splits(b"".join(given)) if case["splits"] else ())]
        for chunks in ways:
            decoder, events = decode(chunks, last_event_id=case.get("seed", ""))
            assert [row[:3] for row in seen(events)] == expected, (case["name"], chunks)
            for event, row in zip(events, case["expected"], strict=True):
                if "retry" in row:
                    assert event.retry == row["retry"], (case["name"], chunks)
            for name, value in case.get("final", {}).items():
                assert getattr(decoder, name) == value, (case["name"], chunks)


@pytest.mark.timeout(600 if LONG else 120)
def test_random_streams_agree_with_the_standard_at_every_chunk() -> None:
    for seed in range(1_000_000 if LONG else 100_000):
        rnd = random.Random(seed)
        stream = b"".join(rnd.choices(SOUP, k=rnd.randint(1, 20)))
        if seed % 2:
            cuts = [
                i for i in range(1, len(stream)) if stream[i - 1] in b"\r\n" and rnd.random() < 0.6
            ]
        else:
            cuts = sorted(rnd.randint(0, len(stream)) for _ in range(rnd.randint(0, 6)))
        oracle = SseOracle()
        decoder = SseDecoder()
        got: list[ServerSentEvent] = []
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            oracle.feed(stream[begin:end])
            got += decoder.feed(stream[begin:end])
            assert len(got) == len(oracle.events), (seed, stream, cuts)
        oracle.close()
        assert decoder.flush() == []
        assert seen(got) == oracle.events, (seed, stream, cuts)
        assert (decoder.last_event_id, decoder.retry) == (oracle.last_event_id, oracle.retry)


def test_an_event_without_a_name_has_none() -> None:
    assert SseDecoder().feed(b"data: hi\n\n") == [ServerSentEvent("hi", None, "", None)]


def test_bytearray_and_memoryview_are_bytes() -> None:
    assert decode([bytearray(b"data: a\n"), memoryview(b"\n")])[1] == decode([b"data: a\n\n"])[1]


def test_other_items_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"from_sse: an item must be bytes, not 'data: x'"):
        SseDecoder().feed("data: x")


def test_after_flush_the_parsing_is_as_new_and_the_id_stays() -> None:
    decoder = SseDecoder()
    decoder.feed(b"id: 5\ndata: a\n\nevent: lost\ndata: lo")
    decoder.flush()
    assert decoder.feed(b"\xef\xbb\xbfdata: b\n\n") == [ServerSentEvent("b", None, "5")]


# ------------------------------------------------------------------------------------ the limit


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_limit_is_the_same_however_the_stream_is_cut(size: int, end: bytes) -> None:
    inside = b"data: " + b"x" * 93 + end  # 100 bytes with its line end counted as one
    too_large = b"data: " + b"x" * 94 + end
    stream = inside + end + end + inside + end + too_large + end + inside + end
    chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
    decoder, events = decode(chunks, max_event_size=100)
    assert [event.data for event in events] == ["x" * 93] * 2
    assert isinstance(decoder.outcome, EventTooLargeError)
    assert decoder.outcome.limit == 100
    assert "max_event_size, 100 bytes" in str(decoder.outcome)


def test_an_event_that_never_ends_is_found_before_it_fills_the_memory() -> None:
    decoder = SseDecoder(max_event_size=1000)
    for _ in range(17):
        decoder.feed(b"x" * 64)
    assert isinstance(decoder.outcome, EventTooLargeError)


def test_blank_lines_and_comments_between_events_do_not_count() -> None:
    decoder, events = decode([b"\n" * 500, b":\n\n" * 500, b"data: a\n\n"], max_event_size=20)
    assert decoder.outcome is None
    assert len(events) == 1


@pytest.mark.realtime
def test_one_large_event_in_small_pieces_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        data = b"data: " + b"x" * size + b"\n\n"
        chunks = [data[i : i + 64] for i in range(0, len(data), 64)]
        best = 1e9
        for _ in range(3):
            begin = time.thread_time()
            assert len(decode(chunks)[1]) == 1
            best = min(best, time.thread_time() - begin)
        return best

    assert seconds(2_000_000) < 16 * seconds(250_000)  # 8 would be exact, 64 quadratic


def test_an_event_may_have_32_mebibytes_where_nothing_is_said() -> None:
    line = b"data: " + b"x" * ((32 << 20) - 7) + b"\n"
    decoder, events = decode([line, b"\n"])
    assert (decoder.outcome, len(events)) == (None, 1)
    decoder, events = decode([b"data: x", line, b"\n"])
    assert isinstance(decoder.outcome, EventTooLargeError)
    assert events == []


@pytest.mark.parametrize("line", [b"retry: 7\n", b"retry:7\n"])
def test_the_retry_of_an_event_that_was_cut_off_counts(line: bytes) -> None:
    decoder, events = decode([b"data: a\n" + line + b"data: b"])
    assert events == []
    assert decoder.retry == 7


@pytest.mark.parametrize(("digits", "counts"), [(18, True), (19, False)])
def test_a_time_to_reconnect_of_absurd_length_is_none(digits: int, counts: bool) -> None:
    decoder, _ = decode([b"retry: " + b"1" * digits + b"\n\n"])
    assert decoder.retry == (int("1" * digits) if counts else None)


def test_a_field_that_is_only_like_data_is_none_also_between_events() -> None:
    chunks = [b"data: a\n\n", b"zata: b\n\n", b"Data: c\n\n", b"data: d\n\n"]
    assert [event.data for event in decode(chunks)[1]] == ["a", "d"]


@pytest.mark.parametrize("size", [14, 15, 50])
def test_an_event_that_comes_whole_after_another_has_the_same_limit(size: int) -> None:
    chunks = [b"data: a\n\n", b"data: " + b"x" * (size - 7) + b"\n\n"]
    decoder, events = decode(chunks, max_event_size=14)
    assert len(events) == (2 if size <= 14 else 1)
    assert isinstance(decoder.outcome, EventTooLargeError) is (size > 14)


@pytest.mark.parametrize("before", [b"", b"data: a\n\n", b"data: a\n\n\n\n"])
@pytest.mark.parametrize("cut", [1, 5])
def test_an_event_without_end_is_too_large_with_the_first_byte_too_many(
    before: bytes, cut: int
) -> None:
    decoder = SseDecoder(max_event_size=100)
    for at in range(0, len(before), cut):
        decoder.feed(before[at : at + cut])
    for size in range(cut, 101, cut):
        decoder.feed(b"x" * cut)
        assert decoder.outcome is None, size
    decoder.feed(b"x")
    assert isinstance(decoder.outcome, EventTooLargeError)


@pytest.mark.parametrize("blank", [b"\n", b"\n\n", b"\n\n\n"])
@pytest.mark.parametrize("too_many", [0, 1])
def test_blank_lines_before_an_event_are_not_part_of_its_size(blank: bytes, too_many: int) -> None:
    event = b"data: " + b"x" * (93 + too_many) + b"\n\n"
    decoder, events = decode([blank + event + blank + event], max_event_size=100)
    assert len(events) == (0 if too_many else 2)
    assert isinstance(decoder.outcome, EventTooLargeError) is bool(too_many)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_of_many_events_at_once_the_last_id_stays(count: int) -> None:
    many = "".join(f"id: {n}\ndata: {n}\n\n" for n in range(count)).encode()
    _, events = decode([b"data: a\n\n", many, b"data: b\n\n"])
    told = [(event.data, event.id or "") for event in events]
    ids = [str(n) for n in range(count)]
    assert told == [("a", ""), *zip(ids, ids, strict=True), ("b", str(count - 1))]

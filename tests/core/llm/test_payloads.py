"""Events as their bytes: the same ones that the decoder of events gives, however they are cut."""

from __future__ import annotations

import random

import pytest

from rx_stream import EventTooLargeError
from rx_stream.core.llm.payloads import PayloadDecoder
from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.types import ServerSentEvent

PIECES = [
    *(b"data: {}\n\n", b"data: a\n\ndata: b\n\n", b"data: a\ndata: b\n\n", b"data:x\n\n"),
    *(b"data: x\r\n\r\n", b"data: \r\n\n", b"event: e\ndata: x\n\n", b"id: 7\ndata: x\n\n"),
    *(b": note\n\n", b"\n", b"retry: 9\n", b"retry: 9\n\n", b"data: \n\n", b"data\n\n"),
    *(b"event: e\n\n", b"data: x\n", b"data: y", b"\xef\xbb\xbf", b"datum: x\n\n", b"\r"),
]


def texts(events: list[bytes | ServerSentEvent]) -> list[tuple[str, str | None]]:
    """Return the data of events with their names; one in bytes has none."""
    return [
        (event.decode(), None) if isinstance(event, bytes) else (event.data, event.event)
        for event in events
    ]


def test_the_events_are_those_of_the_decoder_of_events() -> None:
    rnd = random.Random(3)
    for _ in range(4_000):
        chunks = rnd.choices(PIECES, k=rnd.randint(1, 6))
        if rnd.random() < 0.5:
            whole = b"".join(chunks)
            cut = rnd.randint(0, len(whole))
            chunks = [whole[:cut], whole[cut:]]
        ours, usual = PayloadDecoder(), SseDecoder()
        got = [event for chunk in chunks for event in texts(ours.payloads(chunk))]
        wanted = [(e.data, e.event) for chunk in chunks for e in usual.feed(chunk)]
        assert got == wanted, chunks


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(("line", "data"), [(b"data: b", "a\nb"), (b"\tdata: b", "a")])
def test_an_event_of_two_lines_that_is_cut_anywhere_is_one(
    line: bytes, data: str, line_end: bytes
) -> None:
    event = line_end.join([b"data: a", line, b"", b""])
    for cut in range(1, len(event)):
        decoder = PayloadDecoder()
        decoder.payloads(b"data: x\n\n")
        got = decoder.payloads(event[:cut]) + decoder.payloads(event[cut:])
        assert texts(got) == [(data, None)], cut


@pytest.mark.parametrize("chunk", [b"data: a\n\n", b"data: a\n\ndata: b\n\n"])
def test_events_that_have_only_data_come_as_its_bytes(chunk: bytes) -> None:
    decoder = PayloadDecoder()
    for _ in range(2):  # The second time behind another event.
        assert decoder.payloads(chunk) == [b"a", b"b"][: chunk.count(b"data")]


def test_an_event_of_the_largest_size_is_read_and_a_larger_one_is_an_error() -> None:
    decoder = PayloadDecoder(max_event_size=20)
    assert decoder.payloads(b"data: a\n\n") == [b"a"]
    fits = b"data: " + b"x" * 12 + b"\n\n"
    assert len(fits) == 20
    assert decoder.payloads(fits) == [b"x" * 12]
    with pytest.raises(EventTooLargeError, match="from_llm: an event is larger than 20 bytes"):
        decoder.payloads(b"data: " + b"x" * 21 + b"\n\n")

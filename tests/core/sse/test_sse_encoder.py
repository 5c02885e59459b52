"""Frames: what every dialect has in common, and that nothing can break them."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.sse.dialects import DIALECTS, Identity
from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.core.sse.sse_encoder import SseEncoder
from rx_stream.core.sse.sse_frames import dumps
from rx_stream.core.sse.sse_options import sse_options
from rx_stream.types import ServerSentEvent, StreamChunk, StreamProgress

HOSTILE = [
    *("a\nb", "a\n", "\na", "\n\n", "\n", "a\rb", "a\r\nb", "a\revent: evil", " a", "data: x"),
    *(": c", "\ufeff", "a\u2028b\u2029c\u0085d", "a\x00b", "[DONE]", "id: 9\n\n", "\ud83d"),
    *("\ude00", '"}\n\n', "日本 😀", "\x1b\x7f", "event: done\ndata: {}\n\n"),
]
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def encoder(dialect: str = "json", **options: object):
    usual = {"event": None, "ids": None, "retry": None, "done": True, "on_error": "event"}
    return sse_options("to_sse", dialect, **{**usual, **options}).encoder("1", 1)


def frames_of(items: list[object], dialect: str = "json", **options: object) -> list[str]:
    made = encoder(dialect, **options)
    return [frame for item in items for frame in made.feed(item)] + made.flush()


def events_of(frames: list[str]) -> list[ServerSentEvent]:
    return SseDecoder().feed("".join(frames).encode())


def texts_of(events: list[ServerSentEvent], dialect: str) -> list[str]:
    """The pieces of text, as a client of the dialect finds them."""
    if dialect == "text":
        return [event.data for event in events if event.event is None]
    payloads = [
        json.loads(event.data)
        for event in events
        if event.data != "[DONE]" and event.event in (None, "content_block_delta")
    ]
    if dialect == "json":
        return [payload["content"] for payload in payloads]
    if dialect == "openai":
        deltas = [choice["delta"] for payload in payloads for choice in payload["choices"]]
        return [delta["content"] for delta in deltas if delta.get("content")]
    if dialect == "anthropic":
        return [payload["delta"]["text"] for payload in payloads]
    return [payload["delta"] for payload in payloads if payload["type"] == "text-delta"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", [str, StreamChunk])
def test_hostile_text_arrives_and_injects_nothing(dialect: str, text: str, kind: type) -> None:
    plain = events_of(frames_of([kind("a"), kind("b"), kind("c")], dialect, ids="s"))
    events = events_of(frames_of([kind("a"), kind(text), kind("c")], dialect, ids="s"))
    expected = text
    if dialect == "text":
        expected = text.replace("\r\n", "\n").replace("\r", "\n")
        expected = expected.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert texts_of(events, dialect) == ["a", expected, "c"]
    assert [(e.event, e.id) for e in events] == [(e.event, e.id) for e in plain]


@pytest.mark.parametrize("dialect", DIALECTS)
@given(texts=st.lists(ANY_TEXT, max_size=5))
def test_any_text_arrives_in_every_dialect(dialect: str, texts: list[str]) -> None:
    got = texts_of(events_of(frames_of([*texts], dialect)), dialect)
    if dialect == "text":
        texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert got == [text for text in texts if text]


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "text"])
@given(texts=st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=3))
def test_json_frames_are_ascii_whatever_the_text(dialect: str, texts: list[str]) -> None:
    frames = frames_of([*texts, StreamChunk(metadata={"reasoning": "é\ud800"})], dialect)
    assert "".join(frames).isascii()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_frame_is_one_event_with_data(dialect: str) -> None:
    items = ["a", StreamProgress(), StreamChunk("b"), ServerSentEvent("c"), StreamProgress()]
    for frame in frames_of(items, dialect, ids="s", retry=5):
        assert frame.endswith("\n\n")
        (event,) = events_of([frame])
        assert event.data


@pytest.mark.parametrize("dialect", DIALECTS)
def test_retry_is_in_the_first_event_only(dialect: str) -> None:
    for first in ("a", StreamProgress(), ServerSentEvent("x")):
        events = events_of(frames_of([first, "b", "c"], dialect, retry=3000))
        assert [event.retry for event in events] == [3000] + [None] * (len(events) - 1)


def test_an_event_with_its_own_retry_keeps_it() -> None:
    events = events_of(frames_of([ServerSentEvent("x", retry=7), "b"], retry=3000))
    assert [event.retry for event in events] == [7, None, None]


def test_ids_name_the_stream_and_the_position() -> None:
    events = events_of(frames_of(["a", StreamProgress(), "b"], ids="s1"))
    assert [(e.event, e.id) for e in events] == [
        (None, "s1:0"),
        ("progress", "s1:0"),
        (None, "s1:1"),
        ("done", "s1:2"),
    ]


def test_progress_has_no_id_of_its_own() -> None:
    assert "id:" not in encoder(ids="s1").feed(StreamProgress())[0]


def test_a_callable_gives_the_id_of_a_position() -> None:
    frames = frames_of(["a", "b"], ids=lambda index: index * 10)
    assert [event.id for event in events_of(frames)] == ["0", "10", "20"]


def test_a_bad_id_from_the_callable_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"to_sse: an id must be without CR.*'a\\nb'"):
        frames_of(["a"], ids=lambda index: "a\nb")


@pytest.mark.parametrize("given", [None, 1.5, True, b"a"])
def test_an_id_that_is_neither_text_nor_a_number_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match=f"^to_sse: an id must be a str or an int, not {given!r}$"):
        frames_of(["a"], ids=lambda _: given)


def test_an_error_has_no_id_so_that_a_client_resumes_before_it() -> None:
    made = encoder(ids="s1")
    made.feed("a")
    assert "id:" not in made.fail(OSError())[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_empty_items_give_no_event(dialect: str) -> None:
    made = encoder(dialect)
    assert made.feed("") == []
    assert made.feed(StreamChunk()) == []
    assert made.feed(StreamChunk(metadata={"model": "m"})) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_words_of_an_exception_stay_inside(dialect: str) -> None:
    made = encoder(dialect)
    made.feed("a")
    frames = "".join(made.fail(OSError("password=hunter2")))
    assert "hunter2" not in frames
    assert "The stream failed." in frames
    assert made.swallows_errors


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_application_chooses_what_clients_are_told(dialect: str) -> None:
    made = encoder(dialect, on_error=lambda error: f"Sorry: {type(error).__name__}\n\nid: 1")
    text = json.dumps("Sorry: OSError\n\nid: 1")[1:-1] if dialect != "text" else "Sorry: OSError"
    assert text in "".join(made.fail(OSError("secret")))


def test_a_callable_that_fails_gives_the_usual_words() -> None:
    assert "The stream failed." in encoder(on_error=lambda error: 1 / 0).fail(OSError())[0]


def test_raise_sends_nothing_and_passes_the_error_on() -> None:
    made = encoder(on_error="raise")
    assert made.fail(OSError()) == []
    assert not made.swallows_errors


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_failed_stream_has_no_end_marker(dialect: str) -> None:
    made = encoder(dialect)
    made.feed("a")
    frames = "".join(made.fail(OSError()))
    assert "[DONE]" not in frames
    assert "event: done" not in frames
    assert "message_stop" not in frames


@pytest.mark.parametrize("dialect", DIALECTS)
def test_without_done_the_marker_is_left_out(dialect: str) -> None:
    marker = frames_of(["a"], dialect)[-1]
    assert marker in (
        'event: done\ndata: {"finish_reason":"stop"}\n\n',
        "event: done\ndata: [DONE]\n\n",
        "data: [DONE]\n\n",
        'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    )
    assert frames_of(["a"], dialect, done=False) == frames_of(["a"], dialect)[:-1]


def test_an_event_is_sent_as_it_is() -> None:
    event = ServerSentEvent("a\nb\r\nc", "named", "x:1", 5)
    assert frames_of([event], done=False) == [
        "id: x:1\nretry: 5\nevent: named\ndata: a\ndata: b\ndata: c\n\n"
    ]


@pytest.mark.parametrize(
    "event",
    [
        ServerSentEvent("x", event="a\nb"),
        ServerSentEvent("x", event="a\rb"),
        ServerSentEvent("x", event="a\0b"),
        ServerSentEvent("x", id="1\n2"),
        ServerSentEvent("x", id="1\r2"),
        ServerSentEvent("x", id="1\x002"),
        ServerSentEvent("x", id="\ud800"),
        ServerSentEvent("x", retry=-1),
        ServerSentEvent("x", retry=True),
        ServerSentEvent("x", retry="5"),
    ],
)
def test_an_event_that_would_break_its_frame_is_refused(event: ServerSentEvent) -> None:
    with pytest.raises(ValueError, match=r"to_sse: .* must be "):
        encoder().feed(event)


@pytest.mark.parametrize("item", [None, 5, b"bytes", {"content": "x"}])
def test_other_items_are_refused_by_name(item: object) -> None:
    with pytest.raises(TypeError, match=r"to_sse: an item must be a str, StreamChunk, .*, not "):
        encoder().feed(item)


@pytest.mark.parametrize("dialect", ["text", "anthropic", "ui"])
def test_a_second_choice_is_refused_where_texts_would_mix(dialect: str) -> None:
    with pytest.raises(ValueError, match=f"to_sse: the {dialect} dialect has one choice"):
        encoder(dialect).feed(StreamChunk("b", metadata={"choice": 1}))


def test_metadata_that_gains_a_meaning_is_seen() -> None:
    about: dict[str, object] = {"model": "m"}
    made = encoder()
    made.feed(StreamChunk("a", metadata=about))
    about["reasoning"] = "hm"
    frames = made.feed(StreamChunk("b", metadata=about))
    assert [event.event for event in events_of(frames)] == ["reasoning", None]


def test_a_chunk_that_ends_is_seen_though_its_metadata_is_that_of_the_text() -> None:
    about = {"model": "m"}
    text, last = StreamChunk("a", metadata=about), StreamChunk("", None, True, "length", about)
    events = events_of(frames_of([text, text, last]))
    assert json.loads(events[-1].data)["finish_reason"] == "length"


def test_metadata_of_the_same_size_that_says_more_is_seen() -> None:
    made = encoder()
    made.feed(StreamChunk("a", metadata={"model": "m"}))
    frames = made.feed(StreamChunk("b", metadata={"reasoning": "hm"}))
    assert [event.event for event in events_of(frames)] == ["reasoning", None]


def test_one_mapping_that_says_something_says_it_with_every_chunk() -> None:
    thought = {"reasoning": "hm"}
    events = events_of(frames_of([StreamChunk("a", metadata=thought)] * 3))
    assert [event.event for event in events] == ["reasoning", None] * 3 + ["done"]
    second = {"choice": 1}
    events = events_of(frames_of([StreamChunk("a", metadata=second)] * 3))
    assert [json.loads(event.data).get("choice") for event in events[:3]] == [1, 1, 1]


def test_text_that_comes_with_a_finish_reason_does_not_hide_it() -> None:
    about = {"model": "m"}
    text, last = StreamChunk("a", metadata=about), StreamChunk("b", None, False, "length", about)
    events = events_of(frames_of([text, text, last]))
    assert json.loads(events[-1].data)["finish_reason"] == "length"


def test_text_is_that_of_the_first_choice_also_where_it_has_to_tell_of_more() -> None:
    assert frames_of(["a"], "json", retry=5)[0] == 'retry: 5\ndata: {"content":"a"}\n\n'
    for frame in frames_of(["a"], "openai")[:3]:
        assert json.loads(frame[6:])["choices"][0]["index"] == 0


@pytest.mark.parametrize("dialect", DIALECTS)
def test_retry_leaves_the_first_frame_as_it_was(dialect: str) -> None:
    plain = frames_of(["a", "b"], dialect)
    assert frames_of(["a", "b"], dialect, retry=5) == [f"retry: 5\n{plain[0]}", *plain[1:]]


def test_it_tells_when_the_end_has_been_written() -> None:
    made = encoder()
    made.feed("a")
    assert made.finished is False
    made.flush()
    assert made.finished is True


def test_an_end_is_marked_and_errors_are_passed_on_where_nothing_is_said() -> None:
    made = SseEncoder(DIALECTS["json"](Identity("1", 1, None)), message=None)
    assert made.flush() == ['event: done\ndata: {"finish_reason":"stop"}\n\n']
    assert made.fail(OSError()) == []


def test_an_event_may_ask_to_reconnect_at_once() -> None:
    assert frames_of([ServerSentEvent("x", retry=0)], done=False) == ["retry: 0\ndata: x\n\n"]


def test_what_json_has_no_number_for_is_null_wherever_it_stands() -> None:
    worst = {"a": [math.nan, 1.5, ("x", -math.inf)], "b": {"c": math.inf, "d": None, "e": True}}
    assert dumps(worst) == '{"a":[null,1.5,["x",null]],"b":{"c":null,"d":null,"e":true}}'
    assert dumps(math.nan) == "null"
    assert dumps([2.5, {"f": 1}]) == '[2.5,{"f":1}]'

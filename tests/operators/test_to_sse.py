from __future__ import annotations

import json

import pytest
import reactivex as rx

from rx_stream import StreamChunk, from_llm, from_sse, to_sse, track_progress
from rx_stream.testing import TextMarbles


def run(source, operator):
    got: list[object] = []
    source.pipe(operator).subscribe(got.append, got.append, lambda: got.append("end"))
    return got


def test_frames_come_as_the_items_arrive() -> None:
    lab = TextMarbles()
    out = lab.run(lab.cold("'Hel' 250ms 'lo' 250ms |").pipe(to_sse()))
    expected = lab.expect(
        "a 250ms b 250ms c |",
        lookup={
            "a": 'data: {"content":"Hel"}\n\n',
            "b": 'data: {"content":"lo"}\n\n',
            "c": 'event: done\ndata: {"finish_reason":"stop"}\n\n',
        },
    )
    assert out == expected


def test_an_error_becomes_the_last_event_and_the_stream_completes() -> None:
    source = rx.concat(rx.of("a"), rx.throw(OSError("secret")))
    assert run(source, to_sse()) == [
        'data: {"content":"a"}\n\n',
        'event: stream-error\ndata: {"message":"The stream failed."}\n\n',
        "end",
    ]


def test_an_error_is_passed_on_if_asked() -> None:
    error = OSError("secret")
    source = rx.concat(rx.of("a"), rx.throw(error))
    assert run(source, to_sse(on_error="raise")) == ['data: {"content":"a"}\n\n', error]


def test_the_joined_frames_are_a_body() -> None:
    frames = run(rx.of("a", "b\n", "é"), to_sse())[:-1]
    events = run(rx.of("".join(frames).encode()), from_sse())[:-1]
    assert [json.loads(e.data) for e in events[:-1]] == [{"content": c} for c in ("a", "b\n", "é")]


def test_each_subscription_starts_its_ids_anew() -> None:
    stream = rx.of("a").pipe(to_sse("openai", ids="s"))
    for _ in range(2):
        frames: list[str] = []
        stream.subscribe(frames.append)
        assert frames[0].startswith("id: s:0\n")


def test_each_stream_is_an_answer_with_an_id_of_its_own() -> None:
    first, second = (run(rx.of("a"), to_sse("openai"))[0] for _ in range(2))
    assert json.loads(first[6:])["id"] != json.loads(second[6:])["id"]


def test_progress_between_the_chunks_is_sent_and_the_last_one_before_the_end() -> None:
    frames = run(rx.of("a", "b"), rx.compose(track_progress(10, 1), to_sse()))
    assert frames[-3].startswith("event: progress\n")
    assert json.loads(frames[-3].split("data: ")[1])["state"] == "completed"
    assert frames[-2].startswith("event: done\n")


def test_the_stream_of_one_provider_is_relayed_in_the_dialect_of_another() -> None:
    body = b"".join(
        b"data: " + json.dumps(chunk).encode() + b"\n\n"
        for chunk in (
            {"model": "m", "choices": [{"index": 0, "delta": {"role": "assistant"}}]},
            {"model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
            {"model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]},
            {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}},
        )
    )
    source = from_llm([body + b"data: [DONE]\n\n"])
    frames = run(source, to_sse("anthropic"))[:-1]
    got: list[StreamChunk] = []
    from_llm(["".join(frames).encode()]).subscribe(got.append)
    assert "".join(chunk.content for chunk in got) == "Hi"
    assert got[-1].finish_reason == "length"
    assert got[-1].metadata["model"] == "m"
    assert got[-1].metadata["usage"]["input_tokens"] == 3


@pytest.mark.parametrize(
    ("kind", "options", "rule"),
    [
        (ValueError, {"dialect": "xml"}, "dialect must be one of .*, not 'xml'"),
        (ValueError, {"event": "a\nb"}, r"event must be without CR, .*, not 'a\\nb'"),
        (ValueError, {"event": "a\rb"}, r"event must be without CR, .*, not 'a\\rb'"),
        (ValueError, {"event": "a\0b"}, r"event must be without CR, .*, not 'a\\x00b'"),
        (ValueError, {"event": "error"}, "event must be a name that is not 'error', .*, not 'err"),
        (ValueError, {"event": ""}, "event must be a name .*, not ''"),
        (
            ValueError,
            {"event": "x", "dialect": "openai"},
            "event must be None in the openai .* 'x'",
        ),
        (TypeError, {"event": 5}, "event must be None or a string, not 5"),
        (ValueError, {"ids": "a\nb"}, r"ids must be without CR, .*, not 'a\\nb'"),
        (ValueError, {"ids": "a\0b"}, r"ids must be without CR, .*, not 'a\\x00b'"),
        (ValueError, {"ids": ""}, "ids must be a name of the stream, not ''"),
        (TypeError, {"ids": 5}, "ids must be None, a string or a callable, not 5"),
        (ValueError, {"retry": -1}, "retry must be a whole number of at least 0, not -1"),
        (TypeError, {"retry": True}, "retry must be a whole number .*, not True"),
        (TypeError, {"retry": 1.5}, r"retry must be a whole number .*, not 1\.5"),
        (TypeError, {"done": None}, "done must be True or False, not None"),
        (ValueError, {"on_error": "ignore"}, "on_error must be one of .*, not 'ignore'"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(
    kind: type[Exception], options: dict[str, object], rule: str
) -> None:
    with pytest.raises(kind, match=f"to_sse: {rule}"):
        to_sse(**options)


def test_an_item_of_another_kind_is_an_error() -> None:
    got = run(rx.of("a", 5), to_sse())
    assert got[0] == 'data: {"content":"a"}\n\n'
    assert isinstance(got[1], TypeError)

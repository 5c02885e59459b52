from __future__ import annotations

import threading

import pytest
import reactivex as rx
from reactivex.subject import Subject

from rx_stream import from_iterable, sse_iterable


def test_the_body_begins_with_a_comment_and_ends_with_the_end() -> None:
    assert list(sse_iterable(from_iterable(["a", "é"]), ids="s")) == [
        b":\n",
        b'id: s:0\ndata: {"content":"a"}\n\n',
        b'id: s:1\ndata: {"content":"\\u00e9"}\n\n',
        b'id: s:2\nevent: done\ndata: {"finish_reason":"stop"}\n\n',
    ]


def test_nothing_is_subscribed_before_the_iteration() -> None:
    subscribed = []
    body = sse_iterable(rx.defer(lambda _: subscribed.append(1) or rx.of("a")))
    assert not subscribed
    body.close()
    assert not subscribed


def test_closing_early_closes_the_source() -> None:
    closed = threading.Event()

    def tokens():
        try:
            while True:
                yield "a"
        finally:
            closed.set()

    body = sse_iterable(from_iterable(tokens()))
    assert [next(body), next(body)] == [b":\n", b'data: {"content":"a"}\n\n']
    body.close()
    assert closed.is_set()


def test_an_error_is_told_without_its_words() -> None:
    body = list(sse_iterable(rx.concat(rx.of("a"), rx.throw(OSError("secret")))))
    assert body[-1] == b'event: stream-error\ndata: {"message":"The stream failed."}\n\n'


def test_an_error_is_raised_if_asked() -> None:
    with pytest.raises(OSError, match="boom"):
        list(sse_iterable(rx.throw(OSError("boom")), on_error="raise"))


def test_a_comment_line_comes_in_silence_also_while_the_source_blocks() -> None:
    first, last = b'data: {"content":"a"}\n\n', b'data: {"content":"b"}\n\n'
    heard = threading.Event()

    def slowly():
        yield "a"
        assert heard.wait(20)
        yield "b"

    body: list[bytes] = []
    for frame in sse_iterable(from_iterable(slowly()), keep_alive=0.01):
        body.append(frame)
        if first in body and body[body.index(first) + 1 :] == [b":\n"] * 3:
            heard.set()
    assert set(body[body.index(first) + 1 : body.index(last)]) == {b":\n"}


@pytest.mark.parametrize(
    ("kind", "options", "rule"),
    [
        (ValueError, {"dialect": "xml"}, "dialect must be one of .*, not 'xml'"),
        (ValueError, {"capacity": 0}, "capacity must be .*, not 0"),
        (ValueError, {"overflow": "x"}, "overflow must be one of .*, not 'x'"),
        (ValueError, {"keep_alive": -1}, "keep_alive must be above 0 seconds, not -1"),
        (ValueError, {"event": "error"}, "event must be a name .*, not 'error'"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(
    kind: type[Exception], options: dict[str, object], rule: str
) -> None:
    with pytest.raises(kind, match=f"sse_iterable: {rule}"):
        sse_iterable(Subject(), **options)


def test_a_source_must_be_an_observable() -> None:
    with pytest.raises(TypeError, match="sse_iterable: source must be an Observable, not 'text'"):
        sse_iterable("text")

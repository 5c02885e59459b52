from __future__ import annotations

import pytest
import reactivex as rx

from rx_stream.errors import EventTooLargeError
from rx_stream.operators.from_sse import from_sse
from rx_stream.types import ServerSentEvent


def run(source, operator):
    got: list[object] = []
    source.pipe(operator).subscribe(got.append, got.append, lambda: got.append("end"))
    return got


def test_events_come_with_their_last_byte() -> None:
    got = run(rx.of(b"data: a\n\nda", b"ta: b\n", b"\n"), from_sse())
    assert got == [ServerSentEvent("a", None, ""), ServerSentEvent("b", None, ""), "end"]


def test_a_reconnect_starts_with_its_last_event_id() -> None:
    assert run(rx.of(b"data: a\n\n"), from_sse(last_event_id="7"))[0].id == "7"


def test_each_subscription_starts_anew() -> None:
    stream = rx.of(b"id: 1\ndata: a\n\ndata: unfinished\n").pipe(from_sse())
    for _ in range(2):
        got: list[object] = []
        stream.subscribe(got.append)
        assert got == [ServerSentEvent("a", None, "1")]


def test_a_large_event_ends_the_stream_after_the_events_before_it() -> None:
    got = run(rx.of(b"data: a\n\ndata: " + b"x" * 99), from_sse(max_event_size=50))
    assert got[0] == ServerSentEvent("a", None, "")
    assert isinstance(got[1], EventTooLargeError)
    assert len(got) == 2


def test_an_unfinished_event_is_dropped_at_an_error_too() -> None:
    error = OSError("cut")
    source = rx.concat(rx.of(b"data: a\n\ndata: b"), rx.throw(error))
    assert run(source, from_sse()) == [ServerSentEvent("a", None, ""), error]


def test_text_is_refused_in_the_stream() -> None:
    (error,) = run(rx.of("data: a\n\n"), from_sse())
    assert isinstance(error, TypeError)


@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_below_one_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=rf"from_sse: max_event_size must be .*, not {value}"):
        from_sse(max_event_size=value)


def test_arguments_of_the_wrong_type_are_refused() -> None:
    with pytest.raises(TypeError, match=r"from_sse: max_event_size must be .*, not True"):
        from_sse(max_event_size=True)
    with pytest.raises(TypeError, match="from_sse: last_event_id must be a string, not 5"):
        from_sse(last_event_id=5)

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rx_stream import StreamChunk, StreamProgress, StreamStalledError, timeout_first_token
from rx_stream.testing import TextMarbles


def test_nothing_in_time_is_an_error_that_says_how_long_it_waited() -> None:
    lab = TextMarbles()
    source = lab.cold("5s 'a' |")
    got = lab.run(source.pipe(timeout_first_token(2)))
    assert [(row.time, row.kind) for row in got] == [(2, "E")]
    assert isinstance(got.error, StreamStalledError)
    assert got.error.waited == pytest.approx(2)
    assert str(got.error) == "timeout_first_token: no token came within 2 s"
    assert [s.end for s in source.subscriptions] == [2.0]


def test_after_the_first_token_the_stream_may_take_its_time() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("1s 'a' 60s 'b' |").pipe(timeout_first_token(timedelta(seconds=2))))
    assert got == lab.expect("1s 'a' 60s 'b' |")


@pytest.mark.parametrize("empty", ["", b"", StreamChunk(), StreamProgress()], ids=repr)
def test_what_says_nothing_is_no_token(empty: Any) -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("e 5s |", lookup={"e": empty}).pipe(timeout_first_token(2)))
    assert [(row.time, row.kind) for row in got] == [(0, "N"), (2, "E")]


@pytest.mark.parametrize(
    "token",
    [
        "a",
        StreamChunk("a"),
        StreamChunk(metadata={"reasoning": "hm"}),
        StreamChunk(is_complete=True),
    ],
    ids=repr,
)
def test_text_reasoning_and_an_end_are_tokens(token: Any) -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("t 5s |", lookup={"t": token}).pipe(timeout_first_token(2)))
    assert got == lab.expect("t 5s |", lookup={"t": token})


@pytest.mark.parametrize(("bad", "kind"), [(0, ValueError), (-1, ValueError), ("1", TypeError)])
def test_a_bad_duration_is_refused(bad: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        timeout_first_token(bad)
    assert str(caught.value) == (
        f"timeout_first_token: duetime must be above 0 seconds, not {bad!r}"
    )

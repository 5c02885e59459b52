from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rx_stream import StreamProgress, StreamStalledError, timeout_between_tokens
from rx_stream.testing import TextMarbles


def test_a_gap_that_is_too_long_is_an_error() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s 'b' 5s 'c' |")
    got = lab.run(source.pipe(timeout_between_tokens(2)))
    assert [(row.time, row.kind) for row in got] == [(0, "N"), (1, "N"), (3, "E")]
    assert isinstance(got.error, StreamStalledError)
    assert got.error.waited == pytest.approx(2)
    assert str(got.error) == "timeout_between_tokens: nothing came for 2 s"
    assert [s.end for s in source.subscriptions] == [3.0]


def test_the_first_item_may_take_its_time_and_so_may_a_steady_stream() -> None:
    lab = TextMarbles()
    slow = "60s 'a' 1900ms '' 1900ms 'c' 1900ms |"
    limit = timedelta(seconds=2)
    assert lab.run(lab.cold(slow).pipe(timeout_between_tokens(limit))) == lab.expect(slow)


def test_an_end_that_does_not_come_is_noticed() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a'").pipe(timeout_between_tokens(2)), until=10)
    assert [(row.time, row.kind) for row in got] == [(0, "N"), (2, "E")]


def test_reports_of_progress_do_not_hide_a_stall() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s p 1s p 1s p |", lookup={"p": StreamProgress()})
    got = lab.run(source.pipe(timeout_between_tokens(2)))
    assert (got[-1].time, got[-1].kind) == (2, "E")


@pytest.mark.parametrize(("bad", "kind"), [(0, ValueError), (True, TypeError)])
def test_a_bad_duration_is_refused(bad: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        timeout_between_tokens(bad)
    assert str(caught.value) == (
        f"timeout_between_tokens: duetime must be above 0 seconds, not {bad!r}"
    )

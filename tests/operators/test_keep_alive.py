from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rx_stream import keep_alive
from rx_stream.testing import TextMarbles


def test_silence_is_filled_at_each_interval_and_an_item_begins_it_anew() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a' 20s 'b' 7s 'c' 9s |").pipe(keep_alive(8)))
    assert got == lab.expect(r"'a' 8s ':\n' 8s ':\n' 4s 'b' 7s 'c' 8s ':\n' 1s |")


def test_it_speaks_before_the_first_item() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("20s 'a' |").pipe(keep_alive(timedelta(seconds=8), frame=".")))
    assert got == lab.expect("8s '.' 8s '.' 4s 'a' |")


def test_nothing_is_added_to_a_busy_stream_or_after_the_end() -> None:
    lab = TextMarbles()
    busy = "'a' 7s 'b' 7s 'c' 7s |"
    assert lab.run(lab.cold(busy).pipe(keep_alive(8)), until=60) == lab.expect(busy)
    failed = "'a' 7s #"
    assert lab.run(lab.cold(failed).pipe(keep_alive(8)), until=60) == lab.expect(failed)


def test_a_stall_of_the_program_is_one_frame() -> None:
    lab = TextMarbles()
    frames: list[str] = []
    lab.cold("100s 'a'").pipe(keep_alive(1)).subscribe(frames.append, scheduler=lab.scheduler)
    start = lab.scheduler.clock
    lab.scheduler.advance_to(start + 2.5)
    lab.scheduler.sleep(10)
    lab.scheduler.advance_to(lab.scheduler.clock)
    assert frames == [":\n"] * 3


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"interval": 0}, ValueError, "keep_alive: interval must be above 0 seconds, not 0"),
        ({"interval": "1"}, TypeError, "keep_alive: interval must be above 0 seconds, not '1'"),
        ({"frame": b":"}, TypeError, "keep_alive: frame must be a str, not b':'"),
    ],
)
def test_a_bad_argument_is_refused(options: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        keep_alive(**options)
    assert str(caught.value) == words

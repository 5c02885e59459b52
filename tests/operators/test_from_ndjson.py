from __future__ import annotations

import pytest
import reactivex as rx

from rx_stream.errors import EventTooLargeError, MalformedLineError
from rx_stream.operators.from_ndjson import from_ndjson


def run(source, operator):
    got: list[object] = []
    source.pipe(operator).subscribe(got.append, got.append, lambda: got.append("end"))
    return got


def test_values_are_parsed_line_by_line() -> None:
    assert run(rx.of(b'{"a": 1}\n[', b"2]"), from_ndjson()) == [{"a": 1}, [2], "end"]


def test_a_bad_line_ends_the_stream_after_the_values_before_it() -> None:
    got = run(rx.of(b"1\n", b"x\n2\n"), from_ndjson())
    assert got[0] == 1
    assert isinstance(got[1], MalformedLineError)
    assert got[1].line == 2
    assert len(got) == 2


def test_a_last_line_that_is_cut_off_is_an_error() -> None:
    got = run(rx.of(b'1\n{"a'), from_ndjson())
    assert got[0] == 1
    assert isinstance(got[1], MalformedLineError)


def test_a_large_line_is_an_error() -> None:
    (error,) = run(rx.of(b"1" * 20), from_ndjson(max_line_size=10))
    assert isinstance(error, EventTooLargeError)


def test_the_error_of_the_source_passes_on() -> None:
    error = OSError("cut")
    assert run(rx.concat(rx.of(b"1\n"), rx.throw(error)), from_ndjson()) == [1, error]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"from_ndjson: max_line_size must be .*, not 0"):
        from_ndjson(max_line_size=0)

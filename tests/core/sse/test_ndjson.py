from __future__ import annotations

import json
import random

import pytest

from rx_stream.core.sse.ndjson import NdjsonDecoder
from rx_stream.errors import EventTooLargeError, MalformedLineError


def decode(chunks: list[bytes], **kwargs: int) -> tuple[NdjsonDecoder, list[object]]:
    decoder = NdjsonDecoder(**kwargs)
    values = [value for chunk in chunks for value in decoder.feed(chunk)]
    return decoder, values + decoder.flush()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def test_values_do_not_depend_on_the_cuts() -> None:
    values = [{"a": "日本 😀"}, [1, 2.5, None], "x\u2028y\u0085z", {}, True, 0, ""]
    body = b"\n".join(json.dumps(value, ensure_ascii=False).encode() for value in values)
    for size in (1, 2, 3, 7, 1000):
        for end in (b"", b"\n", b"\r\n", b"\n\n \n"):
            assert decode(cut(body + end, size))[1] == values


def test_a_value_comes_with_the_lf_that_ends_its_line() -> None:
    decoder = NdjsonDecoder()
    assert decoder.feed(b'{"a": 1}') == []
    assert decoder.feed(b"\n") == [{"a": 1}]


def test_a_byte_order_mark_at_the_start_is_passed_over() -> None:
    assert decode([b"\xef", b"\xbb\xbf1\n"])[1] == [1]


def test_bad_utf8_becomes_the_replacement_character() -> None:
    assert decode([b'"\xff"\n'])[1] == ["\ufffd"]


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_bad_line_is_named_by_its_number_after_the_values_before_it(size: int) -> None:
    decoder, values = decode(cut(b"1\n\n2\n{oops\n3\n", size))
    assert values == [1, 2]
    assert isinstance(decoder.outcome, MalformedLineError)
    assert isinstance(decoder.outcome, ValueError)
    assert decoder.outcome.line == 4
    assert str(decoder.outcome).startswith("from_ndjson: line 4 is not JSON: ")


def test_a_cut_off_last_line_is_an_error_not_an_end() -> None:
    decoder, values = decode([b'{"a": 1}\n{"b"'])
    assert values == [{"a": 1}]
    assert isinstance(decoder.outcome, MalformedLineError)


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_the_limit_is_the_same_however_the_stream_is_cut(size: int) -> None:
    decoder, values = decode(cut(b'"12345678"\n"123456789"\n1\n', size), max_line_size=10)
    assert values == ["12345678"]
    assert isinstance(decoder.outcome, EventTooLargeError)
    assert decoder.outcome.limit == 10


def test_a_line_that_never_ends_is_found_before_it_fills_the_memory() -> None:
    decoder = NdjsonDecoder(max_line_size=1000)
    for _ in range(17):
        decoder.feed(b" " * 64)
    assert isinstance(decoder.outcome, EventTooLargeError)


def test_random_cuts_change_nothing() -> None:
    body = b"".join(json.dumps({"n": n, "t": "é" * n}).encode() + b"\n" for n in range(30))
    whole = decode([body])[1]
    for seed in range(200):
        rnd = random.Random(seed)
        cuts = sorted(rnd.randint(0, len(body)) for _ in range(20))
        pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        assert decode(pieces)[1] == whole


@pytest.mark.parametrize("line", [b"NaN", b"[Infinity]", b'{"a": -Infinity}', b"[" * 100_000])
def test_what_only_python_would_read_is_refused(line: bytes) -> None:
    decoder, values = decode([b"1\n" + line + b"\n"])
    assert values == [1]
    assert isinstance(decoder.outcome, MalformedLineError)
    assert decoder.outcome.line == 2


def test_a_byte_order_mark_anywhere_else_is_refused() -> None:
    decoder, values = decode([b"1\n\xef\xbb\xbf2\n"])
    assert values == [1]
    assert isinstance(decoder.outcome, MalformedLineError)


def test_each_line_may_have_as_many_bytes_as_the_limit_says() -> None:
    fits, too_long = b'"12345678"\n', b'"123456789"\n'
    assert decode([fits + b"1\n" + fits + fits], max_line_size=10)[0].outcome is None
    for before in (b"", b"1\n"):
        decoder = decode([before + too_long], max_line_size=10)[0]
        assert isinstance(decoder.outcome, EventTooLargeError)


def test_a_line_may_have_32_mebibytes_where_nothing_is_said() -> None:
    decoder = NdjsonDecoder()
    decoder.feed(b" " * (32 << 20))
    assert decoder.outcome is None
    decoder.feed(b" ")
    assert isinstance(decoder.outcome, EventTooLargeError)

from __future__ import annotations

import pytest
import reactivex as rx

from rx_stream.operators.decode_utf8 import decode_utf8


def run(source, operator):
    got: list[object] = []
    source.pipe(operator).subscribe(got.append, got.append, lambda: got.append("end"))
    return got


def test_a_cut_character_waits_for_its_rest() -> None:
    assert run(rx.of(b"caf\xc3", b"\xa9!"), decode_utf8()) == ["caf", "é!", "end"]


def test_an_unfinished_character_is_replaced_at_the_end() -> None:
    assert run(rx.of(b"a\xf0\x9f"), decode_utf8()) == ["a", "\ufffd", "end"]


def test_an_unfinished_character_is_replaced_before_an_error() -> None:
    error = OSError("cut")
    got = run(rx.concat(rx.of(b"a\xf0\x9f"), rx.throw(error)), decode_utf8())
    assert got == ["a", "\ufffd", error]


def test_ignore_drops_what_is_bad() -> None:
    assert run(rx.of(b"a\xff", b"b"), decode_utf8(errors="ignore")) == ["a", "b", "end"]


def test_strict_is_an_error_after_the_text_before_it() -> None:
    got = run(rx.of(b"ok\xff"), decode_utf8(errors="strict"))
    assert got[0] == "ok"
    assert isinstance(got[1], UnicodeDecodeError)
    assert len(got) == 2


@pytest.mark.parametrize("name", ["nonsense", "xmlcharrefreplace", ""])
def test_an_unknown_error_handler_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"decode_utf8: errors must be .*, not '{name}'"):
        decode_utf8(errors=name)


@pytest.mark.parametrize("name", ["\ud800", "re\0place"])
def test_a_handler_whose_name_is_none_is_unknown(name: str) -> None:
    with pytest.raises(ValueError, match=r"^decode_utf8: errors must be the name of a decoding"):
        decode_utf8(errors=name)


def test_a_handler_must_be_a_string() -> None:
    with pytest.raises(TypeError, match="decode_utf8: errors must be a string, not None"):
        decode_utf8(errors=None)

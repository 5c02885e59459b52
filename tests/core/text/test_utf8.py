from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.text.utf8 import Utf8Decoder


def decode(chunks: list[bytes], errors: str = "replace") -> tuple[Utf8Decoder, list[str]]:
    decoder = Utf8Decoder(errors)
    out = [text for chunk in chunks for text in decoder.feed(chunk)]
    return decoder, out + decoder.flush()


@given(st.binary(max_size=60), st.lists(st.integers(0, 60)), st.sampled_from(["replace", "ignore"]))
def test_any_bytes_cut_anywhere_decode_as_the_whole(
    data: bytes, cuts: list[int], errors: str
) -> None:
    places = sorted(min(cut, len(data)) for cut in cuts)
    chunks = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    out = decode(chunks, errors)[1]
    assert "".join(out) == data.decode("utf-8", errors)
    assert all(out)


@given(st.text(max_size=40), st.integers(1, 5))
def test_text_is_decoded_exactly(text: str, size: int) -> None:
    data = text.encode("utf-8")
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    decoder, out = decode(chunks, "strict")
    assert "".join(out) == text
    assert decoder.outcome is None


def test_whole_characters_do_not_wait() -> None:
    assert Utf8Decoder().feed("aé".encode()[:-1] + b"") == ["a"]
    assert Utf8Decoder().feed("aé".encode()) == ["aé"]


@pytest.mark.parametrize("chunks", [[b"ok\xffbad"], [b"ok", b"\xff", b"bad"], [b"o", b"k\xffb"]])
def test_strict_ends_with_the_error_after_the_text_before_it(chunks: list[bytes]) -> None:
    decoder, out = decode(chunks, "strict")
    assert "".join(out) == "ok"
    assert isinstance(decoder.outcome, UnicodeDecodeError)


def test_strict_finds_an_unfinished_character_at_the_end() -> None:
    decoder, out = decode([b"a\xe2\x82"], "strict")
    assert out == ["a"]
    assert isinstance(decoder.outcome, UnicodeDecodeError)


def test_strict_keeps_text_that_waited_inside_a_cut_character() -> None:
    decoder, out = decode([b"a\xe2", b"b"], "strict")
    assert "".join(out) == "a"
    assert isinstance(decoder.outcome, UnicodeDecodeError)


def test_other_items_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match="decode_utf8: an item must be bytes, not 'x'"):
        Utf8Decoder().feed("x")


def test_text_before_an_error_is_decoded_by_the_same_handler() -> None:
    half = b"a\xed\xbf\xbc"
    decoder, out = decode([half + b"b\xff"], "surrogatepass")
    assert out == ["a\udffcb"]
    assert isinstance(decoder.outcome, UnicodeDecodeError)

import pytest

from rx_stream import StreamChunk, buffer_characters
from rx_stream.testing import TextMarbles


def test_a_character_comes_with_the_code_point_that_closes_it() -> None:
    lab = TextMarbles()
    source = lab.cold("'ae' 1s '\u0301' 1s 'b' 1s |")
    expected = lab.expect("'a' 2s 'e\u0301' 1s 'b' |")
    assert lab.run(source.pipe(buffer_characters())) == expected


def test_code_points_come_at_once() -> None:
    lab = TextMarbles()
    source = lab.cold("'e\u0301' 1s 'b' 1s |")
    expected = lab.expect("'e' '\u0301' 1s 'b' 1s |")
    assert lab.run(source.pipe(buffer_characters(by="codepoint"))) == expected


def test_the_last_character_comes_before_an_error() -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("'ab' 1s #").pipe(buffer_characters())) == lab.expect("'a' 1s 'b' #")


def test_characters_cut_from_chunks_have_the_metadata_of_the_last() -> None:
    lab = TextMarbles()
    first, last = StreamChunk("ae", metadata={"n": 1}), StreamChunk("\u0301b", metadata={"n": 2})
    source = lab.cold("f 1s l |", lookup={"f": first, "l": last})
    got = lab.run(source.pipe(buffer_characters()))
    chunks = [row.value for row in got if row.kind == "N"]
    assert [(c.content, c.metadata["n"], c.token_count) for c in chunks] == [
        ("a", 1, None),
        ("e\u0301", 2, None),
        ("b", 2, None),
    ]


@pytest.mark.parametrize("by", ["word", "", None, 1])
def test_an_unknown_unit_is_refused(by: object) -> None:
    with pytest.raises(ValueError, match="buffer_characters: by must be one of 'grapheme'"):
        buffer_characters(by=by)  # type: ignore[arg-type]

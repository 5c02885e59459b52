from datetime import timedelta

import pytest
import reactivex as rx

from rx_stream import StreamChunk, buffer_words
from rx_stream.testing import TextMarbles


def words(*chunks: str, **options: object) -> list[str]:
    out: list[str] = []
    rx.from_iterable(chunks).pipe(buffer_words(**options)).subscribe(out.append)
    return out


def test_a_word_leaves_with_the_white_space_that_ends_it() -> None:
    lab = TextMarbles()
    source = lab.cold("'on' 1s 'e' 1s ' ' 1s 'two' 1s |")
    assert lab.run(source.pipe(buffer_words())) == lab.expect("2s 'one ' 2s 'two' |")


def test_the_last_word_comes_before_an_error() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'one tw' 1s #").pipe(buffer_words()))
    assert got == lab.expect("'one ' 1s 'tw' #")


def test_a_literal_delimiter_cuts_and_nothing_else() -> None:
    assert words("a b,", "c,,d", delimiter=",") == ["a b,", "c,", ",", "d"]
    assert words("a:", ":b", delimiter="::") == ["a::", "b"]


def test_a_long_word_is_cut_between_characters() -> None:
    assert words("abc" * 3, " de", max_length=4) == ["abca", "bcab", "c ", "de"]
    assert words("ab👍🏽", "cd", max_length=3) == ["ab", "👍🏽c", "d"]
    assert words("ab,cdefgh,", delimiter=",", max_length=4) == ["ab,", "cdef", "gh,"]


def test_unicode_word_segments(need_module) -> None:
    need_module("unicode_segmentation_rs")
    assert words("We ca", "n't.", mode="uax29") == ["We", " ", "can't", "."]


def test_silence_sends_an_unfinished_word() -> None:
    lab = TextMarbles()
    source = lab.cold("'one tw' 400ms 'o th' 1s 'ree' 1s |")
    got = lab.run(source.pipe(buffer_words(flush_after=timedelta(milliseconds=500))))
    assert got == lab.expect("'one ' 400ms 'two ' 500ms 'th' 1s 'ree' 500ms |")


def test_a_chunk_that_means_something_is_a_boundary() -> None:
    end = StreamChunk("", is_complete=True, finish_reason="stop")
    lab = TextMarbles()
    source = lab.cold("c 1s e |", lookup={"c": StreamChunk("one tw"), "e": end})
    chunks = [row.value for row in lab.run(source.pipe(buffer_words())) if row.kind == "N"]
    assert [c.content for c in chunks] == ["one ", "tw", ""]
    assert chunks[-1] == end


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"delimiter": ""}, ValueError, "delimiter must not be empty, not ''"),
        ({"delimiter": 5}, TypeError, "delimiter must be a text, not 5"),
        ({"mode": "words"}, ValueError, "mode must be one of 'display', 'uax29', not 'words'"),
        ({"mode": "uax29", "delimiter": ","}, ValueError, "delimiter must be None .* not ','"),
        ({"mode": "uax29", "max_length": 5}, ValueError, "max_length must be None .* not 5"),
        ({"max_length": 0}, ValueError, "max_length must be .* at least 1, not 0"),
        ({"max_length": True}, TypeError, "max_length must be .* not True"),
        ({"flush_after": 0}, ValueError, "flush_after must be above 0 seconds, not 0"),
        ({"flush_after": float("nan")}, ValueError, "flush_after must be .* not nan"),
        ({"flush_after": "1"}, TypeError, "flush_after must be .* not '1'"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(options, kind, message) -> None:
    with pytest.raises(kind, match=f"buffer_words: {message}"):
        buffer_words(**options)

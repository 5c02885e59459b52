import pytest
import reactivex as rx

from rx_stream import buffer_paragraphs
from rx_stream.testing import TextMarbles


def paragraphs(*chunks: str, **options: object) -> list[str]:
    out: list[str] = []
    rx.from_iterable(chunks).pipe(buffer_paragraphs(**options)).subscribe(out.append)
    return out


def test_a_paragraph_leaves_with_its_blank_line() -> None:
    lab = TextMarbles()
    source = lab.cold(r"'a\nb\n' 1s '\n' 1s '\nc' 1s |")
    got = lab.run(source.pipe(buffer_paragraphs()))
    assert got == lab.expect(r"1s 'a\nb\n\n' 2s '\nc' |")


def test_a_long_paragraph_is_cut() -> None:
    assert paragraphs("one two three\n\nfour", max_length=8) == ["one two ", "three\n\n", "four"]


def test_silence_sends_an_unfinished_paragraph() -> None:
    lab = TextMarbles()
    source = lab.cold(r"'ab\n' 2s 'c\n\nd' |")
    got = lab.run(source.pipe(buffer_paragraphs(flush_after=1)))
    assert got == lab.expect(r"1s 'ab\n' 1s 'c\n\n' 'd' |")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"max_length": 0}, ValueError, "max_length must be .* not 0"),
        ({"flush_after": True}, TypeError, "flush_after must be .* not True"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(options, kind, message) -> None:
    with pytest.raises(kind, match=f"buffer_paragraphs: {message}"):
        buffer_paragraphs(**options)

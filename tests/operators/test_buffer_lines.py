import pytest
import reactivex as rx

from rx_stream import buffer_lines
from rx_stream.testing import TextMarbles


def lines(*chunks: str, **options: object) -> list[str]:
    out: list[str] = []
    rx.from_iterable(chunks).pipe(buffer_lines(**options)).subscribe(out.append)
    return out


def test_a_line_leaves_with_its_line_feed() -> None:
    lab = TextMarbles()
    source = lab.cold(r"'a' 1s '\nb\n' 1s 'c' 1s |")
    assert lab.run(source.pipe(buffer_lines())) == lab.expect(r"1s 'a\n' 'b\n' 2s 'c' |")


def test_a_lone_carriage_return_ends_a_line_only_with_universal_newlines() -> None:
    assert lines("a\r", "b\r\nc") == ["a\rb\r\n", "c"]
    assert lines("a\r", "b\r\nc", newlines="universal") == ["a\r", "b\r\n", "c"]


def test_a_long_line_is_cut_at_a_clause_a_space_or_a_character() -> None:
    assert lines("one, two three\nabcdefghijkl\n", max_length=9) == [
        "one, ",
        "two three",
        "\n",
        "abcdefghi",
        "jkl\n",
    ]


def test_silence_sends_an_unfinished_line() -> None:
    lab = TextMarbles()
    source = lab.cold(r"'ab' 2s 'c\nd' 2s |")
    got = lab.run(source.pipe(buffer_lines(flush_after=1)))
    assert got == lab.expect(r"1s 'ab' 1s 'c\n' 1s 'd' 1s |")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"newlines": "crlf"}, ValueError, "newlines must be one of 'lf', 'universal', not 'crlf'"),
        ({"max_length": -1}, ValueError, "max_length must be .* not -1"),
        ({"max_length": 2.0}, TypeError, "max_length must be .* not 2.0"),
        ({"flush_after": -1}, ValueError, "flush_after must be .* not -1"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(options, kind, message) -> None:
    with pytest.raises(kind, match=f"buffer_lines: {message}"):
        buffer_lines(**options)

import pytest
from hypothesis import given
from segmentation import in_every_way, lines_by_definition, run, texts

from rx_stream.core.text.lines import Lines, UniversalLines


@given(texts)
def test_lines_are_what_their_definition_says(text: str) -> None:
    assert run(Lines, list(text)) == lines_by_definition(text) == run(Lines, [text])


@pytest.mark.parametrize(
    "content", ["\r", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_only_a_line_feed_ends_a_line(content: str) -> None:
    text = f'{{"a": "{content}"}}\n{content}\n'
    for pieces in in_every_way(Lines, text):
        assert pieces == [f'{{"a": "{content}"}}\n', f"{content}\n"]


def test_a_line_leaves_with_its_line_feed() -> None:
    core = Lines()
    assert [list(core.feed(c)) for c in "a\r\n\n"] == [[], [], ["a\r\n"], ["\n"]]


def test_universal_lines_also_end_at_a_lone_carriage_return() -> None:
    for pieces in in_every_way(UniversalLines, "a\rb\r\nc\n\rd\r"):
        assert pieces == ["a\r", "b\r\n", "c\n", "\r", "d\r"]


def test_a_carriage_return_waits_one_character() -> None:
    core = UniversalLines()
    assert list(core.feed("a\r")) == []
    assert list(core.feed("b\r")) == ["a\r"]
    assert list(core.feed("\n")) == ["b\r\n"]


@pytest.mark.parametrize("make", [Lines, UniversalLines])
def test_after_silence_an_unfinished_line_is_given_away(make) -> None:
    core = make()
    core.feed("ab\rc")
    assert "".join(core.settle()) in ("ab\rc", "c")
    assert list(core.feed("d\n")) == ["d\n"]

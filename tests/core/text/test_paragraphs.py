import pytest
from hypothesis import given
from hypothesis import strategies as st
from segmentation import in_every_way, paragraphs_by_definition, run, texts

from rx_stream.core.text.paragraphs import Paragraphs


@given(st.one_of(texts, st.text("a \n\t\r")))
def test_paragraphs_are_what_their_definition_says(text: str) -> None:
    assert run(Paragraphs, list(text)) == paragraphs_by_definition(text) == run(Paragraphs, [text])


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One.\n\n\n\nTwo.", ["One.\n\n", "\n\nTwo."]),
        ("a\n \t\nb", ["a\n \t\n", "b"]),
        ("a\r\n\r\nb", ["a\r\n\r\n", "b"]),
        ("\n\na\n\nb\n", ["\n\na\n\n", "b\n"]),
        ("\n \n", ["\n \n"]),
    ],
)
def test_blank_lines_end_a_paragraph_and_more_of_them_lead_the_next(
    text: str, paragraphs: list[str]
) -> None:
    assert all(pieces == paragraphs for pieces in in_every_way(Paragraphs, text))


def test_a_paragraph_leaves_with_the_newline_of_its_blank_line() -> None:
    core = Paragraphs()
    assert [list(core.feed(c)) for c in "a\n \n\n"] == [[], [], [], ["a\n \n"], []]


def test_after_silence_an_unfinished_paragraph_is_given_away() -> None:
    core = Paragraphs()
    core.feed("a\nb")
    assert list(core.settle()) == ["a\nb"]
    assert list(core.feed("c\n\nd")) == ["c\n\n"]

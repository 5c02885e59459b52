import pytest
from hypothesis import given
from hypothesis import strategies as st
from segmentation import cost_growth, cut, run, seeds

from rx_stream.core.text.delimited import Delimited


@given(st.text("ab,\r\n"), st.text("ab,\r\n", min_size=1, max_size=4), seeds)
def test_pieces_end_with_the_delimiter_however_it_is_cut(
    text: str, delimiter: str, seed: int
) -> None:
    *ended, rest = text.split(delimiter)
    expected = [piece + delimiter for piece in ended] + ([rest] if rest else [])
    for way in ([text], list(text), cut(text, seed)):
        assert run(lambda: Delimited(delimiter), way) == expected


def test_a_piece_leaves_with_the_last_character_of_the_delimiter() -> None:
    core = Delimited("::")
    assert [list(core.feed(c)) for c in "a:b::"] == [[], [], [], [], ["a:b::"]]


def test_after_silence_what_there_is_leaves() -> None:
    core = Delimited("--")
    core.feed("a-")
    assert list(core.settle()) == ["a-"]
    assert list(core.feed("-b")) == []


def test_only_what_may_begin_a_delimiter_is_held_back() -> None:
    core = Delimited("::")
    core.feed("abc")
    assert core.drain() == "ab"
    assert list(core.feed("::d")) == ["c::"]


def test_a_delimiter_may_come_in_parts_much_shorter_than_it_is() -> None:
    assert run(lambda: Delimited("abcd"), ["ab", "cd", "e"]) == ["abcd", "e"]


@pytest.mark.parametrize("delimiter", ["b", "ab", "a" * 30 + "b"])
def test_the_cost_of_a_character_does_not_grow(delimiter: str) -> None:
    assert cost_growth(lambda: Delimited(delimiter), "a", 5_000, 50_000) < 2.5

from collections.abc import Callable

import pytest
from conftest import LONG
from hypothesis import given, settings
from hypothesis import strategies as st
from segmentation import VARIANTS, cost_growth, cut, limited, run, seeds, texts

from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.cut_places import cut_at_clause, cut_at_grapheme
from rx_stream.core.text.graphemes import split_graphemes
from rx_stream.core.text.length_limit import LengthLimit
from rx_stream.core.text.lines import Lines
from rx_stream.core.text.words import Words

UNITS = ["words", "lines", "universal lines", "paragraphs", "sentences", "soft sentences"]


def place_for(unit: str) -> Callable[[str, int], int]:
    return cut_at_grapheme if unit == "words" else cut_at_clause


@pytest.mark.parametrize("unit", [*UNITS, "merged sentences", "early sentences"])
def test_pieces_are_the_units_cut_by_definition_however_they_come(unit: str) -> None:
    place = place_for(unit)

    @settings(max_examples=2_000 if LONG else 60)
    @given(texts, st.integers(1, 30), seeds)
    def check(text: str, limit: int, seed: int) -> None:
        expected = limited(run(VARIANTS[unit], [text]), limit, place)
        for way in ([text], list(text), cut(text, seed)):
            assert run(lambda: LengthLimit(VARIANTS[unit](), limit, place), way) == expected
        for piece in expected:
            assert len(piece) <= limit or len(split_graphemes(piece)) == 1

    check()


def test_a_piece_leaves_when_the_unit_is_surely_longer() -> None:
    core = LengthLimit(Words(), 3, cut_at_grapheme)
    assert [list(core.feed(c)) for c in "abcd "] == [[], [], [], ["abc"], ["d "]]


def test_sentences_are_cut_where_a_speaker_would_pause() -> None:
    text = "First we boil water, then we add the rice and wait for it. Done."
    core = LengthLimit(Sentences(), 24, cut_at_clause)
    assert [*core.feed(text), *core.flush()] == [
        "First we boil water, ",
        "then we add the rice and",
        " wait for it. ",
        "Done.",
    ]


def test_after_silence_the_rest_of_a_long_unit_leaves_too() -> None:
    core = LengthLimit(Lines(), 4, cut_at_clause)
    assert list(core.feed("abcdef")) == ["abcd"]
    assert list(core.settle()) == ["ef"]
    assert list(core.feed("g\n")) == ["g\n"]


def test_after_silence_an_unfinished_sentence_stays() -> None:
    core = LengthLimit(Sentences(), 4, cut_at_clause, settles_all=False)
    assert list(core.feed("abcdef")) == ["abcd"]
    assert list(core.settle()) == []
    assert list(core.feed(".")) == []
    assert list(core.settle()) == ["ef."]


def test_what_is_held_stays_short() -> None:
    core = LengthLimit(Lines(), 10, cut_at_clause)
    sent = sum(len(piece) for _ in range(1000) for piece in core.feed("abcd "))
    assert sent >= 4_990


def test_a_character_longer_than_the_limit_is_whole_however_much_comes_at_once() -> None:
    long = "x" + "\u0301" * 500
    core = LengthLimit(Lines(), 2, cut_at_grapheme)
    assert list(core.feed(long + "yz\n")) == [long, "yz", "\n"]


@pytest.mark.parametrize("plain", [*"ab ~字あ。é"])
def test_a_character_longer_than_the_limit_leaves_with_the_plain_one_behind_it(plain: str) -> None:
    core = LengthLimit(Lines(), 2, cut_at_grapheme)
    long = "x" + "\u0301" * 4
    assert [list(core.feed(code)) for code in long] == [[]] * 5
    assert list(core.feed(plain)) == [long]


def test_a_character_without_end_is_only_looked_at_again_once_it_has_doubled() -> None:
    looked_at = 0

    def counting(text: str, limit: int) -> int:
        nonlocal looked_at
        looked_at += len(text)
        assert looked_at < 50_000
        return cut_at_grapheme(text, limit)

    core = LengthLimit(Lines(), 2, counting)
    for code in "x" + "\u0301" * 5_000:
        assert not core.feed(code)


@pytest.mark.parametrize("limit", [1, 20, 1000])
@pytest.mark.parametrize("filling", ["x", "\u0301", "x, ", ", ", "👩\u200d", " "])
def test_the_cost_of_a_character_does_not_grow(filling: str, limit: int) -> None:
    size = 300_000 if LONG else 20_000

    def make() -> LengthLimit:
        return LengthLimit(Sentences(), limit, cut_at_clause, settles_all=False)

    assert cost_growth(make, filling, size // 10, size) < 3.0

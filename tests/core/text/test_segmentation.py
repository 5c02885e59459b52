"""What every text cutter promises: nothing lost, no matter how the text was cut, in linear time."""

import json

import pytest
from conftest import LONG
from hypothesis import given, settings
from segmentation import (
    UNITS,
    VARIANTS,
    break_test_file,
    cost_growth,
    cut,
    in_every_way,
    run,
    seeds,
    texts,
)

from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.graphemes import Graphemes

EXAMPLES = 2_000 if LONG else 100
LARGE = 1_000_000 if LONG else 30_000


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_lost_and_cuts_do_not_matter(name: str) -> None:
    make = VARIANTS[name]

    @settings(max_examples=EXAMPLES)
    @given(texts, seeds)
    def check(text: str, seed: int) -> None:
        whole = run(make, [text])
        assert "".join(whole) == text
        assert all(whole)
        assert run(make, list(text)) == whole
        assert run(make, cut(text, seed)) == whole

    check()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_flushed_core_is_as_new(name: str) -> None:
    text = "```\nx. Y\n1.) A few; more, of “it. 2.) Two\r\n\r\nΤι; и 👩\u200d👧 你好。カタ\r"
    core = VARIANTS[name]()
    first = [*core.feed(text), *core.flush()]
    assert [*core.feed(text), *core.flush()] == first
    assert list(core.flush()) == []


def test_the_shared_cases_hold_in_every_way(shared) -> None:
    cases = json.loads((shared / "cases" / "segmentation.json").read_text(encoding="utf-8"))
    assert len(cases) > 100
    wrong = []
    for case in cases:
        language = case.get("language", "en")
        make = (
            (lambda language=language: Sentences(language))
            if case["unit"] == "sentences"
            else UNITS[case["unit"]]
        )
        if any(pieces != case["expected"] for pieces in in_every_way(make, case["text"])):
            wrong.append(case)
    assert wrong == []


def test_every_line_of_the_unicode_grapheme_file_holds_in_every_way(shared) -> None:
    lines = list(break_test_file(shared / "unicode" / "GraphemeBreakTest-18.0.0.txt"))
    assert len(lines) == 853
    for parts in lines:
        assert all(pieces == parts for pieces in in_every_way(Graphemes, "".join(parts)))


FILLINGS = [
    *((unit, "x") for unit in VARIANTS),
    *(("characters", filling) for filling in ("\u0301", "👩\u200d", "🇫🇷", "\r\n")),
    *(("words", filling) for filling in (" ", "！", "（", "\u0301", "\r")),
    ("lines", "\n"),
    ("universal lines", "\r"),
    ("paragraphs", " \n"),
    *(
        ("sentences", filling)
        for filling in (" ", ".", "!)", "e.g. ", "U.S. ", "x.y", ".[1", ". - ", "1) ", '. ("')
    ),
    *(("sentences", filling) for filling in ("\n", "```\n", ". ...", "α; ", ". »", "。", "と」")),
    *(("soft sentences", filling) for filling in ("\n", "a\n", "- ", "\n1")),
    *(("merged sentences", filling) for filling in ("a. ", " ", "x, ")),
    *(("early sentences", filling) for filling in ("a. ", " ", ",", "x")),
    *(("short early sentences", filling) for filling in ("x, ", " ", "\u0301", "x\u0301", ". (")),
]


@pytest.mark.parametrize(("unit", "filling"), FILLINGS)
def test_the_cost_of_a_character_does_not_grow_with_the_text(unit: str, filling: str) -> None:
    assert cost_growth(VARIANTS[unit], filling, LARGE // 10, LARGE) < 2.5


@pytest.mark.parametrize(("unit", "filling"), FILLINGS)
def test_the_cost_does_not_grow_when_all_comes_at_once(unit: str, filling: str) -> None:
    small, large = (100_000, 1_000_000) if LONG else (10_000, 100_000)
    assert cost_growth(VARIANTS[unit], filling, small, large, chunk=large) < 4.0


@pytest.mark.parametrize("unit", UNITS)
def test_one_character_at_a_time_without_a_boundary_is_linear(unit: str) -> None:
    assert cost_growth(UNITS[unit], "x", LARGE // 10, LARGE, chunk=1) < 2.5

"""What each rung of the ladders finds in a text, in linear time."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from rx_stream.core.chunking.chunk_levels import (
    BLOCK,
    CLAUSE,
    LADDERS,
    LINE,
    PROTECTED_LINE,
    SECTION,
    SENTENCE,
    STRUCTURE,
    WORD,
    Rung,
)

RUNGS = {rung.level: rung for rung in (*LADDERS["hybrid"], *LADDERS["recursive"])}
SEPARATE_LINE = LADDERS["recursive"][1].level


def parts(level: int, text: str) -> list[str]:
    """Cut a text after everything that a rung finds."""
    ends = [match.end() for match in RUNGS[level].places.finditer(text)]
    edges = [0, *ends, len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges) if b > a]


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_better_places_come_first(ladder: tuple[Rung, ...]) -> None:
    levels = [rung.level for rung in ladder]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == len(levels)


@pytest.mark.parametrize("strategy", ["semantic", "recursive", "hybrid"])
def test_the_last_resort_before_tokens_is_a_word(strategy: str) -> None:
    assert LADDERS[strategy][-1].level == WORD


def test_sections_are_better_than_blocks_and_those_than_what_is_inside_them() -> None:
    assert SECTION > BLOCK >= STRUCTURE > SEPARATE_LINE > SENTENCE > LINE > CLAUSE
    assert CLAUSE > PROTECTED_LINE > WORD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\nb", ["a\n\n", "b"]),
        ("a\n \t\r\n\n\nb", ["a\n \t\r\n\n\n", "b"]),
        ("a\r\n\r\nb", ["a\r\n\r\n", "b"]),
        ("a\nb", ["a\nb"]),
        ("a\n  b\n\n  c", ["a\n  b\n\n", "  c"]),  # The indentation belongs to what follows.
    ],
)
def test_a_paragraph_ends_after_its_blank_lines(text: str, expected: list[str]) -> None:
    assert parts(BLOCK, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A b. C d.", ["A b. ", "C d."]),
        ("Well... yes?! No.", ["Well... ", "yes?! ", "No."]),
        ('"Go." (Now!) Then', ['"Go." ', "(Now!) ", "Then"]),
        ("Pi is 3.14 or so.", ["Pi is 3.14 or so."]),
        ("水だ。「味は？」次", ["水だ。", "「味は？」", "次"]),
        ("हाँ। ठीक", ["हाँ। ", "ठीक"]),
        ("No end", ["No end"]),
        ("... a", ["... ", "a"]),
        ("a…\n\nb", ["a…\n\n", "b"]),
    ],
)
def test_sentence_marks_end_with_their_quotes_and_blanks(text: str, expected: list[str]) -> None:
    assert parts(SENTENCE, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b; c: d", ["a, ", "b; ", "c: ", "d"]),
        ("1,000 at 12:30", ["1,000 at 12:30"]),
        ("水、火", ["水、", "火"]),
    ],
)
def test_clauses_end_after_marks_that_blanks_follow(text: str, expected: list[str]) -> None:
    assert parts(CLAUSE, text) == expected


def test_words_end_before_their_blank_where_tokens_do() -> None:
    assert parts(WORD, "one two  three") == ["one", " two", "  three"]


def test_lines_end_after_all_their_newlines() -> None:
    assert parts(LINE, "a\nb\n\n\nc") == ["a\n", "b\n\n\n", "c"]


@pytest.mark.parametrize(
    "unit", ["!", "…", ".", "?!", '."', ".)", ",", "\n", "\n ", " ", ". ", "。"]
)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=lambda rung: str(rung.level))
def test_a_long_run_costs_no_more_than_its_length(rung: Rung, unit: str) -> None:
    text = unit * (40_000 // len(unit)) + "x"
    begin = time.process_time()
    re.sub(rung.places, "", text)
    assert time.process_time() - begin < 0.5  # Its square takes some 10 seconds.

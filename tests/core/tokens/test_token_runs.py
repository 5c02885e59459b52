"""Settling the start of a long run: only what is proven, and the rest goes on as it would have."""

from __future__ import annotations

import random

import pytest
from token_texts import RUNS, cut

from rx_stream.core.tokens.exact_counter import TokenCounter
from rx_stream.core.tokens.split_state import split_matcher
from rx_stream.core.tokens.token_pieces import TokenPieces, pieces_of
from rx_stream.core.tokens.token_runs import (
    CONTEXT,
    LONG,
    Frozen,
    continue_frozen,
    freeze,
    settle_frozen,
    settle_start,
)
from rx_stream.core.tokens.token_settler import TokenSettler
from rx_stream.core.tokens.vocabulary import encoding_of

PIECES = [pieces_of(encoding_of("o200k_base")), pieces_of(encoding_of("cl100k_base"))]
by_encoding = pytest.mark.parametrize("pieces", PIECES, ids=lambda pieces: pieces.name)
FOLLOWING = [
    "",
    "a",
    "A",
    "s",
    "字",
    "\u0301",
    "1",
    "!",
    "/",
    "'",
    "'s",
    " ",
    "\n",
    "\r\n",
    " x",
    "🙂",
]
WHOLE_RUNS = [unit for unit in RUNS if unit.isprintable() or unit.isspace()]


def run(unit: str, size: int) -> str:
    return unit * (size // len(unit) + 1)


@by_encoding
@pytest.mark.parametrize("unit", WHOLE_RUNS)
def test_what_is_settled_of_a_run_stands_whatever_follows(pieces, unit: str) -> None:
    tail = run(unit, 900)
    settled = settle_start(pieces, tail)
    if settled is None:
        return
    assert settled.final + settled.tokens == pieces.encode(tail)
    for more in FOLLOWING:
        rest = settled.rest + more
        if settled.frozen is None:
            tokens = pieces.encode(rest)
        else:
            tokens = continue_frozen(pieces, settled.frozen, rest)
            assert tokens is not None, (unit, more)
        assert settled.final + tokens == pieces.encode(tail + more), (unit, more)


@by_encoding
def test_of_most_runs_all_but_a_short_rest_is_settled(pieces) -> None:
    rests = [settle_start(pieces, run(unit, 1_200)) for unit in WHOLE_RUNS]
    short = [rest for rest in rests if rest is not None and len(rest.rest) <= LONG]
    assert len(short) > len(WHOLE_RUNS) * 0.85


@by_encoding
@pytest.mark.parametrize("unit", ["a", "字", "=", " ", "\n", "1", "🙂", "e\u0301", "aA", "!?"])
def test_freezing_again_and_again_is_the_encoding_of_it_all(pieces, unit: str) -> None:
    rnd = random.Random(1)
    text = run(unit, 6_000)
    start = settle_start(pieces, text[:600])
    assert start is not None
    final, rest, frozen = [*start.final], start.rest, start.frozen
    for piece in cut(text[600:], rnd, 500):
        rest += piece
        if frozen is None:
            settled = settle_start(pieces, rest)
        else:
            tokens = continue_frozen(pieces, frozen, rest)
            assert tokens is not None
            settled = freeze(pieces, rest, tokens, frozen.head)
        if settled is not None:
            final, rest, frozen = final + settled.final, settled.rest, settled.frozen
    last = pieces.encode(rest) if frozen is None else continue_frozen(pieces, frozen, rest)
    assert last is not None
    assert final + last == pieces.encode(text)


def test_parts_that_are_over_are_final_and_the_last_ones_are_not() -> None:
    pieces = PIECES[0]
    settled = settle_start(pieces, "é字!é字?é字")
    assert settled is not None
    assert settled.frozen is None
    assert settled.rest
    assert pieces.encode("é字!é字?é字") == settled.final + settled.tokens
    assert "é字!é字?é字".endswith(settled.rest)


def test_a_part_is_open_as_long_as_the_run_that_decides_its_end_is() -> None:
    pieces = PIECES[0]
    split = split_matcher(pieces.pattern).findall
    assert split("字ABCDEF") == ["字", "ABCDEF"]
    assert split("字ABCDEFg") == ["字ABCDEFg"]
    settled = settle_start(pieces, "字ABCDEF")
    assert settled is None or settled.rest == "字ABCDEF"


@by_encoding
@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("0", "//\n\n"),  # One part with o200k_base, many with cl100k_base.
        *(("", "\n/"), ("/", "\n"), ("", "=/\n"), ("=|", "\u0301"), ("=|", "\u0301\u300d")),
        *(("", "\ud83d"), ("", "\ude42\ud83d"), ("a", "\ud83d=")),
    ],
)
def test_of_a_run_of_several_characters_little_stays_open(
    pieces: TokenPieces, start: str, unit: str
) -> None:
    counter, text = TokenCounter.of(pieces), start + unit * 500
    for at, character in enumerate(text):
        counter.feed(character)
        assert len(counter.pending) <= 600
        if at % 61 == 0:
            assert counter.total == len(pieces.encode(text[: at + 1]))
    assert counter.exact


def test_a_short_text_is_not_frozen() -> None:
    pieces = PIECES[0]
    settled = settle_start(pieces, "a" * (LONG - 1))
    assert settled is not None
    assert (settled.final, settled.frozen) == ([], None)


def test_a_frozen_start_leaves_about_the_context_open() -> None:
    pieces = PIECES[0]
    settled = settle_start(pieces, "a" * 5_000)
    assert settled is not None
    assert settled.frozen is not None
    assert CONTEXT <= len(settled.rest) < 3 * CONTEXT


def test_without_a_token_where_one_was_known_nothing_is_proven() -> None:
    pieces = PIECES[0]
    known = pieces.encode("zzzzzzzz")
    assert continue_frozen(pieces, Frozen("", known), "") is None
    assert continue_frozen(pieces, Frozen("", [0, 0, 0]), "abc") is None


def test_one_token_where_it_was_known_proves_all_before_it() -> None:
    pieces = PIECES[0]
    known = pieces.encode("one two")
    assert continue_frozen(pieces, Frozen("", known), "one two three") == pieces.encode(
        "one two three"
    )


@by_encoding
@pytest.mark.parametrize("first", ["\xa0", "字", "=", "\n", "é", "🙂"])
@pytest.mark.parametrize("second", ["(", "é", "\xa0", "字", "1", "🙂", "\n"])
def test_a_run_behind_a_frozen_one_is_settled_too(pieces, first: str, second: str) -> None:
    start = settle_start(pieces, first * 600)
    if first == second or start is None or start.frozen is None:
        return
    rest = start.rest + second * 600
    tokens = continue_frozen(pieces, start.frozen, rest)
    assert tokens is not None
    settled = settle_frozen(pieces, rest, tokens, start.frozen.head)
    assert settled is not None
    for more in FOLLOWING:
        last = settled.rest + more
        if settled.frozen is None:
            open_tokens = pieces.encode(last)
        else:
            found = continue_frozen(pieces, settled.frozen, last)
            assert found is not None
            open_tokens = found
        whole = pieces.encode(first * 600 + second * 600 + more)
        assert start.final + settled.final + open_tokens == whole, more


@by_encoding
@pytest.mark.parametrize("make", [TokenSettler, TokenCounter.of])
def test_long_runs_of_two_things_are_exact(pieces, make) -> None:
    text = "\xa0" * 600 + "(" * 18_000
    core = make(pieces)
    for piece in cut(text, random.Random(1), 50):
        core.feed(piece)
    assert core.exact


def test_tokens_that_are_not_those_of_what_is_left_settle_nothing() -> None:
    pieces = PIECES[0]
    tail = "é字é. One?!"  # Too mixed to be frozen, with a part that is over.
    assert freeze(pieces, tail, pieces.encode(tail), "") is None
    assert settle_frozen(pieces, tail, pieces.encode(tail), "") is not None
    assert settle_frozen(pieces, tail, [0], "") is None


@pytest.mark.parametrize("tail", ["?? !I'", "!? we'", "!? we'r", "!? WE'R", "a, I'l"])
def test_a_word_that_may_yet_have_a_contraction_stays_open(tail: str) -> None:
    settled = settle_start(PIECES[0], tail)
    assert settled is not None
    assert settled.rest.strip(" ") == tail.split()[-1]


@pytest.mark.parametrize(
    ("left", "right"),
    # Their join is a token with a higher rank than the first, and with a lower one.
    [("t", "he"), ("ti", "on")],
)
def test_neighbours_that_would_join_prove_nothing(left: str, right: str) -> None:
    pieces = PIECES[0]
    (first,), (second,), (joined,) = map(pieces.encode, (left, right, left + right))
    assert (joined > first) is (left == "t")
    text = (left + right) * 100
    tokens = [first, second] * 100
    assert freeze(pieces, text, tokens, "") is None


@pytest.mark.parametrize("known", [[0, 0, 0], [199_990] * 3])
def test_tokens_that_are_others_at_the_same_place_go_on_with_nothing(known: list[int]) -> None:
    assert continue_frozen(PIECES[0], Frozen("", known), "a") is None

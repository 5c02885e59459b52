"""tiktoken's split patterns over class codes, and places that are borders whatever is around."""

from __future__ import annotations

import random
from itertools import product

import pytest
from conftest import LONG
from token_texts import PIECES, random_text

from rx_stream.core.tokens.split_codes import (
    CODES,
    FIRST_SAFE_BORDER,
    SAFE_BORDER,
    SPLIT_FAMILIES,
    code_pattern,
    family_of,
)
from rx_stream.core.tokens.split_state import split_matcher
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.core.tokens.vocabulary_build import split_pattern

by_family = pytest.mark.parametrize("family", SPLIT_FAMILIES)
CLASSES = [
    "a",
    "B",
    "字",
    "\u0301",
    "1",
    "!",
    "'",
    "s",
    "/",
    " ",
    "\t",
    "\n",
    "\r",
    "。",
    "は",
    "ʰ",
    "\xa0",
]


def parts(family: str, text: str) -> list[str]:
    """Split a text as the encoding does, by an engine of its own."""
    return split_matcher(split_pattern(family)).findall(text)


def borders(family: str, text: str) -> set[int]:
    found, at = {0}, 0
    for part in parts(family, text):
        at += len(part)
        found.add(at)
    return found


# ------------------------------------------------------------------------------------- codes


@pytest.mark.parametrize(
    ("characters", "code"),
    [
        ("äßжλ", "a"),
        ("ÄЖΛǅ", "B"),
        ("字はアʰªא한ﷺ", "\x01"),
        ("\u0301\u20e3\u0903\ufe0f", "\x02"),
        ("٣²Ⅷ½๕", "0"),
        ("\xa0\u3000\u2028\x85\u2009", "\t"),
        ("🙂—…。€\u200d\u200b\ufffd", "!"),
        ("\ud83d\udc00", "!"),
        ("\x01\x02", "!"),
        ("ſ", "s"),
    ],
)
def test_a_character_has_the_code_of_its_class(characters: str, code: str) -> None:
    assert characters.translate(CODES) == code * len(characters)


def test_ascii_stands_for_itself() -> None:
    text = "".join(map(chr, range(128))).replace("\x01", "").replace("\x02", "")
    assert text.translate(CODES) == text


@by_family
def test_a_family_is_known_by_its_pattern_alone(family: str) -> None:
    assert family_of(split_pattern(family)) == family


def test_a_pattern_that_is_none_of_them_is_of_no_family() -> None:
    assert family_of(r"\S+|\s+") is None
    assert family_of(split_pattern("o200k_harmony")) == "o200k_base"
    assert family_of(split_pattern("p50k_base")) == "r50k_base"


def test_a_family_without_a_pattern_over_codes_is_left_to_the_engine() -> None:
    assert code_pattern("r50k_base") is None


@pytest.mark.parametrize("family", ["o200k_base", "cl100k_base"])
def test_over_codes_every_short_text_splits_as_by_the_engine(family: str) -> None:
    pattern = code_pattern(family)
    assert pattern is not None
    for size in range(1, 5 if LONG else 4):
        for some in product(CLASSES, repeat=size):
            text = "".join(some)
            split = [match.span() for match in pattern.finditer(text.translate(CODES))]
            assert [text[a:b] for a, b in split] == parts(family, text), repr(text)


@pytest.mark.parametrize("family", ["o200k_base", "cl100k_base"])
def test_over_codes_random_texts_split_as_by_the_engine(family: str) -> None:
    pattern, rnd = code_pattern(family), random.Random(1)
    assert pattern is not None
    for _ in range(20_000 if LONG else 1_500):
        text = random_text(rnd)
        split = [match.span() for match in pattern.finditer(text.translate(CODES))]
        assert [text[a:b] for a, b in split] == parts(family, text), repr(text)


# ----------------------------------------------------------------------------------- borders


@by_family
def test_a_safe_border_is_one_in_every_short_text(family: str) -> None:
    size = 5 if LONG else 4
    safe = {a + b for a, b in product(CLASSES, repeat=2) if FIRST_SAFE_BORDER.match(a + b)}
    assert len(safe) > 60
    for some in product(CLASSES, repeat=size):
        text = "".join(some)
        places = [at for at in range(1, size) if text[at - 1 : at + 1] in safe]
        if places:
            assert borders(family, text).issuperset(places), repr(text)


@by_family
def test_a_safe_border_is_one_in_random_texts(family: str) -> None:
    rnd = random.Random(2)
    for _ in range(20_000 if LONG else 1_500):
        text = random_text(rnd)
        places = {match.end() for match in FIRST_SAFE_BORDER.finditer(text)}
        assert places <= borders(family, text), repr(text)


@pytest.mark.parametrize("family", ["o200k_base", "cl100k_base"])
def test_what_is_before_and_behind_a_safe_border_is_encoded_by_itself(family: str) -> None:
    encode, rnd = pieces_of(encoding_of(family)).encode, random.Random(3)
    for _ in range(400):
        text = random_text(rnd)
        border = SAFE_BORDER.match(text)
        if border:
            left, right = text[: border.end()], text[border.end() :]
            assert encode(left) + encode(right) == encode(text)


@pytest.mark.parametrize(
    "pair",
    [
        "a ",
        "字 ",
        "! ",
        "a\t",
        "1a",
        "a1",
        "a!",
        "a\n",
        "\na",
        "\r1",
        "字。",
        "は、",
        "字1",
        "字\n",
        "1'",
    ],
)
def test_these_are_borders_whatever_is_around(pair: str) -> None:
    assert FIRST_SAFE_BORDER.match(pair)


@pytest.mark.parametrize(
    "pair",
    [
        "ab",
        "a'",
        "'s",
        "  ",
        "\n ",
        " \n",
        "\n\n",
        "\r\n",
        "!!",
        "!\n",
        "!/",
        " a",
        "字は",
        "a字",
        "é!",
        "٣a",
    ],
)
def test_these_are_not(pair: str) -> None:
    assert not FIRST_SAFE_BORDER.match(pair)


def test_the_first_and_the_last_one_are_found() -> None:
    text = "one two three"
    first, last = FIRST_SAFE_BORDER.search(text), SAFE_BORDER.match(text)
    assert first is not None
    assert last is not None
    assert (first.end(), last.end()) == (3, 7)
    assert SAFE_BORDER.match("字はア") is None


def test_what_is_always_tried_is_tried_in_linear_time() -> None:
    assert SAFE_BORDER.match("a" * 1_000_000) is None


@pytest.mark.parametrize("piece", PIECES)
def test_every_hard_piece_is_counted_alike_with_and_without_codes(piece: str) -> None:
    for name in ("o200k_base", "cl100k_base"):
        pieces = pieces_of(encoding_of(name))
        assert pieces.count(piece * 3) == len(pieces.encode(piece * 3))

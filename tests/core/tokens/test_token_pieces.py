"""What counters share: how an encoding splits text, and how many tokens a part has."""

from __future__ import annotations

import random

import pytest
import tiktoken
from token_texts import PROSE, random_text

from rx_stream.core.tokens.token_pieces import (
    MEMO_SIZE,
    TokenPieces,
    pieces_of,
    without_half,
    without_surrogates,
)
from rx_stream.core.tokens.vocabulary import encoding_of

NAMES = ["o200k_base", "cl100k_base"]
by_name = pytest.mark.parametrize("name", NAMES)
HIGH, LOW = "\ud83d", "\ude42"


def fresh(name: str = "o200k_base") -> TokenPieces:
    return TokenPieces(encoding_of(name))


@by_name
def test_a_text_has_as_many_tokens_as_its_encoding_says(name: str) -> None:
    pieces, rnd = fresh(name), random.Random(1)
    for text in ("", *PROSE, "".join(PROSE) * 20, *(random_text(rnd) for _ in range(300))):
        assert pieces.count(text) == len(encoding_of(name).encode_ordinary(text))


@by_name
@pytest.mark.parametrize(
    "text",
    [HIGH, LOW, f"a {HIGH}", f"{HIGH}{LOW}", f"a{LOW}b{HIGH}c", f"{HIGH} {LOW}", f"字{HIGH}字 é"],
)
def test_halves_of_characters_count_as_the_encoding_counts_them(name: str, text: str) -> None:
    assert fresh(name).count(text) == len(encoding_of(name).encode_ordinary(text))


@by_name
@pytest.mark.parametrize("text", ["\x01", "\x02", "a\x01b", " \x02\x02 ", "\x1c \x1f", "\x00" * 9])
def test_controls_that_stand_for_classes_are_counted_as_themselves(name: str, text: str) -> None:
    assert fresh(name).count(text) == len(encoding_of(name).encode_ordinary(text))


def test_what_looks_like_a_special_token_is_text() -> None:
    text = "<|endoftext|><|im_start|>"
    assert fresh().count(text) == len(encoding_of().encode_ordinary(text)) > 8


def test_a_long_text_is_left_to_the_engine() -> None:
    pieces = fresh()
    asked: list[str] = []
    encode = pieces.encode
    pieces.encode = lambda text: asked.append(text) or encode(text)  # type: ignore[func-returns-value]
    pieces.count("word " * 10)
    assert asked == []
    pieces.count("word " * 1_000)
    assert asked == ["word " * 1_000]


def test_a_tail_is_counted_once_and_remembered() -> None:
    pieces = fresh()
    assert pieces.count_tail(" incomprehens") == pieces.count(" incomprehens")
    assert pieces.tails == {" incomprehens": pieces.count(" incomprehens")}


def test_what_is_remembered_is_bounded() -> None:
    pieces, letters = fresh(), str.maketrans("0123456789", "abcdefghij")
    most = (0, 0)
    for index in range(MEMO_SIZE + 10):
        pieces.count_tail(f" {index}".translate(letters))
        most = max(most, (len(pieces.tails), len(pieces._counts)))
    assert most == (MEMO_SIZE, MEMO_SIZE)
    assert len(pieces.tails) == len(pieces._counts) == 10
    assert pieces.count_tail("x0") == len(encoding_of().encode_ordinary("x0"))


def test_long_parts_are_counted_and_not_remembered() -> None:
    pieces = fresh()
    assert pieces.count("a" * 500) == len(encoding_of().encode_ordinary("a" * 500))
    assert not any(len(part) > 32 for part in pieces._counts)


@pytest.mark.parametrize("text", ["word", "🧠🫠", "é字", "꧁꧂", "👩‍👩‍👧‍👦"])
def test_the_characters_that_start_in_the_tokens_are_those_of_the_text(text: str) -> None:
    pieces = fresh()
    assert sum(pieces.character_starts[token] for token in pieces.encode(text)) == len(text)


def test_a_token_has_its_bytes() -> None:
    pieces = fresh()
    text = "Hello 🧠"
    assert b"".join(map(pieces.token_bytes, pieces.encode(text))) == text.encode()


def test_an_encoding_is_prepared_once() -> None:
    assert pieces_of(encoding_of()) is pieces_of(encoding_of("o200k_base"))
    assert pieces_of(encoding_of("cl100k_base")) is not pieces_of(encoding_of())


def test_where_the_split_pattern_is_unknown_nothing_is_provable_and_the_count_right() -> None:
    ranks = {bytes([byte]): byte for byte in range(256)}
    own = tiktoken.Encoding("own", pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={})
    pieces = TokenPieces(own)
    assert not pieces.provable
    assert pieces.count("one two é") == len("one two é".encode())


@pytest.mark.parametrize(("name", "letters"), [("o200k_base", True), ("cl100k_base", False)])
def test_marks_belong_to_letters_where_the_pattern_says_so(name: str, letters: bool) -> None:
    assert fresh(name).marks_are_letters is letters
    assert fresh(name).provable


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a 字 🙂", "a 字 🙂"),
        (f"a{HIGH}{LOW}b", "a🙂b"),
        (f"a{HIGH}b", "a\ufffdb"),
        (f"{LOW}{HIGH}a", "\ufffd\ufffda"),
        (f"a{HIGH}", f"a{HIGH}"),  # The other half may follow.
        (f"{HIGH}{HIGH}", f"\ufffd{HIGH}"),
        (f"a{LOW}", "a\ufffd"),
        (f"\ufeffa{LOW}", "\ufeffa\ufffd"),
    ],
)
def test_halves_are_joined_or_replaced_as_tiktoken_does(text: str, seen: str) -> None:
    assert without_surrogates(text) == seen
    assert encoding_of().encode_ordinary(seen) == encoding_of().encode_ordinary(text)


@pytest.mark.parametrize("half", [0xD800, 0xDBFF])
def test_every_first_half_at_the_end_stays(half: int) -> None:
    assert without_surrogates(f"a{chr(half)}") == f"a{chr(half)}"
    assert without_surrogates(f"{chr(half)}a") == "\ufffda"


@pytest.mark.parametrize("half", [0xD800, 0xDBFF])
def test_a_first_half_of_a_character_at_the_end_stays_apart(half: int) -> None:
    assert without_half("字" + chr(half)) == ("字", chr(half))


@pytest.mark.parametrize("text", ["字", "\ud7ff", "\udc00", "\U0001f642", "！"])
def test_what_is_no_first_half_stays(text: str) -> None:
    assert without_half(text) == (text, "")

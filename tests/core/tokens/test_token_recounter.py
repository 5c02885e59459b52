from __future__ import annotations

import random
import re
from typing import Any

import pytest
import tiktoken
from token_texts import PROSE, cut

from rx_stream import TokenCounter
from rx_stream.core.tokens.token_counter import count_text, counter_factory
from rx_stream.core.tokens.token_recounter import Recounter, counting_function
from rx_stream.core.tokens.vocabulary import encoding_of

ENCODE = encoding_of("o200k_base").encode_ordinary


def words(text: str) -> int:
    """Count runs of anything that is not white space."""
    return len(re.findall(r"\S+", text))


def tokens(text: str) -> int:
    return len(ENCODE(text))


@pytest.mark.parametrize("count", [words, tokens, len])
@pytest.mark.parametrize("longest", [1, 12, 700])
def test_the_total_is_that_of_the_whole_text_after_every_piece(count: Any, longest: int) -> None:
    text = "".join(PROSE[:1]) * 60
    counter = Recounter(count, "any")
    seen, grown = "", 0
    for piece in cut(text, random.Random(longest), longest):
        seen += piece
        grown += counter.feed(piece)
        assert counter.total == grown
    assert counter.total == count(text)
    assert counter.exact


def test_the_function_is_never_asked_for_more_than_2304_characters() -> None:
    asked: list[int] = []

    def count(text: str) -> int:
        asked.append(len(text))
        return tokens(text)

    counter = Recounter(count, "any")
    for piece in cut("字" * 9_000 + "word " * 2_000, random.Random(3), 900):
        counter.feed(piece)
    assert max(asked) <= 2_304


def test_a_mark_of_the_start_that_the_function_adds_is_counted_once() -> None:
    def count(text: str) -> int:
        return 1 + words(text)

    counter = Recounter(count, "with a mark")
    counter.feed("one two three " * 500)
    assert counter.total == 1 + 1_500
    assert counter.exact


@pytest.mark.parametrize("power", [2.0, 0.5])
def test_a_text_that_cannot_be_cut_so_that_the_counts_add_up_is_no_longer_exact(
    power: float,
) -> None:
    def count(text: str) -> int:
        return int(1_000 * len(text) ** power)  # No two parts ever add up to the whole.

    counter = Recounter(count, "power")
    for size in range(1, 5_000):
        counter.feed("x")
        # It tries at 1,025 characters and every 129 from there on, 7 times in vain.
        assert counter.exact is (size < 1_025 + 7 * 129)
        assert len(counter.pending) < 1_025 + 7 * 129


def test_what_is_settled_and_what_is_pending_make_up_the_text() -> None:
    counter = Recounter(words, "words")
    assert (counter.settled, counter.pending) == (0, "")
    text = "one two three " * 300
    assert counter.feed(text) == 900
    assert text.endswith(counter.pending)
    assert counter.settled + words(counter.pending) == 900
    assert counter.feed("") == 0


class HasIds:
    """The encodings of Hugging Face's tokenizers."""

    ids = (1, 2, 3)


class Tokenizer:
    def encode(self, text: str, *, add_special_tokens: bool = True) -> object:
        return [*text, "<s>"] if add_special_tokens else [*text]


class PlainTokenizer:
    def encode(self, text: str) -> list[str]:
        return text.split()


class Number:
    """What numerical packages return."""

    def __index__(self) -> int:
        return 4


class Counts:
    def count(self, text: str) -> int:
        return 2 * len(text)


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        (len, "abc", 3),
        (str.split, "a b", 2),
        (lambda _: Number(), "anything", 4),
        (lambda _: HasIds(), "anything", 3),
        (Tokenizer(), "abc", 3),
        (PlainTokenizer(), "a b", 2),
        (lambda text: {"input_ids": [*text], "attention_mask": None}, "abc", 3),
        (Counts(), "abc", 6),
    ],
)
def test_whatever_counts_is_taken(encoding: Any, text: str, expected: int) -> None:
    assert counter_factory(encoding)().feed(text) == expected
    assert count_text(text, encoding) == expected
    assert TokenCounter(encoding).feed(text) == expected


@pytest.mark.parametrize(
    ("encoding", "name"), [(words, "words"), (Counts(), "Counts"), (lambda _: 0, "<lambda>")]
)
def test_what_counts_has_the_name_of_the_function_or_of_its_class(encoding: Any, name: str) -> None:
    assert counting_function(encoding, "asker")[1] == name


@pytest.mark.parametrize(
    "encoding",
    [
        3,
        b"bytes",
        ["o200k_base"],
        ("a", "b"),
        range(3),
        Counts,
        object(),
        lambda text: "words",
        lambda text: True,
        lambda text: {"tokens": 3},
        lambda: 3,
        lambda _: -1,
    ],
)
def test_what_does_not_count_is_refused_and_named(encoding: Any) -> None:
    with pytest.raises(TypeError, match=r"^asker: encoding must be the name of an encoding") as bad:
        counting_function(encoding, "asker")
    assert repr(encoding) in str(bad.value)


def test_an_encoding_with_a_split_pattern_of_its_own_is_asked_again_and_exact() -> None:
    own = tiktoken.Encoding(
        "own",
        pat_str=r"\S+|\s+",
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={},
    )
    counter = counter_factory(own)()
    assert isinstance(counter, Recounter)
    assert (counter.feed("two "), counter.feed("words"), counter.name) == (4, 5, "own")
    assert count_text("two words", own) == 9


def test_a_whole_text_of_more_characters_than_the_engine_takes_is_counted() -> None:
    assert count_text(" word" * 120_000) == 120_000


@pytest.mark.parametrize("text", ["", "a", "it's 字 🙂"])
def test_a_whole_text_has_the_tokens_of_its_encoding(text: str) -> None:
    assert count_text(text) == len(ENCODE(text))

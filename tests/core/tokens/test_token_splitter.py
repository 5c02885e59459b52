"""Cutting a text into runs of its own tokens, and never inside a character."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from typing import Any

import pytest
import tiktoken
from conftest import LONG
from token_texts import PROSE, cut, random_text, run_text

from rx_stream.core.tokens.counted_splitter import CountedSplitter
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.token_splitter import TokenSplitter, split_tokens, splitter_factory
from rx_stream.core.tokens.vocabulary import encoding_of

O200K = encoding_of()
HIGH, LOW = "\ud83d", "\ude42"


def splitter(count: int, name: str = "o200k_base") -> TokenSplitter:
    return TokenSplitter(pieces_of(encoding_of(name)), count)


def runs(core: Any, *pieces: str) -> list[str]:
    return [run for piece in pieces for run in core.feed(piece)] + [*core.flush()]


def seen(text: str) -> str:
    """Return a text as tiktoken sees it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def expected(text: str, count: int, encoding: tiktoken.Encoding) -> list[str]:
    """Cut the bytes after every so many tokens, and move cuts inside characters to their end."""
    data, cuts, at = seen(text).encode(), list[int](), 0
    for index, token in enumerate(encoding.encode_ordinary(text), 1):
        at += len(encoding.decode_single_token_bytes(token))
        if index % count == 0:
            end = at
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end += 1
            cuts.append(end)
    edges = sorted({0, *cuts, len(data)})
    return [data[a:b].decode() for a, b in pairwise(edges)]


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_runs_are_those_of_the_whole_text(name: str, count: int) -> None:
    rnd, encoding = random.Random(count), encoding_of(name)
    core = splitter(count, name)
    texts = [random_text(rnd) for _ in range(2_000 if LONG else 120)]
    for text in [*texts, *PROSE, run_text(rnd, 300)]:
        got = runs(core, *cut(text, rnd, rnd.choice((1, 6, 80))))
        assert "".join(got) == text
        assert [seen(run) for run in got] == expected(text, count, encoding), repr(text)


def test_a_run_comes_once_its_last_token_is_final() -> None:
    core = splitter(2)
    assert list(core.feed("one t")) == list(core.feed("wo")) == []
    assert list(core.feed(" ")) == ["one two"]
    assert list(core.feed("three")) == []
    assert list(core.flush()) == [" three"]


def test_a_token_that_ends_inside_a_character_takes_all_of_it() -> None:
    text = "🧠🫠"
    assert len(O200K.encode_ordinary(text)) > len(text)
    assert runs(splitter(1), text) == ["🧠", "🫠"]


@pytest.mark.parametrize(
    "pieces", [(HIGH + LOW,), (HIGH, LOW), ("a" + HIGH, LOW + "b"), (HIGH, HIGH, LOW)]
)
def test_halves_of_a_character_stay_together(pieces: tuple[str, ...]) -> None:
    got = runs(splitter(1), *pieces)
    assert "".join(got) == "".join(pieces)
    assert sum(HIGH + LOW in run for run in got) == 1


@pytest.mark.parametrize("text", [HIGH, LOW, LOW + HIGH, f"a {HIGH} b"])
def test_halves_that_stay_alone_are_kept(text: str) -> None:
    assert "".join(runs(splitter(1), text)) == text
    assert [seen(run) for run in runs(splitter(1), text)] == expected(text, 1, O200K)


def test_after_the_end_the_next_text_begins_a_run() -> None:
    core = splitter(3)
    assert runs(core, "one two three four") == ["one two three", " four"]
    assert runs(core, "one two three four") == ["one two three", " four"]
    assert runs(core) == []


def test_a_text_that_ends_with_a_full_run_has_no_empty_one() -> None:
    assert runs(splitter(2), "one two") == ["one two"]
    assert runs(splitter(2), "") == []


def test_the_cost_is_linear_also_with_runs_larger_than_the_text() -> None:
    def seconds(size: int) -> float:
        core, begin = splitter(10**9), time.process_time()
        for _ in range(size):
            core.feed("ab ")
        core.flush()
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.01)


# ------------------------------------------------------------------------- what is made of what


def test_a_name_and_an_encoding_give_runs_of_the_whole_text() -> None:
    own = tiktoken.Encoding(
        "own",
        pat_str=O200K._pat_str,
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={},
    )
    assert isinstance(splitter_factory(None, 2, name="t")(), TokenSplitter)
    assert isinstance(splitter_factory("gpt-4", 2, name="t")(), TokenSplitter)
    assert runs(splitter_factory(own, 2, name="t")(), "abc d") == ["ab", "c ", "d"]


def test_what_only_counts_gives_runs_that_fit() -> None:
    core = splitter_factory(lambda text: len(text.split()), 2, name="t")()
    assert isinstance(core, CountedSplitter)
    assert [run.split() for run in runs(core, "a b c d e")] == [["a", "b"], ["c", "d"], ["e"]]


def test_whoever_asks_is_named_when_it_does_not_count() -> None:
    with pytest.raises(ValueError, match=r"^cut_it: encoding must be .* not 'nope'"):
        splitter_factory("nope", 1, name="cut_it")
    with pytest.raises(TypeError, match=r"^split_tokens: encoding must be .* not 3"):
        split_tokens(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", *PROSE])
def test_a_whole_text_is_split_into_its_tokens(text: str) -> None:
    split = split_tokens()
    assert split(text) == expected(text, 1, O200K)
    assert split(text) == split(text)  # Nothing is left of the time before.

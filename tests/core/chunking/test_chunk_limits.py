"""Where chunks end when the usual ways do not help."""

from __future__ import annotations

from typing import Any

import tiktoken

from rx_stream.core.chunking.text_chunker import TextChunker, chunk_plan
from rx_stream.core.tokens.text_tokens import CountedTokens, TextTokens
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of


def chunks(text: str, most: int, **options: Any) -> list[str]:
    chunker = TextChunker(chunk_plan(most, **options))
    return [str(chunk) for chunk in (*chunker.feed(text), *chunker.flush())]


def test_a_counter_for_which_the_whole_is_more_than_its_parts_is_obeyed() -> None:
    def count(text: str) -> int:
        words = len(text.split())
        return words + 5 * (words > 1)

    got = chunks("a b c d", 6, encoding=count)
    assert "".join(got) == "a b c d"
    assert all(count(chunk) <= 6 for chunk in got)


def test_an_encoding_with_a_split_pattern_of_its_own_keeps_its_limit() -> None:
    ranks = {bytes([byte]): byte for byte in range(256)}
    own = tiktoken.Encoding("own", pat_str=".", mergeable_ranks=ranks, special_tokens={})
    assert chunks("one two", 4, encoding=own) == ["one", " two"]


def test_a_text_of_more_characters_than_the_engine_takes_is_counted() -> None:
    tokens = TextTokens(pieces_of(encoding_of()))
    assert tokens.count(" word" * 120_000) == 120_000


def test_no_text_has_no_shares() -> None:
    tokens = CountedTokens(len, "len")
    assert list(tokens.feed("")) == list(tokens.flush()) == []


def test_a_line_of_python_that_goes_on_after_a_backslash_is_not_a_place_to_cut() -> None:
    line = "total = 1 + \\\n    2 + \\\n    3\n"
    code = f"x = 1\n{line}y = 2\n"
    got = chunks(code, 18, content="code", language="python")
    assert "".join(got) == code
    assert any(line in chunk for chunk in got)


def test_a_fence_that_is_never_closed_is_protected_to_the_end() -> None:
    text = "Words before.\n\n```\n" + "Not a sentence. Nor this.\n" * 6
    got = chunks(text, 24, content="markdown", strategy="semantic")
    assert "".join(got) == text
    assert all(chunk.endswith("\n") for chunk in got)


def test_a_decorator_far_above_its_definition_stays_with_it() -> None:
    code = "x = 1\n" * 12 + "@first\n@second\ndef f():\n    return 1\n"
    got = chunks(code, 24, content="code", language="python")
    assert "".join(got) == code
    assert any(chunk.startswith("@first\n@second\ndef f():") for chunk in got)


def test_sentences_are_those_of_the_language() -> None:
    text = "Das ist z. B. ein Satz mit Abkürzung. Und das ist noch einer."
    got = chunks(text, 16, strategy="semantic", language="de")
    assert got == ["Das ist z. B. ein Satz mit Abkürzung. ", "Und das ist noch einer."]

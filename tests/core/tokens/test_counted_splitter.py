from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.tokens.counted_splitter import CountedSplitter, longest_start


def runs(splitter: CountedSplitter, *pieces: str) -> list[str]:
    return [run for piece in pieces for run in splitter.feed(piece)] + [*splitter.flush()]


def words(text: str) -> int:
    return len(re.findall(r"\S+", text))


@given(st.lists(st.text(alphabet="ab \n字")), st.integers(1, 5))
def test_runs_fit_join_to_the_text_and_do_not_depend_on_the_cutting(
    pieces: list[str], most: int
) -> None:
    got = runs(CountedSplitter(len, most), *pieces)
    assert "".join(got) == "".join(pieces)
    assert all(0 < len(run) <= most for run in got)
    assert got == runs(CountedSplitter(len, most), "".join(pieces))


def test_a_run_is_as_long_as_it_may_be() -> None:
    assert runs(CountedSplitter(words, 2), "one two thr", "ee four five") == [
        "one two ",
        "three four ",
        "five",
    ]


def test_the_longest_start_need_not_reach_the_limit() -> None:
    assert longest_start(lambda text: 2 * len(text), "abc", 5) == 2
    assert longest_start(lambda text: 2 * len(text), "abc", 5, head="x") == 1
    assert longest_start(len, "abc", 0) == 0


def test_parts_that_merge_with_what_is_before_them_fill_the_run() -> None:
    def halves(text: str) -> int:
        return (len(text) + 1) // 2  # Two odd parts need less together than apart.

    assert runs(CountedSplitter(halves, 4), "a b c d e") == ["a b c d ", "e"]


def test_a_character_that_needs_more_than_a_run_has_is_a_run() -> None:
    def three_each(text: str) -> int:
        return 3 * len(text)

    assert runs(CountedSplitter(three_each, 2), "ab") == ["a", "b"]


def test_after_the_end_it_is_as_new() -> None:
    splitter = CountedSplitter(len, 3)
    assert runs(splitter, "abcd") == runs(splitter, "abcd") == ["abc", "d"]
    assert splitter.flush() == []


def test_the_longest_start_that_fits() -> None:
    assert longest_start(len, "abcdef", 4) == 4
    assert longest_start(len, "abcdef", 4, head="xyz") == 1
    assert longest_start(len, "abcdef", 2, head="xyz") == 0


@given(st.lists(st.text(alphabet="ab \n")), st.integers(1, 5), st.integers(0, 30))
def test_where_counting_fails_the_text_that_is_held_comes_uncounted(
    pieces: list[str], most: int, calls: int
) -> None:
    left = iter(range(calls))
    splitter = CountedSplitter(lambda text: len(text) + 0 * next(left), most)
    taken = list[str]()
    out = list[str]()
    for piece in pieces:
        if splitter.outcome is None:
            taken.append(piece)
        out += splitter.feed(piece)
    out += splitter.flush()
    assert "".join(out) == "".join(taken)
    if splitter.outcome is not None:
        assert isinstance(splitter.outcome, StopIteration)
        assert [*splitter.feed("more"), *splitter.flush()] == []

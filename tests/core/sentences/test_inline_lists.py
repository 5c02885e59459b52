"""Which number comes next in a list inside a line."""

from __future__ import annotations

import pytest

from rx_stream.core.sentences.inline_lists import InlineList, is_list_number


@pytest.mark.parametrize(
    ("first", "following"),
    [
        *(("1", "2"), ("9", "10"), ("99", "100"), ("a", "b"), ("y", "z"), ("i", "j")),
        *(("i", "ii"), ("iv", "v"), ("ix", "x"), ("xi", "xii"), ("\u2022 1", "2")),
    ],
)
def test_the_next_number_is_expected_and_no_other(first: str, following: str) -> None:
    items = InlineList()
    assert not items.is_open
    assert items.look(first, True, ".)") == 0
    assert items.is_open
    for other, mark in ((first, ".)"), ("7", ".)"), (following, "."), (following, ".))")):
        assert items.look(f"{first}.) One. {other}", False, mark) is None
    assert items.look(f"{first}.) go to {following}", False, ".)") is None
    assert items.look(f"{first}.) One. {following}", False, ".)") == len(following)
    items.reset()
    assert not items.is_open


def test_after_an_item_the_one_behind_it_is_expected() -> None:
    items = InlineList()
    items.look("8", True, ".)")
    for number in ("9", "10", "11"):
        assert items.look(f"x {number}", False, ".)") == len(number)
        items.advance()


def test_nothing_comes_after_the_last_number_that_is_known() -> None:
    items = InlineList()
    assert items.look("xii", True, ".)") == 0
    assert not items.is_open


@pytest.mark.parametrize("left", ["ab", "1234", "x1", "A", "", "one 1"])
def test_what_is_no_number_begins_no_list(left: str) -> None:
    items = InlineList()
    assert items.look(left, True, ".)") is None
    assert not items.is_open


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        *(("1", True), ("123", True), ("1234", False), ("a", True), ("A", False), ("中", False)),
        *(("iv", True), ("IV", True), ("xiii", False), ("ab", False)),
    ],
)
def test_up_to_three_digits_a_small_letter_or_a_roman_number_number_an_item(
    word: str, numbers: bool
) -> None:
    assert is_list_number(word.lower(), word) is numbers

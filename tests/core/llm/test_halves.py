"""Characters that come in two halves, and those that only look like it."""

from __future__ import annotations

import pytest

from rx_stream.core.llm.halves import Halves


@pytest.mark.parametrize("text", ["a", "\ud7ff", "\udc00", "！", "\uffff", "😀", "𐀀", "\U0010ffff"])
def test_what_ends_in_no_first_half_comes_at_once(text: str) -> None:
    halves = Halves()
    assert halves.join(0, "x" + text) == "x" + text
    assert not halves
    assert halves.drain() == {}


@pytest.mark.parametrize("character", ["😀", "𐀀", "\U0010ffff"])
def test_a_first_half_waits_for_the_second(character: str) -> None:
    high, low = character.encode("utf-16-be").hex()[:4], character.encode("utf-16-be").hex()[4:]
    halves = Halves()
    assert halves.join(0, "a" + chr(int(high, 16))) == "a"
    assert halves
    assert halves.join(0, chr(int(low, 16)) + "b") == character + "b"
    assert not halves


def test_halves_of_other_choices_are_others() -> None:
    halves = Halves()
    assert (halves.join(0, "\ud83d"), halves.join(1, "\ude00x")) == ("", "\ude00x")
    assert halves.join(0, "\ude00") == "😀"


def test_a_half_to_which_nothing_comes_is_handed_over_as_it_is() -> None:
    halves = Halves()
    assert halves.join(2, "a\ud800") == "a"
    assert halves.join(2, "b") == "\ud800b"
    assert halves.join(2, "\udbff") == ""
    assert halves.drain() == {2: "\udbff"}
    assert halves.drain() == {}

"""Characters that come in two halves, and those that only look like it."""

from __future__ import annotations

import pytest

from rx_stream.core.llm.halves import Halves

TEXT = (0, "answer")


@pytest.mark.parametrize("text", ["a", "\ud7ff", "\udc00", "！", "\uffff", "😀", "𐀀", "\U0010ffff"])
def test_what_ends_in_no_first_half_comes_at_once(text: str) -> None:
    halves = Halves()
    assert halves.join(TEXT, "x" + text) == "x" + text
    assert TEXT not in halves
    assert halves.drain() == {}


@pytest.mark.parametrize("character", ["😀", "𐀀", "\U0010ffff"])
def test_a_first_half_waits_for_the_second(character: str) -> None:
    high, low = character.encode("utf-16-be").hex()[:4], character.encode("utf-16-be").hex()[4:]
    halves = Halves()
    assert halves.join(TEXT, "a" + chr(int(high, 16))) == "a"
    assert TEXT in halves
    assert halves.join(TEXT, chr(int(low, 16)) + "b") == character + "b"
    assert TEXT not in halves


def test_halves_of_other_channels_and_calls_are_others() -> None:
    halves = Halves()
    lows = "\ude00\ude01\ude02\ude03"
    voices = [TEXT, (0, "reasoning"), (0, 0), (0, 1)]
    assert [halves.join(voice, "\ud83d") for voice in voices] == [""] * 4
    joined = [halves.join(voice, low) for voice, low in zip(voices, lows, strict=True)]
    assert joined == ["😀", "😁", "😂", "😃"]


def test_halves_of_other_choices_are_others() -> None:
    halves = Halves()
    assert (halves.join(TEXT, "\ud83d"), halves.join((1, "answer"), "\ude00x")) == ("", "\ude00x")
    assert halves.join(TEXT, "\ude00") == "😀"


def test_a_half_to_which_nothing_comes_is_handed_over_as_it_is() -> None:
    halves = Halves()
    assert halves.join((2, "answer"), "a\ud800") == "a"
    assert halves.join((2, "answer"), "b") == "\ud800b"
    assert halves.join((2, "answer"), "\udbff") == ""
    assert halves.drain() == {(2, "answer"): "\udbff"}
    assert halves.drain() == {}

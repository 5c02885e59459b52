from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from fractions import Fraction
from sys import float_info

import pytest

from rx_stream import throttle_tokens
from rx_stream.core.arguments import (
    as_bytes,
    choice,
    count,
    language_tag,
    number,
    optional_count,
    optional_seconds,
    require,
    seconds,
)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 10**400, -(10**400)])
def test_a_number_out_of_range_is_refused_however_large(value: float) -> None:
    with pytest.raises(ValueError, match=r"^here: rate must be above 0 per second, not "):
        number("here: rate", value, unit="per second")


@pytest.mark.parametrize("value", [True, "5", None, 1j])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"^here: rate must be above 0 per second, not "):
        number("here: rate", value, unit="per second")


def test_a_number_of_another_type_is_taken_for_what_it_is() -> None:
    assert number("f: x", Fraction(1, 2), unit="") == 0.5
    assert seconds("f: x", Fraction(10**400, 10**399)) == 10.0
    with pytest.raises(ValueError, match=r"above 0 per second, not Fraction\(-1, 2\)"):
        number("f: x", Fraction(-1, 2), unit="per second")


def test_the_caller_is_named() -> None:
    with pytest.raises(ValueError, match=r"^throttle_tokens: rate must be above 0"):
        throttle_tokens(10**400)


def test_a_count_is_a_whole_number_of_at_least_one_or_what_is_said() -> None:
    assert [count("f: n", value) for value in (1, 2, 10**30)] == [1, 2, 10**30]
    assert [count("f: n", value, least=0) for value in (0, 5)] == [0, 5]
    assert optional_count("f: n", None) is None
    assert optional_count("f: n", 1) == 1
    for check in (count, optional_count):
        with pytest.raises(ValueError, match=r"^f: n must be a whole number of at least 1, not 0$"):
            check("f: n", 0)
        with pytest.raises(ValueError, match=r"at least 4, not 3$"):
            check("f: n", 3, least=4)
        for value in (True, 1.0, "1"):
            with pytest.raises(TypeError, match=r"^f: n must be a whole number of at least 1, not"):
                check("f: n", value)


class Whole:
    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def test_an_integer_of_another_type_is_one_and_comes_back_as_an_int() -> None:
    for value in (Whole(3), IntEnum("N", {"THREE": 3})(3)):
        got = count("f: n", value)
        assert (got, type(got)) == (3, int)
    with pytest.raises(ValueError, match=r"^f: n must be a whole number of at least 1, not <"):
        count("f: n", Whole(0))


def test_a_count_that_no_float_can_hold_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"^f: n must be at most 1.79769e\+308, not 1000"):
        count("f: n", 10**400)


def test_the_least_number_is_allowed_and_what_is_to_be_exceeded_is_not() -> None:
    assert [number("f: x", value, unit="", least=0.5) for value in (0.5, 1, 7.5)] == [0.5, 1.0, 7.5]
    with pytest.raises(ValueError, match=r"^f: x must be at least 0.5 tokens, not 0.4$"):
        number("f: x", 0.4, unit="tokens", least=0.5)
    with pytest.raises(ValueError, match=r"^f: x must be above 0.5, not 0.5$"):
        number("f: x", 0.5, unit="", above=0.5)
    assert number("f: x", 0.25, unit="") == 0.25


def test_a_duration_is_a_number_of_seconds_or_a_timedelta() -> None:
    for check in (seconds, optional_seconds):
        assert check("f: t", 0.5) == 0.5
        assert check("f: t", timedelta(minutes=1)) == 60.0
        for value in (0, -0.5, timedelta(0)):
            with pytest.raises(ValueError, match=r"^f: t must be above 0 seconds, not "):
                check("f: t", value)
        with pytest.raises(TypeError, match=r"^f: t must be above 0 seconds, not '1'$"):
            check("f: t", "1")
    assert optional_seconds("f: t", None) is None


def test_one_of_a_few_is_given_back_and_all_else_is_refused_with_the_few() -> None:
    assert choice("f: how", "b", ("a", "b", None)) == "b"
    assert choice("f: how", None, ("a", "b", None)) is None
    with pytest.raises(ValueError, match=r"^f: how must be one of 'a', None, not 'c'$"):
        choice("f: how", "c", ("a", None))


def test_another_type_is_refused_in_words() -> None:
    require("f: name", "x", str, "a string")
    with pytest.raises(TypeError, match=r"^f: name must be a string, not 3$"):
        require("f: name", 3, str, "a string")


def test_what_is_like_bytes_is_taken_as_bytes() -> None:
    for value in (b"ab", bytearray(b"ab"), memoryview(b"ab"), memoryview(b"a-b-")[::2]):
        got = as_bytes("f", value)
        assert (type(got), got) == (bytes, b"ab")
    for value in ("ab", 2, [97]):
        with pytest.raises(TypeError, match=r"^f: an item must be bytes, not "):
            as_bytes("f", value)


@pytest.mark.parametrize("tag", ["en", "yue", "pt-BR", "zh_Hant", "de-CH-1996"])
def test_a_language_is_named_by_its_tag(tag: str) -> None:
    assert language_tag("here: language", tag) == tag


@pytest.mark.parametrize("value", ["english", "e", "", "en-", "en US", "en\n"])
def test_what_is_no_tag_of_a_language_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^here: language must be a language tag, not "):
        language_tag("here: language", value)


@pytest.mark.parametrize("value", [None, 5, b"en", True])
def test_a_language_is_named_by_a_string(value: object) -> None:
    with pytest.raises(TypeError, match=r"^here: language must be a language tag, not "):
        language_tag("here: language", value)


def test_the_largest_count_is_the_largest_number_that_a_float_holds() -> None:
    assert count("f: n", int(float_info.max)) == int(float_info.max)
    with pytest.raises(ValueError, match=r"^f: n must be at most 1\.79769e"):
        count("f: n", int(float_info.max) + 1)

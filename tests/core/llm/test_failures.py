"""What a provider says of its errors, in each of the places where it does."""

from __future__ import annotations

from typing import Any

import pytest

from rx_stream.core.llm.failures import error_of, failure


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("overloaded", "overloaded"),
        ({"message": "m", "detail": "d"}, "m"),
        ({"detail": "d", "type": "t"}, "d"),
        ({"reason": "r"}, "{'reason': 'r'}"),
    ],
)
def test_the_message_is_found_or_all_of_it_is_one(error: Any, message: str) -> None:
    assert str(failure(error)) == message


def test_what_an_sdk_has_lifted_out_is_read_where_the_error_does_not_say_it() -> None:
    told = failure({"code": 0}, {"message": "m", "status": "s", "code": 5})
    assert (str(told), told.kind, told.code) == ("m", "s", "0")


def test_a_message_of_any_length_is_kept_to_a_limit() -> None:
    told = failure({"message": "x" * 2_001, "code": "y" * 2_001})
    assert (str(told), told.code) == ("x" * 2_000 + "…", "y" * 2_000 + "…")
    assert str(failure("x" * 2_000)) == "x" * 2_000


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"error": {"message": "m"}, "choices": []}, "m"),
        ({"error": "m"}, "m"),
        ({"type": "error", "message": "m"}, "m"),
        ({"object": "error", "message": "m"}, "m"),
        ({"error": {}, "type": "error", "message": "m"}, "m"),
    ],
)
def test_an_error_is_one_in_each_of_its_shapes(payload: Any, message: str) -> None:
    assert str(error_of(payload)) == message


@pytest.mark.parametrize("payload", [{}, None, {"error": None}, {"type": "x", "object": "y"}])
def test_what_tells_of_none_is_none(payload: Any) -> None:
    assert error_of(payload) is None

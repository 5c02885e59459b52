"""Positions, and what is kept of a text when producers change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import BadPositionError, PositionLostError
from rx_stream.core.logs.stream_log import (
    Position,
    Snapshot,
    check_kept,
    check_position,
    check_stream_id,
)


@given(st.from_regex(r"[A-Za-z0-9]{1,40}", fullmatch=True), st.integers(0, 10**15 - 1))
def test_a_position_survives_its_text(epoch: str, offset: int) -> None:
    position = Position(epoch, offset)
    assert Position.parse(str(position)) == position


@given(st.text(max_size=30))
def test_any_other_text_is_no_position(text: str) -> None:
    try:
        assert str(Position.parse(text)) == text
    except BadPositionError as error:
        assert repr(text) in str(error)  # noqa: PT017 - either outcome is checked


def test_a_position_counts_while_the_text_up_to_it_is_the_same() -> None:
    epochs = (("a", 0), ("b", 800), ("c", 700))
    assert check_kept(epochs, Position("c", 5000))
    assert not check_kept(epochs, Position("a", 700))
    for lost in (Position("a", 701), Position("b", 750), Position("x", 0)):
        with pytest.raises(PositionLostError):
            check_kept(epochs, lost)


def test_only_an_ended_text_has_a_position_behind_its_end() -> None:
    running = Snapshot((("a", 0),), 10)
    ended = Snapshot((("a", 0),), 10, "completed")
    check_position(running, Position("a", 10))
    check_position(ended, Position("a", 11))
    for snapshot, offset in ((running, 11), (ended, 12)):
        with pytest.raises(BadPositionError):
            check_position(snapshot, Position("a", offset))


@pytest.mark.parametrize("value", ["a", "chat:42", "a" * 200, "x.y_z~@=+-"])
def test_a_good_stream_id_is_returned(value: str) -> None:
    assert check_stream_id("f", value) == value


@pytest.mark.parametrize("value", [None, 1, b"a"])
def test_a_stream_id_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="f: stream_id must be"):
        check_stream_id("f", value)

"""Positions, and what is kept of a text when producers change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import BadPositionError, PositionLostError
from rx_stream.core.logs.stream_log import (
    END_STATUSES,
    Append,
    Change,
    Lease,
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
    assert not check_kept(epochs, Position("a", 3))
    for lost in (Position("a", 701), Position("b", 750), Position("x", 0)):
        with pytest.raises(PositionLostError):
            check_kept(epochs, lost)


def test_only_an_ended_text_has_a_position_behind_its_end() -> None:
    running = Snapshot((("a", 0),), 10)
    ended = Snapshot((("a", 0),), 10, "completed")
    check_position(running, Position("a", 0))
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


@pytest.mark.parametrize("value", ["", "a" * 201, "a b", "a/b", "ä", "a\n"])
def test_a_text_that_cannot_name_a_stream_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="f: stream_id must be 1 to 200 letters"):
        check_stream_id("f", value)


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 80 + "…")])
def test_of_a_long_bad_position_only_the_beginning_is_told(length: int, shown: str) -> None:
    with pytest.raises(BadPositionError) as caught:
        Position.parse("x" * length)
    assert str(caught.value) == f"a position must be epoch.offset, not {shown!r}"


def test_a_snapshot_tells_who_writes_and_whether_it_has_ended() -> None:
    running = Snapshot((("a", 0), ("b", 7)), 10)
    assert (running.epoch, running.ended) == ("b", False)
    assert all(Snapshot((("a", 0),), 1, status).ended for status in END_STATUSES)


def test_the_earliest_of_the_later_epochs_says_what_was_lost() -> None:
    for epochs in ((("a", 0), ("b", 5), ("c", 9)), (("a", 0), ("b", 9), ("c", 5))):
        assert not check_kept(epochs, Position("a", 5))
        with pytest.raises(PositionLostError, match=r"a\.6 was continued from 5"):
            check_kept(epochs, Position("a", 6))


def test_what_is_known_of_a_stream_does_not_change() -> None:
    lease = Lease("s", "a", (("a", 0),))
    made = (Position("a", 1), lease, Append(lease, 0, b""), Snapshot((), 0), Change("m"))
    assert (lease.start, made[3].lease, made[3].version) == (0, 0.0, 0)
    for value in made:
        name = type(value).__slots__[0]
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, getattr(value, name))


def test_the_last_of_many_epochs_is_the_one_that_writes() -> None:
    assert Snapshot((("a", 0), ("b", 7), ("c", 9)), 10).epoch == "c"

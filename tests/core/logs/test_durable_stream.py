from __future__ import annotations

from math import inf

import pytest

from rx_stream.core.logs.durable_stream import (
    DurableMeta,
    base_type,
    forget_silent,
    judge,
    parse_time,
)
from rx_stream.core.logs.log_state import Change, changed


def meta(**fields: object) -> DurableMeta:
    return DurableMeta("text/plain", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "verdict"),
    [
        (("new", 5, 0), ("accepted", 0)),
        (("new", 5, 1), ("gap", 0)),
        (("p", 1, 9), ("stale_epoch", 2)),
        (("p", 3, 0), ("accepted", 0)),
        (("p", 3, 1), ("bad_epoch", 0)),
        (("p", 2, 7), ("duplicate", 7)),
        (("p", 2, 3), ("duplicate", 7)),
        (("p", 2, 8), ("accepted", 8)),
        (("p", 2, 10), ("gap", 8)),
        (("silent", 2, 10), ("gap", 0)),
        (("silent", 2, 0), ("accepted", 0)),
    ],
)
def test_a_producers_message_is_judged_by_its_epoch_and_number(
    mark: object, verdict: object
) -> None:
    week = 7 * 24 * 3600.0
    known = meta(producers={"p": (2, 7, 100.0), "silent": (2, 7, 100.0 - week - 1)})
    assert judge(known, mark, 100.0) == verdict  # type: ignore[arg-type]


def test_what_is_kept_comes_back_as_it_was() -> None:
    kept = meta(ttl=5, producers={"p": (1, 2, 3.0)}, closed_by=("p", 1, 2), forks=1)
    back = DurableMeta.load(kept.dump())
    assert back.closed_by == ("p", 1, 2)
    assert DurableMeta.load(back.dump()).dump() == kept.dump()
    assert DurableMeta.load("").content_type == "text/plain; charset=utf-8"
    assert DurableMeta.load(meta().dump()).closed_by is None


def test_a_stream_is_gone_at_the_earlier_of_its_two_ends() -> None:
    assert meta().left(0.0) == inf
    assert meta(ttl=10, accessed=100.0).left(105.0) == 5.0
    assert meta(expires_at="1970-01-01T00:01:40Z").left(90.0) == 10.0
    assert meta(ttl=10, accessed=100.0, expires_at="1970-01-01T00:01:40+00:00").left(90.0) == 10.0
    assert meta(expires_at="never").left(90.0) == -90.0


@pytest.mark.parametrize(
    ("text", "moment"),
    [("1970-01-01T00:00:10", 10.0), ("1970-01-01T01:00:00+01:00", 0.0), ("soon", None)],
)
def test_a_time_is_read_as_iso_8601(text: str, moment: float | None) -> None:
    assert parse_time(text) == moment


def test_a_content_type_is_compared_without_its_parameters() -> None:
    assert base_type("Application/JSON; charset=utf-8") == "application/json"
    assert DurableMeta("application/json;x=1").is_json
    assert not meta().is_json
    assert not DurableMeta("application/gzip").is_json


def test_a_change_made_for_a_stream_that_is_not_there_is_refused() -> None:
    change = Change(meta="m", pieces=(b"abc",), closed=False, ttl=None)
    assert changed(None, 3, change, "e") is None
    state = changed(None, None, change, "e")
    assert state is not None
    assert (state.length, state.status) == (3, "running")
    assert changed(state, None, change, "e") is None
    assert changed(state, state.version, change, "e") is not None


def test_a_producer_is_forgotten_after_a_week_of_silence() -> None:
    week = 7 * 24 * 3600.0
    producers = {"a": (2, 7, 100.0), "b": (1, 1, 101.0)}
    known = meta(producers=producers)
    assert judge(known, ("a", 2, 8), 100.0 + week) == ("accepted", 8)
    assert judge(known, ("a", 2, 8), 100.5 + week) == ("gap", 0)
    forget_silent(known, 100.0 + week)
    assert known.producers == producers
    forget_silent(known, 100.5 + week)
    assert known.producers == {"b": (1, 1, 101.0)}


def test_what_nobody_said_of_a_stream_is_nothing() -> None:
    fresh = meta()
    assert (fresh.accessed, fresh.fork_sub_offset, fresh.forks) == (0.0, 0, 0)
    assert fresh.deleted is False
    assert meta(ttl=5).left(2.0) == 3.0

"""What happens to a stream in a log, without a log."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from rx_stream import LogFullError, ProducerFencedError
from rx_stream.core.logs.log_state import (
    DELETED,
    LogState,
    acquired,
    admit,
    changed,
    closing,
    fenced,
    forgotten,
)
from rx_stream.core.logs.stream_log import Change, Lease

EPOCHS = (("a", 0), ("b", 7))
LEASE = Lease("s1", "b", EPOCHS, 7)
OLD = Lease("s1", "a", EPOCHS[:1])


def state(**fields: Any) -> LogState:
    return LogState(EPOCHS, **{"length": 10, **fields})


@pytest.mark.parametrize(
    ("until", "left"),
    [
        *((inf, inf), (105.0, 5.0), (100.0, 0.0), (99.0, 0.0), (120.0, 20.0)),
        (120.5, 0.0),  # More than two leases: of a clock that was set back.
    ],
)
def test_a_reader_is_told_the_rest_of_the_lease(until: float, left: float) -> None:
    kept = state(lease_until=until, status="error", detail="d", version=3, meta="m")
    told = kept.snapshot(100.0, 10.0)
    assert told.lease == left
    assert (told.epochs, told.length, told.status) == (EPOCHS, 10, "error")
    assert (told.detail, told.version, told.meta) == ("d", 3, "m")


def test_the_first_producer_of_a_stream_gets_it() -> None:
    assert acquired(None, None, "a", resume=True) == LogState((("a", 0),))
    forgotten = state().snapshot(0.0, 10.0)
    assert acquired(None, forgotten, "a", resume=True) == LogState((("a", 0),))


def test_a_stream_that_has_a_producer_or_an_end_is_not_given_to_another() -> None:
    for kept in (state(lease_until=5.0), state(status="completed"), state(lease_until=inf)):
        for resume in (False, True):
            assert acquired(kept, kept.snapshot(0.0, 10.0), "c", resume=resume) is None


def test_a_stream_whose_producer_has_gone_is_continued_or_begun_anew() -> None:
    kept = state(version=4, meta="m")
    seen = kept.snapshot(0.0, 10.0)
    resumed = LogState((*EPOCHS, ("c", 10)), length=10, version=4, meta="m")
    assert acquired(kept, seen, "c", resume=True) == resumed
    assert acquired(kept, seen, "c", resume=False) == LogState((("c", 0),), version=5)


def test_a_producer_may_append_until_another_has_taken_over_or_it_was_closed() -> None:
    kept = state()
    assert admit(kept, LEASE, 10, 5, 15) is kept
    with pytest.raises(ProducerFencedError, match=r"another producer has taken over .* 's1'"):
        admit(kept, OLD, 10, 5, 15)
    with pytest.raises(ProducerFencedError, match="the stream 's1' has been closed"):
        admit(state(status="cancelled"), LEASE, 10, 5, 15)
    assert str(fenced(LEASE)) == "another producer has taken over the stream 's1'"
    assert str(forgotten(LEASE)) == "the log has forgotten the stream 's1'"


def test_a_deleted_stream_is_lost_to_its_producer_and_free_for_another() -> None:
    assert state().exists
    assert not DELETED.exists
    for lost in (lambda: admit(DELETED, LEASE, 0, 5, 15), lambda: closing(DELETED, LEASE, "error")):
        with pytest.raises(ProducerFencedError, match=r"^the stream 's1' has been deleted$"):
            lost()
    seen = DELETED.snapshot(0.0, 10.0)
    for resume in (False, True):
        assert acquired(DELETED, seen, "c", resume=resume) == LogState((("c", 0),))
    assert changed(DELETED, None, Change("m"), "e") == changed(None, None, Change("m"), "e")
    assert changed(DELETED, 0, Change("m"), "e") is None


def test_a_stream_grows_to_its_limit_and_no_further() -> None:
    with pytest.raises(LogFullError, match="'s1' would be larger than 14 bytes") as caught:
        admit(state(), LEASE, 10, 5, 14)
    assert caught.value.limit == 14
    # What does not apply, because the log ends elsewhere, is not judged by its size.
    for start in (9, 11):
        assert admit(state(), LEASE, start, 99, 14) == state()


def test_the_log_may_forget_a_stream_that_its_producer_still_writes() -> None:
    assert admit(None, LEASE, 10, 5, 15) == LogState(EPOCHS)
    assert closing(None, LEASE, "completed") == LogState(EPOCHS)


def test_a_stream_is_closed_once_and_may_be_closed_so_again() -> None:
    assert closing(state(), LEASE, "error") == state()
    closed = state(status="error")
    assert closing(closed, LEASE, "error") is closed
    with pytest.raises(ProducerFencedError, match="'s1' has been closed"):
        closing(closed, LEASE, "completed")
    with pytest.raises(ProducerFencedError, match="taken over"):
        closing(state(), OLD, "error")


def test_a_change_adds_its_pieces_and_counts_the_version() -> None:
    made = changed(None, None, Change("m", (b"ab", b"c")), "e")
    assert made == LogState((("e", 0),), 3, "running", "", inf, inf, 1, "m")
    more = changed(made, 1, Change("n", (b"d",), closed=True), "f")
    assert more == LogState((("e", 0),), 4, "completed", "", inf, inf, 2, "n")


@pytest.mark.parametrize("version", [None, 0, 2])
def test_a_change_made_for_another_version_is_not_made(version: int | None) -> None:
    assert changed(state(version=1), version, Change("m"), "e") is None
    assert changed(None, 0, Change("m"), "e") is None


def test_a_lease_of_part_of_a_second_is_a_lease() -> None:
    kept = state(lease_until=100.5)
    seen = kept.snapshot(100.0, 10.0)
    assert seen.lease == 0.5
    assert acquired(kept, seen, "c", resume=True) is None


def test_only_the_last_of_many_producers_may_append() -> None:
    kept = LogState((("x", 0), ("m", 3), ("d", 7)), length=10)
    assert admit(kept, Lease("s1", "d", kept.epochs, 7), 10, 2, 15) is kept
    for epoch in ("m", "x", "a"):
        with pytest.raises(ProducerFencedError):
            admit(kept, Lease("s1", epoch, kept.epochs, 7), 10, 2, 15)

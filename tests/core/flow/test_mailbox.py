from __future__ import annotations

from typing import Any

import pytest

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.flow.coalescer import Coalescer
from rx_stream.core.flow.mailbox import (
    BoundedMailbox,
    CoalescingMailbox,
    DroppingMailbox,
    is_terminal,
)


def report(tokens: int) -> StreamProgress:
    return StreamProgress(tokens, None, None, 0.0)


def test_text_is_joined_while_it_waits_so_that_it_always_has_a_place() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(1, 100)
    mailbox.put("a")
    assert not mailbox.full
    assert mailbox.fits("b")
    mailbox.put("b")
    assert (len(mailbox), mailbox.take()) == (1, "ab")


def test_what_cannot_be_joined_has_as_many_places_as_there_are() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(2, 100)
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.full
    assert not mailbox.roomy
    assert not mailbox.fits(3)
    assert mailbox.fits(StreamChunk(is_complete=True))


def test_old_reports_make_room_for_what_comes() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(3, 100)
    for item in (report(1), report(2), report(3)):
        mailbox.put(item)
    assert mailbox.fits(1)
    assert [mailbox.take().tokens_received] == [3]


def test_more_characters_than_may_wait_do_not_fit_unless_nothing_waits() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(4, 3)
    assert mailbox.fits("abcd")
    mailbox.put("abc")
    assert mailbox.full
    assert not mailbox.fits("d")


def test_one_report_alone_is_not_old() -> None:
    waiting: Coalescer[Any] = Coalescer()
    for item in ("a", report(1), "b"):
        waiting.append(item)
    waiting.forget_old_progress()
    assert [str(item)[:1] for item in waiting.items()] == ["a", "S", "b"]
    assert waiting.open
    assert waiting.joins("c")
    assert not waiting.joins(report(2))


def test_a_bounded_mailbox_is_full_at_its_capacity_and_roomy_up_to_the_half_of_it() -> None:
    mailbox: BoundedMailbox[int] = BoundedMailbox(4)
    states: list[tuple[int, bool, bool, bool]] = []
    for number in range(5):
        states.append((len(mailbox), mailbox.fits(number), mailbox.full, mailbox.roomy))
        mailbox.put(number)
    assert states == [
        *((0, True, False, True), (1, True, False, True), (2, True, False, True)),
        *((3, True, False, False), (4, False, True, False)),
    ]
    assert [mailbox.take() for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_coalescing_mailbox_is_roomy_up_to_the_half_of_its_items_and_characters() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(4, 100)
    roomy: list[bool] = []
    for number in range(4):
        roomy.append(mailbox.roomy)
        mailbox.put(number)
    assert roomy == [True, True, True, False]
    long: CoalescingMailbox[Any] = CoalescingMailbox(4, 10)
    long.put("abcde")
    assert long.roomy
    long.put("f")
    assert not long.roomy
    single: CoalescingMailbox[Any] = CoalescingMailbox(1, 10)
    single.put(1)
    assert single.roomy


def test_as_many_characters_as_may_wait_fit_exactly() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(4, 3)
    mailbox.put("ab")
    assert mailbox.fits("c")
    assert not mailbox.fits("cd")
    assert not mailbox.full


def test_a_report_too_many_makes_the_older_ones_go() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(2, 100)
    for tokens in (1, 2):
        mailbox.put(report(tokens))
    assert len(mailbox) == 2
    mailbox.put(report(3))
    assert [mailbox.take().tokens_received for _ in range(len(mailbox))] == [3]


def test_the_newest_item_is_dropped_where_that_is_asked_for_and_the_next_chunk_tells() -> None:
    lost: list[Any] = []
    mailbox: DroppingMailbox[Any] = DroppingMailbox(2, "newest", lost.append)
    for number in range(4):
        assert mailbox.fits(number)
        mailbox.put(number)
    assert (lost, mailbox.dropped, len(mailbox)) == ([2, 3], 2, 2)
    assert [mailbox.take(), mailbox.take()] == [0, 1]
    mailbox.put(StreamChunk("a", metadata={"n": 1}))
    mailbox.put(StreamChunk("b"))
    assert mailbox.take() == StreamChunk("a", metadata={"n": 1, "dropped": 2})
    assert mailbox.take() == StreamChunk("b")
    assert (mailbox.dropped, mailbox.full, mailbox.roomy) == (2, False, True)


def test_the_oldest_item_is_dropped_though_nobody_asks_which() -> None:
    mailbox: DroppingMailbox[Any] = DroppingMailbox(1, "oldest")
    mailbox.put(1)
    mailbox.put(2)
    assert (mailbox.take(), mailbox.dropped) == (2, 1)


def test_nothing_overtakes_an_end_and_no_end_is_dropped() -> None:
    mailbox: DroppingMailbox[Any] = DroppingMailbox(2, "oldest")
    ends = [StreamChunk("", is_complete=True), StreamChunk("", finish_reason="stop")]
    for item in ("a", *ends, "b"):
        mailbox.put(item)
    assert len(mailbox) == 4
    assert [mailbox.take() for _ in range(4)] == ["a", *ends, "b"]


@pytest.mark.parametrize(
    ("which", "kept"),
    [("oldest", [998, 999]), ("newest", [0, 1])],
)
def test_what_comes_after_the_end_of_one_answer_is_bounded_too(which: Any, kept: list[int]) -> None:
    mailbox: DroppingMailbox[Any] = DroppingMailbox(2, which)
    end = StreamChunk("", finish_reason="stop", metadata={"choice": 0})
    for number in range(1_000):
        mailbox.put(number)
        if number in (0, 998):
            mailbox.put(end)
    got = [mailbox.take() for _ in range(len(mailbox))]
    assert [item for item in got if item in kept] == kept
    assert [index for index, item in enumerate(got) if isinstance(item, StreamChunk)] == (
        [0, 2] if which == "oldest" else [1, 3]
    )
    assert (len(got), mailbox.dropped) == (4, 998)


def test_an_end_is_a_chunk_that_is_complete_or_has_a_reason() -> None:
    ends = [StreamChunk("a", is_complete=True), StreamChunk("a", finish_reason="stop")]
    assert all(map(is_terminal, ends))
    assert not any(map(is_terminal, [StreamChunk("a"), "a", report(1)]))


def test_an_end_goes_in_beyond_the_limit_and_nothing_else_after_it() -> None:
    for mailbox in (BoundedMailbox[Any](1), CoalescingMailbox[Any](1, 100)):
        assert not mailbox.full
        for item in (1, StreamChunk("", is_complete=True)):
            assert mailbox.fits(item)
            mailbox.put(item)
        assert (len(mailbox), mailbox.full, mailbox.fits(2)) == (2, True, False)


def test_a_text_longer_than_may_wait_fills_a_mailbox() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(4, 3)
    mailbox.put("abcde")
    assert mailbox.full


def test_reports_stay_while_there_is_room() -> None:
    mailbox: CoalescingMailbox[Any] = CoalescingMailbox(4, 100)
    for tokens in (1, 2, 3):
        mailbox.put(report(tokens))
        assert mailbox.fits(1)
        assert not mailbox.full
    assert len(mailbox) == 3

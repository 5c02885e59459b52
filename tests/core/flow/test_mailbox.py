from __future__ import annotations

from typing import Any

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.flow.coalescer import Coalescer
from rx_stream.core.flow.mailbox import CoalescingMailbox


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

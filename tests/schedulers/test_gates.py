"""Gates that look at a queue, and gates that join others."""

from __future__ import annotations

import threading
from collections import deque

from rx_stream.schedulers.branch_gate import BranchGate
from rx_stream.schedulers.flow import Flow
from rx_stream.schedulers.hand_over_gate import HandOverGate
from rx_stream.schedulers.joined_gate import JoinedGate
from rx_stream.schedulers.queue_gate import QueueGate


def test_a_queue_shuts_its_gate_by_its_length_and_opens_it_at_half() -> None:
    queue: deque[int] = deque(range(3))
    gate, calls = QueueGate(4, queue), list[int]()
    assert not gate.paused
    queue.append(3)
    assert gate.paused
    gate.when_ready(lambda: calls.append(1))
    queue.popleft()
    gate.look()
    assert (gate.paused, calls) == (True, [])
    queue.popleft()
    gate.look()
    assert (gate.paused, calls) == (False, [1])


def test_what_waits_above_the_queue_counts_too() -> None:
    queue: deque[int] = deque([1])
    gate, calls = QueueGate(3, queue), list[int]()
    gate.hold(2)
    assert gate.paused
    gate.when_ready(lambda: calls.append(1))
    gate.release(2)
    assert (gate.paused, calls) == (False, [1])


def test_a_reader_that_emptied_the_queue_before_the_callback_was_left_is_not_missed() -> None:
    queue: deque[int] = deque([1])
    gate, calls = QueueGate(1, queue), list[int]()
    assert gate.paused
    queue.popleft()  # The reader has gone to sleep; it will not look again.
    gate.when_ready(lambda: calls.append(1))
    assert calls == [1]


def test_an_abandoned_queue_holds_nobody_back() -> None:
    gate, calls = QueueGate(1, [1, 2]), list[int]()
    assert gate.paused
    gate.when_ready(lambda: calls.append(1))
    gate.abandon()
    assert (gate.paused, calls) == (False, [1])


def test_a_reader_and_a_source_on_two_threads_never_wait_for_each_other() -> None:
    queue: deque[int] = deque()
    gate = QueueGate(1, queue)
    room, arrived = threading.Semaphore(0), threading.Semaphore(0)
    count = 20_000

    def produce() -> None:
        for number in range(count):
            while gate.paused:
                gate.when_ready(room.release)
                assert room.acquire(timeout=20)
            queue.append(number)
            arrived.release()

    producer = threading.Thread(target=produce)
    producer.start()
    for number in range(count):
        assert arrived.acquire(timeout=20)
        assert list(queue) == [number]
        queue.popleft()
        if gate.shut:
            gate.look()
    producer.join()


def test_joined_gates_are_open_only_together() -> None:
    joined, one, two = JoinedGate(8), Flow(1), Flow(1)
    calls: list[int] = []
    joined.add(one)
    joined.add(two)
    one.hold()
    two.hold()
    joined.when_ready(lambda: calls.append(1))
    one.release()
    assert (joined.paused, calls) == (True, [])
    two.release()
    assert (joined.paused, calls) == (False, [1])


def test_a_gate_that_is_removed_is_not_waited_for() -> None:
    joined, one = JoinedGate(8), Flow(1)
    calls: list[int] = []
    joined.add(one)
    one.hold()
    joined.when_ready(lambda: calls.append(1))
    joined.remove(one)
    assert calls == [1]


def test_the_joined_gate_counts_what_waits_above_by_itself() -> None:
    joined, one = JoinedGate(2), Flow(4)
    joined.add(one)
    joined.hold(2)
    assert (joined.paused, one.paused, one.level) == (True, False, 0)
    joined.release(1)
    assert not joined.paused


def test_a_source_that_obeys_obeys_gates_that_come_later() -> None:
    joined, early, late = JoinedGate(2), Flow(4), Flow(4)
    joined.add(early)
    joined.attach()
    joined.add(late)
    assert early.pausable
    assert late.pausable


def test_a_gate_that_stays_shut_is_asked_only_once() -> None:
    joined, stuck = JoinedGate(1), Flow(1)
    stuck.hold()
    joined.add(stuck)
    calls: list[int] = []
    for number in range(10):
        guest = Flow(1)
        joined.add(guest)
        joined.when_ready(lambda number=number: calls.append(number))
        joined.hold()  # A queue above shuts and opens meanwhile.
        joined.release()
        joined.remove(guest)
    assert len(stuck._waiting) == 1
    stuck.release()
    assert calls == list(range(10))
    stuck.hold()
    joined.when_ready(lambda: calls.append(10))
    assert len(calls) == 10
    stuck.release()
    assert calls == list(range(11))


def test_a_gate_that_comes_back_is_waited_for_again() -> None:
    joined, gate = JoinedGate(1), Flow(1)
    gate.hold()
    joined.add(gate)
    calls: list[int] = []
    joined.when_ready(lambda: calls.append(1))
    joined.remove(gate)
    joined.add(gate)
    joined.when_ready(lambda: calls.append(2))
    assert calls == [1]
    gate.release()
    assert calls == [1, 2]


def test_a_branch_has_the_room_that_those_below_leave_it_and_shuts_no_other() -> None:
    below = Flow(4)
    slow, fast, calls = BranchGate(below), BranchGate(below), list[int]()
    below.hold(1)
    slow.hold(2)
    assert (slow.paused, slow.level) == (False, 3)
    slow.hold(1)
    assert (slow.paused, fast.paused, below.paused, fast.level) == (True, False, False, 1)
    slow.when_ready(lambda: calls.append(1))
    slow.release(1)
    assert (slow.paused, calls) == (True, [])
    slow.release(1)
    assert (slow.paused, calls) == (False, [1])


def test_an_empty_branch_does_not_wait_for_those_below_unless_they_are_full() -> None:
    below, calls = Flow(4), list[int]()
    branch = BranchGate(below)
    below.hold(3)
    branch.hold()
    assert branch.paused
    branch.when_ready(lambda: calls.append(1))
    branch.release()
    assert calls == [1]
    below.hold()
    branch.when_ready(lambda: calls.append(2))
    assert (branch.paused, calls) == (True, [1])
    below.release(2)
    assert (branch.paused, calls) == (False, [1, 2])


def test_a_hand_over_has_the_capacity_of_the_narrower_side_and_counts_on_both() -> None:
    queue: deque[int] = deque()
    below = Flow(2)
    gate, alone = HandOverGate(3, queue, below), HandOverGate(3, queue, None)
    assert (gate.capacity, alone.capacity) == (2, 3)
    gate.hold(2)
    alone.hold(1)
    assert (gate.paused, gate.level, below.level, alone.level) == (True, 2, 2, 1)
    gate.release(2)
    assert (gate.paused, gate.level, below.level) == (False, 0, 0)
    assert not gate.crowded()
    queue.extend(range(3))
    assert gate.crowded()
    queue.clear()
    below.full = lambda: True
    assert gate.crowded()
    assert not alone.crowded()

"""Hold items back to a rate of tokens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.limiter import Limiter
from rx_stream.core.pacing.turns import Turns
from rx_stream.core.protocols import EPSILON, SHUT
from rx_stream.errors import BackpressureError
from rx_stream.types import StreamChunk

__all__ = ["Pacer"]

_Item = TypeVar("_Item")


class Pacer(Generic[_Item]):
    """Lets each item go when its turn comes, and has it paid for afterwards.

    An item leaves once everything before it has left and been paid for; an item of no tokens
    needs no turn and follows the one before it. What is not text is not held back.

    Args:
        cost: Tells what an item costs in tokens; None for what is not text.
        own: The stream's own rate.
        limiter: A rate shared with other streams.
        max_pending_tokens: Tokens that may wait; more is an error, unless the source pauses.
        cut: Cuts an item that costs more than the burst into (piece, cost); None keeps it whole.
    """

    __slots__ = (
        "_cost",
        "_cut",
        "_ended",
        "_most",
        "_queue",
        "_turns",
        "_wake",
        "failure",
        "inputs",
        "pausable",
        "pending",
        "poke",
    )

    def __init__(
        self,
        cost: Callable[[_Item], int | None],
        own: Gcra,
        *,
        limiter: Limiter | None = None,
        max_pending_tokens: int | None = None,
        cut: Callable[[_Item, int], Sequence[tuple[_Item, int]]] | None = None,
    ) -> None:
        self._cost = cost
        # Without a limiter nobody asks, and the two need not hold each other.
        self._turns = Turns(own, limiter, _nothing if limiter is None else self._changed)
        self._most = max_pending_tokens
        self._cut = cut
        self._queue: deque[tuple[_Item, int, float]] = deque()  # With its cost and arrival.
        self._wake: float | None = None
        self._ended = False  # A terminal chunk waits: nothing may overtake it.
        self.failure: Exception | None = None
        self.inputs: Sequence[tuple[object, Callable[[Any, float], Sequence[_Item]]]] = ()
        self.pausable = False
        self.pending = 0
        self.poke: Callable[[], None] = _nothing

    @property
    def backlog(self) -> int:
        """Items that wait for their turn; more than any gate lets in once enough tokens wait."""
        full = self._most is not None and self.pending >= self._most
        return len(self._queue) + (SHUT if full else 0)

    def start(self, now: float) -> Sequence[_Item]:
        """Begin; no credit is older than this."""
        self._turns.begin(now)
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Take an item and return what may leave."""
        if self.failure is not None:
            return ()
        if not self._queue and self._turns.unlimited:
            return (item,)
        try:
            cost = self._cost(item)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.failure, cost = error, 0
        if cost is None:
            if not self._ended:
                return (*self.tick(now), item)
            cost = 0
        elif cost and not self._queue and self._goes(cost, now):
            return (item,)
        self._queue_up(item, cost, now)
        out = self.tick(now)
        if self._most is not None and self.pending > self._most and not self.pausable:
            self.failure = BackpressureError(
                f"throttle_tokens: {self.pending} tokens wait, at most {self._most} may",
                waiting=len(self._queue),
            )
        return out

    def _goes(self, cost: int, now: float) -> bool:
        """Let an item go that nothing holds up, without queuing it."""
        turns = self._turns
        if turns.paused or (self._cut is not None and cost > turns.burst):
            return False
        due = self._due(cost, now, now)
        if due is None or due > now + EPSILON:
            return False
        turns.leave(cost, due, now)
        return True

    def _queue_up(self, item: _Item, cost: int, now: float) -> None:
        self.pending += cost
        if isinstance(item, StreamChunk) and item.is_complete:
            self._ended = True
        if self._cut is not None and cost > self._turns.burst:
            for piece, share in self._cut(item, cost):
                self._queue.append((piece, share, now))
        else:
            self._queue.append((item, cost, now))

    def tick(self, now: float, /) -> Sequence[_Item]:
        """Return what may leave by now."""
        queue, turns = self._queue, self._turns
        self._wake = None
        if not queue or turns.paused:
            return ()
        out: list[_Item] = []
        while queue:
            item, cost, arrival = queue[0]
            # What has no text, such as a terminal chunk, follows at once; text without a token of
            # its own, such as half a character, waits until what left before is paid for.
            if cost or _has_text(item):
                due = self._due(cost, arrival, now)
                if due is None or due > now + EPSILON:
                    self._wake = due
                    break
                self.pending -= cost
                turns.leave(cost, due, now)
            queue.popleft()
            out.append(item)
        return out

    def _due(self, cost: int, arrival: float, now: float) -> float | None:
        try:
            return self._turns.due(cost, arrival, now)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.break_down(error, now)
            return self._turns.due(cost, arrival, now)

    def _changed(self) -> None:
        self.poke()

    def set_rate(self, rate: float | None, now: float) -> Sequence[_Item]:
        """Go on at another rate; what was due at the old one leaves first."""
        if self.failure is not None:
            return ()
        out = self.tick(now)
        self._turns.change(rate, now)
        return (*out, *self.tick(now))

    def flush(self, now: float, /) -> Sequence[_Item]:
        """Note the end; what waits still leaves in its time."""
        return self.tick(now)

    def break_down(self, error: Exception, now: float) -> None:
        """Fail for want of a limiter or a rate; what waits goes by whatever is left of them."""
        self.failure = self.failure or error
        self._turns.lift(now)

    def cancel(self, now: float) -> None:
        """Forget what waits: the subscriber has gone."""
        self._turns.cancel(now)
        self._queue.clear()
        self._wake = None

    def wake_at(self) -> float | None:
        """Return when the head of the queue is due."""
        return self._wake


def _has_text(item: object) -> bool:
    text = item.content if isinstance(item, StreamChunk) else item
    return isinstance(text, str) and text != ""


def _nothing() -> None:
    """Stand in until somebody listens."""

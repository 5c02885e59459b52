"""Report how far a stream has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from rx_stream.core.notes import add_note
from rx_stream.core.progress.forecast import Forecast
from rx_stream.core.progress.progress_counts import ProgressCounts
from rx_stream.core.protocols import BATCH, EPSILON, Waits, never
from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.types import StreamProgress, StreamState

__all__ = ["ProgressTracker"]

_Item = TypeVar("_Item")


class ProgressTracker(Generic[_Item]):
    """Passes items through and makes a report at each interval, and a last one.

    Args:
        make: Makes what counts the text of chunks that do not say their ``token_count``.
        estimate: Tokens expected in all; None if nobody knows.
        interval: Seconds between reports; 0 makes one for each item, None only the last.
        stall_after: Seconds without text after which the stream counts as stalled.
        report: Receives the reports; None puts them into the stream.

    Attributes:
        items: What has come and is not counted yet; a driver may add to it by itself.
        times: When each of these came.
    """

    __slots__ = (
        "_counts",
        "_forecast",
        "_interval",
        "_next",
        "_report",
        "_stall_after",
        "_started",
        "crowded",
        "failure",
        "inputs",
        "items",
        "times",
    )

    def __init__(
        self,
        make: Callable[[], CountsTokens],
        estimate: float | None,
        interval: float | None,
        stall_after: float | None,
        report: Callable[[StreamProgress], object] | None,
    ) -> None:
        self._counts = ProgressCounts(make)
        self._interval = interval
        self._stall_after = stall_after
        self._report = report
        self.items: list[_Item] = []
        self.times: list[float] = []
        self._started = 0.0
        self._next: float | None = None
        self._forecast = Forecast(estimate)
        self.failure: Exception | None = None
        self.crowded: Waits = never
        self.inputs: Sequence[tuple[object, Callable[[Any, float], Sequence[Any]]]] = ()

    def start(self, now: float) -> Sequence[_Item | StreamProgress]:
        """Begin: elapsed time and the intervals count from here."""
        self._started = now
        if self._interval:
            self._next = now + self._interval
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item | StreamProgress]:
        """Pass an item and remember that it came."""
        self.items.append(item)
        self.times.append(now)
        if len(self.items) >= BATCH:
            self.settle()
        return (item, *self._give(self.progress(now))) if self._interval == 0 else (item,)

    def tick(self, now: float, /) -> Sequence[_Item | StreamProgress]:
        """Return the report if it is due."""
        due, interval = self._next, self._interval
        if due is None or interval is None or now < due - EPSILON:
            return ()
        # Counted from when it was due; reports that were missed are not made up for.
        missed = max(0.0, (now + EPSILON - due) // interval)
        self._next = due + (missed + 1) * interval
        if self._report is None and self.crowded():
            return ()  # Reports would pile up, and be old when they are read.
        return self._give(self.progress(now))

    def flush(self, now: float, /) -> Sequence[_Item | StreamProgress]:
        """Return the last report of a completed stream."""
        return self._last("completed", now)

    def fail(self, error: Exception, now: float) -> Sequence[_Item | StreamProgress]:
        """Return the last report of a stream that has failed."""
        try:
            return self._last("error", now)
        except Exception as second:  # noqa: BLE001 - the stream's own error matters more
            add_note(error, f"and then, while reporting: {second!r}")
            return ()

    def cancel(self, now: float) -> None:
        """Make the last report of a stream that nobody wants any more."""
        if self._report is not None:
            self._report(self.progress(now, "cancelled"))

    def wake_at(self) -> float | None:
        """Return when the next report is due."""
        return self._next

    def revise(self, estimate: float | None) -> None:
        """Go by another estimate from now on; the percentage does not fall."""
        self._forecast.estimate = estimate

    def _last(self, state: StreamState, now: float) -> Sequence[_Item | StreamProgress]:
        self._next = None
        progress = self.progress(now, state)
        if self._report is None:
            return (progress,)
        self._report(progress)
        return ()

    def _give(self, progress: StreamProgress) -> Sequence[StreamProgress]:
        if self._report is None:
            return (progress,)
        try:
            self._report(progress)
        except Exception as error:  # noqa: BLE001 - the stream's observer is told
            self.failure = error
        return ()

    def settle(self) -> None:
        """Count what has come."""
        # Emptied, not replaced: others have them at hand.
        items, times = self.items[:], self.times[:]
        self.items.clear()
        self.times.clear()
        self._counts.take(cast("list[object]", items), times)

    def progress(self, now: float, state: StreamState | None = None) -> StreamProgress:
        """Return the report as of now; ``state`` tells how the stream has ended."""
        if self.items:
            self.settle()
        counts = self._counts
        tokens = counts.tokens
        since_last = None if counts.last_at is None else now - counts.last_at
        state = state or self._state(since_last)
        forecast = self._forecast
        return StreamProgress(
            tokens_received=tokens,
            total_tokens=forecast.total(tokens, state),
            percentage=forecast.percentage(tokens, state),
            elapsed=round(now - self._started, 6),
            eta=forecast.eta(tokens, state, counts.trimmed.value()),
            tokens_per_second=counts.smoothed.value(now),
            tokens_per_second_average=self._average(now),
            chunks_received=counts.chunks,
            characters_received=counts.characters,
            time_to_first_token=_rounded(_between(self._started, counts.first_at)),
            inter_chunk_p50=_rounded(counts.gaps.quantile(0.5)),
            inter_chunk_p95=_rounded(counts.gaps.quantile(0.95)),
            time_since_last=_rounded(since_last),
            stalled=state == "stalled",
            overrun=forecast.overrun(tokens),
            state=state,
        )

    def _state(self, since_last: float | None) -> StreamState:
        if since_last is None:
            return "waiting"
        limit = self._stall_after
        return "stalled" if limit is not None and since_last >= limit - EPSILON else "streaming"

    def _average(self, now: float) -> float | None:
        counts = self._counts
        elapsed = _between(counts.first_at, now)
        tokens = counts.tokens - counts.first_tokens
        return tokens / elapsed if elapsed and tokens > 0 else None


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start


def _rounded(seconds: float | None) -> float | None:
    # No clock is finer, and the noise of subtraction is no news.
    return None if seconds is None else round(seconds, 6)

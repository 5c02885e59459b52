"""The source :func:`from_recording`."""

from __future__ import annotations

import json
import os
from functools import partial
from itertools import pairwise
from math import inf, isfinite, isnan
from pathlib import Path
from typing import cast

from reactivex import Observable, abc

from rx_stream.core.llm.stream import LlmStream
from rx_stream.core.protocols import EPSILON
from rx_stream.operators._lift import lift_ending
from rx_stream.schedulers.action_slot import ActionSlot
from rx_stream.schedulers.clock import LONGEST_WAIT, clock_of
from rx_stream.schedulers.flow import gate_of
from rx_stream.schedulers.resolve import timers_for
from rx_stream.schedulers.scheduler_argument import scheduler_argument
from rx_stream.types import StreamChunk

__all__ = ["from_recording"]

Read = tuple[float, bytes]
"""Seconds since the request, and the bytes that were read then."""


class _Replay(abc.DisposableBase):
    """Sends the reads of a recording to one subscriber, each at its time."""

    __slots__ = (
        "_clock",
        "_disposed",
        "_gate",
        "_next",
        "_observer",
        "_reads",
        "_start",
        "_timer",
        "_timers",
    )

    def __init__(
        self,
        reads: list[Read],
        observer: abc.ObserverBase[bytes],
        timers: abc.SchedulerBase,
        subscriber: abc.SchedulerBase | None,
    ) -> None:
        self._reads = reads
        self._observer = observer
        self._timers = timers
        self._gate = gate_of(subscriber)
        if self._gate is not None:
            self._gate.attach()
        self._clock = clock_of(timers)
        self._start = self._clock()
        self._next = 0
        self._timer = ActionSlot()
        self._disposed = False

    def arm(self) -> None:
        """Go on soon."""
        if not self._disposed:
            self._timer.fill(partial(self._timers.schedule, self._play))

    def _play(self, _: abc.SchedulerBase, __: object = None) -> None:
        while not self._disposed and self._next < len(self._reads):
            if self._gate is not None and self._gate.paused:
                # What has arrived meanwhile waits, as it would in the socket.
                self._gate.when_ready(self.arm)
                return
            at, piece = self._reads[self._next]
            wait = self._start + at - self._clock()
            if wait > EPSILON:
                later = min(wait, LONGEST_WAIT)
                self._timer.fill(partial(self._timers.schedule_relative, later, self._play))
                return
            self._next += 1
            self._observer.on_next(piece)
        if not self._disposed:
            self._observer.on_completed()

    def dispose(self) -> None:
        self._disposed = True
        self._timer.dispose()


def _speed(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"from_recording: speed must be a number above 0, not {value!r}")
    try:
        speed = float(value)
    except OverflowError:  # An int that no float can hold.
        speed = inf
    if isnan(speed) or speed <= 0:
        raise ValueError(f"from_recording: speed must be a number above 0, not {value!r}")
    return speed


def _timing(path: Path, size: int, speed: float) -> list[tuple[float, int]]:
    """Return when how many bytes had been read; all at once where nothing was noted."""
    notes = path.with_name(path.stem + ".timing.json")
    if not notes.is_file():
        return [(0.0, size)]
    try:
        noted = json.loads(notes.read_text())["reads"]
        reads = [(float(ms) / 1000, int(end)) for ms, end in noted]
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(
            f'from_recording: {notes} must be {{"reads": [[milliseconds, bytes], …]}}'
        ) from error
    ends = [0, *(end for _, end in reads)]
    times = [at for at, _ in reads]
    odd = not all(map(isfinite, times)) or times != sorted(times)
    if odd or ends[-1] != size or any(a > b for a, b in pairwise(ends)):
        raise ValueError(
            f"from_recording: {notes} does not go with the {size} bytes of {path.name}"
        )
    return [(at / speed, end) for at, end in reads]


def _load(path: Path, speed: float) -> list[Read]:
    body = path.read_bytes()
    timing = _timing(path, len(body), speed)
    begins = [0, *(end for _, end in timing)]
    return [(at, body[begin:end]) for begin, (at, end) in zip(begins, timing, strict=False)]


def from_recording(
    path: str | os.PathLike[str],
    *,
    speed: float = 1.0,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[StreamChunk]:
    """Emit the chunks of a recorded answer at the pace at which it was recorded.

    Loses nothing; the chunks, the terminal one and errors are those of :func:`from_llm`. The body
    is a file of Server-Sent Events or lines of JSON, as the provider sent it. When its bytes came
    stands beside it, for ``answer.sse`` in ``answer.timing.json``:
    ``{"reads": [[milliseconds since the request, bytes of the body so far], …]}``. Without that
    file all bytes come at once. While the subscriber has no room, the recording waits; what was
    due then comes as soon as there is.

    Args:
        path: The recorded body.
        speed: Factor on the pace: 2 plays twice as fast, ``math.inf`` without any waits.
        scheduler: Where time is measured. By default the subscriber's scheduler, else the running
            asyncio loop, else a thread that all timers share.

    Returns:
        An Observable of chunks. Each subscription plays the recording from its start.

    Raises:
        OSError: The file cannot be read.
        TypeError: ``speed`` is not a number.
        ValueError: ``speed`` is not above 0, or the timing does not go with the body.
    """
    if not isinstance(path, (str, os.PathLike)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"from_recording: path must be a path, not {path!r}")
    own = scheduler_argument("from_recording", scheduler)
    reads = _load(Path(path), _speed(speed))

    def subscribe(
        observer: abc.ObserverBase[bytes], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        replay = _Replay(reads, observer, timers_for(own, subscriber), subscriber)
        replay.arm()
        return replay

    return cast("Observable[object]", Observable(subscribe)).pipe(lift_ending(LlmStream))

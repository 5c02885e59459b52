"""How fast to show text that comes in clumps: a playout buffer."""

from __future__ import annotations

from collections import deque

from rx_stream.core.pacing.gcra import EPSILON

__all__ = ["Playout"]

_SHORTEST_LAG = 0.04
_FIRST_LAG = 0.25
_HEADROOM = 1.15
_ATTACK, _RELEASE = 0.5, 0.05


class Playout:
    """Decides how many units of a backlog to show in each frame.

    The backlog is to last until just after the next arrival may be expected: the usual gap between
    arrivals and a bit more, by an envelope that follows longer gaps fast and shorter ones slowly.
    So text that comes in clumps flows evenly, half a gap late; a rate in proportion to the backlog
    alone, which never quite empties it, is twice as late and no smoother. Whatever that gives, no
    unit waits longer than ``max_lag``.

    Args:
        max_lag: Seconds that a unit may wait.
        drain: Seconds in which the rest is shown once the source has ended.
        slowest: Units per second that are shown at least.
        frame: Seconds between two emissions.

    Source: adaptive playout of packet audio.
    """

    __slots__ = (
        "_came",
        "_credit",
        "_drain",
        "_due",
        "_end",
        "_frame",
        "_gap",
        "_max_lag",
        "_rate",
        "_shortest",
        "_slowest",
        "_stepped",
        "backlog",
        "lag",
    )

    def __init__(self, max_lag: float, drain: float, slowest: float, frame: float) -> None:
        self._max_lag = max_lag
        self._shortest = min(_SHORTEST_LAG, max_lag)
        self._drain = drain
        self._slowest = slowest
        self._frame = frame
        self._came: float | None = None
        self._gap: float | None = None
        self._due: deque[list[float]] = deque()  # [by when, how many units], oldest first.
        self._credit: float | None = None
        self._rate = 0.0
        self._end: float | None = None
        self._stepped = 0.0
        self.backlog = 0
        self.lag = min(max_lag, _FIRST_LAG)

    def arrive(self, now: float) -> None:
        """Note that text came, to know the usual gap."""
        if self._came is not None:
            gap = now - self._came
            if gap < self._frame:
                return  # Still the same arrival: a network read holds many chunks.
            known = self._gap
            if known is None:
                self._gap = gap
            else:
                self._gap = known + (_ATTACK if gap > known else _RELEASE) * (gap - known)
            self.lag = min(self._max_lag, max(self._shortest, _HEADROOM * self._gap))
        self._came = now

    def add(self, units: int, since: float) -> None:
        """Add units to the backlog, the text of which began to come at ``since``."""
        self.backlog += units
        by = since + self._max_lag
        due = self._due
        # What comes within one frame is one arrival: it keeps the list short.
        if due and by - due[-1][0] < self._frame:
            due[-1][1] += units
        elif units:
            due.append([by, units])

    def end(self, now: float) -> None:
        """Note that nothing more will come: the rest goes within ``drain``."""
        self._end = now + self._drain

    def step(self, now: float, least: int = 0) -> int:
        """Return how many units to show now, if possible at least ``least``.

        It is called once a frame while there are any.
        """
        rested = self._credit is None
        elapsed = self._frame if rested else max(self._frame, now - self._stepped)
        self._stepped = now
        left = self.lag if self._came is None else self._came + self.lag - now
        rate = max(self.backlog / max(left, self._shortest), self._slowest)
        if self._end is not None:
            rate = max(rate, self._rate)
        self._rate = rate
        credit = max((self._credit or 0.0) + rate * elapsed, self._needed(now))
        if rested:
            credit = max(credit, 1.0)  # After a rest something is to be seen at once.
        credit = max(credit, least)
        units = min(self.backlog, int(credit + 1e-9))
        self._credit = credit - units
        self._take(units)
        return units

    def _needed(self, now: float) -> float:
        """Return the units that must go now for all to be in time, at an even pace."""
        needed = 0.0
        total = 0.0
        for by, units in self._due:
            total += units
            if self._end is not None and self._end < by:
                return max(needed, self.backlog / self._frames_left(self._end, now))
            needed = max(needed, total / self._frames_left(by, now))
        return needed

    def _frames_left(self, by: float, now: float) -> int:
        return 1 + max(0, int((by - now + EPSILON) / self._frame))

    def _take(self, units: int) -> None:
        self.backlog -= units
        if not self.backlog:
            self._due.clear()
            self._credit = None
            return
        left: float = units
        while left:
            first = self._due[0]
            if first[1] > left:
                first[1] -= left
                return
            left -= first[1]
            self._due.popleft()

    def take_all(self) -> int:
        """Count everything that waits as shown."""
        units = self.backlog
        self._take(units)
        return units

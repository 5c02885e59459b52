"""How fast to show text that comes in clumps: a playout buffer."""

from __future__ import annotations

from collections import deque

from rx_stream.core.protocols import EPSILON

__all__ = ["Playout"]

_FIRST_LAG = 0.25
_ATTACK, _RELEASE = 0.5, 0.15
_SEEN_AS_FLOW, _SEEN_AS_STEPS = 0.03, 0.045
"""Gaps in seconds up to which arrivals look even by themselves, and from which they do not."""

_USUAL = 0.1
_AT_A_TIME = 3
"""Usual arrivals that a frame may show at most, before it is a matter of being in time."""

_EASE = 2.0
_LONG = 0.08
"""Seconds of text at the brisk pace from which on a backlog begins at ``_EASE`` the even pace."""

_SLOWEST = 1 / 30


class Playout:
    """Decides how many units of a backlog to show in each frame.

    The backlog is to last until the next arrival may be expected: the usual gap, by an envelope
    that follows longer gaps fast and shorter ones slowly. So text that comes in clumps flows
    without a rest. A long backlog begins at twice the even pace and slows down, so that most of it
    is not as late as its end. Arrivals that follow each other like the frames of a film are not
    delayed at all; only what is much more than usual is spread. Whatever that gives, no unit waits
    longer than ``max_lag``.

    Args:
        max_lag: Seconds that a unit may wait.
        drain: Seconds in which the rest is shown once the source has ended.
        brisk: Units per second that the rest is shown at, at least, once the source has ended.
        frame: Seconds between two emissions.

    Source: adaptive playout of packet audio; the figures from a search over recorded and made-up
    arrivals for the least unevenness at no more lag than a pause of 10 ms after each word.
    """

    __slots__ = (
        "_arrival",
        "_brisk",
        "_came",
        "_credit",
        "_drain",
        "_due",
        "_end",
        "_frame",
        "_gap",
        "_max_lag",
        "_stepped",
        "_usual",
        "backlog",
        "lag",
    )

    def __init__(self, max_lag: float, drain: float, brisk: float, frame: float) -> None:
        self._max_lag = max_lag
        self._drain = drain
        self._brisk = brisk
        self._frame = frame
        self._came: float | None = None
        self._gap: float | None = None
        self._arrival = 0  # Units of the latest arrival.
        self._usual: float | None = None  # Units of an arrival.
        self._due: deque[list[float]] = deque()  # [by when, how many units], oldest first.
        self._credit: float | None = None
        self._end: float | None = None
        self._stepped = 0.0
        self.backlog = 0
        self.lag = min(max_lag, _FIRST_LAG)

    @property
    def patience(self) -> float:
        """Seconds in which more text may be expected."""
        return min(self._max_lag, max(self.lag, _SEEN_AS_STEPS))

    def arrive(self, now: float) -> None:
        """Note that text came, to know the usual gap."""
        if self._came is not None:
            gap = min(now - self._came, self._max_lag)
            if gap < min(self._frame, self._max_lag):
                return  # Still the same arrival: a network read holds many chunks.
            self._gap = _follow(self._gap, gap, _ATTACK, _RELEASE)
            usual = self._usual or self._arrival
            # A burst is not usual, not even for a while.
            self._usual = _follow(usual, min(self._arrival, 2 * usual), _USUAL, _USUAL)
            self._arrival = 0
            steps = (self._gap - _SEEN_AS_FLOW) / (_SEEN_AS_STEPS - _SEEN_AS_FLOW)
            self.lag = self._gap * min(1.0, max(0.0, steps))
        self._came = now

    def add(self, units: int, since: float) -> None:
        """Add units, at least one, to the backlog, the text of which began to come at ``since``."""
        self.backlog += units
        self._arrival += units
        by = since + self._max_lag
        due = self._due
        # What comes within one frame is one arrival: it keeps the list short.
        if due and by - due[-1][0] < self._frame:
            due[-1][1] += units
        else:
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
        credit = max((self._credit or 0.0) + self._pace(now) * elapsed, self._needed(now))
        if rested:
            credit = max(credit, 1.0)  # After a rest something is to be seen at once.
        credit = max(credit, least)
        units = min(self.backlog, int(credit + 1e-9))
        self._credit = credit - units
        self._take(units)
        return units

    def _pace(self, now: float) -> float:
        """Return the units per second that fit the arrivals so far."""
        backlog = self.backlog
        left = self.lag if self._came is None else self._came + self.lag - now
        if self._usual:
            left = max(left, self._frame * backlog / (_AT_A_TIME * self._usual))
        even = backlog / max(left, self._frame)
        if self._end is not None:
            return max(even, self._brisk)
        if self._gap is None:
            return even
        ease = 1.0 + (_EASE - 1.0) * min(1.0, backlog / (_LONG * self._brisk))
        return max(ease * even, _SLOWEST * self._brisk)

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


def _follow(known: float | None, new: float, attack: float, release: float) -> float:
    """Return what is usual, once something new has been seen."""
    if known is None:
        return new
    return known + (attack if new > known else release) * (new - known)

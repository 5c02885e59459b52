"""Where each event of a recorded run stands in its picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rx_stream.testing.recording import Recording, Row
from rx_stream.types import ServerSentEvent, StreamChunk, StreamProgress

__all__ = ["LEFT", "PILL", "STEP", "Pill", "Track", "label_of", "place", "scale_of"]

LEFT = 24.0
PILL = 26.0
"""Height of a pill, and its least width."""
STEP = PILL + 4
"""From one level of stacked pills to the next."""
_CHARACTER = 7.9
_GAP = 6.0
_LONGEST = 40


class Pill(NamedTuple):
    """One item: where its left end is, how wide it is and on which level it lies."""

    x: float
    width: float
    level: int
    label: str
    time: float


class Track(NamedTuple):
    """One stream: its items, its end, and how many levels its items need."""

    pills: list[Pill]
    end: tuple[float, Row] | None
    depth: int
    right: float


def label_of(item: object) -> str:
    """Return the text of a pill on one line, with visible spaces."""
    if isinstance(item, StreamChunk) and not item.content:
        shown = f"[{item.finish_reason or 'chunk'}]"
    elif isinstance(item, StreamProgress):
        known = "" if item.percentage is None else f" {item.percentage:.0f}%"
        shown = f"[{item.tokens_received}{known}]"
    elif isinstance(item, ServerSentEvent):
        shown = repr(f"{item.event or 'message'}: {item.data}")[1:-1]
    elif isinstance(item, (str, StreamChunk)):
        shown = repr(str(item))[1:-1]
    else:
        shown = repr(item)
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    return shown.replace(" ", "·")


def _width(label: str) -> float:
    from wcwidth import wcswidth

    columns = wcswidth(label)
    return max(PILL, (columns if columns >= 0 else len(label)) * _CHARACTER + 16)


def scale_of(recordings: Sequence[Recording], width: float) -> float:
    """Return how many units a second takes: room for every item, within a width.

    Items that come closer together than the width allows go to different levels.
    """
    wanted, last = 32.0, 0.0
    for recording in recordings:
        before: Row | None = None
        for row in recording:
            if before is not None and row.time > before.time:
                room = _width(label_of(before.value)) + _GAP
                wanted = max(wanted, room / (row.time - before.time))
            last = max(last, row.time)
            before = row if row.kind == "N" else before
    return min(wanted, (width - 2 * LEFT) / last) if last else wanted


def place(recording: Recording, scale: float) -> Track:
    """Place the items of one stream so that no two overlap.

    An item lies on the highest level that is free at its place; those of one instant are stacked.
    """
    ends: list[float] = []  # Where each level is free again.
    pills: list[Pill] = []
    instant, first_free = -1.0, 0
    end: tuple[float, Row] | None = None
    for row in recording:
        x = LEFT + row.time * scale
        right = max(ends, default=LEFT - _GAP)
        if row.kind != "N":
            end = (max(x, right + _GAP), row)
            break
        if row.time != instant:
            instant, first_free = row.time, 0
        level = first_free
        while level < len(ends) and ends[level] + _GAP > x:
            level += 1
        first_free = level + 1  # Below the one before it, also where there is room above.
        label = label_of(row.value)
        width = _width(label)
        ends[level:] = [x + width, *ends[level + 1 :]]
        pills.append(Pill(x, width, level, label, row.time))
    right = max([*ends, end[0] if end else LEFT])
    return Track(pills, end, max(1, len(ends)), right)

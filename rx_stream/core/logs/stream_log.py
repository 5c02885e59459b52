"""What a durable log of streams is: its values and their checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rx_stream.errors import BadPositionError, PositionLostError

__all__ = [
    "END_STATUSES",
    "Append",
    "Change",
    "EndStatus",
    "Epochs",
    "Lease",
    "LogStatus",
    "Position",
    "Snapshot",
    "check_kept",
    "check_position",
    "check_stream_id",
]

EndStatus: TypeAlias = Literal["completed", "error", "interrupted", "cancelled"]
"""How a producer closes a stream."""

LogStatus: TypeAlias = Literal[
    "missing", "running", "completed", "error", "interrupted", "cancelled"
]
"""Where a stream in a log stands; ``interrupted`` also when its producer has gone."""

Epochs: TypeAlias = tuple[tuple[str, int], ...]
"""Every epoch that wrote a part of the text, with the offset where it began."""

END_STATUSES: tuple[EndStatus, ...] = ("completed", "error", "interrupted", "cancelled")

_STREAM_ID = re.compile(r"[A-Za-z0-9._:~@=+-]{1,200}")
_SHOWN = 80
_POSITION = re.compile(r"([A-Za-z0-9]{1,40})\.(0|[1-9][0-9]{0,14})")


def check_stream_id(name: str, value: object) -> str:
    """Return ``value`` if it can name a stream.

    Args:
        name: The function it was given to, for the message.
        value: The argument as the caller gave it.

    Raises:
        TypeError: It is not a str.
        ValueError: It is empty, too long, or has characters that a key must not have.
    """
    rule = "1 to 200 letters, digits and . _ : ~ @ = + -"
    if not isinstance(value, str):
        raise TypeError(f"{name}: stream_id must be {rule}, not {value!r}")
    if _STREAM_ID.fullmatch(value) is None:
        raise ValueError(f"{name}: stream_id must be {rule}, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the text of a stream.

    Args:
        epoch: The epoch under which the reader saw it.
        offset: Bytes of UTF-8 before it. One more than the length stands for "after the end".
    """

    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read ``epoch.offset``.

        Raises:
            BadPositionError: It is not of that form.
        """
        match = _POSITION.fullmatch(text)
        if match is None:
            # A client may send anything, and its answer should not be as long.
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            raise BadPositionError(f"a position must be epoch.offset, not {shown!r}")
        return cls(match[1], int(match[2]))


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one stream, until another producer takes over.

    Args:
        stream_id: The stream.
        epoch: Marks everything written under this lease; never used twice.
        epochs: All epochs of the text, this one last.
        start: Where the text ended when the lease was taken: 0 for a new text.
    """

    stream_id: str
    epoch: str
    epochs: Epochs
    start: int = 0


@dataclass(frozen=True, slots=True)
class Append:
    """Bytes to add if the log ends exactly at ``start``; without bytes it renews the lease."""

    lease: Lease
    start: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a log knows of one stream at one moment.

    Args:
        epochs: The epochs that wrote its text.
        length: Bytes of text.
        status: ``running``, or how it was closed.
        detail: What its producer left with the end.
        lease: Seconds until the lease runs out; 0 without one, infinite where none is needed.
        version: Counts the changes made by :class:`Change`.
        meta: Whatever the owner of the stream keeps with it.
    """

    epochs: Epochs
    length: int
    status: LogStatus = "running"
    detail: str = ""
    lease: float = 0.0
    version: int = 0
    meta: str = ""

    @property
    def epoch(self) -> str:
        """The epoch that writes now, or wrote last."""
        return self.epochs[-1][0]

    @property
    def ended(self) -> bool:
        """Whether its producer has closed it."""
        return self.status != "running"


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic change of a stream that many may write, without a lease.

    Args:
        meta: What is kept with the stream from now on.
        pieces: Bytes to add, each with a border of its own.
        closed: Whether it is complete.
        ttl: Seconds until the log forgets it; None means never.
    """

    meta: str
    pieces: Sequence[bytes] = ()
    closed: bool = False
    ttl: float | None = None


def check_kept(epochs: Epochs, position: Position) -> bool:
    """Tell whether the position's epoch is the one that writes now.

    Raises:
        PositionLostError: The text up to there is another one now.
    """
    later: int | None = None
    for epoch, start in reversed(epochs):
        if epoch == position.epoch:
            break
        later = start if later is None else min(start, later)
    else:
        raise PositionLostError(f"the text of position {position} is gone")
    if later is not None and position.offset > later:
        raise PositionLostError(f"the text of position {position} was continued from {later}")
    return later is None


def check_position(snapshot: Snapshot, position: Position) -> None:
    """Check that a stream can be read on from a position.

    Raises:
        PositionLostError: The text up to there is another one now.
        BadPositionError: It is beyond the end.
    """
    current = check_kept(snapshot.epochs, position)
    if position.offset > snapshot.length + (current and snapshot.ended):
        raise BadPositionError(f"the position {position} is beyond the end {snapshot.length}")

"""What a subscriber saw, and when, in a form that compares and reads well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

__all__ = ["Recording", "Row"]


def _seconds(time: float) -> str:
    return f"{time:.6f}".rstrip("0").rstrip(".") + "s"


def _gap(time: float) -> str:
    if time >= 1:
        return _seconds(time)
    return f"{time * 1000:.3f}".rstrip("0").rstrip(".") + "ms"


class Row(NamedTuple):
    """One event of a recording.

    Two errors are equal if their type and their text are: stock recordings compare the text alone.

    Args:
        time: Seconds since the subscription, to the microsecond.
        kind: ``N`` for an item, ``E`` for an error, ``C`` for completion.
        value: The item or the exception; None at completion.
    """

    time: float
    kind: Literal["N", "E", "C"]
    value: object = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self._key() == other._key()

    # A tuple has its own.
    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.time, self.kind))

    def _key(self) -> tuple[object, ...]:
        value = self.value
        if isinstance(value, BaseException) and self.kind == "E":
            return (self.time, "E", type(value), str(value))
        # The type too: 1, 1.0 and True are different items.
        return (self.time, self.kind, type(value), value)

    def __repr__(self) -> str:
        return f"{_seconds(self.time)} {self.mark}"

    @property
    def mark(self) -> str:
        """The event as a marble, without its time."""
        if self.kind == "C":
            return "|"
        return f"# {self.value!r}" if self.kind == "E" else repr(self.value)


class Recording(list[Row]):
    """The events of one subscription, in order.

    It is a list of :class:`Row`, so ``==`` compares events, times and order, and pytest shows the
    first row that differs. ``str()`` gives the events as a text marble diagram.
    """

    __slots__ = ()

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        super().__init__(rows)

    @property
    def values(self) -> list[object]:
        """The items alone."""
        return [row.value for row in self if row.kind == "N"]

    @property
    def text(self) -> str:
        """The text of all items, joined."""
        return "".join(map(str, self.values))

    @property
    def error(self) -> Exception | None:
        """The error that ended the stream, if one did."""
        last = self[-1].value if self else None
        return last if isinstance(last, Exception) and self[-1].kind == "E" else None

    @property
    def completed(self) -> bool:
        """Whether the stream has completed."""
        return bool(self) and self[-1].kind == "C"

    def __str__(self) -> str:
        parts: list[str] = []
        before = 0.0
        for row in self:
            gap = round(row.time - before, 6)
            if gap > 0:
                parts.append(_gap(gap))
            parts.append(row.mark)
            before = row.time
        return " ".join(parts)

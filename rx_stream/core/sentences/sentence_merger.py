"""Sentences that are not too short, and a first piece that comes early."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rx_stream.core.text.cut_places import CLAUSE_MARKS, WIDE_CLAUSE_MARKS
from rx_stream.core.text.length_limit import DrainableCore

__all__ = ["SentenceMerger"]

_clauses = re.compile(
    rf"([{CLAUSE_MARKS}][\"'\u2019\u201d\xbb)]?)\s|([{WIDE_CLAUSE_MARKS}])"
).finditer
_OVERLAP = 2  # Characters of a mark before the white space that shows what it is.


class _VisibleLength:
    """Counts code points without the white space at both ends."""

    __slots__ = ("_spaces", "value")

    def __init__(self) -> None:
        self.value = 0
        self._spaces = 0  # At the end so far.

    def add(self, text: str) -> None:
        seen = text.rstrip()
        if seen:
            self.value += self._spaces + len(seen) if self.value else len(seen.lstrip())
            self._spaces = 0
        if self.value:
            self._spaces += len(text) - len(seen)


class _FirstClause:
    """Finds the first mark of a clause that has enough text before it.

    Args:
        least: Code points up to and with the mark, without white space that leads.
    """

    __slots__ = ("_least", "_passed", "_tail")

    def __init__(self, least: int) -> None:
        self._least = least
        self._passed = 0  # Code points before the tail.
        self._tail = ""

    def find(self, added: str) -> int:
        """Return how much of the text just added comes after the first piece, or -1."""
        if not (self._passed or self._tail):
            added = added.lstrip()
        text = self._tail + added
        for match in _clauses(text):
            if self._passed + max(match.end(1), match.end(2)) >= self._least:
                return len(text) - match.end()
        self._tail = text[-_OVERLAP:]
        self._passed += len(text) - len(self._tail)
        return -1


class SentenceMerger:
    """Join sentences that are shorter than ``min_length`` to the next one.

    Args:
        core: Gives the sentences.
        min_length: The fewest code points in a piece, without the white space around it.
        first_min: If given, the first piece needs only this many, and may end at the mark of a
            clause: ``, ; :`` before white space or ``，、；：``.
    """

    __slots__ = (
        "_core",
        "_first",
        "_first_min",
        "_is_complete",
        "_length",
        "_min_length",
        "_parts",
    )

    def __init__(self, core: DrainableCore, min_length: int, first_min: int | None) -> None:
        self._core = core
        self._min_length = min_length
        self._first_min = first_min
        self._first = None if first_min is None else _FirstClause(first_min)
        self._parts: list[str] = []
        self._is_complete = False  # They end with a whole sentence.
        self._length = _VisibleLength()

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the pieces that it ends."""
        pieces = self._merge(self._core.feed(text))
        if self._first:
            settled = self._core.drain()
            self._add(settled, pieces)
            self._is_complete = self._is_complete and not settled
        return pieces

    def _merge(self, sentences: Sequence[str]) -> list[str]:
        pieces: list[str] = []
        for sentence in sentences:
            self._add(sentence, pieces)
            self._is_complete = True
            least = self._min_length
            if self._first and self._first_min is not None:
                least = min(least, self._first_min)
            if self._length.value >= least:
                self._take(pieces)
        return pieces

    def _add(self, text: str, pieces: list[str]) -> None:
        if not text:
            return
        self._parts.append(text)
        rest = self._first.find(text) if self._first else -1
        if rest < 0:
            self._length.add(text)
            return
        whole = "".join(self._parts)
        self._parts = [whole[: len(whole) - rest]]
        self._take(pieces)
        self._add(whole[len(whole) - rest :], pieces)

    def _take(self, pieces: list[str]) -> None:
        text = self._drain_parts()
        if text:
            pieces.append(text)
        self._first = None
        self._is_complete = False
        self._length = _VisibleLength()

    def _drain_parts(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return text

    def settle(self) -> Sequence[str]:
        """Return the sentences that are complete, also if they are short."""
        pieces = self._merge(self._core.settle())
        if self._is_complete:
            self._take(pieces)
        return pieces

    def flush(self) -> Sequence[str]:
        """Return what is left."""
        pieces = self._merge(self._core.flush())
        self._take(pieces)
        self._first = None if self._first_min is None else _FirstClause(self._first_min)
        return pieces

    def drain(self) -> str:
        """Hand over what is held of the unfinished piece; it will end without that."""
        text = self._core.drain()
        self._length.add(text)
        self._is_complete = self._is_complete and not text
        return self._drain_parts() + text

"""Count with any function from text to a number, as text arrives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from operator import index
from typing import Final, Protocol, SupportsIndex, cast, runtime_checkable

__all__ = ["CountsText", "EncodesText", "Recounter", "counting_function"]

_WINDOW: Final = 1_024
_OPEN: Final = 256
# A place where most tokenizers have a border: blanks belong to the word they come before.
_BORDER: Final = re.compile(r"(?<=\S)(?=\s)|(?<=\n)(?=\S)")
_TRIES: Final = 8


@runtime_checkable
class CountsText(Protocol):
    """An object that counts the tokens of a text."""

    def count(self, text: str, /) -> int:
        """Return how many tokens a text has."""
        ...


@runtime_checkable
class EncodesText(Protocol):
    """An object that encodes a text."""

    def encode(self, text: str, /) -> object:
        """Return the tokens of a text, or an object that has them as ``ids``."""
        ...


class Recounter:
    """Counts by asking again for the end of the text, of which nothing is known but its count.

    After each piece the function is called with the end of the text, some 1,000 characters and
    never more than 2,304. Before, the text is cut at a border between words where the
    parts' counts add up to that of the whole, and the words before it stay as context: what such a
    function does at the start of a text (a mark of the start, a blank that it adds) cancels out.
    The count is that of the whole text as long as the tokenizer looks no further than that. Where
    no such border exists, the text is cut all the same and ``exact`` becomes False.

    Args:
        count: Returns the number of tokens of a text.
        name: What counts.

    Attributes:
        count: The function.
        name: What counts.
        total: Tokens of all text so far.
        exact: Whether every cut added up.
    """

    __slots__ = ("_base", "_head", "_next", "_tail", "count", "exact", "name", "total")

    def __init__(self, count: Callable[[str], int], name: str) -> None:
        self.count = count
        self.name = name
        self.total = 0
        self.exact = True
        self._head = ""  # Context: the words before the tail.
        self._tail = ""
        self._base = 0  # Tokens of all text before the tail, less those of the context alone.
        self._next = _WINDOW

    @property
    def settled(self) -> int:
        """Tokens of the text that is not asked for again."""
        return self.total - self.count(self._tail) if self._head else 0

    @property
    def pending(self) -> str:
        """The end of the text, for which the function is asked again."""
        return self._tail

    def feed(self, text: str, /) -> int:
        """Take a piece of text and return by how much the count has changed."""
        if not text:
            return 0
        before = self.total
        for start in range(0, len(text), _WINDOW):
            self._tail += text[start : start + _WINDOW]
            self.total = self._base + self.count(self._head + self._tail)
            if len(self._tail) > self._next:
                self._settle()
        return self.total - before

    def _settle(self) -> None:
        """Move the start of the tail forward, to where the counts add up."""
        tail = self._tail
        last = len(tail) - _OPEN
        borders = [match.start() for match in _BORDER.finditer(tail, _OPEN, last)]
        # Scripts without blanks, and long runs: any place may be a border.
        for border in borders[: -_TRIES - 1 : -1] or range(last, last - _TRIES, -1):
            if self._cut(border):
                return
        if len(tail) > 2 * _WINDOW - _WINDOW // 8:
            self.exact = False
            self._cut(last, proven=False)
        else:
            self._next = len(tail) + _WINDOW // 8

    def _cut(self, border: int, *, proven: bool = True) -> bool:
        """Make a border the start of the tail, if the counts add up there."""
        before, tail = self._head + self._tail[:border], self._tail[border:]
        head = before[-_OPEN:]
        start = _BORDER.search(head)
        head = head[start.start() :] if start else head
        base = self._base + self.count(before) - self.count(head)
        if proven and base + self.count(head + tail) != self.total:
            return False
        self._head, self._tail, self._base, self._next = head, tail, base, _WINDOW
        self.total = base + self.count(head + tail)
        return True


def counting_function(encoding: object, asker: str) -> tuple[Callable[[str], int], str]:
    """Return the function by which something counts, and its name.

    Args:
        encoding: An object with ``count`` or ``encode``, or a function.
        asker: Who asks, for the message.

    Raises:
        TypeError: It does not count.
    """
    name = str(getattr(encoding, "__name__", None) or type(encoding).__name__)
    if isinstance(encoding, (type, Sequence)):
        found = None  # The count of a list is another one.
    elif isinstance(encoding, CountsText):
        found = _checked(encoding.count)
    elif isinstance(encoding, EncodesText):
        found = _encoder(encoding)
    elif callable(encoding):
        found = _checked(encoding)
    else:
        found = None
    try:
        if found is not None and found("a") >= 0:
            return found, name
    except TypeError as error:
        found = None
        reason = f" ({error})"
    else:
        reason = ""
    raise TypeError(
        f"{asker}: encoding must be the name of an encoding, a tiktoken.Encoding or something "
        f"that counts the tokens of a text, not {encoding!r}{reason}"
    )


def _checked(function: Callable[[str], object]) -> Callable[[str], int]:
    def count(text: str) -> int:
        return _as_count(function(text))

    return count


def _as_count(result: object) -> int:
    if isinstance(result, int) and not isinstance(result, bool):
        return result
    ids = getattr(result, "ids", result)
    if isinstance(ids, Mapping):
        # What calling a tokenizer of Hugging Face gives: its length is that of something else.
        ids = cast("Mapping[str, object]", ids).get("input_ids")
    if isinstance(ids, Sized) and not isinstance(ids, str):
        return len(ids)
    if isinstance(result, SupportsIndex) and not isinstance(result, bool):
        return index(result)  # The integers of numerical packages.
    raise TypeError(f"it returns {type(result).__name__}, not a number of tokens")


def _encoder(encoding: EncodesText) -> Callable[[str], int]:
    """Leave out the special tokens that a tokenizer would put around every text, if it can."""
    with_option = cast("Callable[..., object]", encoding.encode)
    try:
        with_option("a", add_special_tokens=False)
    except TypeError:
        return _checked(encoding.encode)
    return lambda text: _as_count(with_option(text, add_special_tokens=False))

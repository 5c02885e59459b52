"""What has arrived so far, counted when somebody wants to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import sub
from typing import cast

from rx_stream.core.progress.gap_histogram import GapHistogram
from rx_stream.core.progress.rate_estimators import SmoothedRate, TrimmedRate
from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.types import StreamChunk, choice_of

__all__ = ["ProgressCounts"]

_LONG_GAP = 0.5


class ProgressCounts:
    """Counts tokens, chunks and characters, and measures the gaps.

    It takes what arrived since the last report in one go, which costs a fraction of looking at
    each chunk when it comes. Every choice (``metadata["choice"]``) is counted as a text of its own.

    Args:
        make: Makes what counts the text of chunks that do not say their ``token_count``.
    """

    __slots__ = (
        "_counted_then",
        "_counter",
        "_make",
        "_others",
        "_said",
        "_usage",
        "characters",
        "chunks",
        "first_at",
        "first_tokens",
        "gaps",
        "last_at",
        "smoothed",
        "trimmed",
    )

    def __init__(self, make: Callable[[], CountsTokens]) -> None:
        self._make = make
        self._counter = make()  # Of the choice 0, which is usually the only one.
        self._others: dict[int, CountsTokens] = {}
        self._said = 0  # Tokens that chunks told of themselves.
        self._usage: int | None = None  # What the provider says, and what was counted by then.
        self._counted_then = 0
        self.chunks = 0
        self.characters = 0
        self.first_at: float | None = None
        self.first_tokens = 0
        self.last_at: float | None = None
        self.gaps = GapHistogram()
        self.smoothed = SmoothedRate()
        self.trimmed = TrimmedRate()

    @property
    def counted(self) -> int:
        """Tokens counted so far."""
        others = [counter.total for counter in self._others.values()]
        return self._said + self._counter.total + sum(others)

    @property
    def tokens(self) -> int:
        """Tokens so far, as the provider reports them where it does."""
        if self._usage is None:
            return self.counted
        return self._usage + self.counted - self._counted_then

    def take(self, items: Sequence[object], times: Sequence[float]) -> None:
        """Take items with the times at which they came."""
        if self.first_at is None:
            start = self._take_first(items, times)
            items, times = items[start:], times[start:]
        if not items:
            return
        # A batch of one kind is counted as a whole; most are.
        kind = type(items[0])
        if not (
            (kind is str and self._take_strings(items, times))
            or (kind is StreamChunk and self._take_chunks(items, times))
        ):
            self._take_mixed(items, times)

    def _take_strings(self, items: Sequence[object], times: Sequence[float]) -> bool:
        """Take strings, none of them empty; tell whether they are."""
        strings = cast("Sequence[str]", items)
        try:
            text = "".join(strings)
        except TypeError:  # Anything may travel in a stream.
            return False
        if not all(strings):
            return False
        self._take_text(self._counter.feed(text), len(text), times)
        return True

    def _take_chunks(self, items: Sequence[object], times: Sequence[float]) -> bool:
        """Take chunks with text, if all say their tokens or none does; tell whether that is so.

        Those that do not must be of one choice.
        """
        # Counting what is identical is the quickest way to see whether all are of one type.
        if list(map(type, items)).count(StreamChunk) < len(items):
            return False
        chunks = cast("Sequence[StreamChunk]", items)
        texts = [chunk.content for chunk in chunks]
        if not all(texts):
            return False
        facts = [chunk.metadata for chunk in chunks]
        # The text of one source shares its metadata.
        differ = facts.count(facts[0]) < len(facts)
        if differ and _is_reported_between(facts):
            return False
        text = "".join(texts)
        counts = [chunk.token_count for chunk in chunks]
        try:
            tokens = sum(cast("list[int]", counts))
            self._said += tokens
        except TypeError:
            choice = choice_of(facts[0])
            if counts.count(None) < len(counts) or (
                differ and {*map(choice_of, facts)} != {choice}
            ):
                return False
            tokens = self._counter_of(choice).feed(text)
        self._believe(chunks[-1])
        self._take_text(tokens, len(text), times)
        return True

    def _take_first(self, items: Sequence[object], times: Sequence[float]) -> int:
        """Take everything up to the first text, by which the other times are reckoned."""
        for index, item in enumerate(items):
            self._counter_of(_choice_of(item)).feed(self._read(item))
            self._believe(item)
            if _text_of(item):
                self.first_at = self.last_at = times[index]
                self.chunks = 1
                self.characters = len(_text_of(item))
                self.first_tokens = self.counted
                self.smoothed.add(self.first_tokens, times[index])
                self.trimmed.add(self.first_tokens, times[index])
                return index + 1
        return len(items)

    def _take_mixed(self, items: Sequence[object], times: Sequence[float]) -> None:
        before = self.counted
        uncounted: dict[int, list[str]] = {}
        characters = 0
        came: list[float] = []
        for item, at in zip(items, times, strict=True):
            uncounted.setdefault(_choice_of(item), []).append(self._read(item))
            if _usage_of(item) is not None:
                self._count(uncounted)
                self._believe(item)
            text = _text_of(item)
            if text:
                characters += len(text)
                came.append(at)
        self._count(uncounted)
        if came:
            self._take_text(self.counted - before, characters, came)

    def _count(self, texts: dict[int, list[str]]) -> None:
        for choice, parts in texts.items():
            self._counter_of(choice).feed("".join(parts))
        texts.clear()

    def _counter_of(self, choice: int) -> CountsTokens:
        if choice == 0:
            return self._counter
        if choice not in self._others:
            self._others[choice] = self._make()
        return self._others[choice]

    def _take_text(self, tokens: int, characters: int, times: Sequence[float]) -> None:
        self.chunks += len(times)
        self.characters += characters
        last = cast("float", self.last_at)
        self.gaps.extend(times, last)
        self.last_at = times[-1]
        self.smoothed.add(tokens, self.last_at)
        self.trimmed.add(tokens, self.last_at)
        if self.last_at - last > _LONG_GAP:
            self._trim(times, last)

    def _trim(self, times: Sequence[float], last: float) -> None:
        usual = self.gaps.quantile(0.5) or 0.0
        for gap in (times[0] - last, *map(sub, times[1:], times)):
            if gap > _LONG_GAP:
                self.trimmed.trim(gap, usual)

    def _read(self, item: object) -> str:
        """Note what an item says of its tokens; return its text if that must be counted."""
        if isinstance(item, str):
            return item
        if not isinstance(item, StreamChunk):
            return ""
        if item.token_count is None:
            return item.content
        self._said += item.token_count
        return ""

    def _believe(self, item: object) -> None:
        """Go by what a provider says from here on, and by what is counted since."""
        usage = _usage_of(item)
        if usage is not None:
            self._usage = usage
            self._counted_then = self.counted


def _text_of(item: object) -> str:
    if isinstance(item, str):
        return item
    return item.content if isinstance(item, StreamChunk) else ""


def _choice_of(item: object) -> int:
    return choice_of(item.metadata) if isinstance(item, StreamChunk) else 0


def _usage_of(item: object) -> int | None:
    return _usage_in(item.metadata) if isinstance(item, StreamChunk) else None


def _usage_in(facts: Mapping[str, object]) -> int | None:
    usage = facts.get("usage")
    if not isinstance(usage, Mapping):
        return None
    wrote = cast("Mapping[str, object]", usage).get("output_tokens")
    return wrote if isinstance(wrote, int) else None


def _is_reported_between(facts: Sequence[Mapping[str, object]]) -> bool:
    """Tell whether usage is reported, but not by the last one."""
    return any("usage" in about for about in facts) and _usage_in(facts[-1]) is None

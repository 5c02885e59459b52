"""Cut a text into runs of tokens where nothing is known but how to count them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["BLOCK", "CountedSplitter", "longest_start"]

# Words with the blanks before them. Blocks depend on the text alone, never on how it was cut.
BLOCK: Final = re.compile(r"(?s)\s{0,16}\S{1,32}|\s{1,16}")


def longest_start(count: Callable[[str], int], text: str, most: int, *, head: str = "") -> int:
    """Return how many characters of ``text`` fit after ``head`` in ``most`` tokens.

    Args:
        count: Returns the number of tokens of a text.
        text: The text.
        most: The limit.
        head: What comes before it.
    """
    for size in range(len(text), 0, -1):
        if count(head + text[:size]) <= most:
            return size
    return 0


class CountedSplitter:
    """Cuts a text into the longest runs that have no more than ``most`` tokens by themselves.

    Args:
        count: Returns the number of tokens of a text.
        most: Tokens in a run.

    Attributes:
        outcome: What ``count`` has raised; the text that was held has been returned uncounted.
    """

    __slots__ = ("_ahead", "_blocks", "_count", "_most", "_rest", "_tokens", "outcome")

    def __init__(self, count: Callable[[str], int], most: int) -> None:
        self._count = count
        self._most = most
        self.outcome: Exception | None = None
        self._ahead: deque[str] = deque()  # Blocks that are still to be put to a run.
        self._begin()

    def _begin(self) -> None:
        self._rest = ""  # The last block, which may still grow.
        self._blocks: list[str] = []
        self._tokens = 0  # Not less than the run's tokens, in any tokenizer that merges.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take a piece of text and return the runs that are complete."""
        if self.outcome is not None:
            return ()
        blocks = BLOCK.findall(self._rest + text)
        if blocks:
            self._rest = blocks.pop()
        return self._add(blocks)

    def flush(self) -> Sequence[str]:
        """Return the runs that are left, and be as new."""
        last, self._rest = self._rest, ""
        out = self._add([last] if last else [])
        rest = "".join(self._blocks)
        if rest:
            out.append(rest)
        self._begin()
        return out

    def _add(self, blocks: Sequence[str]) -> list[str]:
        """Put blocks to the run; return the runs that are complete."""
        out: list[str] = []
        ahead = self._ahead
        ahead.extend(blocks)
        try:
            while ahead:
                self._add_first(out)
        except Exception as error:  # noqa: BLE001 - it ends the stream, after its text
            self.outcome = error
            out.append("".join((*self._blocks, *ahead, self._rest)))
            ahead.clear()
            self._begin()
        return out

    def _add_first(self, out: list[str]) -> None:
        """Put the first block to the run; emit the run if it is too much."""
        ahead = self._ahead
        block = ahead[0]
        self._tokens += self._count(block)
        if self._tokens > self._most:
            run = "".join(self._blocks)
            self._tokens = self._count(run + block)
            if self._tokens > self._most:
                taken = longest_start(self._count, block, self._most, head=run)
                if not run:
                    # One character with more tokens than that is a run all the same.
                    taken = max(taken, 1)
                out.append(run + block[:taken])
                self._blocks, self._tokens = [], 0
                if taken < len(block):
                    ahead[0] = block[taken:]
                else:
                    ahead.popleft()
                return
        self._blocks.append(ahead.popleft())

"""Cut a text into runs of tokens where nothing is known but how to count them."""

from __future__ import annotations

import re
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
    """

    __slots__ = ("_blocks", "_count", "_most", "_rest", "_tokens")

    def __init__(self, count: Callable[[str], int], most: int) -> None:
        self._count = count
        self._most = most
        self._begin()

    def _begin(self) -> None:
        self._rest = ""  # The last block, which may still grow.
        self._blocks: list[str] = []
        self._tokens = 0  # Not less than the run's tokens, in any tokenizer that merges.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take a piece of text and return the runs that are complete."""
        out: list[str] = []
        blocks = BLOCK.findall(self._rest + text)
        if blocks:
            self._rest = blocks.pop()
        for block in blocks:
            self._add(block, out)
        return out

    def flush(self) -> Sequence[str]:
        """Return the runs that are left, and be as new."""
        out: list[str] = []
        self._add(self._rest, out)
        rest = "".join(self._blocks)
        if rest:
            out.append(rest)
        self._begin()
        return out

    def _add(self, block: str, out: list[str]) -> None:
        """Put a block to the run; emit the run if it is too much."""
        while block:
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
                    block = block[taken:]
                    self._blocks = []
                    self._tokens = 0
                    continue
            self._blocks.append(block)
            return

"""How good a place is for the end of a chunk, and what to look for."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["LADDERS", "Rung"]

# Better places have higher levels. Of prose and Markdown:
SECTION: Final = 14
BLOCK: Final = 10
ITEM: Final = 8
_SEPARATE_LINE: Final = 7
SENTENCE: Final = 6
LINE: Final = 5
CLAUSE: Final = 4
PROTECTED_LINE: Final = 3
WORD: Final = 2
# Of code; what is nested deeper is worse.
DEFINITION: Final = 19
TOP_LEVEL: Final = 15
NESTED_DEFINITION: Final = 14
PARAGRAPH: Final = 10
STATEMENT: Final = 7

STRUCTURE: Final = 10
"""From here on a place is between things that should stay whole."""


class Rung(NamedTuple):
    """Places that can be seen in the text itself.

    Args:
        level: How good they are.
        places: Matches up to them.
        newlines: Whether they are ends of lines.
    """

    level: int
    places: re.Pattern[str]
    newlines: bool = False


_PARAGRAPHS = Rung(BLOCK, re.compile(r"\n(?:[ \t\r]*\n)+"), newlines=True)
_LINES = re.compile(r"\n+")
_SENTENCES = Rung(
    SENTENCE,
    # One mark of a run is enough, and to look for more would cost its square.
    re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？｡।؟։]+[」』）”’]*\s*"),
)
_CLAUSES = Rung(CLAUSE, re.compile(r"[,;:]\s+|[，、；：،؛]"))
# Before the blank: that is where tokens begin.
_WORDS = Rung(WORD, re.compile(r"\S(?=\s)"))

LADDERS: Final[dict[str, tuple[Rung, ...]]] = {
    "fixed": (),
    "semantic": (_PARAGRAPHS, _WORDS),
    "recursive": (
        _PARAGRAPHS,
        Rung(_SEPARATE_LINE, _LINES, newlines=True),
        _SENTENCES,
        _CLAUSES,
        _WORDS,
    ),
    "hybrid": (_PARAGRAPHS, Rung(LINE, _LINES, newlines=True), _CLAUSES, _WORDS),
}
"""What each strategy looks for in the text, the best first; sentences are told apart elsewhere."""

"""The characters that sentences are made of."""

from __future__ import annotations

import re
from enum import Enum
from typing import TypeAlias

__all__ = [
    "CLOSERS",
    "DASHES",
    "LATIN",
    "LETTER_MARKS",
    "NEWLINES",
    "OPENERS",
    "OPENING_QUOTES",
    "SPACES",
    "STRICT_CLOSERS",
    "STRONG",
    "WIDE",
    "Decision",
    "Mark",
    "Verdict",
    "find_candidate",
    "find_deciding",
    "find_in_ascii",
    "find_in_ascii_or_letter_mark",
    "one_of",
]


class Verdict(Enum):
    """What is known about a place where a sentence might end."""

    GO_ON = 0
    END = 1
    WAIT = 2


Decision: TypeAlias = tuple[Verdict, int]
"""What is known, and where: the end of the sentence, or where to look on.

A negative end is that many characters before the mark.
"""


class Mark:
    """A mark in a text, and what is around it.

    Attributes:
        text: The text.
        at: Where the mark is.
        end: Where its run of terminators and closing marks ends.
        after: Where the next character that is not white space is.
        final: Whether the text ends there for good.
        left: The sentence before the mark, as far as the rules look back.
        whole: Whether that is the whole sentence so far.
    """

    __slots__ = ("after", "at", "end", "final", "left", "text", "whole")

    def __init__(self, text: str, at: int, end: int, final: bool) -> None:
        self.text = text
        self.at = at
        self.end = self.after = end
        self.final = final
        self.left = ""
        self.whole = False

    def unknown(self) -> Decision:
        """Return the decision where the text ends too early to tell."""
        return (Verdict.GO_ON if self.final else Verdict.WAIT), self.end


LATIN = ".!?\u203c\u203d\u2047\u2048\u2049\u2026\u2e2e"
"""Terminators that need white space after them."""

WIDE = "\u3002\uff01\uff1f\uff61\uff0e\ufe12\ufe15\ufe16\ufe52\ufe56\ufe57"
"""Full-width terminators: they end a sentence after its closers."""

STRONG = (
    "\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0837\u0839\u083d\u083e\u0964\u0965"
    "\u0df4\u0f0d\u0f0e\u104b\u1362\u1367\u1368\u166e\u1735\u1736\u17d4\u17d5\u1803\u1809\u1944"
    "\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1c3b\u1c3c\u1c7e\u1c7f\ua4ff\ua60e"
    "\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d\uaa5e\uaa5f\uaaf0\uaaf1"
    "\uabeb\U00011047\U00011048\U000110be\U000110c1\U00011141\U00011238\U00011239\U0001144b"
)
"""Terminators of other scripts: they end a sentence with or without white space.

Source: the Unicode property Sentence_Terminal, and the marks of Tibetan and Syriac.
"""

LETTER_MARKS = ":;\u037e"
"""They end a sentence only after a letter of their script: ``;`` Greek, ``:`` Armenian."""

NEWLINES = "\n\x85\u2028\u2029"
SPACES = (
    " \t\r\x0b\x0c\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000\u200b"
)
CLOSERS = (
    "\"'\u2019\u201d\xbb\u203a)]}*_`~\u300d\u300f\uff09\u300b\u3011\u3009\u3015\u3017\u3019\uff3d"
    "\uff5d\uff63\u2018\u201c\xab\u2039\u202c\u2069\u200f\u200e\u202a\u202b\ufe00\ufe01\ufe0e\ufe0f"
)
"""Quotes, brackets, Markdown marks, direction marks, and selectors of how a mark looks.

They belong to the sentence before them.
"""

OPENING_QUOTES = "\u2018\u201c"
"""Closers of German and others that in Chinese open, right behind the sentence before."""

STRICT_CLOSERS = ")]}\xbb\u300d\u300f\uff09\u300b\u3011"
"""Closers that never open anything, so a sentence does not end before them."""

OPENERS = (
    "\"'\u201c\u2018\xab\u2039\xbb([{*_`~\u300c\u300e\uff08\u300a\u3010\u3008\xbf\xa1\u201e\u201a"
    "#>-\u2013\u2014\u2022\u2043"
)
DASHES = "-\u2013\u2014"


def one_of(characters: str) -> str:
    """Return a regular expression for one of the characters."""
    return f"[{re.escape(characters)}]"


find_candidate = re.compile(one_of(LATIN + STRONG + WIDE + LETTER_MARKS + NEWLINES + ")")).search
"""Find what may end a sentence. A text without it is settled as it comes."""

find_in_ascii = re.compile(r"[.!?\n)]").search
find_in_ascii_or_letter_mark = re.compile(r"[.!?\n):;]").search
"""For text after other than ASCII: the letter before ``;`` or ``:`` may be Greek or Armenian."""

find_deciding = re.compile(
    rf"[^\s{re.escape(CLOSERS + LATIN + WIDE + STRONG)}]|{one_of(NEWLINES)}"
).search
"""Find what may decide an undecided place; all else leaves it undecided."""

"""The shape of what one language knows about its abbreviations."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WordLists"]


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words of one language, each list a string of words parted by white space.

    All are in lower case and without their final dot.

    Args:
        never: The dot after it never ends a sentence, as in ``Dr. Who``.
        number: The dot does not end a sentence before a number, as in ``p. 5``.
        sometimes: The dot ends a sentence only before a common first word, as in ``Inc. The``.
        starters: Words that commonly begin a sentence.
        ordinals: Whether ``3.`` before a word is an ordinal number.
    """

    never: str = ""
    number: str = ""
    sometimes: str = ""
    starters: str = ""
    ordinals: bool = False

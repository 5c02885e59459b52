"""English phrases of time, in which a dot may or may not end the sentence: ``at 5 p.m.``."""

from __future__ import annotations

import re

__all__ = ["is_opening_phrase", "is_year"]

_preposition = (
    "at|by|in|on|around|about|before|after|from|until|till|since|during|between|circa|near|over"
)
_at_start = re.compile(rf"\W*(?:{_preposition})\b", re.IGNORECASE).match
_after_colon = re.compile(rf":\s+\W*(?:{_preposition})\b[^:]*\Z", re.IGNORECASE).search
_quotation = re.compile('["\u201c][^"\u201c\u201d]*["\u201d]').sub
_subject = re.compile(r"\b(?:he|she|it|they|we|you|i|who|there)\b", re.IGNORECASE).search
_year = re.compile(r"\d\s*\S*\Z").search


def is_opening_phrase(left: str, whole: bool) -> bool:
    """Tell whether a sentence has only begun: ``On Monday at 5 p.m.`` lacks its subject.

    Args:
        left: The sentence so far.
        whole: Whether that is all of it.
    """
    phrase = left
    if not (whole and _at_start(left)):
        match = _after_colon(left)
        if match is None:
            return False
        phrase = match.group()
    return _subject(_quotation("", phrase)) is None


def is_year(left: str) -> bool:
    """Tell whether the last word, an era, follows a number."""
    return _year(left) is not None

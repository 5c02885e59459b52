"""Whether a dot after a word ends the sentence or only shortens the word."""

from __future__ import annotations

import re

from rx_stream.core.sentences.inline_lists import is_list_number
from rx_stream.core.sentences.sentence_marks import Verdict
from rx_stream.core.sentences.sentence_words import Profile
from rx_stream.core.sentences.sentence_words.kinds import (
    DEGREES,
    ERAS,
    HOURS,
    LAST_OF_A_LIST,
    UNITS,
)
from rx_stream.core.sentences.time_phrases import is_opening_phrase, is_year

__all__ = ["LONGEST_LOOK", "AbbreviationRules"]

LONGEST_LOOK = 24
"""Characters of the next word that a decision may wait for."""

_END, _GO_ON, _WAIT = Verdict.END, Verdict.GO_ON, Verdict.WAIT

_next_word = re.compile(r"[\w'\u2019]+").match
_signs = "[\u0b80-\u0d7f]{0,2}"  # Vowel signs of Dravidian scripts.
_acronym = re.compile(rf"(?:[^\W\d_]{{1,2}}{_signs}\.)+[^\W\d_]{{1,3}}{_signs}").fullmatch
_roman = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})").fullmatch
_determiner = re.compile(r"(?:\A|\W)(?:an?|the|his|her|their|my|your|our)\s+\S*\Z", re.I).search

_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_LEADING = "\"'\u201c\u201d\u2018\u2019\xab\xbb([{*_`~\u201e\xbf\xa1"
_BEFORE_MARKER = " \t\r\xa0\u3000-\u2022\u2043" + _LEADING


class _Token:
    """The word before the dot: in lower case, as written, and what stands before it."""

    __slots__ = ("before", "lower", "original")

    def __init__(self, left: str, never: frozenset[str]) -> None:
        # "Mr . Smith" is how some corpora write it.
        left = left.rstrip(" " + _DIRECTIONS)
        words = left.replace("\u200b", " ").rsplit(None, 1)
        token = words[-1] if words and not left[-1].isspace() else ""
        lower = token.lower()
        if not lower.isalpha():
            lower = self._inner(lower.lstrip(_LEADING + _DIRECTIONS), never)
        self.lower = lower
        self.original = token[len(token) - len(lower) :]
        self.before = left[: len(left) - len(token)]

    @staticmethod
    def _inner(token: str, never: frozenset[str]) -> str:
        if "://" not in token:
            for mark in "/'\u2019":
                token = token.rsplit(mark, 1)[-1]
        last = token.rsplit("-", 1)[-1]
        return last if last in never and token not in never else token

    @property
    def is_initial(self) -> bool:
        first = self.original[:1]
        if len(self.original) == 1:
            return first.isalpha() and (first.isupper() or "\u0b80" <= first <= "\u0d7f")
        # In Dravidian scripts an initial is a syllable: a letter with its signs.
        syllable = "\u0b80" <= first <= "\u0d7f" and len(self.original) <= 3
        return syllable and not any(map(str.isalpha, self.original[1:]))


class AbbreviationRules:
    """The rules for one language.

    Args:
        profile: Its words.
    """

    __slots__ = ("_words",)

    def __init__(self, profile: Profile) -> None:
        self._words = profile

    def is_shortened(self, left: str) -> bool:
        """Tell whether the last word is an abbreviation or an initial, whatever follows."""
        token = _Token(left, self._words.never)
        short = token.lower in self._words.never or _acronym(token.lower) is not None
        return short or token.is_initial

    def judge(self, left: str, whole: bool, text: str, after: int, final: bool) -> Verdict:
        """Judge a single dot with white space after it.

        Args:
            left: What stands before the dot.
            whole: Whether that is the whole sentence so far.
            text: The text in which the next word is.
            after: Where that word begins, behind any opening marks.
            final: Whether the text ends there for good.

        Returns:
            ``WAIT`` if the next word must be complete first.
        """
        words = self._words
        token = _Token(left, words.never)
        lower = token.lower
        if not lower or self._is_plain_word(token):
            return _END
        begins = whole and not token.before.strip(_BEFORE_MARKER)
        if begins and is_list_number(lower, token.original):
            return _GO_ON
        next_is_digit = text[after : after + 1].isdigit()
        if words.ordinals and self._is_ordinal(token, next_is_digit):
            return _GO_ON
        if lower in words.number and lower not in words.never:
            return _GO_ON if next_is_digit else self._judge_number(lower, text, after, final)
        return self._judge_word(token, whole, text, after, final)

    def _judge_number(self, lower: str, text: str, after: int, final: bool) -> Verdict:
        if text[after : after + 1] not in ("I", "V", "X"):
            return _END
        word = self._word(text, after, final)
        if word is None:
            return _WAIT
        # "Vol. I", but "No. I do not."
        says_no = lower == "no" and word == "I" and self._words.pronoun_i
        return _GO_ON if _roman(word) and not says_no else _END

    def _is_plain_word(self, token: _Token) -> bool:
        """Tell at little cost that a word is long and is no abbreviation or roman number."""
        lower = token.lower
        long = len(lower) > 4 and lower.isalpha() and token.original[-1].islower()
        return long and lower not in self._words.known

    @staticmethod
    def _is_ordinal(token: _Token, next_is_digit: bool) -> bool:
        if token.lower.isdigit():
            return len(token.lower) <= (4 if next_is_digit else 2)
        return token.original != "" and _roman(token.original) is not None

    def _judge_word(
        self, token: _Token, whole: bool, text: str, after: int, final: bool
    ) -> Verdict:
        words = self._words
        lower = token.lower
        never = lower in words.never
        sometimes = lower in words.sometimes
        acronym = "." in lower and _acronym(lower) is not None
        if never and not sometimes:
            return _GO_ON
        if not (never or sometimes or acronym or token.is_initial):
            return _END
        following = text[after : after + 1]
        if following.isdigit():
            goes_on = never or lower in UNITS or (acronym and lower not in HOURS)
            return _GO_ON if goes_on else _END
        if not following.isalpha():
            return _GO_ON if never else _END
        word = self._word(text, after, final)
        if word is None:
            return _WAIT
        return self._judge_before_word(token, whole, word)

    def _judge_before_word(self, token: _Token, whole: bool, word: str) -> Verdict:
        words = self._words
        lower = token.lower
        if lower in UNITS:
            return _END
        if word == ".":  # Another initial.
            return _GO_ON
        starts = word.lower() in words.starters
        left = token.before + token.original
        if lower in HOURS:
            zone = word.isupper() and 2 <= len(word) <= 4
            return _GO_ON if zone or (not starts and is_opening_phrase(left, whole)) else _END
        if starts:
            return _GO_ON if word == "I" and token.is_initial and token.original != "I" else _END
        if lower in ERAS and is_year(left):
            return _GO_ON if is_opening_phrase(left, whole) else _END
        if lower in DEGREES and _determiner(left):
            return _END
        return _END if lower in LAST_OF_A_LIST else _GO_ON

    @staticmethod
    def _word(text: str, at: int, final: bool) -> str | None:
        """Return the word at a place, ``"."`` for an initial, None if it may go on."""
        match = _next_word(text, at)
        end = match.end() if match else at
        if end == len(text) and not final and end - at < LONGEST_LOOK:
            return None
        if end - at == 1 and text[end : end + 1] == ".":
            return "."
        return text[at : min(end, at + LONGEST_LOOK)].rstrip("'\u2019")

    def is_pronoun_i(self, text: str, at: int, final: bool) -> bool | None:
        """Tell whether the word at a place is ``I`` or ``I'm``; None if it may go on."""
        if not self._words.pronoun_i or text[at : at + 1] != "I":
            return False
        word = self._word(text, at, final)
        return None if word is None else word == "I" or word[:2] in ("I'", "I\u2019")

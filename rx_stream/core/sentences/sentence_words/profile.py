"""What the rules for sentences ask about a language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from rx_stream.core.sentences.sentence_words.english import ENGLISH
from rx_stream.core.sentences.sentence_words.germanic import GERMANIC
from rx_stream.core.sentences.sentence_words.others import OTHERS
from rx_stream.core.sentences.sentence_words.romance import ROMANCE
from rx_stream.core.sentences.sentence_words.slavic import SLAVIC
from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["Profile", "profile_for"]

_LISTS: dict[str, WordLists] = {"en": ENGLISH, **GERMANIC, **ROMANCE, **SLAVIC, **OTHERS}
_SAME = {"nb": "no", "nn": "no", "bs": "hr", "sh": "hr", "iw": "he", "gl": "pt", "be": "ru"}
_TITLES = "dr prof mr mrs ms"
_NUMBER_SIGNS = "n° nº №"


class Profile:
    """The word lists of one language as sets, with a caller's own abbreviations.

    Args:
        lists: The words of the language.
        pronoun_i: Whether ``I`` is a pronoun.
        abbreviations: More words that never end a sentence, with or without their dots.
    """

    __slots__ = ("known", "never", "number", "ordinals", "pronoun_i", "sometimes", "starters")

    def __init__(
        self, lists: WordLists, *, pronoun_i: bool = False, abbreviations: Iterable[str] = ()
    ) -> None:
        own = {
            word.rstrip(".").lower()
            for abbreviation in abbreviations
            for word in abbreviation.split()
            if word.endswith(".") or word == abbreviation.split()[-1]
        }
        self.pronoun_i = pronoun_i
        self.ordinals = lists.ordinals
        self.never = frozenset(f"{lists.never} {_TITLES}".split()) | own
        self.number = frozenset(f"{lists.number} {_NUMBER_SIGNS}".split()) - own
        self.sometimes = frozenset(lists.sometimes.split()) - own
        self.known = self.never | self.number | self.sometimes
        self.starters = frozenset(lists.starters.split())


@cache
def profile_for(language: str, abbreviations: tuple[str, ...] = ()) -> Profile:
    """Return the profile of a language by its tag, e.g. ``"en"`` or ``"pt-BR"``.

    A language without lists gets the English ones.
    """
    primary = language.replace("_", "-").partition("-")[0].lower()
    primary = _SAME.get(primary, primary)
    lists = _LISTS.get(primary)
    pronoun_i = lists is None or primary in ("en", "da")
    return Profile(lists or ENGLISH, pronoun_i=pronoun_i, abbreviations=abbreviations)

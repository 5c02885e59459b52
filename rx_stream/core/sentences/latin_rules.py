"""Whether a sentence ends at a full stop, question mark, exclamation mark or ellipsis."""

from __future__ import annotations

import re

from rx_stream.core.sentences.abbreviation_rules import LONGEST_LOOK, AbbreviationRules
from rx_stream.core.sentences.inline_lists import InlineList
from rx_stream.core.sentences.sentence_marks import (
    CLOSERS,
    DASHES,
    NEWLINES,
    OPENERS,
    OPENING_QUOTES,
    SPACES,
    STRICT_CLOSERS,
    Decision,
    Mark,
    Verdict,
)

__all__ = ["LatinRules"]

_END, _GO_ON, _WAIT = Verdict.END, Verdict.GO_ON, Verdict.WAIT

_NEVER_FIRST = ",;:/|\\=+&%\u2116"
"""Signs with which no sentence begins."""

_dots = re.compile(r"\.+|\u2026").match


class LatinRules:
    """Rules for marks that need white space after them.

    Args:
        abbreviations: The rules for a dot after a word.
    """

    __slots__ = ("_abbreviations",)

    def __init__(self, abbreviations: AbbreviationRules) -> None:
        self._abbreviations = abbreviations

    def decide(self, mark: Mark, items: InlineList) -> Decision:
        """Judge a mark, whose run of closing marks and white space is known."""
        text, end, after = mark.text, mark.end, mark.after
        if after == end:
            return self._glued(mark)
        if after == len(text):
            return mark.unknown()
        following = text[after]
        if following in NEWLINES:
            return _GO_ON, after
        if mark.left.endswith("[") and "]" in text[mark.at + 1 : end]:
            return _GO_ON, end  # "[...]"
        capital = "A" <= following <= "Z"  # The usual case, and the fast one.
        if not capital and (early := self._cannot_begin(mark, following)):
            return early
        item = self.item(mark, items)
        if item is not None:
            return item
        if capital:
            return self._before_first_letter(mark, after, following)
        if following.islower():
            return self._before_lower_case(mark, following)
        return self._before_opener(mark, following)

    def _glued(self, mark: Mark) -> Decision:
        """Judge a mark without white space after it: ``3.14``, ``a.b``, but ``end.次``."""
        following = mark.text[mark.end]
        ideographic = following > "\u2e7f" and following.isalpha()
        if not ideographic or "\uac00" <= following <= "\ud7a3":
            return _GO_ON, mark.end
        period = mark.text[mark.at] == "."
        shortened = period and self._abbreviations.is_shortened(mark.left)
        end = mark.end
        while mark.text[end - 1] in OPENING_QUOTES:
            end -= 1  # They open what follows.
        return (_GO_ON if shortened else _END), end

    @staticmethod
    def _cannot_begin(mark: Mark, following: str) -> Decision | None:
        text, end, after = mark.text, mark.end, mark.after
        if following in ".!?\u2026":
            return LatinRules._before_dots(mark)
        if following in "\xbb\u203a":
            # In German and Danish books it opens: then a letter follows at once.
            if after + 1 == len(text):
                return mark.unknown()
            return None if text[after + 1].isalnum() else (_GO_ON, end)
        if following in _NEVER_FIRST or following in STRICT_CLOSERS:
            return _GO_ON, end
        return None

    @staticmethod
    def _before_dots(mark: Mark) -> Decision:
        """Judge before more marks: they belong to this run, unless ``...and`` begins with them."""
        text, after = mark.text, mark.after
        dots = _dots(text, after)
        if dots is None:
            return _GO_ON, after
        if dots.end() == len(text):
            return mark.unknown()
        ellipsis = text[after] == "\u2026" or dots.end() - after > 1
        return (_END if ellipsis and text[dots.end()].isalpha() else _GO_ON), after

    @staticmethod
    def item(mark: Mark, items: InlineList) -> Decision | None:
        """Judge whether the mark numbers an item of a list; None if not."""
        if not mark.text[mark.end].isspace():
            return None
        number = items.look(mark.left, mark.whole, mark.text[mark.at : mark.end])
        if number is None:
            return None
        return (_END, -number) if number else (_GO_ON, mark.end)

    @staticmethod
    def _before_lower_case(mark: Mark, following: str) -> Decision:
        if mark.text[mark.at] == "." or not following.isascii():
            return _GO_ON, mark.end
        second = mark.after + 1
        if second == len(mark.text):
            return mark.unknown()
        # "Great! iPhone users rejoice."
        return (_END, mark.after) if mark.text[second].isupper() else (_GO_ON, mark.end)

    def _before_opener(self, mark: Mark, following: str) -> Decision:
        text = mark.text
        first = self._first_letter(mark)
        found = first - mark.after < LONGEST_LOOK
        if found and first == len(text) and not mark.final:
            return _WAIT, mark.end
        letter = text[first : first + 1] if found else ""
        if following in DASHES:
            closed = text[mark.end - 1] in CLOSERS
            period = text[mark.at] == "."
            if not letter or letter.islower() or letter.isdigit() or closed or not period:
                return _GO_ON, mark.end
        elif first > mark.after and letter.islower() and text[mark.at] in ".\u2026":
            return _GO_ON, mark.end
        return self._before_first_letter(mark, first, letter)

    @staticmethod
    def _first_letter(mark: Mark) -> int:
        """Return the place behind the opening marks and dashes that a sentence begins with.

        Of a longer row of them than a sentence begins with, it is the place where that is certain.
        """
        text = mark.text
        place = mark.after
        while place < min(len(text), mark.after + LONGEST_LOOK):
            space = place > mark.after and text[place] in SPACES
            if not space and text[place] not in OPENERS:
                break
            place += 1
        return place

    def _before_first_letter(self, mark: Mark, first: int, letter: str) -> Decision:
        text, final = mark.text, mark.final
        if not letter:  # None follows, or none that is looked for.
            text, final = text[:first], True
        if text[mark.at] not in ".\u2026":
            return _END, mark.after
        dots = self._count_dots(mark)
        if dots == 1:
            verdict = self._abbreviations.judge(mark.left, mark.whole, text, first, final)
            return verdict, mark.after if verdict is _END else mark.end
        if dots > 3:
            return _END, mark.after
        if letter.isdigit():
            return _GO_ON, mark.end
        pronoun = self._abbreviations.is_pronoun_i(text, first, final)
        if pronoun is None:
            return _WAIT, mark.end
        return (_GO_ON, mark.end) if pronoun else (_END, mark.after)

    @staticmethod
    def _count_dots(mark: Mark) -> int:
        run = mark.text[mark.at : mark.end].rstrip(CLOSERS)
        if run[0] == "\u2026":
            return 3
        if len(run) == 1 and mark.left.endswith(". "):  # A spaced ellipsis.
            before = mark.left.rstrip(" .")
            return 1 + mark.left[len(before) :].count(".")
        return len(run)

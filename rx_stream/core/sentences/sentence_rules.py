"""Whether a sentence ends at a mark."""

from __future__ import annotations

import re
from collections.abc import Callable

from rx_stream.core.sentences.abbreviation_rules import AbbreviationRules
from rx_stream.core.sentences.inline_lists import InlineList
from rx_stream.core.sentences.latin_rules import LatinRules
from rx_stream.core.sentences.open_sentence import OpenSentence
from rx_stream.core.sentences.sentence_marks import (
    CLOSERS,
    LATIN,
    LETTER_MARKS,
    NEWLINES,
    OPENING_QUOTES,
    SPACES,
    STRICT_CLOSERS,
    STRONG,
    WIDE,
    Decision,
    Mark,
    Verdict,
    one_of,
)
from rx_stream.core.sentences.sentence_words import Profile

__all__ = ["SentenceRules"]

_END, _GO_ON, _WAIT = Verdict.END, Verdict.GO_ON, Verdict.WAIT

_closers = rf"(?:{one_of(CLOSERS)}|\[\d{{1,3}}\])*"
_wide_closers = rf"(?:(?!{one_of(OPENING_QUOTES)}){one_of(CLOSERS)}|\[\d{{1,3}}\])*"
_marks = rf"({one_of(LATIN + STRONG + WIDE)}+{_closers})"
_wide_marks = rf"({one_of(LATIN + STRONG + WIDE)}+{_wide_closers})"
_letter_marks = rf"({one_of(LETTER_MARKS)}+{_closers})"
_hard = f"{one_of(SPACES)}*"
_soft = f"{one_of(SPACES + NEWLINES)}*"
_spaces = {False: re.compile(_hard).match, True: re.compile(_soft).match}
_runs = {
    soft: tuple(re.compile(run + spaces).match for run in (_marks, _letter_marks, _wide_marks))
    for soft, spaces in ((False, _hard), (True, _soft))
}
_newline_of_blank_line = re.compile(
    f"{one_of(SPACES)}*({one_of(NEWLINES)}){one_of(SPACES)}*{one_of(NEWLINES)}"
).match
_footnote = re.compile(r"\[\d{1,3}\]").match
_part_of_footnote = re.compile(r"\[\d{0,3}").fullmatch
_last_letter = re.compile(r"([^\W\d_])[\u0300-\u036f\u055a-\u055f'\"\u2019\u201d\xbb)]*\Z").search

_QUOTATION_GOES_ON = frozenset("とっのがをにはでもやへなだよね")
"""Japanese particles: after a quotation, the sentence goes on with one."""


class SentenceRules:
    """The rules for one language; what they know of the text is given to each call.

    Args:
        profile: The words of the language.
        soft: Whether a single newline is only white space.
    """

    __slots__ = ("_latin", "_letter_run", "_run", "_soft", "_spaces", "_wide_run")

    def __init__(self, profile: Profile, *, soft: bool) -> None:
        self._soft = soft
        self._spaces = _spaces[soft]
        self._run, self._letter_run, self._wide_run = _runs[soft]
        self._latin = LatinRules(AbbreviationRules(profile))

    def decide(
        self, text: str, start: int, at: int, sentence: OpenSentence, items: InlineList, final: bool
    ) -> Decision:
        """Judge the mark at a place.

        Args:
            text: The unsettled text.
            start: Where the current sentence goes on in it.
            at: Where the mark is.
            sentence: What is settled of the sentence.
            items: The inline list it is in.
            final: Whether the text ends there for good.
        """
        character = text[at]
        if character == ")":
            return self._bracket(text, start, at, sentence, items, final)
        run = self._run_of(character)(text, at)
        end = run.end(1) if run else at + 1
        if end == len(text):
            return (_GO_ON if final else _WAIT), end
        mark = Mark(text, at, end, final)
        mark.after = run.end() if run else end
        if text.startswith("[", mark.after) and not self._skip_footnotes(mark):
            return mark.unknown()
        if self._soft and (blank := _newline_of_blank_line(text, mark.end)):
            # That is the end, whatever comes after it.
            return _GO_ON, blank.start(1)
        if character in STRONG:
            return self._strong(mark)
        mark.left, mark.whole = sentence.left(text, start, at)
        if character in LETTER_MARKS:
            return self._strong(mark) if self._is_after_its_letter(mark) else (_GO_ON, mark.end)
        if character in WIDE or self._is_wide_ellipsis(mark):
            return self._wide(mark)
        return self._latin.decide(mark, items)

    def _run_of(self, character: str) -> Callable[[str, int], re.Match[str] | None]:
        if character in LETTER_MARKS:
            return self._letter_run
        return self._wide_run if character in WIDE else self._run

    @staticmethod
    def _bracket(
        text: str, start: int, at: int, sentence: OpenSentence, items: InlineList, final: bool
    ) -> Decision:
        mark = Mark(text, at, at + 1, final)
        if mark.end == len(text):
            return mark.unknown()
        mark.left, mark.whole = sentence.left(text, start, at)
        return LatinRules.item(mark, items) or (_GO_ON, mark.end)

    def _skip_footnotes(self, mark: Mark) -> bool:
        """Take footnote marks to the sentence that ends; False if one may not be complete."""
        text = mark.text
        while text.startswith("[", mark.after):
            if self._soft and _newline_of_blank_line(text, mark.end):
                break
            note = _footnote(text, mark.after)
            if note is None:
                return mark.final or _part_of_footnote(text, mark.after) is None
            mark.end = note.end()
            if mark.end == len(text):
                return False
            space = self._spaces(text, mark.end)
            mark.after = space.end() if space else mark.end
        return True

    @staticmethod
    def _is_wide_ellipsis(mark: Mark) -> bool:
        text, end = mark.text, mark.end
        if text[mark.at] != "\u2026" or text[end - 1] in OPENING_QUOTES:
            return False
        return text[end] > "\u2e7f" and not text[end].isspace()

    @staticmethod
    def _is_after_its_letter(mark: Mark) -> bool:
        match = _last_letter(mark.left)
        letter = match[1] if match else ""
        if mark.text[mark.at] == ":":
            return "\u0531" <= letter <= "\u0588" and mark.after > mark.end
        if not ("\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff"):
            return False
        # "α;β" in a formula is no question.
        return mark.after > mark.end or not mark.text[mark.end].islower()

    @staticmethod
    def _strong(mark: Mark) -> Decision:
        text, after = mark.text, mark.after
        if after == len(text):
            return mark.unknown()
        following = text[after]
        if following in ",;\u060c\u061b" or following in STRICT_CLOSERS:
            return _GO_ON, mark.end
        # A newline is the end itself.
        return (_GO_ON if following in NEWLINES else _END), after

    @staticmethod
    def _wide(mark: Mark) -> Decision:
        text, end, after = mark.text, mark.end, mark.after
        character = text[mark.at]
        if character == "\uff0e" and text[end].isdigit():
            return _GO_ON, end
        run = text[mark.at : end]
        if "\u300b" not in mark.left[mark.left.rfind("\u300a") :] and "\u300a" in mark.left:
            return _GO_ON, end  # In a title.
        if after == len(text):
            return mark.unknown()
        following = text[after]
        quotation = after == end and len(run) > 1 and run[-1] in CLOSERS
        if quotation and following in _QUOTATION_GOES_ON:
            return _GO_ON, end
        if following in "\uff0c\u3001\uff1b\uff1a,;:\xb7\u2014" or following in STRICT_CLOSERS:
            return _GO_ON, end
        return _END, after

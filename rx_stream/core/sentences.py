"""Sentences, emitted as soon as the text settles where they end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rx_stream.core.inline_lists import InlineList
from rx_stream.core.open_sentence import OpenSentence
from rx_stream.core.sentence_marks import (
    CLOSERS,
    LATIN,
    LETTER_MARKS,
    NEWLINES,
    SPACES,
    STRONG,
    WIDE,
    Decision,
    Verdict,
    one_of,
)
from rx_stream.core.sentence_rules import SentenceRules
from rx_stream.core.sentence_words import profile_for

__all__ = ["Sentences"]

_END, _GO_ON, _WAIT = Verdict.END, Verdict.GO_ON, Verdict.WAIT

# A text without one of these is settled as it comes.
_candidate = re.compile(one_of(LATIN + STRONG + WIDE + LETTER_MARKS + NEWLINES + ")")).search
_ascii_candidate = re.compile(r"[.!?\n)]").search
# After text that is not ASCII, a letter before these may be Greek or Armenian.
_ascii_candidate_or_letter_mark = re.compile(r"[.!?\n):;]").search

# Nothing but these keeps an undecided place undecided.
_deciding = re.compile(rf"[^\s{re.escape(CLOSERS + LATIN + WIDE + STRONG)}]|\n").search
_LONG_UNDECIDED = 128

_second_newline = re.compile(f"{one_of(SPACES)}*{one_of(NEWLINES)}").match
_space = re.compile(r"\s*").match
_block = re.compile(r"```|~~~|#{1,6}[ \t]|[-*+>|\u2022\u2043][ \t]|\d{1,2}[.)][ \t]").match
_part_of_block = re.compile(r"`{0,2}|~{0,2}|#{0,6}|[-*+>|\u2022\u2043]|\d{0,2}[.)]?").fullmatch

_FENCES = ("```", "~~~")
_NEXT_SENTENCE = "Xx "


class Sentences:
    """Emit each sentence with the white space behind it, once the next character shows its end.

    Text without a mark is settled at once and never looked at again. A mark that cannot be judged
    yet waits with what follows it: closing marks and white space, and after an abbreviation up to
    24 characters of the next word.

    Args:
        language: Selects abbreviations and first words; the script decides what ends a sentence.
        newline: ``"break"`` ends a sentence at each newline, ``"soft"`` only at blank lines and
            before Markdown blocks.
        abbreviations: More words whose dot never ends a sentence.
    """

    __slots__ = (
        "_deferred",
        "_fence",
        "_items",
        "_open",
        "_rules",
        "_search",
        "_soft",
        "_undecided",
    )

    def __init__(
        self, language: str = "en", *, newline: str = "break", abbreviations: Sequence[str] = ()
    ) -> None:
        self._soft = newline == "soft"
        self._rules = SentenceRules(profile_for(language, tuple(abbreviations)), soft=self._soft)
        self._open = OpenSentence()
        self._items = InlineList()
        self._undecided = ""  # Unsettled text; it begins with a candidate.
        self._deferred: list[str] = []  # More of it that cannot decide anything.
        self._fence = ""  # What closes the Markdown code block that the text is in.
        self._search = _ascii_candidate

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the sentences that it ends."""
        if not self._undecided:
            if text.isascii():
                if self._search(text) is None:
                    if text:
                        self._open.add(text)
                    return ()
            else:
                self._search = _ascii_candidate_or_letter_mark
                if _candidate(text) is None:
                    self._open.add(text)
                    return ()
            return self._work(text, False)
        if not text.isascii():
            self._search = _ascii_candidate_or_letter_mark
        if len(self._undecided) > _LONG_UNDECIDED:
            self._deferred.append(text)
            if _deciding(text) is None:
                return ()
            return self._work(self._take_undecided(), False)
        return self._work(self._undecided + text, False)

    def _take_undecided(self) -> str:
        text = "".join((self._undecided, *self._deferred))
        self._deferred.clear()
        self._undecided = ""
        return text

    def _work(self, text: str, final: bool) -> list[str]:
        sentences: list[str] = []
        sentence = self._open
        items = self._items
        decide = self._rules.decide
        self._undecided = ""
        start = place = 0
        search = self._search if text.isascii() else _candidate
        while (match := search(text, place)) is not None:
            at = match.start()
            newline = text[at] in NEWLINES
            if newline and not self._has_content(text, start, at):
                # Blank space leads the sentence; settled here so that it is not looked at again.
                sentence.add(text[start : at + 1])
                sentence.begins_line = True
                start = place = at + 1
                continue
            if newline or self._fence:
                verdict, end = self._judge_newline(text, start, at, final)
            else:
                verdict, end = decide(text, start, at, sentence, items, final)
            if verdict is _WAIT:
                if at > start:
                    sentence.add(text[start:at])
                self._undecided = text[at:]
                return sentences
            if verdict is _GO_ON:
                place = end
                if newline:
                    sentence.add(text[start:end])
                    start = end
            elif end < 0:
                sentences.append(self._end_before_item(text[start:at], -end))
                start, place = at, at + 1
            else:
                sentences.append(self._end(text[start:end], newline))
                start = place = end
        if start < len(text):
            sentence.add(text[start:])
        return sentences

    def _has_content(self, text: str, start: int, at: int) -> bool:
        return self._open.opening != "" or (start < at and not text[start:at].isspace())

    def _judge_newline(self, text: str, start: int, at: int, final: bool) -> Decision:
        """Judge a newline, or anything in a code block."""
        if text[at] not in NEWLINES:
            return _GO_ON, at + 1
        if self._fence or not self._soft or self._is_fence_line(text[start:at]):
            return _END, at + 1
        second = _second_newline(text, at + 1)
        if second:
            return _END, second.end()
        space = _space(text, at + 1)
        following = space.end() if space else at + 1
        if _block(text, following):
            return _END, at + 1
        if not final and _part_of_block(text, following):
            return _WAIT, at
        return _GO_ON, at + 1

    def _end(self, text: str, newline: bool) -> str:
        sentence = self._open
        if newline:
            self._items.reset()
            if sentence.begins_line:
                self._note_fence(sentence.opening_with(text))
        return sentence.end(text, begins_line=newline)

    def _is_fence_line(self, text: str) -> bool:
        return self._open.begins_line and self._open.opening_with(text) in _FENCES

    def _note_fence(self, opening: str) -> None:
        if self._fence:
            if opening == self._fence:
                self._fence = ""
        elif opening in _FENCES:
            self._fence = opening

    def _end_before_item(self, text: str, length: int) -> str:
        """End the sentence ``length`` characters before the end of ``text``."""
        whole = self._open.end(text, begins_line=False)
        self._items.advance()
        self._open.add(whole[-length:])
        return whole[:-length]

    def flush(self) -> Sequence[str]:
        """Return the last sentences: nothing follows that could join them."""
        sentences = self._work(self._take_undecided(), True) if self._undecided else []
        rest = self._open.drain(keep=0)
        if rest:
            sentences.append(rest)
        self._open = OpenSentence()
        self._items.reset()
        self._fence = ""
        self._search = _ascii_candidate
        return sentences

    def settle(self) -> Sequence[str]:
        """Return the sentence that has its final mark and waits only for what follows."""
        if not self._undecided:
            return ()
        text = self._take_undecided()
        gap = "" if text[-1].isspace() else " "
        probe = text + gap + _NEXT_SENTENCE
        if text[0] in NEWLINES:
            verdict, end = self._judge_newline(probe, 0, 0, True)
        else:
            verdict, end = self._rules.decide(probe, 0, 0, self._open, self._items, True)
        if verdict is not _END or end < 0:
            self._undecided = text
            return ()
        end = min(end, len(text))
        sentence = self._end(text[:end], text[end - 1] in NEWLINES)
        return [sentence, *self.feed(text[end:])]

    def drain(self) -> str:
        """Hand over what is settled of the sentence; it will end without that."""
        # The number of a list item may still move to the next sentence.
        return self._open.drain(keep=8 if self._items.is_open else 0)

"""Sentences, emitted as soon as the text settles where they end."""

from __future__ import annotations

from collections.abc import Sequence

from rx_stream.core.sentences.inline_lists import InlineList
from rx_stream.core.sentences.newline_rules import CodeFence, judge_soft_newline
from rx_stream.core.sentences.open_sentence import OpenSentence
from rx_stream.core.sentences.sentence_marks import (
    NEWLINES,
    Verdict,
    find_candidate,
    find_deciding,
    find_in_ascii,
    find_in_ascii_or_letter_mark,
)
from rx_stream.core.sentences.sentence_rules import SentenceRules
from rx_stream.core.sentences.sentence_words import profile_for

__all__ = ["Sentences"]

_END, _GO_ON, _WAIT = Verdict.END, Verdict.GO_ON, Verdict.WAIT

_LONG_UNDECIDED = 128

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
        self._fence = CodeFence()
        self._search = find_in_ascii

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the sentences that it ends."""
        if not self._undecided:
            if text.isascii():
                if self._search(text) is None:
                    if text:
                        self._open.add(text)
                    return ()
            else:
                self._search = find_in_ascii_or_letter_mark
                if find_candidate(text) is None:
                    self._open.add(text)
                    return ()
            return self._work(text, False)
        if not text.isascii():
            self._search = find_in_ascii_or_letter_mark
        if len(self._undecided) > _LONG_UNDECIDED:
            self._deferred.append(text)
            if find_deciding(text) is None:
                return ()
            return self._work(self._take_undecided(), False)
        return self._work(self._undecided + text, False)

    def _take_undecided(self) -> str:
        text = "".join((self._undecided, *self._deferred))
        self._deferred.clear()
        self._undecided = ""
        return text

    def _work(self, text: str, final: bool) -> list[str]:
        """Settle what can be settled of a text that goes on where the sentence stands."""
        sentences: list[str] = []
        decide = self._rules.decide
        fence, items, sentence = self._fence, self._items, self._open
        search = self._search if text.isascii() else find_candidate
        start = place = 0
        self._undecided = ""
        while (match := search(text, place)) is not None:
            at = match.start()
            if text[at] in NEWLINES:
                verdict, end, start = self._newline(text, start, at, final)
            elif fence.closing:
                verdict, end = _GO_ON, at + 1
            else:
                verdict, end = decide(text, start, at, sentence, items, final)
            if verdict is _GO_ON:
                place = end
            elif verdict is _END:
                start, place = self._end(text, start, at, end, sentences)
            else:
                self._settle(text[start:at])
                self._undecided = text[at:]
                return sentences
        self._settle(text[start:])
        return sentences

    def _settle(self, text: str) -> None:
        if text:
            self._open.add(text)

    def _newline(self, text: str, start: int, at: int, final: bool) -> tuple[Verdict, int, int]:
        """Judge a newline; return also where the sentence goes on.

        What does not end at it is settled, so that it is not looked at again.
        """
        sentence = self._open
        opening = sentence.opening_with(text[start:at])
        if not opening:
            # Blank space leads the sentence.
            sentence.add(text[start : at + 1])
            sentence.begins_line = True
            return _GO_ON, at + 1, at + 1
        fence_line = sentence.begins_line and CodeFence.is_fence(opening)
        if not self._soft or self._fence.closing or fence_line:
            return _END, at + 1, start
        verdict, end = judge_soft_newline(text, at, final)
        if verdict is not _GO_ON:
            return verdict, end, start
        sentence.add(text[start:end])
        return _GO_ON, end, end

    def _end(
        self, text: str, start: int, at: int, end: int, sentences: list[str]
    ) -> tuple[int, int]:
        """End a sentence; return where the next one begins and where to look on."""
        sentence = self._open
        if end < 0:
            # Before the number of a list item, which is so many characters before its mark.
            whole = sentence.end(text[start:at], begins_line=False)
            sentences.append(whole[:end])
            self._items.advance()
            sentence.add(whole[end:])
            return at, at + 1
        newline = text[at] in NEWLINES
        if newline:
            self._items.reset()
            if sentence.begins_line:
                self._fence.end_line(sentence.opening_with(text[start:end]))
        # Soft newlines are among the white space behind a mark.
        gap = text[at:end]
        begins_line = newline or any(c in NEWLINES for c in gap[len(gap.rstrip()) :])
        sentences.append(sentence.end(text[start:end], begins_line=begins_line))
        return end, end

    def flush(self) -> Sequence[str]:
        """Return the last sentences: nothing follows that could join them."""
        sentences = self._work(self._take_undecided(), True) if self._undecided else []
        rest = self._open.drain(keep=0)
        if rest:
            sentences.append(rest)
        self._open = OpenSentence()
        self._items.reset()
        self._fence = CodeFence()
        self._search = find_in_ascii
        return sentences

    def settle(self) -> Sequence[str]:
        """Return the sentence that has its final mark and waits only for what follows."""
        if not self._undecided or self._undecided[0] in NEWLINES:
            return ()
        text = self._take_undecided()
        probe = text + ("" if text[-1].isspace() else " ") + _NEXT_SENTENCE
        verdict, end = self._rules.decide(probe, 0, 0, self._open, self._items, True)
        if verdict is not _END or end < 0:
            self._undecided = text
            return ()
        sentences: list[str] = []
        end = min(end, len(text))
        self._end(text, 0, 0, end, sentences)
        return [*sentences, *self.feed(text[end:])]

    def drain(self) -> str:
        """Hand over what is settled of the sentence; it will end without that."""
        # The number of a list item may still move to the next sentence.
        return self._open.drain(keep=8 if self._items.is_open else 0)

"""Display words: what a reader would see appear as one word."""

from __future__ import annotations

from collections.abc import Sequence

from rx_stream.core.text.word_classes import CLASSES, STEPS, flows_without_spaces

__all__ = ["Words"]


class Words:
    """Emit each word with the white-space character that ends it.

    A word is white space that leads it, a run of anything else, and exactly one white-space
    character (CRLF counts as one). Scripts that are written without spaces break inside the run.
    Non-breaking spaces do not end a word.
    """

    # The state describes the parts before index `known`; plain text is only classified if a
    # script without spaces follows it, which most streams never do.
    __slots__ = ("_begun", "_known", "_parts", "_plain", "_return", "_state")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._begun = False  # There is more than white space.
        self._state = ""
        self._known = 0
        self._plain = True  # Nothing held lets plain text break except at its spaces.
        self._return = ""  # A CR at the end of the text so far.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the words that it ends."""
        # In printable text the only white space is U+0020.
        printable = text.isprintable()
        if not (self._plain and (printable or text.replace("\n", "").isprintable())):
            return self._feed_any(text) if text else ()
        if not text.isascii() and flows_without_spaces(text):
            return self._feed_any(text)
        if not printable:
            return self._feed_spaced(text)
        parts = self._parts
        word, space, rest = text.partition(" ")
        if not space:
            if word:
                parts.append(word)
                self._begun = True
            return ()
        if " " in rest or not (word or self._begun):
            return self._feed_spaced(text)
        if parts:
            if word:
                parts.append(word)
            word = "".join(parts)
            parts.clear()
        self._state = ""
        self._known = 0
        if rest:
            parts.append(rest)
            self._begun = True
        else:
            self._begun = False
        return (word + " ",)

    def _feed_spaced(self, text: str) -> Sequence[str]:
        words: list[str] = []
        parts = self._parts
        begun = self._begun
        # NUL is not printable, so it is not in the text.
        *ended, rest = text.replace("\n", "\n\0").replace(" ", " \0").split("\0")
        for word in ended:
            if not begun and len(word) == 1:  # White space leads the next word.
                parts.append(word)
                continue
            begun = False
            if parts:
                parts.append(word)
                word = "".join(parts)
                parts.clear()
            words.append(word)
        self._state = ""
        self._known = len(parts)
        if rest:
            parts.append(rest)
        self._begun = rest != ""
        return words

    def _feed_any(self, text: str) -> list[str]:
        # Held back so that CRLF is seen in one piece.
        text = self._return + text
        self._return = ""
        if text[-1] == "\r":
            text = text[:-1]
            self._return = "\r"
        self._classify_plain()
        words = self._cut(text)
        self._known = len(self._parts)
        self._plain = not self._return and self._state[:1] in "wpo"
        return words

    def _classify_plain(self) -> None:
        state = self._state
        for part in self._parts[self._known :]:
            if part.isascii() and part[-1].isalpha():
                state = "ww"
                continue
            for character in part:  # None of them white space: they were printable.
                state = STEPS[state + CLASSES[character]][1]
        self._state = state

    def _cut(self, text: str) -> list[str]:
        words: list[str] = []
        parts = self._parts
        state = self._state
        start = 0
        for position, character in enumerate(text):
            kind = CLASSES[character]
            if kind != "S":
                breaks, state = STEPS[state + kind]
                end = position if breaks else -1
            elif state:
                crlf = character == "\r" and text[position + 1 : position + 2] == "\n"
                end = position + 2 if crlf else position + 1
                state = ""
            else:
                end = -1
            if end >= 0:
                parts.append(text[start:end])
                words.append("".join(parts))
                parts.clear()
                start = end
        if start < len(text):
            parts.append(text[start:])
        self._begun = state != ""
        self._state = state
        return words

    def flush(self) -> Sequence[str]:
        """Return the last word, which no white space ended."""
        text = self.drain() + self._return
        self._return = self._state = ""
        self._begun = False
        self._plain = True
        return (text,) if text else ()

    def settle(self) -> Sequence[str]:
        """Return what is held: a word waits only for what would end it."""
        return self.flush()

    def drain(self) -> str:
        """Hand over what is held of the unfinished word; it will end without that."""
        self._classify_plain()
        text = "".join(self._parts)
        self._parts.clear()
        self._known = 0
        return text

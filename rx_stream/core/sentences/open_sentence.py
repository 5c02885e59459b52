"""The settled beginning of a sentence that has not ended yet."""

from __future__ import annotations

__all__ = ["CONTEXT", "OpenSentence"]

CONTEXT = 64
"""Characters of a sentence that the rules look back at."""


class OpenSentence:
    """Text that surely belongs to the current sentence, kept in pieces.

    Attributes:
        opening: The first characters that are not white space, three of them or what there is.
        begins_line: The sentence began at the start of a line.
    """

    __slots__ = ("_before", "_opened", "_parts", "_whole", "begins_line", "opening")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._before = ""  # The end of what was drained from this sentence, as context.
        self._whole = True  # Nothing before `_before` is missing.
        self.begins_line = True
        self.opening = ""
        self._opened = False

    def add(self, text: str) -> None:
        """Settle more text."""
        self._parts.append(text)
        if not self._opened:
            self.opening = self.opening_with(text)
            self._opened = len(self.opening) == 3

    def opening_with(self, text: str) -> str:
        """Return the first characters of the sentence if ``text`` came next."""
        return self.opening if self._opened else (self.opening + text).lstrip()[:3]

    def left(self, text: str, start: int, at: int) -> tuple[str, bool]:
        """Return what stands before ``at`` and whether that is the whole sentence so far.

        Args:
            text: Text that follows what is settled.
            start: Where the sentence goes on in ``text``.
            at: The place that is looked at.
        """
        if at - start > CONTEXT:
            return text[at - CONTEXT : at], False
        # Each piece is a character at least, so these are enough; the short way is the usual one.
        pieces = self._parts[-CONTEXT - 1 :]
        if pieces and len(pieces[-1]) > CONTEXT:
            pieces = [pieces[-1][-CONTEXT - 1 :]]
        left = "".join((self._before, *pieces, text[start:at]))
        whole = self._whole and len(left) <= CONTEXT
        return left if whole else left[-CONTEXT:], whole

    def end(self, text: str, *, begins_line: bool) -> str:
        """Return the sentence up to the end of ``text``; the next one is open then."""
        if self._parts:
            self._parts.append(text)
            text = "".join(self._parts)
            self._parts.clear()
        self._before = self.opening = ""
        self._opened = False
        self._whole = True
        self.begins_line = begins_line
        return text

    def drain(self, keep: int) -> str:
        """Hand over what is settled but for ``keep`` characters; the rules still know of it."""
        text = "".join(self._parts)
        out, kept = (text[:-keep], text[-keep:]) if keep else (text, "")
        self._parts = [kept] if kept else []
        if out:
            before = self._before + out
            self._whole = self._whole and len(before) <= CONTEXT
            self._before = before[-CONTEXT:]
        return out

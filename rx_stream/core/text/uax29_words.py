"""Word segments of UAX #29, over a library that segments a whole text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast

from rx_stream.core.extras import load_extra

__all__ = ["Uax29Words", "load_segmenter"]

_MIDDLE = r"[\p{WB=MidLetter}\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=Single_Quote}\p{WB=Double_Quote}]"
_MARKS = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]"
_UNIT = rf"{_MARKS}+|[^\p{{WB=Extend}}\p{{WB=Format}}\p{{WB=ZWJ}}]{_MARKS}*"
_LONG = 64
_find_half = re.compile("[\ud800-\udfff]").search
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def load_segmenter() -> Callable[[str], list[str]]:
    """Return the function that splits a text into word segments.

    Raises:
        ImportError: The library is not installed; the message names the extra.
    """
    module = load_extra('buffer_words: mode="uax29"', "unicode_segmentation_rs", "uax29")
    return cast("Callable[[str], list[str]]", module.split_word_bounds)


class Uax29Words:
    """Emit each word segment, white space and punctuation included, once its end is certain.

    The last segment is held, or the last two where the last may join what is before and after it,
    as the apostrophe of ``can't`` does. A long one is not given to the library again for each
    chunk: a short stand-in with the same end is, because the rules look back no further than two
    letters with their marks.

    Args:
        segment: Splits a whole text, see :func:`load_segmenter`.

    Source: Unicode Standard Annex #29, in the Unicode version of the library.
    """

    __slots__ = ("_held", "_middle", "_segment", "_stand_in", "_units")

    def __init__(self, segment: Callable[[str], list[str]]) -> None:
        import regex

        self._segment = segment
        self._middle = regex.compile(rf"{_MIDDLE}{_MARKS}*").fullmatch
        self._units = regex.compile(_UNIT).findall
        self._held: tuple[list[str], ...] = ()  # The pieces of each held segment.
        self._stand_in: list[str] = []  # What stands in for each.

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the segments that are certain."""
        if not text:
            return ()
        # Half a character is no text for the library; it is one character of another one here.
        seen = text.translate(_HALVES) if _find_half(text) else text
        segments = self._segment("".join(self._stand_in) + seen)
        keep = 2 if len(segments) > 1 and self._middle(segments[-1]) else 1
        real = self._real(segments, text)
        self._stand_in = [self._shorten(segment) for segment in segments[-keep:]]
        self._held = tuple(real[-keep:])
        return ["".join(pieces) for pieces in real[:-keep]]

    def _real(self, segments: list[str], text: str) -> list[list[str]]:
        """Return the pieces of the real text of each segment."""
        held = [*self._held]
        ahead = [len(stand_in) for stand_in in self._stand_in]
        real: list[list[str]] = []
        place = 0  # In the text.
        for segment in segments:
            length = len(segment)
            pieces: list[str] = []
            while ahead and length:
                length -= ahead.pop(0)
                pieces = self._joined(pieces, held.pop(0))
            if length:
                pieces.append(text[place : place + length])
                place += length
            real.append(pieces)
        return real

    @staticmethod
    def _joined(pieces: list[str], more: list[str]) -> list[str]:
        # The first list grows in place, so that a long segment costs nothing per chunk.
        if not pieces:
            return more
        pieces += more
        return pieces

    def _shorten(self, segment: str) -> str:
        if len(segment) <= _LONG:
            return segment
        units = self._units(segment)
        # A mark in the middle of a word is in one only behind the letter before it.
        units = units[-4 if self._middle(units[-3:][0]) else -3 :]
        return "".join(unit if len(unit) < 4 else unit[:2] + unit[-1] for unit in units)

    def flush(self) -> Sequence[str]:
        """Return the held segments, which nothing can join any more."""
        held, self._held = self._held, ()
        self._stand_in = []
        return ["".join(pieces) for pieces in held]

    def settle(self) -> Sequence[str]:
        """Return the held segments: they waited only for what follows."""
        return self.flush()

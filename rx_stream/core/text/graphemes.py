"""User-perceived characters: extended grapheme clusters of UAX #29."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

__all__ = [
    "CodePoints",
    "Graphemes",
    "ends_any_character",
    "first_grapheme",
    "split_graphemes",
]

# Letters, signs and controls that never join each other (Grapheme_Cluster_Break Other, and Hangul
# syllables without loose jamo): a text of these alone needs no segmenter. Marks, joiners,
# modifiers, flags and prepended signs are left out, so this may be too small but not too big.
_SIMPLE = (
    "\t\n -~\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3"
    "\u0e01-\u0e30\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff"
    "\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\ua48c\uac00-\ud7a3\uff01-\uff9d"
)
_needs_segmenter = re.compile(f"[^{_SIMPLE}]").search
ends_any_character = re.compile(f"[{_SIMPLE}]").search
"""Find a sign that joins nothing before it, but for the rare signs that join what follows them."""

# Grapheme_Cluster_Break Control, but for rare ones beyond U+FFFF; CR and LF are judged apart.
_is_control = re.compile(
    "[\0-\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb]|\r\n"
).fullmatch

# Past this length a cluster is only looked at again once it has doubled: else a million
# combining marks would cost a rescan each.
_LONG_CLUSTER = 256


@cache
def _iter_graphemes() -> Callable[[str], Iterator[str]]:
    # Loaded on first use: plain text never needs it.
    from wcwidth import iter_graphemes

    return iter_graphemes


def split_graphemes(text: str) -> list[str]:
    """Return the extended grapheme clusters of a whole text."""
    if "\r" not in text and (text.isascii() or not _needs_segmenter(text)):
        return list(text)
    return list(_iter_graphemes()(text))


def first_grapheme(text: str) -> str:
    """Return the first extended grapheme cluster of a text that is not empty."""
    return next(_iter_graphemes()(text))


class Graphemes:
    """Emit each cluster with the code point that shows it is closed.

    Source: Unicode Standard Annex #29, in the Unicode version of the installed ``wcwidth``.
    """

    __slots__ = ("_deferred", "_deferred_length", "_last", "_plain", "_segment")

    def __init__(self) -> None:
        self._last = ""  # The cluster that the next code point may lengthen.
        self._plain = True  # No simple code point can lengthen it.
        self._deferred: list[str] = []
        self._deferred_length = 0
        self._segment: Callable[[str], Iterator[str]] | None = None

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return the clusters that it closes."""
        held = self._last
        if self._plain and text.isascii() and text.isprintable() and held:
            clusters = [held, *text]
            self._last = clusters.pop()
            return clusters
        if not text:
            return ()
        if not self._plain or _needs_segmenter(text):
            return self._feed_any(text)
        clusters = [held, *text] if held else [*text]
        self._last = last = clusters.pop()
        if last < " ":
            self._last = ""
            clusters.append(last)
        return clusters

    def _feed_any(self, text: str) -> Sequence[str]:
        held = self._last
        if len(held) > _LONG_CLUSTER:
            self._deferred.append(text)
            self._deferred_length += len(text)
            # What joins nothing closes any cluster, and need not wait for the doubling.
            if self._deferred_length < len(held) and ends_any_character(text) is None:
                return ()
            text = self._take_deferred()
        segment = self._segment or self._load_segmenter()
        clusters = list(segment(held + text))
        # Rule GB4: there is a break after every control character. CR still waits for LF.
        self._last = last = "" if _is_control(clusters[-1]) else clusters.pop()
        self._plain = len(last) < 2 and not _needs_segmenter(last)
        return clusters

    def _load_segmenter(self) -> Callable[[str], Iterator[str]]:
        segment = self._segment = _iter_graphemes()
        return segment

    def _take_deferred(self) -> str:
        text = "".join(self._deferred)
        self._deferred.clear()
        self._deferred_length = 0
        return text

    def flush(self) -> Sequence[str]:
        """Return the last cluster, which nothing follows."""
        text = self._last + self._take_deferred()
        self._last = ""
        self._plain = True
        return split_graphemes(text)

    def settle(self) -> Sequence[str]:
        """Return the last cluster: it waited only for the next code point."""
        return self.flush()


class CodePoints:
    """Emit each code point as it comes."""

    __slots__ = ()

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return its code points."""
        return [*text]

    def flush(self) -> Sequence[str]:
        """Return nothing: nothing is held."""
        return ()

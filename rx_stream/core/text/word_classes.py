"""Classes of characters for display words, and where a word may break between two of them."""

from __future__ import annotations

import re

__all__ = ["CLASSES", "STEPS", "flows_without_spaces"]

_SPACES = frozenset(
    " \t\n\x0b\x0c\r\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
    "\u2028\u2029\u205f\u3000\u200b"
)
"""White_Space without the non-breaking spaces, and the zero width space."""

_STACKERS = frozenset("\u17d2\u1039\u1a60")
"""Khmer coeng, Myanmar virama, Tai Tham sakot: the next consonant is written below."""

_FLOWING = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u2fdf"
    "\u3001-\u312f\u3190-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffee\U00011700-\U0001174f\U00016fe0-\U00018dff"
    "\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
flows_without_spaces = re.compile(f"[{_FLOWING}]").search
"""Find a character of a script without spaces, or of wide punctuation."""

_PATTERNS = {
    "X": r"[\p{GCB=Extend}\p{GCB=SpacingMark}\u200d\p{M}\u3005\u303b\u309d\u309e\u30fd\u30fe]",
    "O": r"[\p{Ps}\p{Pi}\u0e40-\u0e44\u0ec0-\u0ec4]",
    "K": r"[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d\U0001b000]",
    "I": (
        r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}"
        r"\p{Script=Nushu}\p{Line_Break=SA}\u3007]"
    ),
    "p": r"\p{P}",
    "C": r"[\u3001-\u303f\ufe30-\ufe4f\uff01-\uff65\u30fb\u30a0]",
}


def _is(kind: str, character: str) -> bool:
    # Loaded on first use: plain ASCII never needs Unicode properties.
    import regex

    return regex.match(_PATTERNS[kind], character) is not None


def _classify(character: str) -> str:
    if character in _SPACES:
        return "S"
    if character in _STACKERS:
        return "J"
    if _is("X", character):
        return "X"
    flows = flows_without_spaces(character) is not None
    if _is("O", character):
        return "O" if flows else "o"
    for kind in "KI" if flows else "":
        if _is(kind, character):
            return kind
    if _is("p", character):
        return "C" if flows and _is("C", character) else "p"
    return "w"


class _Classes(dict[str, str]):
    """The class of each character, found on first sight.

    ``S`` white space, ``X`` never starts a word, ``J`` joins the next consonant, ``O`` and ``o``
    wide and narrow openers, ``K`` katakana, ``I`` one word per character, ``C`` and ``p`` wide
    and other punctuation, ``w`` the rest.
    """

    def __missing__(self, character: str) -> str:
        kind = self[character] = _classify(character)
        return kind


def _breaks(core: str, before: str, kind: str) -> bool:
    after_punctuation = before == "p"
    if kind == "O":
        return before != "o" and core in "IKCw"
    if kind == "o":
        return before != "o" and core in "IKC"
    if kind == "I":
        return before in "IKCw" or (after_punctuation and core in "IKCw")
    if kind == "K":
        return before in "ICw" or (after_punctuation and core in "IKCw")
    if kind == "w":
        return before in "IKC" or (after_punctuation and core in "IKC")
    return False


class _Steps(dict[str, tuple[bool, str]]):
    """From a state and a class to: does the word break here, and the next state.

    A state is empty while there is only white space; else the class that decides through
    punctuation, and the class just before (with ``o`` for any opener).
    """

    def __missing__(self, key: str) -> tuple[bool, str]:
        step = self[key] = self._find(key[:-1], key[-1])
        return step

    @staticmethod
    def _find(state: str, kind: str) -> tuple[bool, str]:
        if kind == "X":
            return False, state or "ww"
        if kind == "J":
            return False, (state[:1] or "w") + "o"
        before = "o" if kind == "O" else kind
        if not state:
            return False, before + before
        breaks = _breaks(state[0], state[1], kind)
        if kind in "IKCw":
            return breaks, kind + kind
        return breaks, ("o" if breaks else state[0]) + before


CLASSES = _Classes()
STEPS = _Steps()

"""The split patterns of tiktoken over class codes, for the standard ``re``.

tiktoken splits text with a pattern and encodes each part by itself. Its engine releases the GIL for
every call, which costs a thread switch per delta beside a busy thread; and ``re`` has no Unicode
classes. So here ASCII stands for itself, and every other character is first translated to one
ASCII character of its class. Which class that is, tiktoken's own engine is asked when a character
is first seen: two Unicode versions can not disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rx_stream.core.tokens.vocabulary_build import split_pattern

__all__ = [
    "CODES",
    "FIRST_SAFE_BORDER",
    "SAFE_BORDER",
    "SPLIT_FAMILIES",
    "code_pattern",
    "family_of",
]

_CONTRACTION = r"(?:'(?i:s|t|re|ve|m|ll|d))"
# B upper or title case, a lower case, \x01 other letters, \x02 marks, 0 numbers, \t blanks, ! the
# rest, the characters \x01 and \x02 themselves included. re.A: \s is White_Space within ASCII,
# while that of str takes \x1c to \x1f as well.
_PATTERNS: Final = {
    "o200k_base": (
        r"[^\r\nA-Za-z0-9\x01]?[A-Z\x01\x02]*[a-z\x01\x02]+" + _CONTRACTION + r"?"
        r"|[^\r\nA-Za-z0-9\x01]?[A-Z\x01\x02]+[a-z\x01\x02]*" + _CONTRACTION + r"?|[0-9]{1,3}"
        r"| ?[^\sA-Za-z0-9\x01]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
    "cl100k_base": (
        _CONTRACTION + r"|[^\r\nA-Za-z0-9\x01]?[A-Za-z\x01]+|[0-9]{1,3}"
        r"| ?[^\sA-Za-z0-9\x01]+[\r\n]*|\s+\Z|\s*[\r\n]|\s+(?!\S)|\s"
    ),
}

SPLIT_FAMILIES: Final = ("o200k_base", "cl100k_base", "r50k_base")
"""Encodings of whose split patterns the rules of this package are proven."""

_KANA_HAN_HANGUL = "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_CJK_PUNCTUATION = "\u3001-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u2026"

_SAFE: Final = (
    r"(?:"
    r"\S(?=[ \t])"
    r"|[A-Za-z0-9](?=[\n\r!-&(-/:-@\[-`{-~])"  # Not the apostrophe: contractions.
    r"|[0-9](?=[A-Za-z'])|[A-Za-z](?=[0-9])"
    r"|[\r\n](?=[A-Za-z0-9])"
    rf"|[{_KANA_HAN_HANGUL}](?=[{_CJK_PUNCTUATION}\n\r0-9])"
    r")"
)
SAFE_BORDER: Final = re.compile(r"(?s).*" + _SAFE)
"""Matches up to the last place that is a border between tokens whatever is around it.

Each rule follows from the split patterns: no alternative of them looks behind, the only look-ahead
is the "no blank follows" at the end of a run of blanks, and no part spans such a place. Every
string of up to five out of 17 representatives of the classes bears it out.
"""

FIRST_SAFE_BORDER: Final = re.compile(_SAFE)
"""Finds the first such place."""


def family_of(pattern: str) -> str | None:
    """Return which of :data:`SPLIT_FAMILIES` splits by this pattern, or None."""
    return next((name for name in SPLIT_FAMILIES if split_pattern(name) == pattern), None)


def code_pattern(family: str) -> re.Pattern[str] | None:
    """Return the split pattern over class codes, where there is one."""
    pattern = _PATTERNS.get(family)
    return None if pattern is None else re.compile(pattern, re.A)


class _Codes(dict[int, int]):
    """Code point to class code, for ``str.translate``; filled as characters are seen."""

    __slots__ = ("_probes",)

    def __init__(self) -> None:
        super().__init__({i: i for i in range(128)})
        self[1] = self[2] = ord("!")
        self[0x17F] = ord("s")  # The long s is an s where case is ignored.
        self._probes: list[tuple[Callable[[str], list[int]], int]] = []

    def prepare(self) -> None:
        """Do now what the first character that is not ASCII would have to wait for."""
        if not self._probes:
            self._probes = _class_probes()

    def __missing__(self, point: int) -> int:
        self.prepare()
        character = chr(point)  # tiktoken takes half of a surrogate pair for U+FFFD, a symbol.
        code = next((code for probe, code in self._probes if probe(character)), ord("!"))
        self[point] = code
        return code


def _class_probes() -> list[tuple[Callable[[str], list[int]], int]]:
    """Return encoders of which each gives tokens for one class of characters only."""
    import tiktoken

    classes = {
        r"[\p{Lo}\p{Lm}]": "\x01",
        r"\p{Ll}": "a",
        r"[\p{Lu}\p{Lt}]": "B",
        r"\p{M}": "\x02",
        r"\p{N}": "0",
        r"\s": "\t",
    }
    ranks = {bytes([i]): i for i in range(256)}
    return [
        (
            tiktoken.Encoding(
                "probe", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
            ).encode_ordinary,
            ord(code),
        )
        for pattern, code in classes.items()
    ]


CODES: Final = _Codes()
"""The class code of every code point; shared, and safe to fill from several threads."""

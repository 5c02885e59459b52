"""What the counters of one encoding share: how it splits text and how many tokens a part has."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from rx_stream.core.tokens.split_codes import CODES, code_pattern, family_of

if TYPE_CHECKING:
    import tiktoken

__all__ = ["MEMO_SIZE", "TokenPieces", "pieces_of", "without_half", "without_surrogates"]

MEMO_SIZE = 16_384
"""How many short texts of an encoding have their count remembered, some 2 MB."""

_LONGEST_REMEMBERED = 32
# Above this the engine is faster than looking parts up, GIL or not.
_LONGEST_BY_PARTS = 2_000


class _Engine(Protocol):
    """What tiktoken's compiled part can do."""

    def encode_single_piece(self, piece: bytes, /) -> list[int]: ...
    def decode_single_token_bytes(self, token: int, /) -> bytes: ...


class _Counts(dict[str, int]):
    """A part of a text to its token count; encoding one part keeps the GIL, a text does not."""

    __slots__ = ("single",)

    def __init__(self, single: Callable[[bytes], list[int]]) -> None:
        super().__init__()
        self.single = single

    def __missing__(self, part: str) -> int:
        count = len(self.single(part.encode()))
        if len(part) <= _LONGEST_REMEMBERED:
            if len(self) >= MEMO_SIZE:
                self.clear()
            self[part] = count
        return count


class _TokenBytes(dict[int, bytes]):
    __slots__ = ("_decode",)

    def __init__(self, decode: Callable[[int], bytes]) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, token: int) -> bytes:
        data = self[token] = self._decode(token)
        return data


class _CharacterStarts(dict[int, int]):
    __slots__ = ("_token_bytes",)

    def __init__(self, token_bytes: Callable[[int], bytes]) -> None:
        super().__init__()
        self._token_bytes = token_bytes

    def __missing__(self, token: int) -> int:
        starts = sum(byte & 0xC0 != 0x80 for byte in self._token_bytes(token))
        self[token] = starts
        return starts


class TokenPieces:
    """One encoding, prepared for counting; shared by all counters of the process.

    Args:
        encoding: The encoding.

    Attributes:
        name: The name of the encoding.
        encode: Text to tokens, without special tokens.
        single: The bytes of one part to tokens.
        token_bytes: A token to its bytes.
        pattern: The pattern by which the encoding splits text.
        provable: Whether the rules for borders are proven for that pattern.
        marks_are_letters: Whether combining marks belong to the letters they follow.
        tails: Counts of short unfinished texts.
        character_starts: A token to how many characters start in it; it may end inside the last.
    """

    __slots__ = (
        "_counts",
        "_split",
        "character_starts",
        "encode",
        "marks_are_letters",
        "name",
        "pattern",
        "provable",
        "single",
        "tails",
        "token_bytes",
    )

    def __init__(self, encoding: tiktoken.Encoding) -> None:
        engine = cast("_Engine", getattr(encoding, "_core_bpe"))  # noqa: B009 - it is private
        self.name = encoding.name
        self.encode = encoding.encode_ordinary
        self.single = engine.encode_single_piece
        self.token_bytes = _TokenBytes(engine.decode_single_token_bytes).__getitem__
        self.pattern = cast("str", getattr(encoding, "_pat_str"))  # noqa: B009 - it is private
        family = family_of(self.pattern)
        self.provable = family is not None
        codes = None if family is None else code_pattern(family)
        self._split = codes
        self.marks_are_letters = r"\p{M}" in self.pattern
        self._counts = _Counts(self.single)
        CODES.prepare()
        self.tails: dict[str, int] = {}
        self.character_starts = _CharacterStarts(self.token_bytes)

    def count(self, text: str) -> int:
        """Return how many tokens a text of at most 500,000 characters has."""
        split = self._split
        if split is None or len(text) > _LONGEST_BY_PARTS:
            return len(self.encode(text))
        counts = self._counts
        if text.isascii() and "\x01" not in text and "\x02" not in text:
            return sum(map(counts.__getitem__, split.findall(text)))
        total = start = 0
        try:
            for part in split.findall(text.translate(CODES)):
                end = start + len(part)
                total += counts[text[start:end]]
                start = end
        except UnicodeEncodeError:  # A lone surrogate, or a pair in two halves.
            return len(self.encode(text))
        return total

    def count_tail(self, tail: str) -> int:
        """Return how many tokens an unfinished text has, and remember it."""
        count = self.count(tail)
        tails = self.tails
        if len(tails) >= MEMO_SIZE:
            tails.clear()
        tails[tail] = count
        return count


@lru_cache(maxsize=16)
def pieces_of(encoding: tiktoken.Encoding) -> TokenPieces:
    """Return what the counters of an encoding share."""
    return TokenPieces(encoding)


def without_half(text: str) -> tuple[str, str]:
    """Take the first half of a character off the end of a text: its second may follow."""
    if "\ud800" <= text[-1] <= "\udbff":
        return text[:-1], text[-1]
    return text, ""


def without_surrogates(text: str) -> str:
    """Return text as tiktoken sees it: halves of a pair joined, a lone half as U+FFFD.

    A first half at the very end stays, since the second one may follow.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        whole, half = without_half(text)
        return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace") + half
    return text

"""Cut a dear item into its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from rx_stream.core.token_counter import EncodingLike
from rx_stream.core.token_pieces import TokenPieces, pieces_of
from rx_stream.core.vocabulary import encoding_of
from rx_stream.types import MEANINGFUL, StreamChunk, carries_meaning

__all__ = ["TokenCut", "token_cut"]

_Item = TypeVar("_Item")

_SLICE = 100_000


class TokenCut:
    """Cuts the text of an item at token borders and shares its cost out among the pieces.

    Args:
        pieces: The encoding whose tokens they are.
    """

    __slots__ = ("_pieces",)

    def __init__(self, pieces: TokenPieces) -> None:
        self._pieces = pieces

    def cut(self, item: _Item, cost: int) -> Sequence[tuple[_Item, int]]:
        """Return the pieces of a string or chunk with their costs, which add up to ``cost``."""
        text = item.content if isinstance(item, StreamChunk) else cast("str", item)
        pieces = self._split(text)
        if len(pieces) < 2:
            return [(item, cost)]
        shares = _shares(cost, len(pieces))
        made = _chunks(item, pieces, shares) if isinstance(item, StreamChunk) else pieces
        return cast("list[tuple[_Item, int]]", [*zip(made, [*shares, 0], strict=False)])

    def _split(self, text: str) -> list[str]:
        """Return the texts of the tokens; one that ends inside a character joins the next."""
        raw = text.encode("utf-8", "surrogatepass")
        encode = cast("Callable[[str], list[int]]", self._pieces.encode)
        token_bytes = self._pieces.token_bytes
        pieces: list[str] = []
        start = end = 0
        # In slices: tiktoken fails on a million blanks.
        for at in range(0, len(text), _SLICE):
            for token in encode(text[at : at + _SLICE]):
                end += len(token_bytes(token))
                if end >= len(raw) or raw[end] & 0xC0 != 0x80:
                    pieces.append(raw[start:end].decode("utf-8", "surrogatepass"))
                    start = end
        # Halves of a surrogate pair are other bytes to tiktoken: such a text stays whole.
        return pieces if end == len(raw) else [text]


def _shares(cost: int, parts: int) -> list[int]:
    """Share a cost out evenly in whole tokens."""
    return [cost * (i + 1) // parts - cost * i // parts for i in range(parts)]


def _chunks(chunk: StreamChunk, pieces: Sequence[str], shares: Sequence[int]) -> list[StreamChunk]:
    counted = chunk.token_count is not None
    meaning = carries_meaning(chunk)
    metadata = chunk.metadata
    if meaning:
        # What is said once must not be repeated by every piece.
        metadata = {key: value for key, value in metadata.items() if key not in MEANINGFUL}
    made = [
        StreamChunk(piece, share if counted else None, False, None, metadata)
        for piece, share in zip(pieces, shares, strict=True)
    ]
    if meaning:
        made.append(replace(chunk, content="", token_count=None))
    return made


def token_cut(encoding: EncodingLike, *, name: str) -> TokenCut:
    """Return what cuts at the tokens of an encoding.

    Args:
        encoding: The name of a tiktoken encoding or model, or a ``tiktoken.Encoding``.
        name: Who asks, for the messages.

    Raises:
        TypeError: It only counts, and does not say where tokens end.
        ValueError: There is no encoding of this name.
        LookupError: The vocabulary is not on this machine.
    """
    import tiktoken

    if encoding is None or isinstance(encoding, (str, tiktoken.Encoding)):
        return TokenCut(pieces_of(encoding_of(encoding, name=name)))
    raise TypeError(f"{name}: encoding must be one of tiktoken's for split=True, not {encoding!r}")

"""The chunks of one text, with what is known of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from rx_stream.core.chunking.chunk_packer import ChunkPacker, Piece
from rx_stream.core.tokens.text_tokens import Tokens
from rx_stream.core.tokens.token_pieces import without_half
from rx_stream.types import StreamChunk

__all__ = ["ChunkedText"]


class ChunkedText:
    """Chunks one text that comes in pieces, each with the metadata of its source.

    Args:
        tokens: Tells the tokens of the text.
        packer: Cuts it.
        headings: Whether to tell the headings above each chunk.
    """

    __slots__ = ("_half", "_headings", "_index", "_packer", "_sources", "_tokens")

    def __init__(self, tokens: Tokens, packer: ChunkPacker, *, headings: bool) -> None:
        self._tokens = tokens
        self._packer = packer
        self._headings = headings
        self._index = 0
        self._half = ""  # The first half of a character, if it came as two.
        # Where the text of each source ends, and its metadata.
        self._sources: deque[tuple[int, Mapping[str, object]]] = deque()

    @property
    def outcome(self) -> Exception | None:
        """What counts tokens has raised; all text has been returned then."""
        return self._packer.outcome

    def feed(self, text: str, metadata: Mapping[str, object]) -> Sequence[StreamChunk]:
        """Take more text and return the chunks that are complete."""
        text = self._half + text
        self._half = ""
        if not text.isascii():
            text, self._half = _whole(text)
        if not text and not self._half:
            return []
        self._sources.append((self._packer.window.size + len(text), metadata))
        return [self._made(piece) for piece in self._packer.feed(text)]

    def finish(self) -> Sequence[StreamChunk]:
        """Return the chunks that are left; nothing is repeated after them."""
        half, self._half = self._half, ""
        pieces = self._packer.feed(half) if half else []
        return [self._made(piece) for piece in (*pieces, *self._packer.flush())]

    def _made(self, piece: Piece) -> StreamChunk:
        sources = self._sources
        while len(sources) > 1 and sources[0][0] < piece.end:
            sources.popleft()
        metadata = {
            **sources[0][1],
            "index": self._index,
            "start": piece.start,
            "end": piece.end,
            "overlap": piece.overlap,
            "token_count_source": self._tokens.name,
        }
        if self._tokens.whole:
            metadata |= {"token_start": piece.token_start, "token_end": piece.token_end}
        if self._headings:
            metadata["heading_path"] = piece.path
        self._index += 1
        return StreamChunk(piece.text, piece.tokens, False, None, metadata)


def _whole(text: str) -> tuple[str, str]:
    """Join halves of characters; return a first half at the end apart, since its other may come."""
    try:
        text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return without_half(joined)
    return text, ""

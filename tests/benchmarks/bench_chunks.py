"""Chunks for retrieval: ours against other splitters, with what each does to the text.

Run it: ``python tests/benchmarks/bench_chunks.py``. Read the ratios; times depend on the machine.
A peer that is not installed is left out; the extra ``peers`` brings them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from compare import ratios
from corpus import english, multilingual

from rx_stream.core.chunking.text_chunker import Strategy, TextChunker, chunk_plan
from rx_stream.core.tokens.vocabulary import encoding_of

MOST = 50
ENCODING = encoding_of("o200k_base")

Splitter = Callable[[str], "list[str]"]


def count(text: str) -> int:
    return len(ENCODING.encode_ordinary(text))


def ours(strategy: Strategy) -> Splitter:
    plan = chunk_plan(MOST, strategy=strategy)

    def split(text: str) -> list[str]:
        chunker = TextChunker(plan)
        return [chunk.content for chunk in (*chunker.feed(text), *chunker.flush())]

    return split


def sliced(text: str) -> list[str]:
    ids = ENCODING.encode_ordinary(text)
    return [ENCODING.decode(ids[i : i + MOST]) for i in range(0, len(ids), MOST)]


def langchain(name: str) -> Splitter:
    tool: Any = importlib.import_module("langchain_text_splitters")
    if name == "tokens":
        made = tool.TokenTextSplitter(
            encoding_name="o200k_base", chunk_size=MOST, chunk_overlap=0, disallowed_special=()
        )
    else:
        made = tool.RecursiveCharacterTextSplitter.from_tiktoken_encoder(
            encoding_name="o200k_base", chunk_size=MOST, chunk_overlap=0, disallowed_special=()
        )
    return made.split_text


def semchunk() -> Splitter:
    return importlib.import_module("semchunk").chunkerify(count, MOST, memoize=False)


def chonkie() -> Splitter:
    chunker = importlib.import_module("chonkie").TokenChunker(ENCODING, chunk_size=MOST)
    return lambda text: [chunk.text for chunk in chunker.chunk(text)]


def semantic_text_splitter() -> Splitter:
    tool: Any = importlib.import_module("semantic_text_splitter")
    return tool.TextSplitter.from_callback(count, MOST, trim=False).chunks


PEERS: dict[str, Callable[[], Splitter]] = {
    "ours, fixed": lambda: ours("fixed"),
    "ours, recursive": lambda: ours("recursive"),
    "ours, semantic": lambda: ours("semantic"),
    "slice the ids and decode": lambda: sliced,
    "langchain TokenTextSplitter": lambda: langchain("tokens"),
    "langchain Recursive, tiktoken": lambda: langchain("recursive"),
    "chonkie TokenChunker": chonkie,
    "semchunk": semchunk,
    "semantic-text-splitter, trim=False": semantic_text_splitter,
}


def show(title: str, text: str, rounds: int) -> None:
    """Print one table."""
    splitters: dict[str, Splitter] = {}
    for name, make in PEERS.items():
        try:
            splitters[name] = make()
        except ModuleNotFoundError as missing:
            print(f"  {name}: not installed ({missing.name})")
    found = ratios({n: lambda s=s: s(text) for n, s in splitters.items()}, rounds=rounds)
    print(f"\n{title}: {len(text)} characters into chunks of {MOST} tokens")
    print(
        f"  {'':36s} {'ratio':>7s} {'chunks':>7s} {'tokens':>7s} {'over':>5s} {'U+FFFD':>7s}  text"
    )
    for name, (_, ratio, _) in found.items():
        chunks = splitters[name](text)
        sizes = [count(chunk) for chunk in chunks]
        kept = "all" if "".join(chunks) == text else "changed"
        print(
            f"  {name:36s} {ratio:7.2f} {len(chunks):7d} {sum(sizes) / len(sizes):7.1f} "
            f"{sum(size > MOST for size in sizes):5d} {sum('�' in c for c in chunks):7d}  {kept}"
        )


def main(rounds: int = 5) -> None:
    """Print the tables."""
    importlib.import_module("tiktoken.registry").ENCODINGS["o200k_base"] = ENCODING  # Offline.
    show("English", english()[:100_000], rounds)
    show("multilingual", multilingual()[:100_000], rounds)


if __name__ == "__main__":
    main()

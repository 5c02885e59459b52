"""Ours against other ways to cut a stream into words and sentences, and to do the whole job.

Run it: ``python tests/benchmarks/bench_peers.py [words|sentences|pipeline ...]``. The peers are in
the extra ``peers``; a row says where one is not installed, and where one does not give back the
text it got. Whole texts are given to splitters that cannot stream, which is more than they can do
for a stream. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import bench_pipeline
import reactivex as rx
from corpus import english, token_chunks
from reactivex import operators as ops

from rx_stream import buffer_sentences, buffer_words, from_async_iterable, from_iterable
from rx_stream import to_async_iterable as async_items

ROUNDS = 7
WORD = re.compile(r"\s*\S+\s")
SENTENCE = re.compile(r"[.!?]\s+")

Peer = Callable[[list[str]], "list[str]"]


async def feed(chunks: list[str]) -> AsyncIterator[str]:
    for chunk in chunks:
        yield chunk


def ours(operator: Callable[[], Any]) -> Peer:
    def run(chunks: list[str]) -> list[str]:
        out: list[str] = []
        from_iterable(chunks).pipe(operator()).subscribe(out.append)
        return out

    return run


def ours_async(operator: Callable[[], Any]) -> Peer:
    async def read(chunks: list[str]) -> list[str]:
        stream = from_async_iterable(feed(chunks)).pipe(operator())
        return [piece async for piece in async_items(stream)]

    return lambda chunks: asyncio.run(read(chunks))


def cut(held: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Give the pieces of a text, and at last what remains."""
    at = 0
    for found in pattern.finditer(held):
        yield held[at : found.end()]
        at = found.end()
    yield held[at:]


def generator(pattern: re.Pattern[str]) -> Peer:
    def pieces(chunks: list[str]) -> Iterator[str]:
        held = ""
        for chunk in chunks:
            *done, held = cut(held + chunk, pattern)
            yield from done
        yield held

    return lambda chunks: list(pieces(chunks))


def async_generator(pattern: re.Pattern[str]) -> Peer:
    async def pieces(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
        held = ""
        async for chunk in chunks:
            *done, held = cut(held + chunk, pattern)
            for piece in done:
                yield piece
        yield held

    async def read(chunks: list[str]) -> list[str]:
        return [piece async for piece in pieces(feed(chunks))]

    return lambda chunks: asyncio.run(read(chunks))


def stock(pattern: re.Pattern[str]) -> Peer:
    def step(state: tuple[str, list[str]], chunk: str | None) -> tuple[str, list[str]]:
        if chunk is None:
            return "", [state[0]]
        *done, held = cut(state[0] + chunk, pattern)
        return held, done

    def run(chunks: list[str]) -> list[str]:
        out: list[str] = []
        rx.from_iterable([*chunks, None]).pipe(
            ops.scan(step, ("", [])), ops.flat_map(lambda state: rx.from_iterable(state[1]))
        ).subscribe(out.append)
        return out

    return run


def aiostream(pattern: re.Pattern[str]) -> Peer:
    stream: Any = importlib.import_module("aiostream").stream
    pipe: Any = importlib.import_module("aiostream").pipe

    def step(state: tuple[str, list[str]], chunk: str | None) -> tuple[str, list[str]]:
        if chunk is None:
            return "", [state[0]]
        *done, held = cut(state[0] + chunk, pattern)
        return held, done

    async def read(chunks: list[str]) -> list[str]:
        states = stream.iterate([*chunks, None]) | pipe.accumulate(step, initializer=("", []))
        pieces = states | pipe.concatmap(lambda state: stream.iterate(state[1]), task_limit=1)
        async with pieces.stream() as items:
            return [piece async for piece in items]

    return lambda chunks: asyncio.run(read(chunks))


def langchain() -> Peer:
    module: Any = importlib.import_module("langchain_text_splitters")
    splitter = module.RecursiveCharacterTextSplitter(chunk_size=200, chunk_overlap=0)
    return lambda chunks: splitter.split_text("".join(chunks))


def stream2sentence() -> Peer:
    module: Any = importlib.import_module("stream2sentence")
    return lambda chunks: list(module.generate_sentences(iter(chunks)))


def sentence_stream() -> Peer:
    module: Any = importlib.import_module("sentence_stream")
    return lambda chunks: list(module.stream_to_sentences(iter(chunks)))


def llmstream() -> Peer:
    module: Any = importlib.import_module("llmstream")

    def run(chunks: list[str]) -> list[str]:
        buffer = module.SentenceBuffer()
        out = [piece for chunk in chunks for piece in buffer.feed(chunk)]
        return [*out, *buffer.close()]

    return run


def frames(make: Callable[..., Callable[[], None]]) -> Peer:
    def run(chunks: list[str]) -> list[str]:
        out: list[str] = []
        make(chunks, out.append)()
        return out

    return run


Table = dict[str, Callable[[], Peer]]
TABLES: dict[str, tuple[int, Table]] = {
    "words": (
        5_000,
        {
            "ours": lambda: ours(buffer_words),
            "ours, async for": lambda: ours_async(buffer_words),
            "generator with re": lambda: generator(WORD),
            "async generator with re": lambda: async_generator(WORD),
            "stock RxPY": lambda: stock(WORD),
            "aiostream": lambda: aiostream(WORD),
        },
    ),
    "sentences": (
        5_000,
        {
            "ours": lambda: ours(buffer_sentences),
            "ours, async for": lambda: ours_async(buffer_sentences),
            "generator with re": lambda: generator(SENTENCE),
            "async generator with re": lambda: async_generator(SENTENCE),
            "stock RxPY": lambda: stock(SENTENCE),
            "aiostream": lambda: aiostream(SENTENCE),
            "sentence-stream": sentence_stream,
            "stream2sentence": stream2sentence,
            "llmstream": llmstream,
            "langchain-text-splitters, whole text": langchain,
        },
    ),
    "pipeline": (
        4_000,
        {
            "ours": lambda: frames(bench_pipeline.ours),
            "generator fused by hand": lambda: lambda chunks: list(bench_pipeline.fused(chunks)),
            "stock RxPY": lambda: frames(bench_pipeline.stock),
        },
    ),
}


def kept(name: str, text: str, pieces: list[str]) -> str:
    """Return whether the pieces join to the text."""
    if name == "pipeline":
        return "the same frames"  # Held by `bench_pipeline.same_frames`.
    if "".join(pieces) == text:
        return "all"
    lost = len("".join(text.split())) - len("".join("".join(pieces).split()))
    return "white space lost" if not lost else f"{lost} characters lost, and white space"


def install(table: Table) -> dict[str, Peer]:
    made: dict[str, Peer] = {}
    for name, make in table.items():
        try:
            made[name] = make()
        except ImportError as missing:
            print(f"  {name:38s} not installed ({missing.name})")
    return made


def show(name: str) -> None:
    """Print one table."""
    size, table = TABLES[name]
    chunks = token_chunks(english())[:size]
    text = "".join(chunks)
    print(f"\n{name}: {size} English tokens")
    peers = install(table)
    times: dict[str, list[float]] = {peer: [] for peer in peers}
    pieces: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        for peer, run in peers.items():
            start = time.process_time()
            pieces[peer] = run(chunks)
            times[peer].append(time.process_time() - start)
    base = statistics.median(times["ours"])
    print(f"  {'':38s} {'us each':>8s} {'ratio':>7s} {'spread':>7s} {'pieces':>7s}  text kept")
    for peer, values in times.items():
        low, middle, high = statistics.quantiles(values, n=4)
        spread = (high - low) / 2 / middle
        print(
            f"  {peer:38s} {middle / size * 1e6:8.2f} {middle / base:7.2f} {spread:7.0%} "
            f"{len(pieces[peer]):7d}  {kept(name, text, pieces[peer])}",
            flush=True,
        )


def main(wanted: list[str]) -> None:
    """Print the tables that are asked for, or all."""
    if "pipeline" in (wanted or TABLES):
        bench_pipeline.same_frames(token_chunks(english())[:4_000])
    for name in wanted or TABLES:
        show(name)


if __name__ == "__main__":
    main(sys.argv[1:])

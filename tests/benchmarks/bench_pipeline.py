"""The whole job, per chunk: ours, fused by hand, and stock operators with the same output.

Run it: ``python tests/benchmarks/bench_pipeline.py``. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator

import reactivex as rx
from compare import compare
from corpus import english, multilingual, token_chunks
from reactivex import operators as ops

from rx_stream import (
    StreamProgress,
    StreamResult,
    aggregate,
    buffer_words,
    from_iterable,
    throttle_tokens,
    to_sse,
    track_progress,
)
from rx_stream.core.vocabulary import encoding_of


def ignore(_: object) -> None:
    pass


def ours(chunks: list[str]) -> Callable[[], None]:
    """Return the pipe of the README."""

    def run() -> None:
        from_iterable(chunks).pipe(
            buffer_words(),
            throttle_tokens(None),
            track_progress(None, 0.1, on_progress=ignore),
            aggregate(ignore),
            to_sse(),
        ).subscribe(ignore)

    return run


def fused(chunks: Iterable[str]) -> Iterator[str]:
    """Do the same job in one loop, as somebody would who needs just this once.

    It knows ASCII words only, looks at the clock once per word, and reports every 0.1 s, with the
    tokens of the text since the last report.
    """
    count_tokens = encoding_of("o200k_base").encode_ordinary
    escape = json.encoder.encode_basestring_ascii
    clock = time.monotonic
    held: list[str] = []
    texts: list[str] = []
    start = clock()
    due = start + 0.1
    count = characters = tokens = reported = 0
    for chunk in chunks:
        if " " not in chunk and "\n" not in chunk:
            held.append(chunk)
            continue
        *words, rest = chunk.replace("\n", "\n\0").replace(" ", " \0").split("\0")
        for word in words:
            if held:
                held.append(word)
                word = "".join(held)
                held.clear()
            texts.append(word)
            count += 1
            characters += len(word)
            now = clock()
            if now >= due:
                tokens += len(count_tokens("".join(texts[reported:])))
                reported = count
                ignore(StreamProgress(tokens, None, None, now - start, chunks_received=count))
                due = now + 0.1
            yield f'data: {{"content":{escape(word)}}}\n\n'
        if rest:
            held.append(rest)
    if held:
        yield f'data: {{"content":{escape("".join(held))}}}\n\n'
    tokens += len(count_tokens("".join(texts[reported:])))
    ignore(StreamProgress(tokens, None, None, clock() - start, chunks_received=count))
    ignore(StreamResult(content="".join(texts), chunk_count=count, duration=clock() - start))
    yield 'event: done\ndata: {"finish_reason":"stop"}\n\n'


def by_hand(chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        for frame in fused(chunks):
            ignore(frame)

    return run


def stock(chunks: list[str]) -> Callable[[], None]:
    """Return the nearest composition of stock operators: words by scan and flat_map."""

    def cut(state: tuple[str, list[str]], chunk: str) -> tuple[str, list[str]]:
        *words, rest = (state[0] + chunk).replace(" ", " \0").split("\0")
        return rest, words

    def run() -> None:
        rx.from_iterable([*chunks, " "]).pipe(
            ops.scan(cut, ("", [])),
            ops.flat_map(lambda state: rx.from_iterable(state[1])),
            ops.do_action(ignore),
            ops.scan(lambda total, word: (total[0] + len(word), word), (0, "")),
            ops.map(lambda total: f"data: {json.dumps({'content': total[1]})}\n\n"),
        ).subscribe(ignore)

    return run


def main(size: int = 100_000, rounds: int = 7) -> dict[str, float]:
    """Print the tables; return the ratios by name."""
    found: dict[str, float] = {}
    for name, text in (("English", english()), ("multilingual", multilingual())):
        chunks = token_chunks(text)[:size]
        ratios = compare(
            f"words, pace, progress, result, SSE: {len(chunks)} {name} tokens",
            {"generator fused by hand": by_hand(chunks), "ours": ours(chunks)},
            per=len(chunks),
            rounds=rounds,
        )
        found[f"pipeline {name}: ours / fused by hand"] = ratios["ours"]
    few = token_chunks(english())[:4_000]  # More would take minutes: its cost is not linear.
    ratios = compare(
        f"the same with stock operators: {len(few)} tokens",
        {"ours": ours(few), "stock operators": stock(few)},
        per=len(few),
        rounds=rounds,
    )
    found["pipeline: ours / stock operators"] = 1 / ratios["stock operators"]
    return found


if __name__ == "__main__":
    main()

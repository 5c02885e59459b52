"""The whole job, per chunk: ours, fused by hand, and stock operators with the same output.

Fused by hand twice: from our cores, which is the same work without Rx, and by somebody who needs
just this once, for English only.

Run it: ``python tests/benchmarks/bench_pipeline.py``. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import reactivex as rx
from compare import compare
from corpus import english, token_chunks
from reactivex import operators as ops

from rx_stream import (
    StreamChunk,
    StreamProgress,
    StreamResult,
    aggregate,
    buffer_words,
    from_iterable,
    throttle_tokens,
    to_sse,
    track_progress,
)
from rx_stream.core.aggregator import ResultReporter
from rx_stream.core.progress.progress import ProgressTracker
from rx_stream.core.sse.sse_options import sse_options
from rx_stream.core.text.words import Words
from rx_stream.core.tokens.token_counter import counter_factory
from rx_stream.core.tokens.vocabulary import encoding_of


def ignore(_: object) -> None:
    pass


def ours(
    chunks: Sequence[str | StreamChunk], emit: Callable[[str], object] = ignore
) -> Callable[[], None]:
    """Return the pipe of the README."""

    def run() -> None:
        from_iterable(chunks).pipe(
            buffer_words(),
            throttle_tokens(None),
            track_progress(None, 0.1, on_progress=ignore),
            aggregate(ignore),
            to_sse(),
        ).subscribe(emit)

    return run


def fused(chunks: Iterable[str]) -> Iterator[str]:
    """Do the same job in one loop, as somebody would who needs just this once.

    It knows the words of text with spaces only, looks at the clock once per word, and reports every
    0.1 s, with the tokens of the text since the last report.
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
            if word.isspace():  # White space leads the next word.
                held.append(word)
                continue
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
        texts.append("".join(held))
        yield f'data: {{"content":{escape(texts[-1])}}}\n\n'
    tokens += len(count_tokens("".join(texts[reported:])))
    ignore(StreamProgress(tokens, None, None, clock() - start, chunks_received=count))
    ignore(StreamResult(content="".join(texts), chunk_count=count, duration=clock() - start))
    yield 'event: done\ndata: {"finish_reason":"stop"}\n\n'


def cores(chunks: Iterable[str]) -> Iterator[str]:
    """Do all that the pipe does, by its own cores in one loop: what is left out is Rx."""
    clock = time.monotonic
    words, result = Words(), ResultReporter(clock, ignore)
    progress: ProgressTracker[str] = ProgressTracker(counter_factory(), None, 0.1, None, ignore)
    options = sse_options(
        "bench", "json", event=None, ids=None, retry=None, done=True, on_error="event"
    )
    frames = options.encoder("bench", 0)
    now = clock()
    progress.start(now)
    due = now + 0.1

    def cut() -> Iterator[str]:
        for chunk in chunks:
            yield from words.feed(chunk)
        yield from words.flush()

    for word in cut():
        now = clock()
        if now >= due:
            progress.tick(now)
            due = progress.wake_at() or now
        for item in progress.feed(word, now):
            result.see(item)
            yield from frames.feed(item)
    progress.flush(clock())
    result.flush()
    yield from frames.flush()


def by_hand(
    chunks: list[str], loop: Callable[[Iterable[str]], Iterator[str]] = fused
) -> Callable[[], None]:
    def run() -> None:
        for frame in loop(chunks):
            ignore(frame)

    return run


_WORD = re.compile(r"\s*\S+\s")
_DUMPS = json.JSONEncoder(separators=(",", ":")).encode


def stock(chunks: list[str], emit: Callable[[str], object] = ignore) -> Callable[[], None]:
    """Return the nearest composition of stock operators: words by scan and flat_map."""

    def cut(state: tuple[str, list[str]], chunk: str | None) -> tuple[str, list[str]]:
        if chunk is None:
            return "", [state[0]] if state[0] else []
        held = state[0] + chunk
        words = _WORD.findall(held)
        return held[sum(map(len, words)) :], words

    def run() -> None:
        rx.from_iterable([*chunks, None]).pipe(
            ops.scan(cut, ("", [])),
            ops.flat_map(lambda state: rx.from_iterable(state[1])),
            ops.do_action(ignore),
            ops.scan(lambda total, word: (total[0] + len(word), word), (0, "")),
            ops.map(lambda total: f"data: {_DUMPS({'content': total[1]})}\n\n"),
        ).subscribe(emit)

    return run


def same_frames(chunks: list[str], few: int = 4_000) -> None:
    """Raise unless all give the same frames; two of them do not know the event of the end."""
    made: list[str] = []
    ours(chunks, made.append)()
    assert made == list(cores(chunks)), "the cores do other work"
    by_fused = list(fused(chunks))
    assert made[:-1] == by_fused[:-1], "the fused generator does other work"
    made.clear()
    ours(chunks[:few], made.append)()
    by_stock: list[str] = []
    stock(chunks[:few], by_stock.append)()
    assert made[:-1] == by_stock, "the stock operators do other work"


def main(size: int = 100_000, rounds: int = 7) -> dict[str, float]:
    """Print the tables; return the ratios by name.

    English only: the generator knows no words of scripts without spaces.
    """
    found: dict[str, float] = {}
    chunks = token_chunks(english())[:size]
    same_frames(chunks)
    ratios = compare(
        f"words, pace, progress, result, SSE: {len(chunks)} English tokens, the same frames",
        {
            "generator fused by hand": by_hand(chunks),
            "generator of our cores": by_hand(chunks, cores),
            "ours": ours(chunks),
        },
        per=len(chunks),
        rounds=rounds,
    )
    found["pipeline: ours / fused by hand"] = ratios["ours"]
    found["pipeline: ours / its cores by hand"] = ratios["ours"] / ratios["generator of our cores"]
    few = token_chunks(english())[:16_000]  # All would take minutes: its cost is not linear.
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

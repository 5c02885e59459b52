"""The rows that are watched: pairs of ways to do one job, whose ratios hold on any machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import bench_flow
import bench_layers
import bench_llm
import bench_pipeline
import bench_segmentation as cutting
import bench_sse
import bench_tokens
from corpus import english, multilingual, token_chunks
from reactivex import operators as ops

from rx_stream import StreamChunk, aggregate, buffer_words, throttle_tokens, to_sse, track_progress
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.graphemes import Graphemes
from rx_stream.core.text.lines import Lines
from rx_stream.core.text.words import Words
from rx_stream.operators._lift import lift_tap, lift_text

__all__ = ["TOPICS", "Row"]

Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One pair; its ratio is ours / base, and lower is better."""

    name: str
    base: Run
    ours: Run
    less: Run | None = None


def layers(short: bool) -> Iterator[Row]:
    """Stages of ours against ``ops.map``, without the source and the subscriber."""
    count = 8
    stock = bench_layers.pipe(*[ops.map(lambda x: x)] * count)
    tap = bench_layers.pipe(*[lift_tap(lambda _: bench_layers.Tap())] * count)
    text = bench_layers.pipe(*[lift_text(bench_layers.Tap)] * count)
    empty = bench_layers.pipe()
    if short:
        bench_layers.CHUNKS[20_000:] = []
    yield Row("layer: tap / ops.map", stock, tap, empty)
    yield Row("layer: text core / ops.map", stock, text, empty)


def subscribe(short: bool) -> Iterator[Row]:
    """Subscribing and disposing four operators, also such as run timers."""
    stock = bench_layers.subscriptions(*[ops.map(lambda x: x)] * 4)
    ours = bench_layers.subscriptions(*[lift_text(bench_layers.Tap)] * 4)
    yield Row("subscribe: four stages / four ops.map", stock, ours)
    # What people put words, reports and frames together from; none of it knows the time.
    stock = bench_layers.subscriptions(
        ops.scan(lambda _, x: x),
        ops.flat_map(lambda x: x),
        ops.do_action(bench_layers.ignore),
        ops.map(lambda x: x),
    )
    words, progress = buffer_words(), track_progress(500, 0.1)
    result = aggregate(bench_layers.ignore)
    ours = bench_layers.subscriptions(words, progress, result, to_sse())
    yield Row("subscribe: pipe with a timer / four stock", stock, ours)
    ours = bench_layers.subscriptions(words, throttle_tokens(50), progress, to_sse())
    yield Row("subscribe: with two timers / four stock", stock, ours)


def cut(short: bool) -> Iterator[Row]:
    """Cores against the loops that people write by hand."""
    text = english()[: 100_000 if short else 250_000]
    prose = " ".join(text.split())
    for name, make, naive in (
        ("lines", Lines, lambda c: cutting.by_hand(lambda: cutting._ByHand("\n"), c)),
        ("words", Words, lambda c: cutting.by_hand(lambda: cutting._ByHand(" "), c)),
        ("sentences", Sentences, lambda c: cutting.by_hand(cutting._SentencesByHand, c)),
        ("characters", Graphemes, cutting.code_points),
    ):
        source = text if name == "lines" else prose
        chunks = [source[i : i + 5] for i in range(0, len(source), 5)]
        yield Row(f"cut: {name} / loop by hand", naive(chunks), cutting.ours(make, chunks))


def pipeline(short: bool) -> Iterator[Row]:
    """The whole pipeline of the README."""
    chunks = token_chunks(english())[: 20_000 if short else 100_000]
    bench_pipeline.same_frames(chunks, 1_000)
    fused = bench_pipeline.by_hand(chunks)
    ours = bench_pipeline.ours(chunks)
    yield Row("pipeline: ours / fused by hand", fused, ours)
    cores = bench_pipeline.by_hand(chunks, bench_pipeline.cores)
    yield Row("pipeline: ours / its cores by hand", cores, ours)
    items = bench_pipeline.ours([StreamChunk(chunk) for chunk in chunks])
    yield Row("pipeline: of chunks / of strings", ours, items)
    few = chunks[: 2_000 if short else 16_000]
    stock = bench_pipeline.stock(few)
    yield Row("pipeline: ours / stock operators", stock, bench_pipeline.ours(few))


def tokens(short: bool) -> Iterator[Row]:
    """Exact counts against an encoding of each chunk by itself, which counts wrong."""
    for name, text in (("English", english()), ("multilingual", multilingual())):
        chunks = token_chunks(text)[: 20_000 if short else 50_000]
        base, ours = bench_tokens.per_chunk(chunks), bench_tokens.exact(chunks)
        yield Row(f"tokens: exact, {name} / encode each chunk", base, ours)


def sse(short: bool) -> Iterator[Row]:
    """Server-Sent Events in and out, against the nearest packages where they are installed."""
    random.seed(2)
    texts = [random.choice(bench_sse.WORDS) for _ in range(bench_sse.EVENTS)]
    events = [bench_sse.openai_event(text).encode() for text in texts]
    if find_spec("httpx_sse"):
        peer, ours = bench_sse.httpx_sse, bench_sse.ours
        yield Row("sse: decode / httpx-sse", lambda: peer(events), lambda: ours(events))
    ours_json = bench_sse.encoder("json", list(texts))
    if find_spec("orjson"):
        yield Row("sse: encode / orjson by hand", lambda: bench_sse.orjson_json(texts), ours_json)
    if find_spec("sse_starlette"):
        peer = bench_sse.starlette_json
        yield Row("sse: encode / sse-starlette", lambda: peer(texts), ours_json)


def llm(short: bool) -> Iterator[Row]:
    """Bytes of a provider's stream to chunks, against ``json.loads`` of each event."""
    body = bench_llm.stream()
    reads = [body[at : at + bench_llm.READ] for at in range(0, len(body), bench_llm.READ)]
    by_hand = bench_llm.by_hand(body, "json")
    assert by_hand is not None
    repeat = 5 if short else 20
    yield Row(
        "llm: from_llm / json.loads by hand",
        times(by_hand, repeat),
        times(bench_llm.observe(reads, "provider"), repeat),
    )


def flow(short: bool) -> Iterator[Row]:
    """A bridge through Rx against a task and a bounded queue."""
    if short:
        bench_flow.CHUNKS = 20_000
    base = bench_flow.reading(bench_flow.queued, bench_flow.eager)
    yield Row(
        "bridge: ours / asyncio.Queue",
        base,
        bench_flow.reading(bench_flow.bridged, bench_flow.eager),
    )


def times(run: Run, count: int) -> Run:
    """Return what runs so often that a clock can tell."""

    def again() -> None:
        for _ in range(count):
            run()

    return again


TOPICS: dict[str, Callable[[bool], Iterator[Row]]] = {
    "layers": layers,
    "subscribe": subscribe,
    "cut": cut,
    "pipeline": pipeline,
    "tokens": tokens,
    "sse": sse,
    "llm": llm,
    "flow": flow,
}

"""Ratios of decoding and encoding against other packages, interleaved in one process.

Usage: python tests/benchmarks/bench_sse.py [decode|encode]. Packages that are missing are left out.
"""

from __future__ import annotations

import importlib
import json
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.core.sse.sse_options import sse_options
from rx_stream.types import StreamChunk

ROUNDS = 9
EVENTS = 10_000
WORDS = ["the ", "quick", "func", "x = 1", " 日本", "😀 ok", "naïve", "hello", "a\nb", " return"]

Run = Callable[[], object]


def medians(table: dict[str, Run], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each; all take turns, so that a slow moment hits every one of them."""
    times: dict[str, list[float]] = {name: [] for name in table}
    for _ in range(rounds):
        for name, run in table.items():
            begin = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in times.items()}


def ours(chunks: list[bytes]) -> int:
    feed = SseDecoder().feed
    count = 0
    for chunk in chunks:
        count += len(feed(chunk))
    return count


def httpx_sse(chunks: list[bytes]) -> int:
    httpx = importlib.import_module("httpx")
    source = importlib.import_module("httpx_sse").EventSource
    headers = {"content-type": "text/event-stream"}
    response = httpx.Response(200, headers=headers, content=iter(chunks))
    return sum(1 for _ in source(response).iter_sse())


def launchdarkly(chunks: list[bytes]) -> int:
    reader = importlib.import_module("ld_eventsource.reader")
    lines = reader._BufferedLineReader.lines_from(chunks)
    return sum(1 for _ in reader._SSEReader(lines).events_and_comments())


def openai(chunks: list[bytes]) -> int:
    decoder = importlib.import_module("openai._streaming").SSEDecoder()
    return sum(1 for _ in decoder.iter_bytes(iter(chunks)))


def anthropic(chunks: list[bytes]) -> int:
    decoder = importlib.import_module("anthropic._streaming").SSEDecoder()
    return sum(1 for _ in decoder.iter_bytes(iter(chunks)))


def sseclient(chunks: list[bytes]) -> int:
    return sum(1 for _ in importlib.import_module("sseclient").SSEClient(chunks).events())


def assel(chunks: list[bytes]) -> int:
    parser = importlib.import_module("assel").Parser()
    return sum(len(parser.receive_bytes(chunk)) for chunk in chunks)


PEERS = {
    "httpx_sse": httpx_sse,
    "ld_eventsource": launchdarkly,
    "openai": openai,
    "anthropic": anthropic,
    "sseclient": sseclient,
    "assel": assel,
}


def openai_event(text: str) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    body = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return "data: " + json.dumps({**body, "choices": [choice]}, separators=(",", ":")) + "\n\n"


def shapes() -> Iterator[tuple[str, list[bytes]]]:
    random.seed(2)
    tokens = [random.choice(WORDS) for _ in range(EVENTS)]
    plain = [openai_event(token).encode() for token in tokens]
    short = [f"data: {json.dumps(token)}\n\n".encode() for token in tokens]
    named = [b"event: content_block_delta\n" + event for event in plain]
    ids = [b"id: s1:%d\n" % i + event for i, event in enumerate(plain)]
    both = [b"event: delta\n" + event for event in ids]
    crlf = [event.replace(b"\n", b"\r\n") for event in plain]
    multi = [b"data: a\ndata: b\ndata: c\n\n" for _ in tokens]
    for name, events in (
        ("openai", plain),
        ("short", short),
        ("named", named),
        ("ids", ids),
        ("both", both),
        ("CRLF", crlf),
        ("many lines", multi),
    ):
        whole = b"".join(events)
        yield f"{name}, one a chunk", events
        for size in (1400, 65536):
            yield f"{name}, {size} B", [whole[i : i + size] for i in range(0, len(whole), size)]
    large = b"data: " + b"x" * 2_000_000 + b"\n\n"
    yield "2 MB in 64 B", [large[i : i + 64] for i in range(0, len(large), 64)]


def bench_decode() -> None:
    peers = {name: run for name, run in PEERS.items() if importlib.util.find_spec(name)}
    print("decode: us per event of ours, then how many times slower each peer is")
    for shape, chunks in shapes():
        large = shape.startswith("2 MB")
        table: dict[str, Run] = {"ours": lambda c=chunks: ours(c)}
        for name, run in peers.items():
            if not (large and name in ("assel", "sseclient")):  # quadratic: minutes
                table[name] = lambda c=chunks, r=run: r(c)
        times = medians(table, 3 if large else ROUNDS)
        base = times.pop("ours")
        each = 1e6 * base / (1 if large else EVENTS)
        rest = "  ".join(f"{name} {value / base:.2f}" for name, value in times.items())
        print(f"{shape:22s} {each:8.2f} us   {rest}", flush=True)


def orjson_openai(texts: list[str]) -> None:
    """The usual way: build a dict, dump it, put ``data: `` and line ends around it."""
    dumps = importlib.import_module("orjson").dumps
    for text in texts:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        body = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        _ = b"data: " + dumps({**body, "choices": [choice]}) + b"\n\n"


def orjson_json(texts: list[str]) -> None:
    dumps = importlib.import_module("orjson").dumps
    for text in texts:
        _ = b"data: " + dumps({"content": text}) + b"\n\n"


def starlette_openai(texts: list[str]) -> None:
    event = importlib.import_module("sse_starlette").ServerSentEvent
    for text in texts:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        body = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        event(data=json.dumps({**body, "choices": [choice]})).encode()


def starlette_json(texts: list[str]) -> None:
    event = importlib.import_module("sse_starlette").ServerSentEvent
    for text in texts:
        event(data=json.dumps({"content": text})).encode()


def encoder(dialect: str, items: list[str | StreamChunk], **options: object) -> Run:
    checked = {"event": None, "ids": None, "retry": None, "done": True, "on_error": "event"}
    made = sse_options("bench", dialect, **{**checked, **options})

    def run() -> None:
        feed = made.encoder("1", 1).feed
        for item in items:
            feed(item)

    return run


def bench_encode() -> None:
    random.seed(2)
    texts = [random.choice(WORDS) for _ in range(EVENTS)]
    shared = {"choice": 0, "model": "m", "channel": "answer"}
    chunks = [StreamChunk(text, None, False, None, shared) for text in texts]
    print("encode: us per event")
    for dialect, rivals in (
        ("json", {"orjson": orjson_json, "sse_starlette": starlette_json}),
        ("openai", {"orjson": orjson_openai, "sse_starlette": starlette_openai}),
    ):
        table: dict[str, Run] = {
            "str": encoder(dialect, texts),
            "StreamChunk": encoder(dialect, chunks),
            "str with ids": encoder(dialect, texts, ids="s1"),
        }
        for name, run in rivals.items():
            if importlib.util.find_spec(name):
                table[name] = lambda r=run: r(texts)
        times = medians(table)
        base = times["str"]
        row = "  ".join(f"{n} {1e6 * t / EVENTS:.2f} ({t / base:.1f}x)" for n, t in times.items())
        print(f"{dialect:10s} {row}", flush=True)


if __name__ == "__main__":
    logging.disable()
    wanted = sys.argv[1:] or ["decode", "encode"]
    if "decode" in wanted:
        bench_decode()
    if "encode" in wanted:
        bench_encode()

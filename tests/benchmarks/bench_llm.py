"""Ratios of turning bytes of a model's stream into chunks, in one process.

Usage: python tests/benchmarks/bench_llm.py. Packages that are missing are left out.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from compare import compare

from rx_stream import from_llm
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream

EVENTS = 600
READ = 4096


def stream() -> bytes:
    """Return a chat of OpenAI's with 600 events, as its API sends them."""
    usual = {
        "id": "chatcmpl-Bk1J8xYqX0m6XyT3pQeYbWc9lZt5u",
        "object": "chat.completion.chunk",
        "created": 1762179802,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_560af6e559",
    }
    words = ["The", " quick", " brown", " fox", ",", " it", " seems", " jumps", " over", ".\n"]

    def event(delta: dict[str, str], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        data = json.dumps({**usual, "choices": [choice], "usage": None}, separators=(",", ":"))
        return f"data: {data}\n\n".encode()

    first = event({"role": "assistant", "content": "", "refusal": ""})
    text = [event({"content": words[n % len(words)]}) for n in range(EVENTS - 2)]
    return b"".join([first, *text, event({}, "stop"), b"data: [DONE]\n\n"])


def decode(reads: list[bytes], counts: Any) -> Callable[[], int]:
    def run() -> int:
        core = LlmStream(None, Options(token_counts=counts))
        made = sum(len(core.feed(read)) for read in reads)
        return made + len(core.flush())

    return run


def observe(reads: list[bytes], counts: Any) -> Callable[[], int]:
    def run() -> int:
        made: list[object] = []
        from_llm(reads, token_counts=counts).subscribe(made.append)
        return len(made)

    return run


def openai(body: bytes) -> Callable[[], int] | None:
    try:
        package: Any = importlib.import_module("openai")
        httpx: Any = importlib.import_module("httpx")
    except ImportError:
        return None
    headers = {"content-type": "text/event-stream"}
    mock = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=body))
    client = package.OpenAI(api_key="k", http_client=httpx.Client(transport=mock))
    ask = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": True}
    return lambda: sum(1 for _ in client.chat.completions.create(**ask))


def llmstream(reads: list[bytes]) -> Callable[[], int] | None:
    try:
        package: Any = importlib.import_module("llmstream")
    except ImportError:
        return None

    async def read() -> int:
        async def body() -> AsyncIterator[bytes]:
            for read in reads:
                yield read

        return len([event async for event in package.parse_events(body(), provider="openai")])

    return lambda: asyncio.run(read())


def by_hand(body: bytes, name: str) -> Callable[[], int] | None:
    try:
        loads: Any = importlib.import_module(name).loads
    except ImportError:
        return None

    def run() -> int:
        events = [data for data in body[6:-2].split(b"\n\ndata: ") if data != b"[DONE]"]
        return len([loads(data)["choices"][0]["delta"].get("content") or "" for data in events])

    return run


def main() -> None:
    body = stream()
    reads = [body[at : at + READ] for at in range(0, len(body), READ)]
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    variants = {
        "bytes to chunks, 4096 bytes a read": decode(reads, "provider"),
        "  whole body": decode([body], "provider"),
        "  one event a read": decode(events, "provider"),
        "  with exact token counts": decode(reads, "exact"),
        "from_llm to a subscriber": observe(reads, "provider"),
        "  one event a read to a subscriber": observe(events, "provider"),
        "  the same with exact token counts": observe(reads, "exact"),
        "  one event a read, exact token counts": observe(events, "exact"),
        "json.loads by hand, text only": by_hand(body, "json"),
        "orjson.loads by hand, text only": by_hand(body, "orjson"),
        "llmstream": llmstream(reads),
        "objects of the openai SDK": openai(body),
    }
    compare(
        f"{EVENTS} events of an OpenAI chat, {len(body) // EVENTS} bytes each",
        {name: run for name, run in variants.items() if run is not None},
        per=EVENTS,
        rounds=15,
    )


if __name__ == "__main__":
    main()

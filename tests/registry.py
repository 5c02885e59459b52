"""Every operator, with what the laws need to know about it. A test demands that none is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reactivex as rx

import rx_stream as rs

PROSE = ("Hel", "lo wor", "ld. The sec", "ond one", "!\n\n", "A new ", "paragraph.")


@dataclass(frozen=True)
class Case:
    """One way to call an operator.

    Args:
        make: Returns the operator.
        items: What a typical source sends.
        lossless: Whether the text of the output is the text of the input.
        cuts: Whether it cuts text, so that the cutting of its input must not matter.
        chunks: Whether it takes chunks and gives chunks back.
        talks: Whether it emits items of its own, without input.
        prompt: Whether all it emits comes at the instants of the source's events.
        ends_early: Whether it may end before its source.
        shared: Whether its subscribers share one subscription to the source.
    """

    make: Callable[[], Any]
    items: Sequence[Any] = PROSE
    lossless: bool = True
    cuts: bool = False
    chunks: bool = True
    talks: bool = False
    prompt: bool = True
    ends_early: bool = False
    shared: bool = False


def _ignore(_: object) -> None:
    pass


SSE = (b"data: a\n\nda", b"ta: b\n", b"\nevent: x\ndata: c\n\n")

OPERATORS: dict[str, list[Case]] = {
    "aggregate": [Case(lambda: rs.aggregate(_ignore))],
    "backpressure": [
        Case(lambda: rs.backpressure()),
        Case(lambda: rs.backpressure("buffer", capacity=8)),
    ],
    "buffer_characters": [
        Case(lambda: rs.buffer_characters(), cuts=True),
        Case(lambda: rs.buffer_characters(by="codepoint"), cuts=True),
    ],
    "buffer_lines": [
        Case(lambda: rs.buffer_lines(), cuts=True),
        Case(lambda: rs.buffer_lines(newlines="universal", max_length=7), cuts=True),
        Case(lambda: rs.buffer_lines(flush_after=0.5), prompt=False),
    ],
    "buffer_paragraphs": [
        Case(lambda: rs.buffer_paragraphs(), cuts=True),
        Case(lambda: rs.buffer_paragraphs(max_length=9), cuts=True),
    ],
    "buffer_sentences": [
        Case(lambda: rs.buffer_sentences(), cuts=True),
        Case(
            lambda: rs.buffer_sentences(min_length=12, max_length=30, first_min=4, newline="soft"),
            cuts=True,
        ),
        Case(lambda: rs.buffer_sentences(strip=True), lossless=False),
        Case(lambda: rs.buffer_sentences(flush_after=0.5), prompt=False),
    ],
    "buffer_tokens": [Case(lambda: rs.buffer_tokens(3), cuts=True)],
    "buffer_words": [
        Case(lambda: rs.buffer_words(), cuts=True),
        Case(lambda: rs.buffer_words(delimiter=", ", max_length=5), cuts=True),
        Case(lambda: rs.buffer_words(flush_after=0.5), prompt=False),
    ],
    "chunk_text": [Case(lambda: rs.chunk_text(8), chunks=False, cuts=True)],
    "collect": [Case(lambda: rs.collect(), lossless=False, chunks=False)],
    "count_tokens": [Case(lambda: rs.count_tokens())],
    "decode_utf8": [
        Case(lambda: rs.decode_utf8(), items=(b"a\xc3", b"\xa9b"), lossless=False, chunks=False)
    ],
    "enhance": [Case(lambda: rs.enhance(), cuts=True)],
    "from_ndjson": [
        Case(lambda: rs.from_ndjson(), items=(b'{"a"', b": 1}\n2\n"), lossless=False, chunks=False)
    ],
    "from_sse": [Case(lambda: rs.from_sse(), items=SSE, lossless=False, chunks=False)],
    "keep_alive": [
        Case(lambda: rs.keep_alive(0.4), lossless=False, talks=True, prompt=False, chunks=False)
    ],
    "otel_metrics": [Case(lambda: rs.otel_metrics("openai"))],
    "observe_on_bounded": [Case(lambda: rs.observe_on_bounded(rx.scheduler.ImmediateScheduler()))],
    "resume_on_error": [Case(lambda: rs.resume_on_error(lambda _: rx.empty(), attempts=0))],
    "share_stream": [Case(lambda: rs.share_stream(), shared=True)],
    "smooth_text": [Case(lambda: rs.smooth_text(), prompt=False)],
    "stop_at": [
        Case(lambda: rs.stop_at("<end>")),
        Case(lambda: rs.stop_at("sec", include=True), lossless=False, ends_early=True),
    ],
    "throttle_tokens": [
        Case(lambda: rs.throttle_tokens(10), prompt=False),
        Case(lambda: rs.throttle_tokens(10, burst=4, split=True), prompt=False),
        Case(lambda: rs.throttle_tokens(None)),
    ],
    "timeout_between_tokens": [Case(lambda: rs.timeout_between_tokens(1000))],
    "timeout_first_token": [Case(lambda: rs.timeout_first_token(1000))],
    "to_sse": [
        Case(lambda dialect=dialect: rs.to_sse(dialect), lossless=False, talks=True, chunks=False)
        for dialect in ("json", "text", "openai", "anthropic", "ui")
    ],
    "track_progress": [
        Case(lambda: rs.track_progress(100, 0.1, on_progress=_ignore)),
        Case(lambda: rs.track_progress(100, 0.4), talks=True, prompt=False),
    ],
}

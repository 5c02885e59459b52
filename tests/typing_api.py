"""What a type checker must infer of the public API; read by type checkers, never run."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias, assert_type

import reactivex as rx
from reactivex import Observable
from reactivex import operators as ops
from reactivex.scheduler import CurrentThreadScheduler

import rx_stream as rs
from rx_stream.core.sse.ndjson import JsonValue

strings: Observable[str] = rx.of("a")
chunks: Observable[rs.StreamChunk] = rx.of(rs.StreamChunk("a"))
body: Observable[bytes] = rx.of(b"a")

# Text in, the same kind of text out.
assert_type(strings.pipe(rs.buffer_words()), Observable[str])
assert_type(chunks.pipe(rs.buffer_words()), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.buffer_sentences(language="de", strip=True)), Observable[str])
assert_type(chunks.pipe(rs.buffer_characters(), rs.buffer_lines()), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.buffer_tokens(3)), Observable[str])
assert_type(strings.pipe(rs.stop_at("x")), Observable[str])
assert_type(strings.pipe(rs.throttle_tokens(50)), Observable[str])
assert_type(chunks.pipe(rs.smooth_text()), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.enhance()), Observable[str])
assert_type(chunks.pipe(rs.backpressure()), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.share_stream()), Observable[str])

# In a row, as mypy must infer it too.
assert_type(chunks.pipe(rs.buffer_words(), rs.buffer_words()), Observable[rs.StreamChunk])
assert_type(chunks.pipe(rs.buffer_words(), rs.throttle_tokens(3)), Observable[rs.StreamChunk])
assert_type(chunks.pipe(rs.throttle_tokens(3), rs.buffer_words()), Observable[rs.StreamChunk])
assert_type(
    strings.pipe(
        rs.share_stream(), rs.backpressure(), rs.stop_at("x"), rs.buffer_lines(), rs.smooth_text()
    ),
    Observable[str],
)
assert_type(
    chunks.pipe(
        rs.timeout_first_token(5),
        rs.timeout_between_tokens(1),
        rs.enhance(),
        rs.aggregate(print),
        rs.collect(),
    ),
    Observable[rs.StreamResult],
)
assert_type(
    chunks.pipe(rs.resume_on_error(lambda _: chunks), rs.buffer_paragraphs()),
    Observable[rs.StreamChunk],
)
assert_type(
    chunks.pipe(rs.publish(rs.MemoryLog(), "s"), rs.otel_metrics("openai"), rs.to_sse()),
    Observable[str],
)
assert_type(
    chunks.pipe(rs.observe_on_bounded(CurrentThreadScheduler()), rs.count_tokens()),
    Observable[rs.StreamChunk],
)

# Between stock operators.
assert_type(strings.pipe(rs.buffer_words(), ops.map(len)), Observable[int])

# What changes the type.
assert_type(strings.pipe(rs.count_tokens()), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.chunk_text(100)), Observable[rs.StreamChunk])
assert_type(strings.pipe(rs.collect()), Observable[rs.StreamResult])
assert_type(strings.pipe(rs.to_sse()), Observable[str])
assert_type(body.pipe(rs.decode_utf8()), Observable[str])
assert_type(body.pipe(rs.from_sse()), Observable[rs.ServerSentEvent])
assert_type(body.pipe(rs.from_ndjson()), Observable[JsonValue])
assert_type(strings.pipe(rs.track_progress(500, 0.1)), Observable[str | rs.StreamProgress])
assert_type(strings.pipe(rs.track_progress(500, 0.1, on_progress=print)), Observable[str])
assert_type(
    chunks.pipe(rs.buffer_words(), rs.track_progress(on_progress=print)),
    Observable[rs.StreamChunk],
)
assert_type(strings.pipe(rs.to_sse(), rs.keep_alive()), Observable[str])
assert_type(rs.buffer_words()(strings), Observable[str])
assert_type(rs.buffer_words()(chunks), Observable[rs.StreamChunk])
assert_type(
    strings.pipe(
        rs.buffer_words(), rs.throttle_tokens(50), rs.track_progress(500, 0.1), rs.to_sse()
    ),
    Observable[str],
)

# Sources and sinks.
assert_type(rs.from_iterable(["a"]), Observable[str])
assert_type(rs.from_llm(["a"]), Observable[rs.StreamChunk])

assert_type(rs.from_iterable(["a"]).pipe(rs.collect()).run(), rs.StreamResult)
assert_type(rs.from_log(rs.MemoryLog(), "s"), Observable[rs.StreamChunk])
assert_type(rs.from_recording("x.sse"), Observable[rs.StreamChunk])
assert_type(list(rs.sse_iterable(strings)), list[bytes])
assert_type(rs.headers_for("ui"), dict[str, str])

# What needs no stream, and what is shared by several.
assert_type(rs.TokenCounter("cl100k_base").feed("a"), int)
assert_type(strings.pipe(rs.throttle_tokens(None, limiter=rs.TokenLimiter(9))), Observable[str])
assert_type(
    chunks.pipe(rs.track_progress(9, on_progress=rs.tqdm_progress())), Observable[rs.StreamChunk]
)


async def read() -> None:
    async for item in rs.to_async_iterable(strings.pipe(rs.buffer_words())):
        assert_type(item, str)
    for chunk in rs.to_iterable(chunks):
        assert_type(chunk, rs.StreamChunk)
    with rs.rich_progress() as bar:
        assert_type(
            strings.pipe(rs.buffer_words(), rs.track_progress(on_progress=bar)), Observable[str]
        )


# Applications of ASGI, as frameworks declare them.
Message: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]


async def answer(scope: Mapping[str, Any]) -> Observable[rs.StreamChunk]:
    return chunks.pipe(rs.buffer_words())


apps: list[App] = [
    rs.sse_response(strings),
    rs.sse_response(answer),
    rs.resume_response(rs.SQLiteLog("x.db"), "s"),
    rs.durable_app(rs.MemoryLog()),
]

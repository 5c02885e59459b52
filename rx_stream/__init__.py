"""Operators for the text that language models stream.

Put them into the ``pipe`` of any ReactiveX Observable, between any other operators::

    source.pipe(buffer_words(), throttle_tokens(50), track_progress(500, 0.1), to_sse())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from rx_stream._version import __version__

if TYPE_CHECKING:
    from rx_stream.core.stream_config import StreamConfig
    from rx_stream.core.tokens.exact_counter import TokenCounter
    from rx_stream.core.tokens.vocabulary import preload_tokens
    from rx_stream.errors import (
        BackpressureError,
        BadPositionError,
        EventTooLargeError,
        LLMStreamError,
        LogError,
        LogFullError,
        LogUnavailableError,
        MalformedLineError,
        PositionLostError,
        ProducerFencedError,
        RxStreamError,
        StreamCancelledError,
        StreamFailedError,
        StreamInterruptedError,
        StreamStalledError,
        StreamTakenError,
        StreamTruncatedError,
        UnknownStreamError,
    )
    from rx_stream.logs.from_log import from_log
    from rx_stream.logs.http.durable_app import durable_app
    from rx_stream.logs.http.resume_response import resume_response
    from rx_stream.logs.memory import MemoryLog
    from rx_stream.logs.publish import publish
    from rx_stream.logs.redis import RedisLog
    from rx_stream.logs.redis_limiter import RedisLimiter
    from rx_stream.logs.sqlite import SQLiteLog
    from rx_stream.operators.aggregate import aggregate
    from rx_stream.operators.backpressure import backpressure
    from rx_stream.operators.buffer_characters import buffer_characters
    from rx_stream.operators.buffer_lines import buffer_lines
    from rx_stream.operators.buffer_paragraphs import buffer_paragraphs
    from rx_stream.operators.buffer_sentences import buffer_sentences
    from rx_stream.operators.buffer_tokens import buffer_tokens
    from rx_stream.operators.buffer_words import buffer_words
    from rx_stream.operators.chunk_text import chunk_text
    from rx_stream.operators.collect import collect
    from rx_stream.operators.count_tokens import count_tokens
    from rx_stream.operators.decode_utf8 import decode_utf8
    from rx_stream.operators.enhance import enhance
    from rx_stream.operators.from_ndjson import from_ndjson
    from rx_stream.operators.from_sse import from_sse
    from rx_stream.operators.keep_alive import keep_alive
    from rx_stream.operators.observe_on_bounded import observe_on_bounded
    from rx_stream.operators.otel_metrics import otel_metrics
    from rx_stream.operators.resume_on_error import resume_on_error
    from rx_stream.operators.share_stream import share_stream
    from rx_stream.operators.smooth_text import smooth_text
    from rx_stream.operators.stop_at import stop_at
    from rx_stream.operators.throttle_tokens import throttle_tokens
    from rx_stream.operators.timeout_between_tokens import timeout_between_tokens
    from rx_stream.operators.timeout_first_token import timeout_first_token
    from rx_stream.operators.to_sse import to_sse
    from rx_stream.operators.track_progress import track_progress
    from rx_stream.schedulers.token_limiter import TokenLimiter
    from rx_stream.sinks.headers import headers_for
    from rx_stream.sinks.rich_progress import rich_progress
    from rx_stream.sinks.sse_iterable import sse_iterable
    from rx_stream.sinks.sse_response import sse_response
    from rx_stream.sinks.to_async_iterable import to_async_iterable
    from rx_stream.sinks.to_iterable import to_iterable
    from rx_stream.sinks.tqdm_progress import tqdm_progress
    from rx_stream.sinks.widget_progress import widget_progress
    from rx_stream.sources.from_async_iterable import from_async_iterable
    from rx_stream.sources.from_iterable import from_iterable
    from rx_stream.sources.from_llm import from_llm
    from rx_stream.sources.from_recording import from_recording
    from rx_stream.types import ServerSentEvent, StreamChunk, StreamProgress, StreamResult, ToolCall

__all__ = [
    "BackpressureError",
    "BadPositionError",
    "EventTooLargeError",
    "LLMStreamError",
    "LogError",
    "LogFullError",
    "LogUnavailableError",
    "MalformedLineError",
    "MemoryLog",
    "PositionLostError",
    "ProducerFencedError",
    "RedisLimiter",
    "RedisLog",
    "RxStreamError",
    "SQLiteLog",
    "ServerSentEvent",
    "StreamCancelledError",
    "StreamChunk",
    "StreamConfig",
    "StreamFailedError",
    "StreamInterruptedError",
    "StreamProgress",
    "StreamResult",
    "StreamStalledError",
    "StreamTakenError",
    "StreamTruncatedError",
    "TokenCounter",
    "TokenLimiter",
    "ToolCall",
    "UnknownStreamError",
    "__version__",
    "aggregate",
    "backpressure",
    "buffer_characters",
    "buffer_lines",
    "buffer_paragraphs",
    "buffer_sentences",
    "buffer_tokens",
    "buffer_words",
    "chunk_text",
    "collect",
    "count_tokens",
    "decode_utf8",
    "durable_app",
    "enhance",
    "from_async_iterable",
    "from_iterable",
    "from_llm",
    "from_log",
    "from_ndjson",
    "from_recording",
    "from_sse",
    "headers_for",
    "keep_alive",
    "observe_on_bounded",
    "otel_metrics",
    "preload_tokens",
    "publish",
    "resume_on_error",
    "resume_response",
    "rich_progress",
    "share_stream",
    "smooth_text",
    "sse_iterable",
    "sse_response",
    "stop_at",
    "throttle_tokens",
    "timeout_between_tokens",
    "timeout_first_token",
    "to_async_iterable",
    "to_iterable",
    "to_sse",
    "tqdm_progress",
    "track_progress",
    "widget_progress",
]

_HOMES = {
    "BackpressureError": "errors",
    "BadPositionError": "errors",
    "EventTooLargeError": "errors",
    "LLMStreamError": "errors",
    "LogError": "errors",
    "LogFullError": "errors",
    "LogUnavailableError": "errors",
    "MalformedLineError": "errors",
    "MemoryLog": "logs.memory",
    "PositionLostError": "errors",
    "ProducerFencedError": "errors",
    "RedisLimiter": "logs.redis_limiter",
    "RedisLog": "logs.redis",
    "RxStreamError": "errors",
    "SQLiteLog": "logs.sqlite",
    "ServerSentEvent": "types",
    "StreamCancelledError": "errors",
    "StreamChunk": "types",
    "StreamConfig": "core.stream_config",
    "StreamFailedError": "errors",
    "StreamInterruptedError": "errors",
    "StreamProgress": "types",
    "StreamResult": "types",
    "StreamStalledError": "errors",
    "StreamTakenError": "errors",
    "StreamTruncatedError": "errors",
    "TokenCounter": "core.tokens.exact_counter",
    "TokenLimiter": "schedulers.token_limiter",
    "ToolCall": "types",
    "UnknownStreamError": "errors",
    "aggregate": "operators.aggregate",
    "backpressure": "operators.backpressure",
    "buffer_characters": "operators.buffer_characters",
    "buffer_lines": "operators.buffer_lines",
    "buffer_paragraphs": "operators.buffer_paragraphs",
    "buffer_sentences": "operators.buffer_sentences",
    "buffer_tokens": "operators.buffer_tokens",
    "buffer_words": "operators.buffer_words",
    "chunk_text": "operators.chunk_text",
    "collect": "operators.collect",
    "count_tokens": "operators.count_tokens",
    "decode_utf8": "operators.decode_utf8",
    "durable_app": "logs.http.durable_app",
    "enhance": "operators.enhance",
    "from_async_iterable": "sources.from_async_iterable",
    "from_iterable": "sources.from_iterable",
    "from_llm": "sources.from_llm",
    "from_log": "logs.from_log",
    "from_ndjson": "operators.from_ndjson",
    "from_recording": "sources.from_recording",
    "from_sse": "operators.from_sse",
    "headers_for": "sinks.headers",
    "keep_alive": "operators.keep_alive",
    "observe_on_bounded": "operators.observe_on_bounded",
    "otel_metrics": "operators.otel_metrics",
    "preload_tokens": "core.tokens.vocabulary",
    "publish": "logs.publish",
    "resume_on_error": "operators.resume_on_error",
    "resume_response": "logs.http.resume_response",
    "rich_progress": "sinks.rich_progress",
    "share_stream": "operators.share_stream",
    "smooth_text": "operators.smooth_text",
    "sse_iterable": "sinks.sse_iterable",
    "sse_response": "sinks.sse_response",
    "stop_at": "operators.stop_at",
    "throttle_tokens": "operators.throttle_tokens",
    "timeout_between_tokens": "operators.timeout_between_tokens",
    "timeout_first_token": "operators.timeout_first_token",
    "to_async_iterable": "sinks.to_async_iterable",
    "to_iterable": "sinks.to_iterable",
    "to_sse": "operators.to_sse",
    "tqdm_progress": "sinks.tqdm_progress",
    "track_progress": "operators.track_progress",
    "widget_progress": "sinks.widget_progress",
}


def __getattr__(name: str) -> object:
    # A name is loaded when it is first used: a program that wants words does not pay for decoders,
    # vocabularies and logs when it starts.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

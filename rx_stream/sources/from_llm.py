"""The source :func:`from_llm`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import reactivex as rx
from reactivex import Observable

from rx_stream.core.arguments import choice
from rx_stream.core.llm.options import Choices, Counts, Options, Reasoning
from rx_stream.core.llm.stream import LlmStream, dialect_name
from rx_stream.operators._lift import lift_ending
from rx_stream.sources._llm_input import AsyncInput, SyncInput, kind_of
from rx_stream.sources.from_async_iterable import from_async_iterable
from rx_stream.sources.from_iterable import from_iterable
from rx_stream.types import StreamChunk

__all__ = ["from_llm"]


def from_llm(
    stream: object,
    *,
    dialect: str | None = None,
    choices: Choices = "first",
    reasoning: Reasoning = "metadata",
    token_counts: Counts = "exact",
) -> Observable[StreamChunk]:
    """Emit the chunks of a model's answer as they arrive, whichever provider or SDK it is from.

    Loses no text. After the text comes exactly one terminal chunk (``is_complete=True``) with the
    reason to finish and the usage, or an error: a stream that was cut off never completes.

    ``content`` is text of the answer only. ``metadata`` of a chunk has ``choice``, ``channel``
    (``answer``, ``reasoning``, ``refusal`` or ``tool``), ``model`` and ``provider`` where they are
    known, and, in chunks without text, ``reasoning``, ``refusal`` or ``tool_calls`` (a list of
    ``{index, id, name, arguments_delta}``). The terminal chunk has ``usage``, ``usage_raw``,
    ``finish_reason_raw``, ``dialect`` and ``end_marker`` (whether it came).

    ``token_count`` of text is what the provider tells, else what the exact count of the text so far
    grew by; ``metadata["token_count_source"]`` says which: ``token_ids``, ``logprobs``, ``usage``
    or the name of the encoding, whose vocabulary is loaded with the first text that needs it (see
    :func:`preload_tokens`).

    It is read no faster than the subscriber takes it, where a sink of this library is below.
    Leaving early closes the stream, then its response, and so stops the model.

    Args:
        stream: An iterable or async iterable of bytes of an HTTP body, of decoded events, strings,
            dicts or objects of an SDK; a response of httpx, aiohttp or requests; an Observable of
            such items; a coroutine or a context manager that gives one; or a function that makes
            one for each subscription. Strings are text of the answer, unless ``dialect`` names one
            that is spoken over HTTP. What can be read once can be subscribed once.
        dialect: Which dialect it speaks, e.g. ``"openai.chat"``; None to tell it from the first
            item.
        choices: ``"first"`` of several choices, or ``"all"`` with ``metadata["choice"]``, where the
            end of each comes as a chunk with its ``finish_reason`` before the terminal one.
        reasoning: ``"metadata"``, ``"inline"`` in the text, or ``"drop"``.
        token_counts: ``"exact"``, or ``"provider"`` to leave ``token_count`` at None where the
            provider tells nothing, which loads no vocabulary and takes half the time.

    Returns:
        An Observable of chunks. Its errors: :class:`LLMStreamError` for an error that the provider
        put into the data, :class:`StreamTruncatedError`, :class:`RxStreamError` for what is no
        stream of a model; each has what came before in ``result``. What the SDK raises is passed
        on unchanged.

    Raises:
        TypeError: ``stream`` is none of these.
        ValueError: ``dialect``, ``choices``, ``reasoning`` or ``token_counts`` is not one that is
            known.
    """
    name = dialect_name(dialect)
    choice("from_llm: choices", choices, ("first", "all"))
    choice("from_llm: reasoning", reasoning, ("metadata", "inline", "drop"))
    choice("from_llm: token_counts", token_counts, ("exact", "provider"))
    options = Options(choices, reasoning, token_counts)
    return _items(stream).pipe(lift_ending(lambda: LlmStream(name, options)))


def _items(stream: object) -> Observable[object]:
    if isinstance(stream, Observable):
        return cast("Observable[object]", stream)
    kind = kind_of(stream)
    if kind == "sync":
        return from_iterable(SyncInput(stream))
    if kind == "async":
        return from_async_iterable(AsyncInput(stream))
    if kind == "either":
        return rx.defer(lambda _: _on_loop_or_not(stream))
    if kind == "call":
        make = cast("Callable[[], object]", stream)
        return rx.defer(lambda _: _items(make()))
    raise TypeError(
        "from_llm: stream must be an iterable or async iterable, an HTTP response, an awaitable or"
        f" a context manager that gives one, or a function that makes one, not {stream!r}"
    )


def _on_loop_or_not(stream: object) -> Observable[object]:
    if asyncio._get_running_loop() is None:  # pyright: ignore[reportPrivateUsage]
        return from_iterable(SyncInput(stream))
    return from_async_iterable(AsyncInput(stream))

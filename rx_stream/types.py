"""The items that travel in a stream of text, and what is reported about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, NoReturn, TypeAlias, TypedDict, TypeVar

__all__ = [
    "FinishReason",
    "ServerSentEvent",
    "StreamChunk",
    "StreamProgress",
    "StreamResult",
    "StreamState",
    "TextT",
    "ToolCall",
    "carries_meaning",
    "choice_of",
    "only_reports",
    "split_meaning",
]

FinishReason: TypeAlias = Literal[
    "stop", "length", "tool_calls", "content_filter", "pause", "error", "other"
]
"""Why a model stopped, in one vocabulary for all providers."""

StreamState: TypeAlias = Literal[
    "waiting", "streaming", "stalled", "completed", "error", "cancelled"
]
"""Where a stream stands in its life."""


class _Empty(dict[str, object]):
    """A dict that stays empty. A mapping proxy is no default for a dataclass: it has no hash."""

    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType]

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("StreamChunk: the empty metadata is shared; give the chunk its own mapping")

    __setitem__ = update = setdefault = __ior__ = _refuse  # pyright: ignore


NO_METADATA: Mapping[str, object] = _Empty()
"""What a chunk without metadata shares, so that creating one allocates nothing more."""

MEANINGFUL = frozenset(("reasoning", "refusal", "tool_calls"))
"""Keys of metadata by which a chunk says more than its text."""

FACTS = MEANINGFUL | {"usage"}
"""Those, and the one by which it reports on the answer."""


class ToolCall(TypedDict):
    """One call of a tool, assembled from its deltas."""

    id: str | None
    name: str | None
    arguments: str


# Not frozen: a frozen slots dataclass costs four times as much to create.
@dataclass(slots=True)
class StreamChunk:
    """A piece of a model's answer, with what is known about it.

    Args:
        content: Text of the answer; empty where the chunk carries something else.
        token_count: Tokens in this chunk; None where it is not known.
        is_complete: Whether this is the terminal chunk of the answer.
        finish_reason: Why the model stopped, normalised; the provider's own word stays in
            ``metadata["finish_reason_raw"]``.
        metadata: What else the provider told, e.g. ``usage``, ``reasoning``, ``tool_calls``.
    """

    content: str = ""
    token_count: int | None = None
    is_complete: bool = False
    finish_reason: FinishReason | None = None
    metadata: Mapping[str, object] = NO_METADATA

    def __str__(self) -> str:
        return self.content


TextT = TypeVar("TextT", str, StreamChunk)
"""Text as plain strings or as chunks; what comes in decides what goes out."""


def carries_meaning(chunk: StreamChunk) -> bool:
    """Tell whether a chunk says something beyond its text: an end, a tool call, reasoning."""
    if chunk.is_complete or chunk.finish_reason is not None:
        return True
    metadata = chunk.metadata
    # Most chunks have none of the keys, which a set tells at once.
    if not metadata or MEANINGFUL.isdisjoint(metadata):
        return False
    return any(metadata.get(key) for key in MEANINGFUL)


def choice_of(metadata: Mapping[str, object]) -> int:
    """Return which of several answers a chunk belongs to; 0 where it does not say."""
    choice = metadata.get("choice")
    return choice if type(choice) is int else 0


def only_reports(chunk: StreamChunk) -> bool:
    """Tell whether all that a chunk has is a report of usage: it ends no text, and is not lost."""
    reports = not chunk.content and chunk.metadata.get("usage") is not None
    return reports and not carries_meaning(chunk)


def split_meaning(chunk: StreamChunk) -> tuple[Mapping[str, object], StreamChunk | None]:
    """Part what a chunk says of its text from what it says once.

    Returns:
        The metadata for every piece of its text, and the chunk that comes behind the last of them;
        None where it says nothing beyond its text.
    """
    metadata = chunk.metadata
    # Tells most chunks by itself, without another call.
    plain = chunk.finish_reason is None and (not metadata or MEANINGFUL.isdisjoint(metadata))
    if (plain and not chunk.is_complete) or not carries_meaning(chunk):
        return metadata, None
    if not chunk.content:
        return metadata, chunk
    # What is said once must not be repeated by every piece.
    of_text = {key: value for key, value in metadata.items() if key not in MEANINGFUL}
    return of_text, replace(chunk, content="", token_count=None)


@dataclass(slots=True)
class StreamProgress:
    """How far a stream has come. What is not known is None, never a made-up number.

    Args:
        tokens_received: Tokens so far, counted or as the provider reports them.
        total_tokens: Expected tokens in all, as estimated now; None without an estimate.
        percentage: 0 to 100; never falls, and reaches 100 only at completion.
        elapsed: Seconds since the subscription.
        eta: Seconds until the expected end.
        tokens_per_second: Smoothed rate, for display.
        tokens_per_second_average: Tokens after the first ones by the time since the first token.
        chunks_received: Chunks with text so far.
        characters_received: Characters (code points) so far.
        time_to_first_token: Seconds from the subscription to the first text.
        inter_chunk_p50: Median gap between chunks, in seconds.
        inter_chunk_p95: 95th percentile of the gaps between chunks, in seconds.
        time_since_last: Seconds since the last text.
        stalled: Whether nothing has arrived for ``stall_after`` seconds.
        overrun: Whether more tokens have arrived than were estimated.
        state: Where the stream stands.
    """

    tokens_received: int = 0
    total_tokens: float | None = None
    percentage: float | None = None
    elapsed: float = 0.0
    eta: float | None = None
    tokens_per_second: float | None = None
    tokens_per_second_average: float | None = None
    chunks_received: int = 0
    characters_received: int = 0
    time_to_first_token: float | None = None
    inter_chunk_p50: float | None = None
    inter_chunk_p95: float | None = None
    time_since_last: float | None = None
    stalled: bool = False
    overrun: bool = False
    state: StreamState = "waiting"

    def to_dict(self) -> dict[str, object]:
        """Return all fields by name; a field that is not known is None, never absent."""
        return asdict(self)


@dataclass(slots=True)
class StreamResult:
    """What a stream came to.

    Of several choices it is the first that said something, e.g. choice 0; to have the others too,
    part the stream by ``metadata["choice"]`` first. Usage and metadata are of the whole stream.

    Args:
        content: The whole text.
        chunk_count: Chunks with text.
        duration: Seconds from the subscription to the end.
        finish_reason: Why the model stopped, if it said so.
        usage: Token counts as the provider reports them, e.g. ``input_tokens``.
        tool_calls: The calls of tools, assembled from their deltas.
        reasoning: The model's reasoning, where the provider shows it.
        refusal: Why the model refused, in its words.
        metadata: Metadata of the last chunk that had some, e.g. ``model``.
        state: ``completed``, ``error`` or ``cancelled``.
        error: The error of a stream that failed.
        counted: Sum of the chunks' own token counts; None where a chunk had none.
        counter: Counts the tokens of a text; used where ``counted`` is None, when first asked.
    """

    content: str = ""
    chunk_count: int = 0
    duration: float = 0.0
    finish_reason: FinishReason | None = None
    usage: Mapping[str, object] | None = None
    tool_calls: Sequence[ToolCall] = ()
    reasoning: str = ""
    refusal: str = ""
    metadata: Mapping[str, object] = NO_METADATA
    state: StreamState = "completed"
    error: Exception | None = None
    counted: int | None = field(default=None, repr=False)
    counter: Callable[[str], int] | None = field(default=None, repr=False, compare=False)

    @property
    def character_count(self) -> int:
        """Characters (code points) of the text."""
        return len(self.content)

    @property
    def token_count(self) -> int:
        """Tokens of the text: the sum of the chunks' counts, else counted when first read."""
        if self.counted is None:
            if self.counter is None:
                raise LookupError("StreamResult.token_count: neither counted nor a counter given")
            self.counted = self.counter(self.content)
        return self.counted

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens by the duration; None for a stream that took no time."""
        return self.token_count / self.duration if self.duration > 0 else None


# Not frozen: a decoder makes hundreds of thousands of them a second.
@dataclass(slots=True)
class ServerSentEvent:
    """One Server-Sent Event.

    Args:
        data: The payload; line ends in it are kept.
        event: The event's name; None means ``message``.
        id: The last event id at this event.
        retry: Reconnection time in milliseconds.
    """

    data: str
    event: str | None = None
    id: str | None = None
    retry: int | None = None

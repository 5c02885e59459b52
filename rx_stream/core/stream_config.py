"""The settings of the one-call pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

from rx_stream.core.arguments import (
    Seconds,
    choice,
    count,
    language_tag,
    number,
    optional_seconds,
    require,
    seconds,
)

__all__ = ["UNITS", "BufferUnit", "StreamConfig"]

BufferUnit: TypeAlias = Literal["character", "word", "sentence", "line", "paragraph", "token"]
"""What text can be gathered into."""

UNITS: tuple[BufferUnit, ...] = get_args(BufferUnit)
"""All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """Settings of :func:`enhance`; a wrong one is refused at once, by its name.

    Args:
        buffer: What the text is gathered into: ``character``, ``word``, ``sentence``, ``line``,
            ``paragraph``, ``token``; None leaves it as it comes.
        token_buffer_threshold: Tokens in one piece, for ``buffer="token"``.
        rate_limit: Tokens per second; None does not pace.
        burst: Tokens that may leave at once before the pace holds.
        estimated_tokens: How many tokens are expected in all, for percentage and ETA.
        progress_interval: Seconds between two reports of progress; 0 reports every chunk, None
            only the end.
        language: Tag of the text's language, such as ``"en"``, for ``buffer="sentence"``.
        encoding: Name of the tokens' encoding; None means ``o200k_base``. Settings load no
            vocabulary: :func:`enhance` looks the name up where tokens are cut, paced or reported,
            and then refuses one that there is not.
        timeout_first_token: Seconds that the first text may take; None waits for ever.
        timeout_between_tokens: Seconds between two items; None waits for ever.

    Raises:
        TypeError: A setting has the wrong type.
        ValueError: A setting is out of range.
    """

    buffer: BufferUnit | None = "word"
    token_buffer_threshold: int = 5
    rate_limit: float | None = None
    burst: int = 1
    estimated_tokens: int | None = None
    progress_interval: Seconds | None = 0.1
    language: str = "en"
    encoding: str | None = None
    timeout_first_token: Seconds | None = None
    timeout_between_tokens: Seconds | None = None

    def __post_init__(self) -> None:
        choice("StreamConfig: buffer", self.buffer, (*UNITS, None))
        count("StreamConfig: token_buffer_threshold", self.token_buffer_threshold)
        if self.rate_limit is not None:
            number("StreamConfig: rate_limit", self.rate_limit, unit="tokens per second")
        count("StreamConfig: burst", self.burst)
        if self.estimated_tokens is not None:
            count("StreamConfig: estimated_tokens", self.estimated_tokens)
        if self.progress_interval is not None:
            seconds("StreamConfig: progress_interval", self.progress_interval, least=0.0)
        language_tag("StreamConfig: language", self.language)
        if self.encoding is not None:
            require("StreamConfig: encoding", self.encoding, str, "the name of an encoding")
        optional_seconds("StreamConfig: timeout_first_token", self.timeout_first_token)
        optional_seconds("StreamConfig: timeout_between_tokens", self.timeout_between_tokens)

    @classmethod
    def from_mapping(cls, settings: Mapping[str, object]) -> StreamConfig:
        """Return the settings that a mapping gives, e.g. one read from a file.

        Args:
            settings: Values by the names of the fields; what is left out keeps its default.

        Raises:
            TypeError: ``settings`` is not a mapping, or a setting has the wrong type.
            ValueError: A key is not known, or a setting is out of range.
        """
        require("StreamConfig.from_mapping: settings", settings, Mapping, "a mapping")
        known = [field.name for field in fields(cls)]
        for key in settings:
            choice("StreamConfig.from_mapping: key", key, tuple(known))
        return cls(**dict(settings))  # pyright: ignore[reportArgumentType]

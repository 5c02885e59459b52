"""The checks of what ``to_sse`` and the responses take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from rx_stream.core.arguments import choice, optional_count
from rx_stream.core.sse.dialects import DIALECTS, DialectName, Identity, SseDialect
from rx_stream.core.sse.sse_encoder import FAILED, ErrorMessage, EventIds, SseEncoder
from rx_stream.core.sse.sse_frames import field

__all__ = ["OnError", "SseOptions", "sse_options"]

OnError: TypeAlias = Literal["event", "raise"] | ErrorMessage
"""What becomes of an error: an event, the stream's own error, or an event with chosen words."""


def _failed(_: Exception) -> str:
    return FAILED


@dataclass(slots=True, frozen=True)
class SseOptions:
    """Options that have been checked; :meth:`encoder` makes the encoder of one stream."""

    dialect: type[SseDialect]
    event: str | None
    ids: EventIds
    retry: int | None
    done: bool
    message: ErrorMessage | None

    def encoder(self, id: str, created: int) -> SseEncoder:
        """Return a new encoder.

        Args:
            id: A word that no other answer has.
            created: When the answer begins, in seconds since 1970.
        """
        dialect = self.dialect(Identity(id, created, self.event))
        return SseEncoder(
            dialect, ids=self.ids, retry=self.retry, done=self.done, message=self.message
        )


def sse_options(
    function: str,
    dialect: DialectName,
    *,
    event: str | None,
    ids: EventIds,
    retry: int | None,
    done: bool,
    on_error: OnError,
) -> SseOptions:
    """Check the options of ``function``, which the messages name.

    Raises:
        TypeError: One is of the wrong type.
        ValueError: One has a value that is not allowed.
    """
    made = DIALECTS[
        choice(f"{function}: dialect", dialect, cast("tuple[DialectName, ...]", tuple(DIALECTS)))
    ]
    if type(done) is not bool:
        raise TypeError(f"{function}: done must be True or False, not {done!r}")
    return SseOptions(
        made,
        _event(function, made, event),
        _ids(function, ids),
        optional_count(f"{function}: retry", retry, least=0),
        done,
        _message(function, on_error),
    )


def _event(function: str, dialect: type[SseDialect], event: object) -> str | None:
    if event is None:
        return None
    name = f"{function}: event"
    if not isinstance(event, str):
        raise TypeError(f"{name} must be None or a string, not {event!r}")
    if not dialect.takes_event:
        raise ValueError(f"{name} must be None in the {dialect.name} dialect, not {event!r}")
    if event in ("", "error"):
        raise ValueError(
            f"{name} must be a name that is not 'error', which is a browser's own, not {event!r}"
        )
    if event in dialect.events:
        raise ValueError(
            f"{name} must be a name that the {dialect.name} dialect does not use itself, as it "
            f"does {', '.join(map(repr, dialect.events))}, not {event!r}"
        )
    return field(name, event)


def _ids(function: str, ids: object) -> EventIds:
    if ids is None or callable(ids):
        return cast("EventIds", ids)
    if not isinstance(ids, str):
        raise TypeError(f"{function}: ids must be None, a string or a callable, not {ids!r}")
    if not ids:
        raise ValueError(f"{function}: ids must be a name of the stream, not {ids!r}")
    return field(f"{function}: ids", ids)


def _message(function: str, on_error: object) -> Callable[[Exception], str] | None:
    if callable(on_error):
        return cast("ErrorMessage", on_error)
    allowed = choice(f"{function}: on_error", on_error, ("event", "raise"))
    return _failed if allowed == "event" else None

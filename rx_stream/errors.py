"""What can go wrong in a stream. Bad arguments are plain ValueError and TypeError."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from rx_stream.types import StreamResult

__all__ = [
    "BackpressureError",
    "BadPositionError",
    "EventTooLargeError",
    "LLMStreamError",
    "LogError",
    "LogFullError",
    "LogUnavailableError",
    "MalformedLineError",
    "PositionLostError",
    "ProducerFencedError",
    "RxStreamError",
    "StreamCancelledError",
    "StreamFailedError",
    "StreamInterruptedError",
    "StreamStalledError",
    "StreamTakenError",
    "StreamTruncatedError",
    "UnknownStreamError",
]


def _made(kind: type[RxStreamError], *args: object) -> RxStreamError:
    return kind.__new__(kind, *args)


class RxStreamError(Exception):
    """The base of every error that this library sends through ``on_error``.

    Each of them can be copied and pickled, attributes and notes included.

    Attributes:
        result: What had arrived before the error, where that is known.
    """

    result: StreamResult | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is made anew from its arguments alone, which leaves out those by name.
        return _made, (type(self), *cast("tuple[object, ...]", self.args)), self.__dict__


class StreamStalledError(RxStreamError):
    """Nothing arrived for longer than was allowed.

    Attributes:
        waited: Seconds without an item.
    """

    def __init__(self, message: str, *, waited: float) -> None:
        super().__init__(message)
        self.waited = waited


class StreamTruncatedError(RxStreamError):
    """The stream stopped without its end marker: what came is not the whole answer."""


class LLMStreamError(RxStreamError):
    """The provider reported an error inside the stream.

    Attributes:
        message: The provider's message.
        kind: The provider's word for the error, e.g. ``overloaded_error``.
        code: The provider's code, as text; None where there is none.
    """

    def __init__(self, message: str, *, kind: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code


class BackpressureError(RxStreamError):
    """A bounded place was full and its strategy is to fail.

    Attributes:
        waiting: Items that waited when it overflowed.
    """

    def __init__(self, message: str, *, waiting: int) -> None:
        super().__init__(message)
        self.waiting = waiting


class EventTooLargeError(RxStreamError):
    """One event or line of the input is larger than the limit.

    Attributes:
        limit: The limit in bytes.
    """

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class MalformedLineError(RxStreamError, ValueError):
    """A line of the input is not what its format allows.

    Attributes:
        line: The number of the line, from 1.
    """

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


class LogError(RxStreamError):
    """A durable log refused or could not do what was asked."""


class UnknownStreamError(LogError):
    """The log holds no stream of this id: it never existed or has expired."""


class StreamInterruptedError(LogError):
    """The producer of a stream has gone without closing it.

    Attributes:
        position: Where the text that is there ends.
    """

    def __init__(self, message: str, *, position: str = "") -> None:
        super().__init__(message)
        self.position = position


class StreamCancelledError(StreamInterruptedError):
    """The producer of a stream was told to stop before its end.

    Attributes:
        position: Where the text that is there ends.
    """


class StreamFailedError(LogError):
    """The producer of a stream failed, and said so in the log.

    Attributes:
        detail: What the producer left about it.
        position: Where the text that is there ends.
    """

    def __init__(self, message: str, *, detail: str = "", position: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.position = position


class StreamTakenError(LogError):
    """The stream has a producer already, or has ended: there is only one of each id."""


class ProducerFencedError(LogError):
    """Another producer took over, or the stream was closed or deleted: nothing can be added."""


class LogFullError(LogError):
    """A stream would become larger than the log allows.

    Attributes:
        limit: The limit in bytes.
    """

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class LogUnavailableError(LogError):
    """The log could not be reached."""


class BadPositionError(LogError, ValueError):
    """A position is not of the form ``epoch.offset``, or lies beyond the end."""


class PositionLostError(LogError):
    """The text that a position belongs to is not there any more: read from the start."""

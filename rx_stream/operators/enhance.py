"""The operator :func:`enhance`."""

from __future__ import annotations

from collections.abc import Callable

from reactivex import Observable, abc

from rx_stream.core.arguments import require
from rx_stream.core.stream_config import StreamConfig
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.operators._operator_types import TextOperator
from rx_stream.operators._report import reporter
from rx_stream.operators._units import buffer_by
from rx_stream.operators.aggregate import aggregate
from rx_stream.operators.throttle_tokens import throttle_tokens
from rx_stream.operators.timeout_between_tokens import timeout_between_tokens
from rx_stream.operators.timeout_first_token import timeout_first_token
from rx_stream.operators.track_progress import track_progress
from rx_stream.types import StreamProgress, StreamResult, TextT

__all__ = ["enhance"]


def enhance(
    config: StreamConfig | None = None,
    *,
    on_progress: Callable[[StreamProgress], object]
    | abc.ObserverBase[StreamProgress]
    | None = None,
    on_result: Callable[[StreamResult], object] | abc.ObserverBase[StreamResult] | None = None,
) -> TextOperator:
    """Emit text gathered, paced, watched and summed up, as a configuration says.

    One operator for the usual pipe: timeouts, then a buffer, then :func:`throttle_tokens`, then
    :func:`track_progress`, then :func:`aggregate`; each only where it is asked for. Loses nothing.

    .. marble::

        'Hel' 250ms 'lo wor' 'ld' |
        [ enhance() ]
        250ms 'Hello ' 'world' |

    Args:
        config: The settings; by default words, unpaced.
        on_progress: Gets the reports of progress; without it there are none. For reports that
            travel in the stream put :func:`track_progress` behind.
        on_result: Gets the result when the stream ends.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: There is no encoding of the name in ``config``.
        LookupError: Its vocabulary is not on this machine.
    """
    settings = StreamConfig() if config is None else config
    require("enhance: config", settings, StreamConfig, "a StreamConfig")
    if settings.buffer == "token" or settings.rate_limit is not None or on_progress is not None:
        encoding_of(settings.encoding, name="enhance")  # So that an error names this function.
    stages: list[TextOperator] = []
    if settings.timeout_first_token is not None:
        stages.append(timeout_first_token(settings.timeout_first_token))
    if settings.timeout_between_tokens is not None:
        stages.append(timeout_between_tokens(settings.timeout_between_tokens))
    if settings.buffer is not None:
        stages.append(
            buffer_by(
                settings.buffer,
                tokens=settings.token_buffer_threshold,
                encoding=settings.encoding,
                language=settings.language,
            )
        )
    if settings.rate_limit is not None:
        stages.append(
            throttle_tokens(settings.rate_limit, burst=settings.burst, encoding=settings.encoding)
        )
    if on_progress is not None:
        report = reporter("enhance: on_progress", on_progress)
        stages.append(
            track_progress(
                settings.estimated_tokens,
                settings.progress_interval,
                on_progress=report,
                encoding=settings.encoding,
            )
        )
    if on_result is not None:
        stages.append(aggregate(reporter("enhance: on_result", on_result)))

    def operator(source: Observable[TextT]) -> Observable[TextT]:
        for stage in stages:
            source = stage(source)
        return source

    return operator

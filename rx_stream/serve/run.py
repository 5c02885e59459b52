"""One stream that the page shows: its settings, its controls, its state."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable
from reactivex.subject import BehaviorSubject, Subject

from rx_stream.core.arguments import choice, number
from rx_stream.core.stream_config import UNITS, BufferUnit
from rx_stream.errors import RxStreamError
from rx_stream.operators._units import buffer_by
from rx_stream.operators.share_stream import share_stream
from rx_stream.operators.throttle_tokens import throttle_tokens
from rx_stream.operators.track_progress import track_progress
from rx_stream.types import StreamChunk, StreamProgress

__all__ = ["Run", "StoppedError"]


class StoppedError(RxStreamError):
    """The user has stopped the stream."""


def _rate(value: object) -> float | None:
    return None if value is None else number("rate", value, unit="tokens per second")


def _stoppable(
    source: Observable[StreamChunk | StreamProgress], stop: Observable[StreamChunk | StreamProgress]
) -> Observable[StreamChunk | StreamProgress]:
    """Return the source, which fails at once when ``stop`` does."""

    def subscribe(
        observer: abc.ObserverBase[StreamChunk | StreamProgress],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        return CompositeDisposable(
            stop.subscribe(on_error=observer.on_error),
            source.subscribe(observer, scheduler=scheduler),
        )

    return Observable(subscribe)


class Run:
    """A stream that goes on by itself, whoever watches.

    Args:
        source: Where the text comes from.
        estimated_tokens: How long it is expected to be; None if nobody knows.
        settings: ``unit``, one of the units of text, and ``rate``, in tokens per second or None.

    Raises:
        TypeError: A setting has the wrong type.
        ValueError: A setting is not known or out of range.
    """

    def __init__(
        self,
        source: Observable[StreamChunk],
        estimated_tokens: int | None,
        settings: Mapping[str, object],
    ) -> None:
        for key in settings:
            choice("setting", key, ("unit", "rate"))
        self.id = secrets.token_urlsafe(9)
        self.unit = cast("BufferUnit", choice("unit", settings.get("unit", "word"), UNITS))
        self.rate = _rate(settings.get("rate"))
        self.paused = False
        self.live = True
        self._rates: BehaviorSubject[float | None] = BehaviorSubject(self.rate)
        self._stop: Subject[StreamChunk | StreamProgress] = Subject()
        shown = source.pipe(
            buffer_by(self.unit),
            throttle_tokens(self._rates),
            track_progress(estimated_tokens, 0.1),
        )
        self.events = _stoppable(shown, self._stop).pipe(share_stream(slow="coalesce"))
        # Keeps it going while no page is open, so that a reload does not end it.
        self._keeper = self.events.subscribe(on_error=self._ended, on_completed=self._ended)

    def _ended(self, _: Exception | None = None) -> None:
        self.live = False

    def change(self, settings: Mapping[str, object]) -> None:
        """Change the rate, pause or go on.

        Args:
            settings: ``rate`` and ``paused``, either or both.

        Raises:
            TypeError: A setting has the wrong type.
            ValueError: A setting is not known or out of range; then nothing is changed.
        """
        for key in settings:
            choice("setting", key, ("rate", "paused"))
        rate = _rate(settings["rate"]) if "rate" in settings else self.rate
        paused = choice("paused", settings.get("paused", self.paused), (True, False))
        self.rate, self.paused = rate, bool(paused)
        self._rates.on_next(0.0 if self.paused else rate)

    def stop(self) -> None:
        """End the stream; who watches is told that it is not complete."""
        if self.live:
            self._stop.on_error(StoppedError("stopped"))

    def to_dict(self) -> dict[str, object]:
        """Return what the page needs to know."""
        return {"id": self.id, "unit": self.unit, "rate": self.rate, "paused": self.paused}

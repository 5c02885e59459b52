"""Marble tests for text, in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, overload

from reactivex import Observable, abc

from rx_stream.core.arguments import Seconds, seconds
from rx_stream.testing.marbles import parse_marbles
from rx_stream.testing.recorder import Recorder
from rx_stream.testing.recording import Recording, Row
from rx_stream.testing.scheduler import LabScheduler
from rx_stream.testing.sources import ColdSource, HotSource

__all__ = ["TextMarbles"]

_T = TypeVar("_T")


def _time(name: str, value: Seconds | None) -> float | None:
    return None if value is None else seconds(f"TextMarbles.run: {name}", value, least=0.0)


def _check_observable(source: object) -> None:
    if not isinstance(source, Observable):
        raise TypeError(f"TextMarbles.run: source must be an Observable, not {source!r}")


class TextMarbles:
    r"""A lab for streams of text: quoted chunks and durations in virtual time.

    A test says what comes in and what must come out, and takes no real time::

        from rx_stream import buffer_words
        from rx_stream.testing import TextMarbles

        def test_words() -> None:
            lab = TextMarbles()
            source = lab.cold("'Hel' 250ms 'lo wor' 'ld' |")
            assert lab.run(source.pipe(buffer_words())) == lab.expect("250ms 'Hello ' 'world' |")

    The grammar of a diagram; white space between the parts means nothing:

    =====================  =====================================================================
    ``'text'`` ``"text"``  an item: a Python string, with its spaces and escapes (``'\n'``); it
                           takes no time; ``b'…'`` is bytes, ``r'…'`` a raw string
    ``name``               an item: the value that ``lookup`` has for the name
    ``250ms 1.5s 2m``      time passes
    ``-``                  one tick passes; ``---`` is three
    ``|``                  the stream completes
    ``#``                  the stream fails, with ``error`` or else with ``Exception("error")``
    ``( )``                group for the reader's eye; they change nothing
    =====================  =====================================================================

    A diagram without ``|`` and ``#`` never ends. One lab serves any number of runs; in each of them
    every source starts anew.

    Args:
        tick: What one ``-`` takes, in seconds or as a timedelta.

    Attributes:
        scheduler: The virtual-time scheduler, for operators that take one and for timers of your
            own. It can be used as any ``TestScheduler``.

    Raises:
        TypeError: ``tick`` is not a duration.
        ValueError: ``tick`` is not above 0.
    """

    def __init__(self, *, tick: Seconds = 1.0) -> None:
        self.tick = seconds("TextMarbles: tick", tick)
        self.scheduler = LabScheduler()
        self._sources: list[ColdSource[Any] | HotSource[Any]] = []
        self._left_over: abc.DisposableBase | None = None

    @overload
    def cold(self, diagram: str, *, error: Exception | None = None) -> ColdSource[str]: ...
    @overload
    def cold(
        self, diagram: str, *, lookup: Mapping[str, _T], error: Exception | None = None
    ) -> ColdSource[_T]: ...
    def cold(
        self,
        diagram: str,
        *,
        lookup: Mapping[str, object] | None = None,
        error: Exception | None = None,
    ) -> ColdSource[Any]:
        """Return a source that plays the diagram from its start for each subscriber.

        Args:
            diagram: What it sends and when.
            lookup: What bare names in the diagram stand for.
            error: What ``#`` stands for.

        Returns:
            An Observable; its ``subscriptions`` tell who subscribed and left when.

        Raises:
            ValueError: The diagram does not follow the grammar; the message says where.
        """
        return self._add(ColdSource(self._rows("cold", diagram, lookup, error), self.scheduler))

    @overload
    def hot(self, diagram: str, *, error: Exception | None = None) -> HotSource[str]: ...
    @overload
    def hot(
        self, diagram: str, *, lookup: Mapping[str, _T], error: Exception | None = None
    ) -> HotSource[_T]: ...
    def hot(
        self,
        diagram: str,
        *,
        lookup: Mapping[str, object] | None = None,
        error: Exception | None = None,
    ) -> HotSource[Any]:
        """Return a source that plays the diagram once in each run, to whoever listens by then.

        It starts when the run subscribes; an item at that instant is seen. Who subscribes after
        its end gets the end at once.

        Args:
            diagram: What it sends and when.
            lookup: What bare names in the diagram stand for.
            error: What ``#`` stands for.

        Returns:
            An Observable; its ``subscriptions`` tell who subscribed and left when.

        Raises:
            ValueError: The diagram does not follow the grammar; the message says where.
        """
        return self._add(HotSource(self._rows("hot", diagram, lookup, error), self.scheduler))

    def expect(
        self,
        diagram: str,
        *,
        lookup: Mapping[str, object] | None = None,
        error: Exception | None = None,
    ) -> Recording:
        """Return the recording of a stream that does what the diagram says.

        Args:
            diagram: What must arrive and when.
            lookup: What bare names in the diagram stand for.
            error: What ``#`` stands for; errors are equal if their type and text are.

        Raises:
            ValueError: The diagram does not follow the grammar; the message says where.
        """
        return Recording(self._rows("expect", diagram, lookup, error))

    def run(
        self,
        source: Observable[_T],
        *,
        until: Seconds | None = None,
        dispose_at: Seconds | None = None,
        scheduler: abc.SchedulerBase | None = None,
    ) -> Recording:
        """Subscribe as a user would, let virtual time pass and return what arrived.

        Args:
            source: The stream to observe.
            until: Seconds after which to stop looking; what is due then is still seen. By default
                the run goes on while anything is scheduled.
            dispose_at: Seconds after which to dispose the subscription; what is due then is not
                seen any more.
            scheduler: What to give to ``subscribe``; the lab's own by default.

        Returns:
            The events with their times since the subscription.

        Raises:
            TypeError: ``source`` is not an Observable, or a time not a duration.
            ValueError: ``until`` or ``dispose_at`` is below 0.
            RuntimeError: The stream is still busy after a million actions.
        """
        _check_observable(source)
        end = _time("until", until)
        leave = _time("dispose_at", dispose_at)
        base = self._begin()
        recorder = Recorder(self.scheduler, base)

        def subscribe(*_: object) -> None:
            self._left_over = source.subscribe(recorder, scheduler=scheduler or self.scheduler)
            # After the subscription: a hot item at the first instant is seen.
            for played in self._sources:
                if isinstance(played, HotSource):
                    played.emit()

        self.scheduler.schedule_absolute(base, subscribe)
        if leave is not None:
            self.scheduler.schedule_absolute(base + leave, self._dispose)
        if end is None:
            self.scheduler.run_all()
        else:
            self.scheduler.advance_to(base + end)
        return recorder.rows

    def _begin(self) -> float:
        """End what the run before has left behind and return when the next one starts."""
        base = self.scheduler.next_start()
        for source in self._sources:
            source.begin(base)
        self._dispose()
        return base

    def _dispose(self, *_: object) -> None:
        if self._left_over is not None:
            self._left_over.dispose()

    def _rows(
        self,
        method: str,
        diagram: str,
        lookup: Mapping[str, object] | None,
        error: Exception | None,
    ) -> list[Row]:
        return parse_marbles(
            f"TextMarbles.{method}", diagram, tick=self.tick, lookup=lookup, error=error
        )

    def _add(self, source: Any) -> Any:
        self._sources.append(source)
        return source

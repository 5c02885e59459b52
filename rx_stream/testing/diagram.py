"""Pictures of recorded runs: marbles that show their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from reactivex import Observable

from rx_stream.core.arguments import Seconds, number
from rx_stream.testing.layout import Track, place, scale_of
from rx_stream.testing.marbles import parse_marbles
from rx_stream.testing.recording import Recording
from rx_stream.testing.sources import ColdSource
from rx_stream.testing.svg import draw
from rx_stream.testing.text_marbles import TextMarbles

__all__ = ["Diagram", "diagram"]

_Stage: TypeAlias = tuple[str, Callable[[Observable[Any]], Observable[Any]] | Recording]


class Diagram:
    """An SVG picture. A notebook shows it; ``str()`` gives its source.

    Args:
        svg: The picture.
        recordings: The streams that it shows, from top to bottom.
    """

    def __init__(self, svg: str, recordings: Sequence[Recording]) -> None:
        self.svg = svg
        self.recordings = tuple(recordings)

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Diagram: {len(self.recordings)} rows, {len(self.svg)} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the picture to a file."""
        Path(path).write_text(self.svg, encoding="utf-8")


def _check(name: str, value: object, kind: type | tuple[type, ...], rule: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"diagram: {name} must be {rule}, not {value!r}")


def diagram(
    source: str | Recording,
    *stages: _Stage,
    titles: Sequence[str] = (),
    lookup: Mapping[str, object] | None = None,
    error: Exception | None = None,
    tick: Seconds = 1.0,
    until: Seconds | None = None,
    width: float = 960,
) -> Diagram:
    """Draw what goes into operators and what comes out, and when.

    The first row is the source. Each stage adds a box with its label and a row with what came out
    of it. An item's left end stands at its time; items of one instant are stacked; spaces show as
    middle dots; a bar is completion, a cross an error. The same run gives the same picture.

    ::

        diagram(
            "'Hel' 250ms 'lo wor' 'ld' 1s |",
            ("buffer_words()", buffer_words()),
            ("throttle_tokens(2)", throttle_tokens(2)),
        ).save("words.svg")

    What was recorded elsewhere is drawn just so: ``diagram(seen, ("my pipe", came_out))``.

    Args:
        source: A text marble diagram, which is run in virtual time, or a recording.
        stages: Pairs of a label and either an operator, which is run on the row above, or the
            recording of what came out.
        titles: Names of the rows, from the source on.
        lookup: What bare names in ``source`` stand for.
        error: What ``#`` in ``source`` stands for.
        tick: Seconds that one ``-`` takes.
        until: Seconds after which to stop, for streams that do not end by themselves.
        width: The greatest width of the time axis; what does not fit side by side is stacked.

    Returns:
        The picture, with the recordings it shows.

    Raises:
        TypeError: An argument is not of its kind.
        ValueError: ``source`` does not follow the grammar, or ``width`` is below 200.
    """
    width = number("diagram: width", width, unit="units", least=200)
    _check("source", source, (str, Recording), "a text marble diagram or a recording")
    lab = TextMarbles(tick=tick)
    if isinstance(source, str):
        source = Recording(
            parse_marbles("diagram", source, tick=lab.tick, lookup=lookup, error=error)
        )
    recordings = [source]
    pipe: Observable[Any] = ColdSource(source, lab.scheduler)
    for stage in stages:
        came_out, pipe = _pass(stage, pipe, lab, until)
        recordings.append(came_out)
    return Diagram(_draw(recordings, [label for label, _ in stages], titles, width), recordings)


def _pass(
    stage: _Stage, pipe: Observable[Any], lab: TextMarbles, until: Seconds | None
) -> tuple[Recording, Observable[Any]]:
    """Return what comes out of a stage, and the stream that sends it."""
    rule = "a pair of a label and an operator or a recording"
    _check("stage", stage, tuple, rule)
    if len(stage) != 2:  # pyright: ignore[reportUnnecessaryComparison] - the caller's
        raise ValueError(f"diagram: stage must be {rule}, not {stage!r}")
    label, what = stage
    _check("label", label, str, "a string")
    if isinstance(what, Recording):
        return what, ColdSource(what, lab.scheduler)
    if not callable(what):
        raise TypeError(f"diagram: operator must be an operator or a recording, not {what!r}")
    pipe = pipe.pipe(what)
    return lab.run(pipe, until=until), pipe


def _draw(
    recordings: Sequence[Recording], labels: Sequence[str], titles: Sequence[str], width: float
) -> str:
    scale = scale_of(recordings, width)
    rows: list[tuple[str, Track | None]] = []
    for number_of, recording in enumerate(recordings):
        if number_of:
            rows.append((labels[number_of - 1], None))
        title = titles[number_of] if number_of < len(titles) else ""
        rows.append((title, place(recording, scale)))
    return draw(rows, " → ".join(str(recording) for recording in recordings))

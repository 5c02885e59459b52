"""The diagrams in docstrings: found, and run in virtual time."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import reactivex

import rx_stream
from rx_stream.testing import Recording, TextMarbles

PART = re.compile(r"(?m)^[ \t]*\.\. marble::\n((?:[ \t]*\n|[ \t]+\S.*(?:\n|\Z))*)")
"""A block: everything below the directive that is indented. The docstring is cleaned."""


class Block(NamedTuple):
    """One ``.. marble::`` block."""

    name: str
    source: str
    calls: tuple[str, ...]
    result: str
    legend: str


class Ran(NamedTuple):
    """What went into a block's operators, what came out, and what the block says comes out."""

    source: Recording
    seen: Recording
    expected: Recording


def blocks(name: str, docstring: str) -> Iterator[Block]:
    for inside in PART.findall(docstring):
        drawn, _, legend = textwrap.dedent(inside).strip().partition("\n\n")
        source, *calls, result = drawn.split("\n") if "\n" in drawn else (drawn, "")
        assert calls, f"{name}: a marble block has a source, [ calls ] and a result:\n{drawn}"
        for call in calls:
            assert re.fullmatch(r"\[ .+ \]", call), f"{name}: not a [ call ]: {call!r}"
        yield Block(name, source, tuple(call[2:-2] for call in calls), result, legend)


def run(block: Block) -> Ran:
    """Return what the operators of a block did and what it says they do."""
    public: dict[str, object] = {name: getattr(rx_stream, name) for name in rx_stream.__all__}
    public |= {"rx": reactivex, "ops": reactivex.operators, "compose": reactivex.compose}
    legend = re.sub(r"(?<=[^,(\s])\n(?=\s*\w+=)", ",\n", block.legend)
    lookup = eval(f"dict({legend})", dict(public)) if legend else {}
    error = lookup.pop("error", None)
    lab = TextMarbles()
    expected = lab.expect(block.result, lookup=lookup, error=error)
    source = lab.expect(block.source, lookup=lookup, error=error)
    stream = lab.cold(block.source, lookup=lookup, error=error)
    for call in block.calls:
        made = eval(call, {**public, "scheduler": lab.scheduler, **lookup})
        # A source stands for itself; its diagram's first line only starts the clock.
        if isinstance(made, reactivex.Observable):
            stream = made
        else:
            stream = stream.pipe(*made) if isinstance(made, tuple) else stream.pipe(made)
    ends = bool(expected) and expected[-1].kind != "N"
    until = None if ends else (expected[-1].time if expected else 1.0)
    seen = lab.run(stream, until=until)
    if error is None and "#" not in block.source and expected and expected[-1].kind == "E":
        # The operator's own error, whose words are not the diagram's subject.
        expected[-1] = expected[-1]._replace(value=seen.error)
    return Ran(source, seen, expected)

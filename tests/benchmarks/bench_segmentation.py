"""Cutting text, on 5-character chunks, against the loops that people write by hand.

Run it: ``python tests/benchmarks/bench_segmentation.py``. Read the ratios; times depend on the
machine. The loops by hand grow their text with every chunk, lose what the rules of a script ask
for, and cost more and more where no boundary comes. With sentence splitters installed beside the
library (``pysbd``, ``sentencex``, ``stream2sentence`` …) their accuracy is printed too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from compare import compare
from corpus import english

from rx_stream.core.protocols import Core
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.graphemes import Graphemes
from rx_stream.core.text.lines import Lines
from rx_stream.core.text.paragraphs import Paragraphs
from rx_stream.core.text.words import Words

_SHARED = Path(os.environ.get("RX_STREAM_SHARED") or Path(__file__).parents[3] / "shared")


def ignore(_: object) -> None:
    pass


def ours(make: Callable[[], Core[str, str]], chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        core = make()
        feed = core.feed
        for chunk in chunks:
            for piece in feed(chunk):
                ignore(piece)
        for piece in core.flush():
            ignore(piece)

    return run


class _ByHand:
    """``held += chunk``, and a search of all that is held."""

    def __init__(self, end: str) -> None:
        self.held, self.end = "", end

    def feed(self, chunk: str) -> list[str]:
        self.held += chunk
        out: list[str] = []
        while (at := self.held.find(self.end)) >= 0:
            cut = at + len(self.end)
            out.append(self.held[:cut])
            self.held = self.held[cut:]
        return out


class _SentencesByHand(_ByHand):
    END = re.compile(r"[.!?]\s")

    def __init__(self) -> None:
        super().__init__("")

    def feed(self, chunk: str) -> list[str]:
        self.held += chunk
        out: list[str] = []
        while (found := self.END.search(self.held)) is not None:
            out.append(self.held[: found.end()])
            self.held = self.held[found.end() :]
        return out


def by_hand(make: Callable[[], _ByHand], chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        feed = make().feed
        for chunk in chunks:
            for piece in feed(chunk):
                ignore(piece)

    return run


def code_points(chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        for chunk in chunks:
            for piece in list(chunk):
                ignore(piece)

    return run


def speed(rounds: int = 7) -> dict[str, float]:
    """Print how long each unit takes against the loop by hand; return the ratios."""
    text = english()[:250_000]
    prose = re.sub(r"\s+", " ", text)
    found: dict[str, float] = {}
    rows: list[tuple[str, Callable[[], Core[str, str]], Callable[[list[str]], Callable[[], None]]]]
    rows = [
        ("lines", Lines, lambda chunks: by_hand(lambda: _ByHand("\n"), chunks)),
        ("paragraphs", Paragraphs, lambda chunks: by_hand(lambda: _ByHand("\n\n"), chunks)),
        ("words", Words, lambda chunks: by_hand(lambda: _ByHand(" "), chunks)),
        ("sentences", Sentences, lambda chunks: by_hand(_SentencesByHand, chunks)),
        ("characters", Graphemes, code_points),
    ]
    for name, make, naive in rows:
        source = prose if name in ("words", "sentences", "characters") else text
        chunks = [source[i : i + 5] for i in range(0, len(source), 5)]
        ratios = compare(
            f"{name}: {len(chunks)} chunks of 5 characters",
            {"loop by hand": naive(chunks), "ours": ours(make, chunks)},
            per=len(chunks),
            rounds=rounds,
        )
        found[f"{name}: ours / loop by hand"] = ratios["ours"]
    return found


def flatness() -> None:
    """Print what a chunk costs in a text without a boundary, short and long."""
    print("\nns for a chunk of 5 characters without a boundary, at 1e5 and at 1e6 characters")
    for name, make in (
        ("characters", Graphemes), ("words", Words), ("sentences", Sentences),
        ("lines", Lines), ("paragraphs", Paragraphs),
    ):  # fmt: skip
        small = ours(make, ["xxxxx"] * 20_000)
        large = ours(make, ["xxxxx"] * 200_000)
        ratio = compare(name, {"1e5": small, "1e6": large}, per=20_000, rounds=7)["1e6"]
        print(f"  ten times the text: {ratio:.1f} times the time")


Splitter = Callable[[str, str], Iterable[str]]


def _whole(text: str, language: str) -> Sequence[str]:
    core = Sentences(language)
    return [*core.feed(text), *core.flush()]


def _letters(text: str, language: str) -> Sequence[str]:
    core = Sentences(language)
    return [piece for letter in text for piece in core.feed(letter)] + [*core.flush()]


def _peers() -> dict[str, Splitter]:
    peers: dict[str, Splitter] = {}
    for name, adapt in (
        ("pysbd", lambda m: lambda t, lang: m.Segmenter(language=lang, clean=False).segment(t)),
        ("sentencex", lambda m: lambda t, lang: m.segment(lang, t)),
        ("syntok.segmenter", lambda m: lambda t, _: _syntok(m, t)),
    ):
        try:
            peers[name] = adapt(import_module(name))
        except ImportError:
            print(f"  {name}: not installed")
    return peers


def _syntok(module: object, text: str) -> list[str]:
    paragraphs = module.analyze(text)  # type: ignore[attr-defined]
    return ["".join(str(t) for t in s) for p in paragraphs for s in p]


def accuracy() -> None:
    """Print how many shared cases each splitter gets right, and whether it keeps the text."""
    path = _SHARED / "cases" / "segmentation.json"
    if not path.is_file():
        print("\nno shared cases beside this checkout")
        return
    cases = [c for c in json.loads(path.read_text(encoding="utf-8")) if c["unit"] == "sentences"]
    print(f"\nsentences: {len(cases)} shared cases (white space normalised)")
    table: dict[str, Splitter] = {"ours": _whole, "ours, one character at a time": _letters}
    table |= _peers()
    print(f"  {'':34s} {'right':>7s} {'lossless':>9s}")
    for name, split in table.items():
        right = kept = 0
        for case in cases:
            try:
                got = list(split(case["text"], case.get("language", "en")))
            except (ValueError, KeyError):  # A language that the peer does not have.
                continue
            kept += "".join(got) == case["text"]
            want = [" ".join(piece.split()) for piece in case["expected"]]
            right += [" ".join(piece.split()) for piece in got] == want
        print(f"  {name:34s} {right:7d} {kept:9d}")


def main() -> None:
    """Print all tables."""
    speed()
    flatness()
    accuracy()


if __name__ == "__main__":
    main()

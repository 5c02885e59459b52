"""What the tests of the text cutters share: cutting, running, texts and definitions."""

from __future__ import annotations

import gc
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from rx_stream.core.sentences.sentence_merger import SentenceMerger
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.cut_places import cut_at_clause
from rx_stream.core.text.graphemes import CodePoints, Graphemes
from rx_stream.core.text.length_limit import LengthLimit
from rx_stream.core.text.lines import Lines, UniversalLines
from rx_stream.core.text.paragraphs import Paragraphs
from rx_stream.core.text.words import Words

MakeCore = Callable[[], Any]

UNITS: dict[str, MakeCore] = {
    "characters": Graphemes,
    "words": Words,
    "lines": Lines,
    "paragraphs": Paragraphs,
    "sentences": Sentences,
}

VARIANTS: dict[str, MakeCore] = {
    **UNITS,
    "code points": CodePoints,
    "universal lines": UniversalLines,
    "soft sentences": lambda: Sentences(newline="soft"),
    "German sentences": lambda: Sentences("de"),
    "Russian sentences": lambda: Sentences("ru"),
    "Tamil sentences": lambda: Sentences("ta"),
    "merged sentences": lambda: SentenceMerger(Sentences(), 12, None),
    "early sentences": lambda: SentenceMerger(Sentences(), 12, 3),
    "short sentences": lambda: LengthLimit(Sentences(), 9, cut_at_clause, settles_all=False),
    "short early sentences": lambda: LengthLimit(
        SentenceMerger(Sentences(newline="soft"), 8, 3), 14, cut_at_clause, settles_all=False
    ),
}

_SAMPLES = """
. . ! ? ... . . . Mr Dr. U.S. a.m. e.g. etc. No. 5 I The the Smith 3.14 1. 2. a) b) i.) ii.) 1.) 2.)
• [1] [12] [...] " ” “ ' ( ) « » »Ja « „ 。 ！ ？ 」 「 と 《 》 你好 ． １ । ؟ ۔ ։ ; : Τι; է: ```
~~~ ** — - , ， 、 iPhone http://a.b/c?d=1 É é 🎉 🇫🇷 👍🏽 ... …and № / # word.Next कि க. ไทย เก ខ្មែ
မြန် 한국 カタ ひら ﾊﾞ
"""
PIECES = [
    *_SAMPLES.split(),
    *(" ", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "\x85", "\u2028", "```\n", " . . .", "- "),
    *("\u00a0", "\u3000", "\u200b", "\u0301", "x\u0301", "\u200d", "👩\u200d👧", "\u0600"),
]

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=24).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join),
    st.text(max_size=40),
)
"""Texts of many scripts, full of what the cutters look at."""

seeds = st.integers(0, 2**32)


def run(make: MakeCore, chunks: Sequence[str]) -> list[str]:
    """Return all pieces of a text that comes in these chunks."""
    core = make()
    pieces: list[str] = []
    for chunk in chunks:
        pieces += core.feed(chunk)
    return [*pieces, *core.flush()]


def cut(text: str, seed: int) -> list[str]:
    """Cut a text at random, with some empty chunks."""
    rnd = random.Random(seed)
    chunks: list[str] = []
    start = 0
    while start < len(text):
        length = rnd.choice((0, 1, 1, 2, 3, 5, 8, 20))
        chunks.append(text[start : start + length])
        start += length
    return chunks


def in_every_way(make: MakeCore, text: str, seed: int = 1) -> list[list[str]]:
    """Return the pieces of a text that comes whole, by code points, and cut at random."""
    ways = [[text], list(text), *(cut(text, seed + k) for k in range(8))]
    return [run(make, way) for way in ways]


def limited(units: Sequence[str], limit: int, place: Callable[[str, int], int]) -> list[str]:
    """Return the pieces that units must be cut into, by definition."""
    pieces: list[str] = []
    for unit in units:
        rest = unit
        while len(rest) > limit and (end := place(rest, limit)):
            pieces.append(rest[:end])
            rest = rest[end:]
        if rest:
            pieces.append(rest)
    return pieces


def lines_by_definition(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def paragraphs_by_definition(text: str) -> list[str]:
    paragraphs: list[str] = []
    current = ""
    content = False
    for line in lines_by_definition(text):
        current += line
        if line.strip():
            content = True
        elif content and line.endswith("\n"):
            paragraphs.append(current)
            current = ""
            content = False
    return [*paragraphs, current] if current else paragraphs


def break_test_file(path: Path) -> Iterator[list[str]]:
    """Read the expected parts of each line of a Unicode break test file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("÷"):
            parts = line.partition("#")[0].strip().strip("÷").split("÷")
            yield ["".join(chr(int(code, 16)) for code in part.split("×")) for part in parts]


def cost_growth(make: MakeCore, filling: str, small: int, large: int, chunk: int = 5) -> float:
    """Return how much more a character costs in a large text than in a small one.

    Only the time of this thread counts, and the best of a few rounds, so that a busy machine does
    not look like a slow algorithm.
    """

    def seconds(size: int) -> float:
        text = (filling * (size // len(filling) + 1))[:size]
        chunks = [text[start : start + chunk] for start in range(0, size, chunk)]
        core = make()
        begin = time.thread_time()
        for part in chunks:
            core.feed(part)
        core.flush()
        return (time.thread_time() - begin) / size

    bests = [1.0, 1.0]
    gc.collect()
    gc.disable()
    try:
        for _ in range(8):
            bests = [
                min(best, seconds(size)) for best, size in zip(bests, (small, large), strict=True)
            ]
            if bests[1] < 1.5 * bests[0]:
                break
    finally:
        gc.enable()
    return bests[1] / bests[0]

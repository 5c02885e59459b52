"""Which places in a text are inside a grapheme cluster."""

from __future__ import annotations

import random
from itertools import accumulate, pairwise

import pytest
from token_texts import PROSE

from rx_stream.core.chunking.chunk_clusters import cluster_around
from rx_stream.core.text.graphemes import split_graphemes

CLUSTERS = [
    "\r\n", "e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "❤️", "1️⃣", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "กำ", "ນ້ຳ", "ﾊﾟ",
    "क्षि", "\u1112\u1161\u11ab", "\u1112가", "한\u11ab", "\u0600١", "Z͑ͫ̓ͪ̂ͫ̽",
]  # fmt: skip


def clusters_at(text: str) -> list[tuple[int, int]]:
    """Return for each place inside a text what a segmenter says of it."""
    found: list[tuple[int, int]] = []
    for start, end in pairwise(accumulate(map(len, split_graphemes(text)), initial=0)):
        found += [(start, end)] * (end - start - 1) + [(end, end)]
    return found[:-1]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_place_inside_a_cluster_has_its_start_and_end(cluster: str) -> None:
    size = len(cluster)
    assert len(split_graphemes(cluster)) == 1
    assert size > 1
    for at in range(1, size):
        assert cluster_around(f"a{cluster}b", at + 1, 0) == (1, size + 1)
    for at in (1, size + 1):
        assert cluster_around(f"a{cluster}b", at, 0) == (at, at)


@pytest.mark.parametrize("text", [*PROSE, "".join(CLUSTERS), "🇩🇪🇫🇷" * 50, "한국어 ", "नमस्ते क्षत्रिय"])
def test_all_places_of_a_text_are_what_a_segmenter_says(text: str) -> None:
    assert [cluster_around(text, at, 0) for at in range(1, len(text))] == clusters_at(text)


def test_all_places_of_joined_clusters_are_what_a_segmenter_says() -> None:
    rnd = random.Random(1)
    for _ in range(300):
        text = "".join(rnd.choices([*CLUSTERS, "a", " ", "字", "é", "\n"], k=12))
        assert [cluster_around(text, at, 0) for at in range(1, len(text))] == clusters_at(text)


def test_what_is_before_the_low_place_is_not_looked_at() -> None:
    flags = "🇩🇪🇫🇷🇯🇵"
    assert cluster_around(flags, 2, 1) == (1, 3)


def test_the_end_of_a_text_is_inside_nothing() -> None:
    assert cluster_around("ae\u0301", 3, 0) == (3, 3)


def test_of_what_follows_in_a_very_long_cluster_only_a_part_is_looked_at() -> None:
    assert cluster_around("a" + "\u0301" * 10_000, 5_000, 0) == (0, 5_064)

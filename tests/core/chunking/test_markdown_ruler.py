"""Where the blocks of a Markdown text begin, what of it stays whole, and under which headings."""

from __future__ import annotations

import random
import time

import pytest
from token_texts import MARKDOWN, cut

from rx_stream.core.chunking.chunk_levels import BLOCK, ITEM, LINE, PROTECTED_LINE, SECTION
from rx_stream.core.chunking.chunk_rulers import Marks
from rx_stream.core.chunking.markdown_ruler import MarkdownRuler
from rx_stream.core.chunking.text_chunker import TextChunker, chunk_plan

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"


def ruled(*pieces: str) -> Marks:
    marks = Marks()
    ruler = MarkdownRuler(marks)
    for piece in pieces:
        ruler.feed(piece)
    ruler.flush()
    return marks


def levels(text: str) -> list[int]:
    """Return how good the start of each line is that is not blank; 0 is no place."""
    marks = ruled(text)
    places = {at: level for level, ats in marks.between(-1, len(text)).items() for at in ats}
    found, at = list[int](), 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            found.append(places.get(at, 0))
        at += len(line)
    return found


def paths(text: str) -> list[tuple[str, ...]]:
    return [heading.path for heading in ruled(text).paths[1:]]


def protected(text: str) -> list[str]:
    return [text[start:end] for start, end in ruled(text).protected]


def chunks(text: str, most: int, **options: int) -> list[tuple[str, tuple[str, ...]]]:
    chunker = TextChunker(chunk_plan(most, content="markdown", **options))
    made = [*chunker.feed(text), *chunker.flush()]
    return [(chunk.content, chunk.metadata["heading_path"]) for chunk in made]  # type: ignore[misc]


# ---------------------------------------------------------------------------------- headings


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("# A", "A"),
        ("   ###### A", "A"),
        ("# A ##  ", "A"),
        ("#\tA", "A"),
        ("# A#", "A#"),
        ("# A # b", "A # b"),
        ("#", ""),
        ("## ##", ""),
        ("# `a` *b*", "`a` *b*"),
        ("A\n===", "A"),
        ("A b\n  -  ", "A b"),
        ("a | b\n---", "a | b"),
    ],
)
def test_a_heading_begins_a_section_and_has_its_title(line: str, title: str) -> None:
    for newline in ("\n", "\r\n"):
        assert paths(line.replace("\n", newline) + newline + "text") == [(title,)]


@pytest.mark.parametrize(
    "line", ["#A", "####### A", "    # A", "\\# A", "a # b", "a\nb\n\n---", "- a\n---", "> # A"]
)
def test_what_only_looks_like_a_heading_is_none(line: str) -> None:
    assert paths(line + "\n") == []


def test_a_deeper_heading_is_a_worse_place() -> None:
    depths = range(1, 7)
    text = "".join(f"{'#' * depth} A\n\ntext\n\n" for depth in depths)
    assert levels(text)[::2] == [SECTION + 6 - depth for depth in depths]
    assert SECTION > BLOCK


def test_the_path_has_the_headings_above_and_a_sibling_takes_the_place_of_its_own() -> None:
    text = "# A\n## B\n### C\n## D\n#### E\n# F\n"
    assert paths(text) == [("A",), ("A", "B"), ("A", "B", "C"), ("A", "D"), ("A", "D", "E"), ("F",)]


@pytest.mark.parametrize(
    "text", ["# A\n\ntext\n", "A\n===\n\ntext\n", "# A\n- item\n", "# A\n```\n```\n"]
)
def test_what_a_heading_stands_above_stays_with_it(text: str) -> None:
    assert not any(levels(text)[1 : 2 + text.startswith("A\n")])


@pytest.mark.parametrize("first", ["# A\n", "# A\n\n", "A\n===\n", "A\n=\n\n\n"])
@pytest.mark.parametrize("second", ["B\n---\n", "## B\n"])
def test_a_heading_right_below_another_one_is_its_part_and_stays_with_it(
    first: str, second: str
) -> None:
    text = first + second + "\ntext\n"
    assert paths(text) == [("A",), ("A", "B")]
    assert levels(text)[0] == SECTION + 5
    assert not any(levels(text)[1:])


def test_a_heading_of_the_same_depth_right_below_another_one_begins_a_section() -> None:
    assert levels("## A\n## B\n# C\n") == [SECTION + 4, SECTION + 4, SECTION + 5]


def test_a_chunk_has_the_path_of_its_first_text_below_headings() -> None:
    text = "# A\n\n## B\n\nSome words here, and some more of them.\n\n## C\n\nThe other words.\n"
    assert chunks(text, 18) == [
        ("# A\n\n## B\n\nSome words here, and some more of them.\n\n", ("A", "B")),
        ("## C\n\nThe other words.\n", ("A", "C")),
    ]


def test_the_path_of_a_chunk_heeds_no_heading_behind_its_end() -> None:
    text = "# One two three\n\n## Four five six\n\nseven\n"
    assert chunks(text, 4)[0] == ("# One two three", ("One two three",))


# ------------------------------------------------------------------------------------ fences


@pytest.mark.parametrize(
    "fence",
    [
        "```\na\n\n# b\n```\n",
        "~~~ python\na\n```\n# b\n~~~\n",
        "````md\n```\n# b\n```\n````\n",
        "   ```\n   # b\n  ```   \n",
        "```\r\n# b\r\n```\r\n",
        "```\n# b\n`````\n",
        "```\n\n| a | b |\n|---|---|\n```\n",
    ],
)
def test_a_fence_is_protected_whole_and_only_its_lines_are_places(fence: str) -> None:
    text = f"one\n{fence}two\n"
    assert [span.strip() for span in protected(text)] == [fence.strip()]
    assert not paths(text)
    assert levels(text)[0] == levels(text)[1] == levels(text)[-1] == BLOCK
    assert set(levels(text)[2:-1]) == {PROTECTED_LINE}


@pytest.mark.parametrize("line", ["``", "``` a`b", "a ```", "    ```"])
def test_what_only_looks_like_a_fence_is_none(line: str) -> None:
    assert protected(f"{line}\n\n# A\n") == []


def test_a_fence_that_nothing_closes_is_protected_to_the_end() -> None:
    text = "one\n\n```\ntwo\n\nthree"
    assert protected(text)[-1] == "```\ntwo\n\nthree"


def test_each_of_several_fences_and_tables_is_protected_once() -> None:
    parts = ["```\na\n```", "```\nb\n\nc\n```", TABLE.rstrip("\n"), "~~~\nd\n~~~", "```\ne\n\nf"]
    assert protected("one\n\n" + "\n\ntwo\n\n".join(parts)) == parts


def test_after_the_end_of_a_text_a_list_is_over() -> None:
    marks = Marks()
    ruler = MarkdownRuler(marks)
    for text in ("- a\n", "    ```\n    code\n    ```\n"):
        ruler.feed(text)
        ruler.flush()
    assert marks.protected == []


def test_after_the_end_of_a_text_a_fence_is_over() -> None:
    marks = Marks()
    ruler = MarkdownRuler(marks)
    ruler.feed("```\na\n")
    ruler.flush()
    ruler.feed("# B\n")
    ruler.flush()
    assert marks.paths[-1].path == ("B",)


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_a_fence_in_an_item_of_a_list_is_protected(indent: str) -> None:
    fence = "```sh\n# no heading\n\nrun\n```\n".replace("\n", "\n" + indent).rstrip(" \t")
    text = f"1. one\n\n{indent}{fence}\n2. two\n"
    assert [span.strip() for span in protected(text)] == [fence.strip()]


def test_a_fence_behind_a_list_is_indented_code_again() -> None:
    assert protected("- one\n\ntwo\n\n    ```\n    three\n") == []


# ------------------------------------------------------------------------------------ tables


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        "a | b\n:-- | --:\n1 | 2\n",
        "| a |\n|---|\n| 1 |\n",
        "|a|\n| - |\n",
    ],
)
def test_a_table_is_protected_whole_and_only_its_rows_are_places(table: str) -> None:
    text = f"one\n\n{table}\ntwo\n"
    assert [span.strip() for span in protected(text)] == [table.strip()]
    assert levels(text)[1] == levels(text)[-1] == BLOCK
    assert set(levels(text)[2:-1]) == {PROTECTED_LINE}


@pytest.mark.parametrize("text", ["a | b\n", "a | b\nc | d\n", "a | b\n--- x | y\n", "---|---\n"])
def test_what_only_looks_like_a_table_is_none(text: str) -> None:
    assert protected(text) == []


def test_a_table_in_an_item_of_a_list_is_protected() -> None:
    for indent in ("  ", "    "):
        table = "".join(indent + row for row in TABLE.splitlines(keepends=True))
        assert [span.strip() for span in protected(f"- one\n{table}- two\n")] == [table.strip()]


def test_a_table_in_a_cell_of_a_table_of_html_is_protected() -> None:
    assert protected(f"<table><tr><td>\n\n{TABLE}\n</td></tr></table>\n") == [TABLE.rstrip("\n")]


# ------------------------------------------------------------------------------ lists, blocks


def test_an_item_is_a_better_place_than_what_is_inside_one() -> None:
    text = "- a\n  - b\n    1. c\n\n  More of a.\n\n- d\n  goes on\n"
    assert levels(text) == [ITEM, ITEM - 1, ITEM - 2, ITEM - 1, ITEM, LINE]


def test_a_block_behind_a_list_is_one_again() -> None:
    assert levels("- a\n\n  b\n\nc\n\n  d\n") == [ITEM, ITEM - 1, BLOCK, BLOCK]


@pytest.mark.parametrize("rule", ["---", "* * *", "___", " - - -"])
def test_a_rule_is_a_block(rule: str) -> None:
    assert levels(f"a\n\n{rule}\n\nb\n") == [BLOCK, BLOCK, BLOCK]


@pytest.mark.parametrize(
    ("before", "level"), [("a\nb\n", LINE), ("- a\n- b\n", ITEM), (TABLE, PROTECTED_LINE)]
)
def test_a_rule_right_below_something_else_ends_it(before: str, level: int) -> None:
    assert levels(f"{before}***\nc\n")[-3:] == [level, BLOCK, BLOCK]


def test_three_dashes_below_a_paragraph_of_lines_are_a_rule() -> None:
    assert levels("a\nb\n---\nc\n") == [BLOCK, LINE, BLOCK, BLOCK]


def test_one_blank_does_not_make_a_line_part_of_an_item() -> None:
    assert levels("- a\n\n b\n") == [ITEM, BLOCK]


@pytest.mark.parametrize("indent", [" ", "  ", "   "])
def test_a_heading_is_as_deep_with_blanks_before_it(indent: str) -> None:
    text = "# A\n\nx\n\n{}## B\n\nx\n\n{}# C\n\nx\n"
    assert paths(text.format(indent, indent)) == [("A",), ("A", "B"), ("C",)]
    assert levels(text.format(indent, indent)) == levels(text.format("", ""))


def test_lines_of_a_paragraph_are_worse_places_than_its_start() -> None:
    assert levels("a\nb\n\nc\n") == [BLOCK, LINE, BLOCK]
    assert levels("> a\n> b\n\nc\n") == [BLOCK, LINE, BLOCK]


# ------------------------------------------------------------------------------ as it arrives


@pytest.mark.parametrize("seed", range(8))
def test_the_cutting_of_the_text_changes_nothing(seed: int) -> None:
    rnd = random.Random(seed)
    text = MARKDOWN + "- a\n\n    ```\n    b\n\n    ```\n\n# C\n\n## D\n\ne\n" + TABLE
    text = text.replace("\n", rnd.choice(("\n", "\r\n")))
    whole, marks = ruled(text), ruled(*cut(text, rnd, rnd.choice((1, 5, 40))))
    assert marks.between(-1, len(text)) == whole.between(-1, len(text))
    assert (marks.paths, marks.protected) == (whole.paths, whole.protected)


def test_places_are_noted_once_the_next_line_is_there_and_not_before() -> None:
    ruler = MarkdownRuler(Marks())
    ruler.feed("Title\n")
    assert ruler.known < 0  # It may become a heading.
    ruler.feed("==")
    assert ruler.known < 0
    ruler.feed("=\n")
    assert ruler.known == len("Title\n") - 1


@pytest.mark.parametrize(
    "text",
    [
        "a | b\n- " + "|   " * 5_000 + "x\n",
        "a | b\n|" + "-" * 20_000 + "x\n",
        "# a" + " " * 20_000 + "b\n",
        "# a" + " #" * 10_000 + "b\n",
        "`" * 20_000 + "a`\n",
        "- " * 10_000 + "x\n",
        " " * 20_000 + "x\n",
        "* " * 10_000 + "_\n",
    ],
    ids=lambda text: text[:12],
)
def test_a_line_that_was_made_to_take_long_does_not(text: str) -> None:
    begin = time.process_time()
    ruled(text)
    assert time.process_time() - begin < 0.5


def test_many_headings_cost_no_more_than_their_number() -> None:
    begin = time.process_time()
    chunks("# a\n" * 16_000, 4)
    assert time.process_time() - begin < 5  # To look at each for each takes 20 times as long.

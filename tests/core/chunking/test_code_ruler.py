"""Where source code may be cut: between definitions, then statements, never in the indentation."""

from __future__ import annotations

import random
from typing import Any

import pytest
from token_texts import JAVASCRIPT, PYTHON, cut

from rx_stream.core.chunking.chunk_levels import (
    DEFINITION,
    NESTED_DEFINITION,
    PARAGRAPH,
    PROTECTED_LINE,
    STATEMENT,
    TOP_LEVEL,
)
from rx_stream.core.chunking.chunk_rulers import Marks
from rx_stream.core.chunking.code_ruler import BRACE_LANGUAGES, CODE_LANGUAGES, CodeRuler
from rx_stream.core.chunking.text_chunker import TextChunker, chunk_plan

INNER = PROTECTED_LINE


def ruled(language: str | None, *pieces: str) -> dict[int, int]:
    """Return the places and how good they are."""
    marks = Marks()
    ruler = CodeRuler(marks, language)
    for piece in pieces:
        ruler.feed(piece)
    ruler.flush()
    found = marks.between(-1, sum(map(len, pieces)))
    return {at: level for level, ats in found.items() for at in ats}


def levels(code: str, language: str | None = "python") -> list[int]:
    """Return how good the start of each line is that is not blank; 0 is no place."""
    places, found, at = ruled(language, code), list[int](), 0
    for line in code.splitlines(keepends=True):
        if line.strip():
            found.append(places.get(at, 0))
        at += len(line)
    assert len(places) <= len(found)  # There are no places but the starts of lines.
    return found


def chunks(code: str, most: int, **options: Any) -> list[str]:
    chunker = TextChunker(chunk_plan(most, content="code", **options))
    return [str(chunk) for chunk in (*chunker.feed(code), *chunker.flush())]


def test_definitions_are_better_than_statements_and_outer_ones_than_inner_ones() -> None:
    code = "class A:\n    def f(self):\n        x = 1\n        return x\n\n\nimport b\nx = 2\n"
    assert levels(code) == [
        DEFINITION,
        NESTED_DEFINITION - 1,
        INNER,
        STATEMENT - 2,
        TOP_LEVEL + 1,
        TOP_LEVEL,
    ]
    assert DEFINITION > TOP_LEVEL + 1 > NESTED_DEFINITION > PARAGRAPH > STATEMENT > INNER


@pytest.mark.parametrize("line", ["def f():", "async  def f():", "class A:", "class A(B, c=d):"])
def test_definitions_of_python_are_known(line: str) -> None:
    assert levels(f"x = 1\n{line}\n    pass\n")[1] == DEFINITION


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("javascript", "export default async function f() {"),
        ("ts", "export abstract class A<T> {"),
        ("ts", "interface A {"),
        ("java", "public static final class A {"),
        ("rust", "pub(crate) unsafe fn f<'a>(x: &'a str) {"),
        ("rust", "impl<T> A for B<T> {"),
        ("go", "func (a *A) F() {"),
        ("go", "type A struct {"),
        ("kotlin", "data class A(val b: Int)"),
        ("swift", "protocol A {"),
        ("c#", "internal sealed record A {"),
        ("php", "function f() {"),
        ("C++", "namespace a {"),
    ],
)
def test_definitions_with_braces_are_known(language: str, line: str) -> None:
    assert levels(f"x;\n{line}\n}}\n", language.lower())[1] == DEFINITION


@pytest.mark.parametrize(
    "line", ["define(x)", "classes = 1", "x = lambda: 1", "definition", "# def f"]
)
def test_what_only_looks_like_a_definition_of_python_is_none(line: str) -> None:
    assert levels(f"x = 1\n{line}\n")[1] == TOP_LEVEL


def test_comments_and_decorators_belong_to_the_definition_that_follows() -> None:
    code = "x = 1\n# One.\n@a\n@b(1)\n# Two.\ndef f():\n    pass\n"
    assert levels(code)[1:] == [DEFINITION, INNER, INNER, INNER, INNER, INNER]


def test_comments_before_a_blank_line_or_a_statement_belong_to_no_definition() -> None:
    assert levels("x = 1\n# One.\n\ndef f():\n    pass\n")[1:3] == [TOP_LEVEL, DEFINITION]
    assert levels("x = 1\n# One.\ny = 2\ndef f():\n    pass\n")[1:4] == [
        TOP_LEVEL,
        TOP_LEVEL,
        DEFINITION,
    ]


def test_a_comment_of_braces_over_lines_belongs_to_the_definition_that_follows() -> None:
    code = "x;\n/*\n * One.\n */\nfunction f() {\n}\n"
    assert levels(code, "js")[1:5] == [DEFINITION, INNER, INNER, INNER]


def test_a_run_of_comments_that_is_too_long_is_a_text_of_its_own() -> None:
    code = "# One.\n" * 150 + "def f():\n    pass\n"
    assert levels(code)[0] == TOP_LEVEL + 1
    assert levels(code)[149] == INNER


def test_what_is_inside_brackets_and_strings_is_no_place_but_between_lines() -> None:
    code = "x = [\n    1,\n]\ny = '''\ndef f():\n'''\nz = 1\n"
    assert levels(code)[1:] == [INNER, INNER, TOP_LEVEL, INNER, INNER, TOP_LEVEL]


@pytest.mark.parametrize("line", ["else:", "elif x:", "except A:", "finally:", ")", ".then()"])
def test_a_line_that_goes_on_with_the_one_before_is_no_start(line: str) -> None:
    assert levels(f"if x:\n    pass\n{line}\n    pass\n")[2] == INNER


@pytest.mark.parametrize(
    "line", ["}", "{", "} else {", "case 1:", "&& b", "  || b", "} while (x);"]
)
def test_a_line_of_braces_that_goes_on_is_no_start(line: str) -> None:
    assert levels(f"if (x) {{\n  a\n{line}\n", "js")[2] == INNER


def test_a_blank_line_makes_a_better_place() -> None:
    code = "def f():\n    a\n\n    b\n    c\n"
    assert levels(code)[1:] == [INNER, PARAGRAPH - 1, STATEMENT - 1]


def test_the_depth_of_braces_does_not_depend_on_the_indentation() -> None:
    code = "function f() {\n        a();\n  if (b) {\nc();\n}\n}\n"
    assert levels(code, "js") == [
        DEFINITION,
        INNER,
        STATEMENT - 1,
        STATEMENT - 2,
        INNER,
        INNER,
    ]


def test_where_the_language_is_unknown_the_indentation_and_both_kinds_of_definitions_tell() -> None:
    code = "def f():\n    a\n    b\nfn g() {\n\tx;\n\ty;\n}\n"
    assert levels(code, None) == [DEFINITION, INNER, STATEMENT - 1] * 2 + [INNER]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def f():\n    a\n    b\n"),
        ("python", "def f(\n    x,\n) -> int:\n    a\n    b\n"),
        ("python", "def f():\n\n    a\n    b\n"),
        ("js", "function f() {\n  a\n  b\n}\n"),
        ("js", "function f(x)\n{\n  a\n  b\n}\n"),
    ],
)
def test_the_first_statement_of_a_definition_stays_with_it(language: str, code: str) -> None:
    found = levels(code, language)
    statements = [at for at, line in enumerate(code.split("\n")) if line.strip() in ("a", "b")]
    blanks = code.count("\n\n")
    assert [found[at - blanks] for at in statements] == [INNER, STATEMENT - 1]


def test_what_follows_a_definition_of_one_line_is_no_part_of_it() -> None:
    code = "class A:\n    def f(self): pass\n    x = 1\n"
    assert levels(code)[1:] == [NESTED_DEFINITION - 1, STATEMENT - 1]


def test_a_definition_in_another_is_a_place_also_where_it_comes_first() -> None:
    assert (
        levels("class A:\n    # One.\n    def f(self):\n        pass\n")[1] == NESTED_DEFINITION - 1
    )


@pytest.mark.parametrize("language", [*CODE_LANGUAGES, None])
def test_every_language_is_taken_and_loses_nothing(language: str | None) -> None:
    code = JAVASCRIPT + PYTHON
    for newline in ("\n", "\r\n"):
        text = code.replace("\n", newline)
        assert "".join(chunks(text, 30, language=language)) == text


@pytest.mark.parametrize(("language", "code"), [("python", PYTHON), ("js", JAVASCRIPT)])
@pytest.mark.parametrize("longest", [1, 7, 60])
def test_the_cutting_of_the_text_changes_nothing(language: str, code: str, longest: int) -> None:
    pieces = cut(code * 2, random.Random(longest), longest)
    assert ruled(language, *pieces) == ruled(language, code * 2)


def test_rules_of_styles_are_whole_where_they_fit() -> None:
    rule = "a {\n  b: url(https://c.d/e.png);\n}\n\n"
    assert chunks(rule * 6, 22, language="css") == [rule] * 6


@pytest.mark.parametrize("language", BRACE_LANGUAGES)
def test_two_slashes_begin_a_comment_but_in_styles(language: str) -> None:
    code = "a; // {\nb;\n"
    assert levels(code, language)[1] == (STATEMENT - 1 if language == "css" else TOP_LEVEL)


def test_newlines_of_windows_change_no_place() -> None:
    assert levels(PYTHON.replace("\n", "\r\n")) == levels(PYTHON)
    assert levels(JAVASCRIPT.replace("\n", "\r\n"), "js") == levels(JAVASCRIPT, "js")


@pytest.mark.parametrize("indent", ["    ", "\t", "  "])
def test_no_chunk_begins_inside_the_indentation(indent: str) -> None:
    code = "".join(f"{indent * depth}if x{depth}:\n" for depth in range(12))
    code = "def f():\n" + code.replace("if", indent + "if") + indent * 13 + "pass\n"
    made = chunks(code, 24, language="python")
    assert "".join(made) == code
    assert all(chunk.endswith("\n") for chunk in made)


def test_after_the_end_it_is_as_new() -> None:
    marks = Marks()
    ruler = CodeRuler(marks, "python")
    ruler.feed("x = '''\n# a\n")
    ruler.flush()
    ruler.feed("def f():\n")
    ruler.flush()
    assert DEFINITION in marks.between(-1, 99)


def test_a_place_is_known_once_no_definition_can_claim_the_comment_above() -> None:
    ruler = CodeRuler(Marks(), "python")
    ruler.feed("x = 1\n# One.\n# Two.\n")
    assert ruler.known == len("x = 1\n") - 1
    ruler.feed("y = 2\n")
    assert ruler.known == len("x = 1\n# One.\n# Two.\ny = 2\n") - 1

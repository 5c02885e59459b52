"""Following source code line by line: what is inside what, and how deep."""

from __future__ import annotations

import time

import pytest

from rx_stream.core.chunking.code_nesting import (
    BraceNesting,
    Indentation,
    Nesting,
    PythonNesting,
)


def inside(nesting: Nesting, code: str) -> list[bool]:
    """Tell for each line whether it begins inside something."""
    found: list[bool] = []
    for line in code.splitlines(keepends=True):
        found.append(nesting.inside)
        nesting.feed(line)
    return [*found, nesting.inside]


def depths(code: str) -> list[int]:
    """Tell for each line, and for the one after the last, how many braces are open."""
    nesting, found = BraceNesting(), list[int]()
    for line in code.splitlines(keepends=True):
        found.append(nesting.depth(line))
        nesting.feed(line)
    return [*found, nesting.depth("")]


# ------------------------------------------------------------------------------- indentation


@pytest.mark.parametrize(
    ("line", "depth"),
    [("x", 0), ("  x", 1), ("    x", 1), ("     x", 2), ("\tx", 1), ("\t  x", 2), ("\t\tx", 2)],
)
def test_four_blanks_or_a_tab_are_a_level(line: str, depth: int) -> None:
    assert Indentation().depth(line) == PythonNesting().depth(line) == depth


def test_where_the_language_is_unknown_nothing_is_inside_anything() -> None:
    assert inside(Indentation(), 'x = (\n"""\n{\n') == [False] * 4


# ------------------------------------------------------------------------------------ Python


@pytest.mark.parametrize(
    "code",
    [
        "f(1,\n2)\n",
        "x = [\n]\n",
        "x = {\n}\n",
        'x = """\n"""\n',
        "x = '''\n'''\n",
        "x = 1 + \\\n2\n",
        "x = 1 + \\\r\n2\r\n",
        "f(')',\n2)\n",
        'f(")" # )\n)\n',
        'x = """ "\'\'\' ""\n" """\n',
        "f('\\')',\n2)\n",
        'f("\\\\", ")",\n2)\n',
        "f('''(''', (\n))\n",
    ],
)
def test_a_second_line_of_python_is_inside_and_a_third_is_not(code: str) -> None:
    assert inside(PythonNesting(), code) == [False, True, False]


@pytest.mark.parametrize(
    "line",
    [
        "x = '('\n",
        'x = "[" # {\n',
        "# it's (\n",
        'x = """("""\n',
        "f())\n",
        "x = '\\\\'\n",
        "x = 'a\\'('\n",
        "x = f(')')\n",
        "x = 'never closed\n",
    ],
)
def test_after_a_line_of_python_that_is_whole_nothing_is_open(line: str) -> None:
    assert inside(PythonNesting(), line) == [False, False]


def test_a_bracket_too_many_is_forgotten() -> None:
    assert inside(PythonNesting(), "))\nf(\n)\n") == [False, False, True, False]
    assert inside(BraceNesting(), "))\nf(\n)\n") == [False, False, True, False]


# ------------------------------------------------------------------------------------ braces


@pytest.mark.parametrize(
    "code",
    [
        "/* a\n*/\n",
        "/* // ' \" `\n } */\n",
        "x = `a\n`;\n",
        "x = `a ' \" // /*\n`;\n",
        "f(a,\nb)\n",
        "x = [\n]\n",
        "f(\")\", ')', // )\n1)\n",
        'f("\\")",\n1)\n',
    ],
)
def test_a_second_line_with_braces_is_inside_and_a_third_is_not(code: str) -> None:
    assert inside(BraceNesting(), code) == [False, True, False]


@pytest.mark.parametrize(
    "line",
    [
        'x = "http://a.b/*"; // (\n',
        "c = '(';\n",
        "/* ( */ x;\n",
        "x = `(`;\n",
        "it's (fine)\n",
        "fn f<'a>(x: &'a str)\n",
    ],
)
def test_after_a_line_with_braces_that_is_whole_nothing_is_open(line: str) -> None:
    assert inside(BraceNesting(), line) == [False, False]


def test_braces_make_the_depth_and_those_in_strings_and_comments_do_not() -> None:
    code = "a {\n  b { c }\n  d {\n    '}' \"}\" // }\n    /* } */ `}`\n  }\n}\n}\ne\n"
    assert depths(code) == [0, 1, 1, 2, 2, 2, 1, 0, 0, 0]


@pytest.mark.parametrize("make", [PythonNesting, BraceNesting])
def test_each_bracket_closes_one(make: type[Nesting]) -> None:
    assert inside(make(), "f((\n)\n)\n") == [False, True, True, False]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_what_follows_a_long_string_of_python_at_once_counts(quotes: str) -> None:
    assert inside(PythonNesting(), f"f({quotes}a\n{quotes})\n") == [False, True, False]
    assert inside(PythonNesting(), f"{quotes}a{quotes} + {quotes[0]}({quotes[0]}\n") == [
        False,
        False,
    ]


def test_two_slashes_in_an_address_of_a_style_are_no_comment() -> None:
    nesting = BraceNesting(styles=True)
    nesting.feed("a { b: url(https://c.d/e.png); /* ( */ }\n")
    assert not nesting.inside
    assert nesting.depth("") == 0


@pytest.mark.parametrize("nesting", [PythonNesting(), BraceNesting()])
def test_after_a_restart_it_is_as_new(nesting: Nesting) -> None:
    nesting.feed("f({[ `a\n" if isinstance(nesting, BraceNesting) else 'f({[ """a\n')
    assert nesting.inside
    nesting.restart()
    assert not nesting.inside
    assert nesting.depth("x") == 0


@pytest.mark.parametrize(
    "unit",
    ['\\"', "\\'", "\\\\", '"', "'", "`", "(", "{", '"""', "'\"", "\\", "/*", "*/", "/", "#"],
)
@pytest.mark.parametrize("make", [PythonNesting, BraceNesting])
def test_a_long_line_costs_no_more_than_its_length(make: type[Nesting], unit: str) -> None:
    line = 'x = "' + unit * (60_000 // len(unit))
    begin = time.process_time()
    make().feed(line)
    assert time.process_time() - begin < 0.5  # Its square takes more than 5 seconds.

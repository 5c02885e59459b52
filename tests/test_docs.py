"""The documentation does what it says: diagrams are run, and every public name has its page."""

from __future__ import annotations

import builtins
import difflib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from marble_blocks import Block, blocks, run

import rx_stream
import rx_stream.operators
import rx_stream.sinks
import rx_stream.sources
from rx_stream.testing import diagram

ROOT = Path(__file__).parents[1]

WITHOUT_DIAGRAM: dict[str, str] = {}
"""Operators that no diagram of one source and one result can show, and why."""

WITHOUT_RAISES: dict[str, str] = {}
"""Functions with arguments that cannot be wrong, and why."""


def check(block: Block) -> None:
    _, seen, expected = run(block)
    if seen != expected:
        lines = difflib.ndiff([repr(r) for r in expected], [repr(r) for r in seen])
        drawn = "\n".join(block[1:2] + tuple(f"[ {c} ]" for c in block.calls) + (block.result,))
        pytest.fail(
            f"the diagram of {block.name} (-) is not what happens (+):\n{drawn}\n\n"
            + "\n".join(line for line in lines if not line.startswith("?")),
            pytrace=False,
        )


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not found.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(found.name)


def functions(package: ModuleType) -> dict[str, object]:
    """The functions after which a package's modules are named."""
    named = [(m, n, getattr(m, n, None)) for m in modules(package) for n in m.__all__]
    return {n: what for m, n, what in named if m.__name__.endswith(f".{n}")}


OPERATORS = functions(rx_stream.operators)
SOURCES_AND_SINKS = functions(rx_stream.sources) | functions(rx_stream.sinks)
PUBLIC = {name: getattr(rx_stream, name) for name in rx_stream.__all__ if not name.startswith("__")}
BLOCKS = [
    block
    for name, what in sorted((PUBLIC | OPERATORS).items())
    for block in blocks(name, inspect.getdoc(what) or "")
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_the_diagram_shows_what_happens(block: Block) -> None:
    check(block)


def test_a_diagram_that_is_off_fails_with_what_differs() -> None:
    (block,) = blocks(
        "upper",
        inspect.cleandoc("""Say it loud.

        .. marble::

            a 250ms 'b' |
            [ ops.map(str.upper) ]
            a 251ms 'B' |

            a="A"

        Args:
            none: at all.
        """),
    )
    with pytest.raises(pytest.fail.Exception) as caught:
        check(block)
    message = str(caught.value)
    assert all(
        f"\n{line}\n" in f"{message}\n" for line in ("  0s 'A'", "- 0.251s 'B'", "+ 0.25s |")
    )
    check(block._replace(result="a 250ms 'B' |"))


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_has_a_diagram(name: str) -> None:
    assert (name in {block.name for block in BLOCKS}) != (name in WITHOUT_DIAGRAM)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_says_what_it_may_lose(name: str) -> None:
    assert re.search(r"(?i)\bloses?\b", inspect.getdoc(OPERATORS[name]) or "")


@pytest.mark.parametrize("name", [*OPERATORS, *SOURCES_AND_SINKS])
def test_a_function_is_exported_where_users_look(name: str) -> None:
    assert name in rx_stream.__all__


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_has_its_file_and_its_test_file(name: str) -> None:
    assert (ROOT / "rx_stream" / "operators" / f"{name}.py").is_file()
    assert (ROOT / "tests" / "operators" / f"test_{name}.py").is_file()


def test_the_public_list_is_sorted_and_whole() -> None:
    assert list(rx_stream.__all__) == sorted(set(rx_stream.__all__))
    assert not [name for name in rx_stream.__all__ if not hasattr(rx_stream, name)]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_or_class_is_documented(name: str) -> None:
    what = PUBLIC[name]
    if not (inspect.isfunction(what) or inspect.isclass(what)):
        return
    documented = inspect.getdoc(what) or ""
    first = documented.split("\n\n")[0].replace("\n", " ")
    assert first.endswith(".")
    if inspect.isclass(what) and issubclass(what, Exception):
        return
    if inspect.isclass(what) and what.__init__ is dict.__init__:  # A TypedDict.
        return
    parameters = inspect.signature(what).parameters
    missing = [p for p in parameters if not re.search(rf"(?m)^ +\*{{0,2}}{p}: \S", documented)]
    assert not missing
    if parameters and inspect.isfunction(what) and name not in WITHOUT_RAISES:
        assert re.search(r"(?m)^Raises:", documented)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_docstring_points_at_is_public(name: str) -> None:
    named = re.findall(r":(?:class|func):`~?([\w.]+)`", inspect.getdoc(PUBLIC[name]) or "")
    assert [n for n in named if n not in PUBLIC and not hasattr(builtins, n)] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_the_cells_of_a_table_keep_to_their_columns(name: str) -> None:
    lines = (inspect.getdoc(PUBLIC[name]) or "").split("\n")
    rules = [at for at, line in enumerate(lines) if re.fullmatch("=+(?: +=+)+", line)]
    for first, _, last in zip(*[iter(rules)] * 3, strict=True):
        margins = [gap.span() for gap in re.finditer(" +", lines[first])]
        table = lines[first:last]
        assert not [line for line in table for a, b in margins if line[a:b].strip()]


def test_the_readme_shows_its_two_commands_and_a_pipeline_first() -> None:
    screen = "\n".join((ROOT / "README.rst").read_text(encoding="utf-8").split("\n")[:60])
    assert re.search(r"(?m)^    python -m pip install .* && rx-stream demo$", screen)
    assert re.search(r"(?m)^    python -m pip install .* && python -m pytest.*$", screen)
    assert ">>> " in screen


def test_the_readme_names_only_what_there_is() -> None:
    readme = (ROOT / "README.rst").read_text(encoding="utf-8")
    named = re.findall(r"``([a-z_0-9]+)\(", readme)
    assert len(named) > 20
    assert set(named) <= set(rx_stream.__all__)
    assert set(OPERATORS) <= set(named)
    assert [name for name in PUBLIC if not re.search(rf"\b{name}\b", readme)] == []


def test_the_picture_of_the_readme_shows_what_happens() -> None:
    picture = diagram(
        "'Str' 200ms 'eams of te' 100ms 'xt, wo' 500ms 'rd by wo' 50ms 'rd.' 100ms |",
        ("buffer_words()", rx_stream.buffer_words()),
        ("throttle_tokens(4)", rx_stream.throttle_tokens(4)),
        titles=["model", "words", "paced"],
    )
    assert (ROOT / "notebooks" / "pipeline.svg").read_text(encoding="utf-8") == picture.svg

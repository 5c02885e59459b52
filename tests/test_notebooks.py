"""The notebooks are kept as they ran, and the tool that runs them can fail."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TOOL = ROOT / "tests" / "tools" / "run_notebooks.py"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
README = (ROOT / "README.rst").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def v4(need_module: Callable[[str], Any]) -> Any:
    need_module("nbclient")
    return need_module("nbformat").v4


@pytest.fixture(scope="module")
def tool(v4: Any) -> Any:
    spec = importlib.util.spec_from_file_location("run_notebooks", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def showing(v4: Any) -> Callable[..., Any]:
    """Return what makes a notebook of one cell that has printed a text."""

    def make(*printed: str, tags: tuple[str, ...] = ()) -> Any:
        outputs = [v4.new_output("stream", name="stdout", text=text) for text in printed]
        cell = v4.new_code_cell("print()", outputs=outputs, metadata={"tags": list(tags)})
        return v4.new_notebook(cells=[cell])

    return make


def test_the_same_output_is_no_difference(tool: Any, showing: Callable[..., Any]) -> None:
    assert tool.compare(showing("a\n"), showing("a\n")) == []


def test_how_printing_was_cut_is_no_difference(tool: Any, showing: Callable[..., Any]) -> None:
    assert tool.compare(showing("a\nb\n"), showing("a\n", "b\n")) == []


def test_another_text_is_a_difference(tool: Any, showing: Callable[..., Any]) -> None:
    lines = tool.compare(showing("the old\n"), showing("the new\n"))
    assert "  cell [1] differs:" in lines
    assert "  -the old" in lines
    assert "  +the new" in lines


def test_another_text_of_a_timing_cell_is_none(tool: Any, showing: Callable[..., Any]) -> None:
    assert tool.compare(showing("1 ms", tags=("timing",)), showing("2 ms", tags=("timing",))) == []


def test_an_output_that_is_not_kept_is_a_difference(tool: Any, showing: Callable[..., Any]) -> None:
    assert tool.compare(showing(), showing("text")) != []
    assert tool.compare(showing(tags=("timing",)), showing("text", tags=("timing",))) != []


def test_a_path_of_this_machine_is_found(tool: Any, showing: Callable[..., Any]) -> None:
    # The project may itself lie in /tmp, which is a trace, too.
    assert f"  it names {ROOT}" in tool.traces(showing(f"{ROOT}/notebooks"))
    assert tool.traces(showing("../notebooks")) == []


def test_a_cell_that_raises_fails_the_run(v4: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    text = v4.writes(v4.new_notebook(cells=[v4.new_code_cell("assert 1 == 2")]))
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, str(TOOL), str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "broken.ipynb  FAILED" in ran.stdout
    assert "assert 1 == 2" in ran.stdout
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_as_it_ran_from_top_to_bottom(path: Path, v4: Any, tool: Any) -> None:
    cells = tool.code_cells(v4.reads(path.read_text(encoding="utf-8")))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert any("image" in kind for cell in cells for kind, _ in tool.outputs(cell))
    assert "error" not in [kind for cell in cells for kind, _ in tool.outputs(cell)]
    assert any("assert " in cell.source for cell in cells)


def test_the_readme_links_every_notebook() -> None:
    assert len(NOTEBOOKS) == 8
    assert [path.name for path in NOTEBOOKS if f"notebooks/{path.name}" not in README] == []

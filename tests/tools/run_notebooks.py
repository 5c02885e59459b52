"""Run every notebook in a fresh kernel, and compare what it shows with what is kept in it.

Usage: python tests/tools/run_notebooks.py [--write] [NOTEBOOK ...]

A notebook fails when a cell raises, when a kept output is missing, or when a text or SVG differs
from the kept one. Cells whose output depends on the machine, or on the version of another package,
carry the tag ``timing``: theirs must be of the same kind only, and so must pixel images. Nothing is
written to the checkout, except by ``--write``, which keeps the new outputs, without paths and times
of this machine. Without it ``RX_STREAM_NOTEBOOKS=short`` asks the notebooks to measure less.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
COMPARED = ("text/plain", "text/html", "text/markdown", "image/svg+xml")
MOST_BYTES = 1_500_000
LIMIT = 300

Notebook = Any
Cell = Any
Shown = tuple[str, str]
"""The kind of an output, and its text where it has one to compare."""


def execute(kept: Notebook) -> Notebook:
    """Return a copy of a notebook, with the outputs of a run in a kernel of its own."""
    fresh = nbformat.from_dict(kept)
    fresh.metadata.pop("widgets", None)
    client = NotebookClient(
        fresh,
        timeout=LIMIT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    return client.execute()


def code_cells(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cell: Cell) -> list[Shown]:
    """Return what a cell shows; what was printed in several pieces is one output."""
    shown: list[Shown] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if shown and shown[-1][0] == output.name:
                shown[-1] = (output.name, shown[-1][1] + output.text)
            else:
                shown.append((output.name, output.text))
        elif output.output_type == "error":
            shown.append(("error", f"{output.ename}: {output.evalue}\n"))
        else:
            shown += [(kind, as_text(kind, data)) for kind, data in sorted(output.data.items())]
    return shown


def as_text(kind: str, data: object) -> str:
    if kind not in COMPARED:
        return ""
    return "".join(data) if isinstance(data, list) else str(data)


def differences(kept: Cell, fresh: Cell) -> list[str]:
    """Return how a cell's new outputs differ from the kept ones, as lines to print."""
    before, after = outputs(kept), outputs(fresh)
    kinds = [kind for kind, _ in before], [kind for kind, _ in after]
    if kinds[0] != kinds[1]:
        return [f"  kept: {kinds[0] or 'nothing'}", f"  now:  {kinds[1] or 'nothing'}"]
    if "timing" in kept.metadata.get("tags", []):
        return []
    lines: list[str] = []
    for (kind, old), (_, new) in zip(before, after, strict=True):
        changes = difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"{kind}, kept", f"{kind}, now", lineterm="", n=1
        )
        lines += [f"  {line[:200]}" for line in changes]
    return lines


def compare(kept: Notebook, fresh: Notebook) -> list[str]:
    """Return everything in which a run differs from what is kept."""
    lines: list[str] = []
    for number, (old, new) in enumerate(zip(code_cells(kept), code_cells(fresh), strict=True), 1):
        if found := differences(old, new):
            lines += [f"  cell [{number}] differs:", *found]
    return lines


def tidied(notebook: Notebook) -> Notebook:
    """Leave out of a notebook what only tells about the machine that ran it."""
    widgets = notebook.metadata.get("widgets")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    if widgets and widgets["application/vnd.jupyter.widget-state+json"]["state"]:
        notebook.metadata["widgets"] = widgets
    return notebook


def traces(notebook: Notebook) -> list[str]:
    """Return what a notebook tells about the machine that ran it."""
    texts = [text for cell in code_cells(notebook) for _, text in outputs(cell)]
    shown = "\n".join([str(notebook.metadata), *texts])
    places = (str(ROOT), str(Path.home()) + "/", tempfile.gettempdir() + "/")
    return [f"  it names {place}" for place in places if place in shown]


def run(path: Path, *, write: bool) -> list[str]:
    """Run one notebook; return what is wrong with it."""
    kept = nbformat.read(path, as_version=4)
    try:
        fresh = execute(kept)
    except CellExecutionError as error:
        return [f"  {line}" for line in str(error).splitlines()]
    if write:
        nbformat.write(tidied(fresh), path)
        return traces(fresh)
    return compare(kept, fresh) + traces(kept)


def too_large() -> list[str]:
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    return [f"notebooks are {size:,d} bytes, above {MOST_BYTES:,d}"] if size > MOST_BYTES else []


def settle(home: str, *, write: bool) -> None:
    """Keep users' settings out of the kernels, and what kernels write out of the checkout."""
    os.environ |= {"IPYTHONDIR": home, "JUPYTER_RUNTIME_DIR": home, "PYTHONDONTWRITEBYTECODE": "1"}
    os.environ.pop("MPLBACKEND", None)
    os.environ.pop("RX_STREAM_NOTEBOOKS", None)
    if not write:
        os.environ["RX_STREAM_NOTEBOOKS"] = "short"


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the notebooks.")
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--write", action="store_true", help="keep the new outputs")
    asked = parser.parse_args(arguments)
    bad = 0
    with tempfile.TemporaryDirectory() as home:
        settle(home, write=asked.write)
        for path in asked.notebooks or sorted(FOLDER.glob("*.ipynb")):
            start = time.monotonic()
            wrong = run(path, write=asked.write)
            bad += bool(wrong)
            print(f"{time.monotonic() - start:5.1f} s  {path.name}  {'FAILED' if wrong else 'ok'}")
            print(*wrong, sep="\n", end="\n" if wrong else "", flush=True)
    print(*too_large(), sep="\n", end="")
    return int(bool(bad or too_large()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The API reference is built without a warning, whole, and its examples are right."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from marble_blocks import blocks

import rx_stream
import rx_stream.testing
from rx_stream.logs.base import BaseLog

TOOL = Path(__file__).parent / "tools" / "api_reference.py"
PACKAGES = {"rx_stream": rx_stream, "rx_stream.testing": rx_stream.testing}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, need_module: Callable[[str], None]) -> Path:
    need_module("pdoc")
    target = tmp_path_factory.mktemp("reference")
    # Its own process: the tool resolves annotations in the modules themselves.
    done = subprocess.run(
        [sys.executable, str(TOOL), str(target)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def page(pages: Path, package: str) -> str:
    return pages.joinpath(*package.split(".")).with_suffix(".html").read_text(encoding="utf-8")


def section(html: str, name: str) -> str:
    """The part of a page that is about a name and its members."""
    found = re.search(rf'(?s)<section id="{name}">.*?(?=<section id="[^".]+">|\Z)', html)
    assert found is not None, name
    return found.group()


@pytest.mark.parametrize("package", PACKAGES)
def test_exactly_the_public_names_have_a_section(pages: Path, package: str) -> None:
    sections = re.findall(r'<section id="([^".]+)">', page(pages, package))
    assert sorted(sections) == sorted(PACKAGES[package].__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_marble_block_is_a_picture_in_its_section(pages: Path, package: str) -> None:
    html = page(pages, package)
    assert ".. marble::" not in html
    for name in PACKAGES[package].__all__:
        what = getattr(PACKAGES[package], name)
        documented = inspect.getdoc(what) or "" if callable(what) else ""
        drawn = section(html, name).count('<svg xmlns="http://www.w3.org/2000/svg" class="rx-marb')
        assert drawn == len(list(blocks(name, documented))), name


def test_the_pictures_are_most_of_the_operators(pages: Path) -> None:
    assert page(pages, "rx_stream").count('<div class="marble"><svg') >= 25


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_written_as_in_code(pages: Path, package: str) -> None:
    html = page(pages, package)
    signatures = re.findall(r'(?s)<div class="attr function">(.*?)</div>', html)
    written = [unescape(re.sub("<[^>]+>", "", signature)) for signature in signatures]
    assert len(written) >= 5
    homes = {name for text in written for name in re.findall(r"\b[a-z_]+\.[\w.]+", text)}
    assert homes <= {"datetime.timedelta"}
    assert not [text for text in written if "ForwardRef" in text or "~" in text]
    returned = [text.rpartition("->")[2].strip() for text in written if "->" in text]
    assert max(map(len, returned), default=0) < 100


@pytest.mark.parametrize("name", ["MemoryLog", "SQLiteLog", "RedisLog"])
def test_a_log_shows_what_users_call_and_not_what_its_engine_does(pages: Path, name: str) -> None:
    shown = set(re.findall(rf'<div id="{name}\.(\w+)"', page(pages, "rx_stream")))
    assert shown >= {"status", "delete", "aclose"}
    assert not shown & BaseLog.__abstractmethods__


@pytest.mark.parametrize("package", PACKAGES)
def test_no_heading_stands_over_nothing(pages: Path, package: str) -> None:
    assert not re.search(r"<h2>[^<]*</h2>\s*<ul>\s*</ul>", page(pages, package))


def test_only_public_packages_have_a_page(pages: Path) -> None:
    found = {str(path.relative_to(pages).with_suffix("")) for path in pages.rglob("*.html")}
    assert found == {"index", "rx_stream", "rx_stream/testing"}


def failures(what: object, name: str, report: list[str]) -> int:
    """Run the examples in the docstrings of a module or class and return how many are wrong."""
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    runner = doctest.DocTestRunner(optionflags=flags)
    for found in doctest.DocTestFinder().find(what, name):
        runner.run(found, out=report.append)
    return runner.summarize(verbose=False).failed


def test_the_examples_in_docstrings_are_right() -> None:
    report: list[str] = []
    names = [m.name for m in pkgutil.walk_packages(rx_stream.__path__, "rx_stream.")]
    for name in ["rx_stream", *(n for n in names if not n.endswith("__main__"))]:
        failures(importlib.import_module(name), name, report)
    assert not report, "".join(report)


def test_a_wrong_example_is_noticed() -> None:
    class Wrong:
        """A class.

        >>> 1 + 1
        3
        """

    report: list[str] = []
    assert failures(Wrong, "Wrong", report) == 1
    assert "Expected:\n    3\nGot:\n    2" in "".join(report)

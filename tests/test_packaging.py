"""What is shipped, under which licences, and what the metadata say of it."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import rx_stream

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rx_stream"
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")

_parser = configparser.ConfigParser(interpolation=None)
_parser.read(ROOT / "setup.cfg", encoding="utf-8")
METADATA = dict(_parser["metadata"])
EXTRAS = {name: value.split() for name, value in _parser["options.extras_require"].items()}
DATA = dict(_parser["options.package_data"])


def words(text: str) -> str:
    return " ".join(text.split())


def files(pattern: str = "*") -> list[Path]:
    found = PACKAGE.rglob(pattern)
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def is_shipped(path: Path) -> bool:
    """Tell whether a pattern of the package data, below its package, takes a file."""
    for package, patterns in DATA.items():
        home = ROOT / package.replace(".", "/")
        if path.is_relative_to(home):
            inside = str(path.relative_to(home))
            if any(fnmatch(inside, p.strip(", ")) for p in re.split(r"[,\n]", patterns)):
                return True
    return False


def test_every_file_of_the_package_is_shipped() -> None:
    other = [path for path in files() if path.suffix != ".py"]
    assert len(other) > 10
    assert [path for path in other if not is_shipped(path)] == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in files("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_package_says_that_it_is_typed() -> None:
    assert is_shipped(PACKAGE / "py.typed")
    assert (PACKAGE / "py.typed").is_file()


# --- licences


@pytest.mark.parametrize("path", files("data/*"), ids=lambda path: path.name)
def test_the_notice_says_whose_each_file_of_data_is(path: Path) -> None:
    if path.suffix != ".py":
        assert str(path.relative_to(ROOT)) in NOTICE


def test_the_notice_has_the_whole_licence_of_the_vocabularies() -> None:
    found = importlib.metadata.files("tiktoken") or []
    (licence,) = [file for file in found if file.name == "LICENSE"]
    assert words(licence.read_text(encoding="utf-8")) in words(NOTICE)


def test_the_notice_names_the_model_of_the_recordings() -> None:
    folders = (PACKAGE / "data", ROOT / "tests" / "recordings")
    bodies = [path.read_text("utf-8") for home in folders for path in home.glob("*.sse")]
    models = {model for body in bodies for model in re.findall(r'"model":"([^"]+)"', body)}
    assert models == {"gemma-3-270m-pt-q4_km"}
    assert "Gemma 3 270M (base, Q4_K_M)" in words(NOTICE)


def test_the_notice_names_the_words_and_the_characters_of_languages() -> None:
    for place in re.findall(r"rx_stream/core/[\w/.]+\w", NOTICE):
        assert (ROOT / place).exists()
    assert "rx_stream/core/sentences/sentence_words" in NOTICE
    assert "rx_stream/core/sentences/sentence_marks.py" in NOTICE
    assert "UNICODE LICENSE V3" in NOTICE


def test_licence_and_notice_are_shipped() -> None:
    assert METADATA["license_files"].split() == ["LICENSE", "NOTICE"]
    assert METADATA["license_expression"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


# --- metadata


def test_the_version_is_semantic_and_stands_first_in_the_changelog() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", rx_stream.__version__)
    changes = (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")
    titles = re.findall(r"(?m)^(\d[^\n]*)\n-+$", changes)
    assert titles[0].split()[0] == rx_stream.__version__


def test_the_interpreter_is_one_of_those_that_the_classifiers_name() -> None:
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", METADATA["classifiers"])
    assert named == ["3.11", "3.12", "3.13", "3.14", "3.15"]
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in named
    assert _parser["options"]["python_requires"] == ">=3.11"


def test_the_readme_tells_what_each_extra_is_for() -> None:
    readme = (ROOT / "README.rst").read_text(encoding="utf-8")
    assert [name for name in EXTRAS if f"``{name}``" not in readme] == []


def test_what_users_need_for_tests_is_in_one_extra() -> None:
    needed = {f"%({name})s" for name in EXTRAS} - {"%(test)s", "%(live)s", "%(peers)s"}
    assert needed <= set(EXTRAS["test"])

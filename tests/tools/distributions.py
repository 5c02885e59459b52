"""Whether the wheel and the source distribution hold exactly what they should.

Usage: python tests/tools/distributions.py DIST_FOLDER

Prints what is missing and what is too much, and exits with 1 if anything is.
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIST_INFO = {
    *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"),
    *("licenses/LICENSE", "licenses/NOTICE"),
}
BESIDE = {
    *("CHANGELOG.rst", "LICENSE", "MANIFEST.in", "NOTICE", "README.rst", "setup.cfg", "setup.py"),
    "PKG-INFO",  # The build adds it.
}


def tree(*folders: str) -> set[str]:
    """Return the files of folders of the project."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    unwanted = {"__pycache__", "node_modules", ".ipynb_checkpoints", ".hypothesis"}
    return {str(path.relative_to(ROOT)) for path in found if not unwanted & set(path.parts)}


def differences(what: str, found: set[str], wanted: set[str]) -> list[str]:
    return [
        *(f"{what}: {name} is missing" for name in sorted(wanted - found)),
        *(f"{what}: {name} is too much" for name in sorted(found - wanted)),
    ]


def wheel(path: Path) -> list[str]:
    """Return what is wrong with a wheel: it has the package and its metadata, and nothing else."""
    with zipfile.ZipFile(path) as archive:
        found = {name for name in archive.namelist() if not name.endswith("/")}
    home = "-".join(path.name.split("-")[:2]) + ".dist-info"
    return differences(path.name, found, tree("rx_stream") | {f"{home}/{n}" for n in DIST_INFO})


def source(path: Path) -> list[str]:
    """Return what is wrong with a source distribution: it has tests and notebooks, too."""
    with tarfile.open(path) as archive:
        members = [member.name for member in archive.getmembers() if member.isfile()]
    found = {name.partition("/")[2] for name in members}
    found = {name for name in found if not name.startswith("rx_stream.egg-info/")}
    return differences(path.name, found, tree("rx_stream", "tests", "notebooks") | BESIDE)


def main(folder: Path) -> int:
    wrong = [line for path in folder.glob("*.whl") for line in wheel(path)]
    wrong += [line for path in folder.glob("*.tar.gz") for line in source(path)]
    print("\n".join(wrong) or "the wheel and the source distribution hold what they should")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))

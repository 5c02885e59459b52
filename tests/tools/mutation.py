"""Mutation testing of the cores: which changes to the code does no test notice?

Usage: python tests/tools/mutation.py [FILE ...]

Each file is changed in one place at a time, in a copy of the checkout, and its own tests are run;
a change that they let pass is printed. It takes seconds for each change: minutes for each file.
What survived, and why, is in tests/tools/mutation.rst. Needs Cosmic Ray: pip install cosmic-ray.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

TESTS: dict[str, str] = {
    "text/words.py": "tests/core/text/test_words.py",
    "text/lines.py": "tests/core/text/test_lines.py",
    "text/stop_sequences.py": "tests/operators/test_stop_at.py",
    "text/utf8.py": "tests/core/text/test_utf8.py",
    "flow/mailbox.py": "tests/core/flow tests/operators/test_backpressure.py",
    "pacing/gcra.py": "tests/core/pacing/test_gcra.py",
    "progress/forecast.py": "tests/core/progress/test_forecast.py",
    "progress/overrun.py": "tests/core/progress/test_overrun.py",
    "logs/durable_stream.py": "tests/core/logs/test_durable_stream.py",
    "tool_calls.py": "tests/core/test_aggregator.py",
}

CONFIGURATION = """
[cosmic-ray]
module-path = ["rx_stream/core/{file}"]
timeout = 30.0
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def copy(folder: Path) -> None:
    """Copy what is committed."""
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def mutate(file: str, folder: Path) -> str:
    """Change one file in every way, one at a time; return the report on what survived."""
    (folder / "mutation.toml").write_text(
        CONFIGURATION.format(file=file, python=sys.executable, tests=TESTS[file])
    )
    shared = {"RX_STREAM_SHARED": os.environ.get("RX_STREAM_SHARED", str(ROOT.parent / "shared"))}
    environment = os.environ | shared | {"PYTHONPATH": str(folder)}

    def run(*command: str) -> str:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        ).stdout

    tools = Path(sys.executable).parent
    run(str(tools / "cosmic-ray"), "init", "--force", "mutation.toml", "session.sqlite")
    # Else every change would count as noticed.
    run(str(tools / "cosmic-ray"), "baseline", "mutation.toml")
    run(str(tools / "cosmic-ray"), "exec", "mutation.toml", "session.sqlite")
    return run(str(tools / "cr-report"), "--surviving-only", "--show-diff", "session.sqlite")


def main(arguments: list[str]) -> int:
    """Report on the files that are named, or on all; return the exit code."""
    unknown = set(arguments) - set(TESTS)
    if unknown:
        print(f"no tests are known for {', '.join(sorted(unknown))}; known: {', '.join(TESTS)}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        copy(Path(folder))
        for file in arguments or TESTS:
            print(f"== {file}")
            print(mutate(file, Path(folder)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

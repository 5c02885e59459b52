"""The reliability report: soak, cancel storms, faults and fuzzers, with their seeds, as one page.

Usage: python tests/tools/reliability.py [--short] [--seed N] [--soak SECONDS]

The long version takes the better part of an hour; ``--short`` a minute or two. Prints Markdown and
exits with 1 if a part failed.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

PARTS: dict[str, tuple[str, ...]] = {
    "Soak": ("tests/test_soak.py",),
    "Laws over every operator": ("tests/test_contract.py",),
    "Bounded memory": ("tests/test_backpressure_bound.py",),
    "Many streams, disposals": ("tests/test_scale.py",),
    "Fuzzing: SSE, NDJSON, UTF-8": (
        "tests/core/sse/test_sse_decoder.py",
        "tests/core/sse/test_ndjson.py",
        "tests/core/text/test_utf8.py",
    ),
    "Fuzzing: text": ("tests/core/text/test_words.py", "tests/core/sentences/test_sentences.py"),
    "Logs: laws on every engine": ("tests/logs/test_log_contract.py",),
    "Faults: kills, cuts, clocks": ("tests/logs/test_faults.py",),
}
SHORT = ("Soak", "Bounded memory", "Faults: kills, cuts, clocks")
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")


def run(tests: tuple[str, ...], seed: int, environment: dict[str, str]) -> tuple[int, str]:
    """Run tests in a process of their own; return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-v", "-rPs", f"--hypothesis-seed={seed}", *tests]
    if environment["RX_STREAM_LONG"] == "1":
        command.append("--timeout=1800")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def figures(output: str) -> list[str]:
    """Return the lines that tests have printed."""
    found: list[str] = []
    inside = False
    for line in output.splitlines():
        if "Captured stdout call" in line:
            inside = True
        elif inside and line.startswith(("___", "===", "---")):
            inside = False
        elif inside and line.strip():
            found.append(line.strip())
    return found


def report(parts: list[str], seed: int, environment: dict[str, str]) -> bool:
    """Print the page; return whether every part held."""
    long = environment.get("RX_STREAM_LONG") == "1"
    print("# Reliability\n")
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}")
    print(f"{'long' if long else 'short'} version, seed {seed}\n")
    print("| part | held | passed | failed | skipped | seconds |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    notes: list[str] = []
    held = True
    for part in parts:
        begin = time.monotonic()
        code, output = run(PARTS[part], seed, environment)
        counts = {kind: number for number, kind in _COUNT.findall(output.rpartition("\n=")[2])}
        failed = int(counts.get("failed", 0)) + int(counts.get("error", 0))
        row = (counts.get("passed", "0"), str(failed), counts.get("skipped", "0"))
        seconds = time.monotonic() - begin
        print(f"| {part} | {'no' if code else 'yes'} | {' | '.join(row)} | {seconds:.0f} |")
        sys.stdout.flush()
        notes += [f"{part}: {line}" for line in figures(output)]
        if code:
            held = False
            notes += [f"{part}: {line}" for line in output.splitlines() if line.startswith("E  ")]
    print("\n" + "\n".join(f"* {note}" for note in notes))
    return held


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; return the exit code."""
    parser = argparse.ArgumentParser(description="Print the reliability report.")
    parser.add_argument("--short", action="store_true", help="the version of a minute or two")
    parser.add_argument("--seed", type=int, default=2026, help="of the property tests")
    parser.add_argument("--soak", type=float, help="seconds of the soak; default 600, short 5")
    asked = parser.parse_args(arguments)
    soak = asked.soak or (5 if asked.short else 600)
    environment = os.environ | {"RX_STREAM_SOAK": f"{soak:g}"}
    environment["RX_STREAM_LONG"] = "0" if asked.short else "1"
    parts = list(SHORT if asked.short else PARTS)
    return 0 if report(parts, asked.seed, environment) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

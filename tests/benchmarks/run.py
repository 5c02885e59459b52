"""All ratios in one table, and whether one fell behind what is recorded.

Usage: python tests/benchmarks/run.py [--short] [--check] [--record] [--peers] [TOPIC ...]

Every row is a pair measured in one process, in turns, with the garbage collector off: the median
of the rounds' ratios ours / base, and half the range of their middle half. Lower is better.
``--check`` fails when a ratio is more than 25 % behind ``recorded.json``; such a row is measured
once more, for longer, before it counts, because a busy machine is not a regression.
``--peers`` prints, instead, the tables of every other package that does one of these jobs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from compare import paired
from rows import TOPICS, Row

PEERS = (
    "peers",
    "segmentation",
    "tokens",
    "chunks",
    "timing",
    "llm",
    "sse",
    "sse_serve",
    "flow",
)
RECORDED = Path(__file__).with_name("recorded.json")
ALLOWED = 1.25
ROUNDS = 9
AGAIN = 31


def measure(row: Row, rounds: int = ROUNDS) -> tuple[float, float]:
    return paired(row.base, row.ours, rounds=rounds, less=row.less)


def verdict(ratio: float, before: float | None) -> str:
    """Return how a ratio stands to the recorded one."""
    if before is None:
        return "not recorded"
    return f"{ratio / before - 1:+.0%} of {before:.2f}"


def run(topics: list[str], *, short: bool, check: bool) -> tuple[dict[str, float], list[str]]:
    """Print the table; return the ratios by row, and the rows that fell behind."""
    known = recorded(short)
    found: dict[str, float] = {}
    behind: list[str] = []
    print(f"{'ours / base, lower is better':44s} {'ratio':>7s} {'spread':>7s}  recorded")
    for topic in topics:
        for row in TOPICS[topic](short):
            ratio, spread = measure(row)
            limit = known.get(row.name, float("inf")) * ALLOWED
            if check and ratio > limit:
                ratio, spread = measure(row, AGAIN)
            found[row.name] = ratio
            standing = verdict(ratio, known.get(row.name))
            if ratio > limit:
                behind.append(f"{row.name}: {ratio:.2f}, {standing}")
                standing += "  BEHIND"
            print(f"{row.name:44s} {ratio:7.2f} {spread:6.0%}   {standing}", flush=True)
    return found, behind


def everything() -> dict[str, dict[str, float]]:
    return json.loads(RECORDED.read_text()) if RECORDED.exists() else {}


def recorded(short: bool) -> dict[str, float]:
    """Return the ratios recorded for this length of text: some depend on it."""
    return everything().get("short" if short else "full", {})


def record(found: dict[str, float], short: bool) -> None:
    """Write the ratios over the recorded ones of the same rows."""
    written = everything()
    rows = written.setdefault("short" if short else "full", {})
    rows |= {name: round(ratio, 3) for name, ratio in found.items()}
    RECORDED.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")


def peers() -> int:
    """Print the tables of the packages of the extra ``peers``; return the worst exit code."""
    here = Path(__file__).parent
    # A process for each: some packages change the event loop or the collector for all others.
    return max(
        subprocess.run([sys.executable, str(here / f"bench_{name}.py")], check=False).returncode
        for name in PEERS
    )


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; return the exit code."""
    parser = argparse.ArgumentParser(description="Ratios of rx_stream to other ways.")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(TOPICS))
    parser.add_argument("--short", action="store_true", help="less text: a minute in all")
    parser.add_argument("--check", action="store_true", help="fail when a ratio fell behind")
    parser.add_argument("--record", action="store_true", help="write the ratios down")
    parser.add_argument("--peers", action="store_true", help="the tables of other packages")
    asked = parser.parse_args(arguments)
    if asked.peers:
        return peers()
    unknown = set(asked.topics) - set(TOPICS)
    if unknown:
        parser.error(f"unknown topic: {', '.join(sorted(unknown))}")
    found, behind = run(asked.topics or list(TOPICS), short=asked.short, check=asked.check)
    if asked.record:
        record(found, asked.short)
    if not (asked.check and behind):
        return 0
    print(f"\nmore than {ALLOWED - 1:.0%} behind the recorded ratio:")
    print("\n".join(f"  {line}" for line in behind))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

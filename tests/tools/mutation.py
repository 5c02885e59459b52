"""Mutation testing of the cores: which changes to the code does no test notice?

Usage: python tests/tools/mutation.py [FILE or FOLDER of rx_stream/core ...]

Cosmic Ray makes the changes, one at a time, in a copy of what is committed. The tests of the
changed file run in a fork of this process, which has imported all but this package: 0.2 seconds
each. What survived, and why, is in tests/tools/mutation.rst. Needs a POSIX system, the extra
"test", and pip install cosmic-ray.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import _hypothesis_pytestplugin
import pytest
import pytest_timeout
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from hypothesis import HealthCheck, Phase, settings

for needed in ("hypothesis.strategies", "msgspec", "reactivex.testing", "tiktoken", "wcwidth"):
    importlib.import_module(needed)  # Once, for all forks.

ROOT = Path(__file__).parents[2]
CORE = Path("rx_stream/core")

# Beside tests/core/FOLDER/test_NAME.py: the tests of a file, else those of its folder.
TESTS: dict[str, str] = {
    "aggregator.py": "operators/test_aggregate.py operators/test_collect.py",
    "extras.py": "test_extras.py",
    "tool_calls.py": "core/test_aggregator.py operators/test_aggregate.py",
    "stream_config.py": "operators/test_enhance.py",
    "text/length_limit.py": "operators/test_buffer_words.py",
    "text/word_classes.py": "core/text/test_words.py",
    "text/stop_sequences.py": "operators/test_stop_at.py",
    "text/text_items.py": "operators/test_lift.py operators/test_buffer_words.py",
    "text/spans.py": "operators/test_lift.py operators/test_buffer_words.py "
    "operators/test_buffer_sentences.py",
    "text/failing_items.py": "operators/test_buffer_tokens.py",
    "text/utf8.py": "operators/test_decode_utf8.py",
    "sentences": "core/sentences operators/test_buffer_sentences.py",
    "sse": "core/sse/test_sse_encoder.py operators/test_to_sse.py",
    "sse/ndjson.py": "operators/test_from_ndjson.py",
    "sse/sse_decoder.py": "operators/test_from_sse.py",
    "sse/sse_framing.py": "core/sse/test_sse_decoder.py",
    "sse/sse_frames.py": "core/sse/test_sse_encoder.py",
    "sse/sse_shapes.py": "core/sse/test_sse_decoder.py",
    "sse/dialects": "core/sse/dialects core/sse/test_sse_encoder.py core/sse/test_sse_options.py",
    "flow": "operators/test_backpressure.py",
    "flow/backoff.py": "operators/test_resume_on_error.py",
    "flow/keep_alive.py": "operators/test_keep_alive.py",
    "flow/stall.py": "operators/test_timeout_first_token.py "
    "operators/test_timeout_between_tokens.py",
    "pacing": "core/pacing operators/test_throttle_tokens.py schedulers/test_token_limiter.py",
    "pacing/gcra.py": "",
    "pacing/lease_pool.py": "",
    "pacing/limiter_queue.py": "schedulers/test_token_limiter.py",
    "pacing/smoother.py": "operators/test_smooth_text.py",
    "pacing/playout.py": "operators/test_smooth_text.py",
    "pacing/unit_queue.py": "operators/test_smooth_text.py",
    "progress": "core/progress operators/test_track_progress.py",
    "logs": "core/logs",
    "llm": "core/llm/test_dialects.py core/llm/test_dialect_edges.py core/llm/test_hostile.py "
    "core/llm/test_stream.py core/llm/test_body.py",
    "llm/dialect.py": "core/llm/test_payload_reader.py",
    "tokens": "core/tokens operators/test_count_tokens.py operators/test_buffer_tokens.py",
    "tokens/counted_splitter.py": "operators/test_buffer_tokens.py",
    "tokens/exact_counter.py": "",
    "tokens/text_tokens.py": "core/chunking/test_chunk_window.py",
    "tokens/split_codes.py": "",
    "tokens/split_state.py": "",
    "tokens/tail_settler.py": "core/tokens/test_token_settler.py core/tokens/test_bounds.py "
    "core/tokens/test_exact_counter.py",
    "tokens/token_cost.py": "",
    "tokens/token_cut.py": "",
    "tokens/token_pieces.py": "core/tokens/test_token_settler.py",
    "tokens/token_recounter.py": "",
    "tokens/token_runs.py": "",
    "tokens/token_settler.py": "core/tokens/test_token_splitter.py core/tokens/test_bounds.py",
    "tokens/token_splitter.py": "operators/test_buffer_tokens.py",
    "tokens/token_tagger.py": "operators/test_count_tokens.py",
    "tokens/vocabulary.py": "",
    "tokens/vocabulary_build.py": "core/tokens/test_vocabulary.py",
    "tokens/vocabulary_table.py": "core/tokens/test_vocabulary.py",
    "chunking": "core/chunking operators/test_chunk_text.py",
    "chunking/chunk_clusters.py": "core/chunking/test_chunk_window.py",
    "chunking/chunk_ends.py": "core/chunking/test_chunk_limits.py "
    "core/chunking/test_text_chunker.py core/chunking/test_chunk_packer.py",
    "chunking/chunk_packer.py": "core/chunking/test_chunk_limits.py "
    "core/chunking/test_text_chunker.py",
    "chunking/chunk_rulers.py": "core/chunking/test_text_chunker.py "
    "core/chunking/test_markdown_ruler.py core/chunking/test_code_ruler.py",
    "chunking/chunked_text.py": "core/chunking/test_text_chunker.py",
    "chunking/text_chunker.py": "core/chunking/test_chunk_limits.py",
    "chunking/chunk_window.py": "core/chunking/test_chunk_limits.py "
    "core/chunking/test_chunk_packer.py",
}

# Of the eleven replacements of an arithmetic operator, one: tests that notice it notice the rest.
INSTEAD = {
    **{"Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "FloorDiv": "Mul"},
    **{"Mod": "FloorDiv", "Pow": "Mul", "RShift": "LShift", "LShift": "RShift"},
    **{"BitOr": "BitAnd", "BitAnd": "BitOr", "BitXor": "BitOr", "Is": "IsNot", "IsNot": "Is"},
}

# No shrinking: that a test fails is enough. The same examples for each change.
settings.register_profile(
    "mutation",
    max_examples=30,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutation", "--timeout=20"]
# What takes long, and what only real time shows.
PYTEST += ["-k", "not (threads or fake_model or hangs_up or the_cost or linear_time)"]


def copy(folder: Path) -> None:
    """Copy what is committed."""
    archive = subprocess.check_output(["git", "archive", "HEAD"], cwd=ROOT)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def tests_of(file: Path) -> list[str]:
    """Return the paths of the tests of a file of the core, its own first."""
    own = Path("tests/core") / file.parent / f"test_{file.name}"
    keys = [str(file), *map(str, file.parents)]
    others = next((TESTS[key] for key in keys if key in TESTS), "")
    paths = [str(own)] * own.exists() + [f"tests/{path}" for path in others.split()]
    return list(dict.fromkeys(paths))


def passes(tests: list[str], seconds: int, *, quiet: bool = True) -> bool:
    """Return whether the tests pass, in a fork that may take some seconds of processor time."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if quiet:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        sys.dont_write_bytecode = True
    os._exit(pytest.main(PYTEST + tests, plugins=[pytest_timeout, _hypothesis_pytestplugin]))


def replaces_usefully(operator: str) -> bool:
    """Return whether an operator of Cosmic Ray makes changes that no other makes as well."""
    kind, _, change = operator.rpartition("/")[2].partition("_")
    old, _, new = change.partition("_")
    if kind == "ReplaceBinaryOperator" or old in ("Is", "IsNot"):
        return INSTEAD[old] == new
    return new not in ("Is", "IsNot", "Invert")


def changes(source: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each change and the changed source; annotations are never evaluated."""
    hints = [
        ((hint.lineno, hint.col_offset), (hint.end_lineno, hint.end_col_offset))
        for node in ast.walk(ast.parse(source))
        for hint in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if hint is not None
    ]
    nodes = list(ast_nodes(get_ast(source)))
    names = (name for name in operator_names() if not get_operator(name).arguments())
    for name in filter(replaces_usefully, names):
        operator = get_operator(name)()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for number, place in enumerate(places):
            changed = mutate_code(source, operator, number)
            # Cosmic Ray takes the mark before keyword-only arguments for a multiplication.
            if not any(start <= place < end for start, end in hints) and "/," not in changed:
                yield name, changed


def difference(old: str, new: str) -> str:
    """Return the changed lines, with the number of the first."""
    return "\n".join([*unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)][2:])


def mutate(file: Path) -> None:
    """Change one file in every way, one at a time; print which changes its tests let pass."""
    tests, path = tests_of(file), CORE / file
    source = path.read_text("utf-8")
    began, spent = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    # Else every change would count as noticed; this run also compiles what the others only read.
    if not tests or not passes(tests, 300, quiet=False):
        print(f"== {file}: " + ("its tests fail without a change" if tests else "no tests known"))
        return
    seconds = 3 + 3 * int(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - spent)
    Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
    path.write_text("raise AssertionError\n", "utf-8")
    if passes(tests, seconds):
        raise SystemExit(f"{file}: its tests do not import this copy")
    made = survived = 0
    for name, changed in changes(source):
        path.write_text(changed, "utf-8")
        made += 1
        if passes(tests, seconds):
            survived += 1
            print(f"-- {name}\n{difference(source, changed)}", flush=True)
    path.write_text(source, "utf-8")
    took = round(time.monotonic() - began)
    print(f"== {file}: {made} changes, {survived} survived, {took} s", flush=True)


def main(arguments: list[str]) -> int:
    """Report on the files or folders that are named, or on all; return the exit code."""
    os.environ.setdefault("RX_STREAM_SHARED", str(ROOT.parent / "shared"))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        copy(Path(folder))
        os.chdir(folder)
        sys.path.insert(0, folder)
        for argument in arguments or ["."]:
            named = CORE / argument
            for path in sorted(named.rglob("*.py")) if named.is_dir() else [named]:
                mutate(path.relative_to(CORE))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

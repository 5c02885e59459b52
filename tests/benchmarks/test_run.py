"""The check of the recorded ratios: it must be able to fail."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROW = "a loop / the same loop"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return the tool with one cheap topic and a record of its own."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    tool: Any = importlib.import_module("run")
    rows: Any = importlib.import_module("rows")

    def loop() -> None:
        sum(range(20_000))

    monkeypatch.setattr(tool, "TOPICS", {"loops": lambda short: [rows.Row(ROW, loop, loop)]})
    monkeypatch.setattr(tool, "RECORDED", tmp_path / "recorded.json")
    return tool


def recording(tool: Any) -> Callable[[float], None]:
    return lambda ratio: tool.RECORDED.write_text(json.dumps({"short": {ROW: ratio}}))


def test_a_row_that_fell_behind_fails_the_check_and_is_named(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    recording(run)(0.1)
    assert run.main(["--short", "--check"]) == 1
    printed = capsys.readouterr().out
    assert "BEHIND" in printed
    assert f"more than 25% behind the recorded ratio:\n  {ROW}: " in printed


def test_a_row_as_recorded_passes(run: Any) -> None:
    recording(run)(1.0)
    assert run.main(["--short", "--check"]) == 0


def test_without_the_check_nothing_fails(run: Any) -> None:
    recording(run)(0.1)
    assert run.main(["--short"]) == 0


def test_what_was_found_is_written_over_what_was_recorded(run: Any) -> None:
    recording(run)(0.1)
    assert run.main(["--short", "--record"]) == 0
    assert json.loads(run.RECORDED.read_text())["short"][ROW] == pytest.approx(1.0, abs=0.5)


def test_an_unknown_topic_is_refused(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        run.main(["nonsense"])
    assert refused.value.code == 2
    assert "unknown topic: nonsense" in capsys.readouterr().err

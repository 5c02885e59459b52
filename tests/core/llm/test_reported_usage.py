"""What reports of usage tell of the tokens of each chunk."""

from __future__ import annotations

import pytest

from rx_stream.core.llm.reported_usage import ReportedUsage


def steps(*counts: int | None) -> list[int | None]:
    usage = ReportedUsage()
    found: list[int | None] = []
    for count in counts:
        if count is not None:
            usage.merge({"output": count}, count)
        found.append(usage.take_step())
    return found


def test_a_chunk_has_as_many_tokens_as_the_count_grew_by() -> None:
    assert steps(1, 3, 3, 10) == [1, 2, 0, 7]


def test_a_count_that_is_smaller_begins_anew() -> None:
    assert steps(5, 2, 3) == [5, 2, 1]


def test_after_a_chunk_without_a_report_nobody_knows_any_more() -> None:
    assert steps(1, None, 5, 6) == [1, None, None, None]


def test_text_that_somebody_else_has_read_without_a_report_is_missing_too() -> None:
    usage = ReportedUsage()
    usage.missing()
    usage.merge({"output": 4}, 4)
    assert usage.take_step() is None


def test_a_step_is_told_once() -> None:
    usage = ReportedUsage()
    usage.merge({"output": 4}, 4)
    assert (usage.take_step(), usage.take_step()) == (4, None)


@pytest.mark.parametrize("nothing", [None, {}, 5, "x"])
def test_what_is_no_report_is_none(nothing: object) -> None:
    usage = ReportedUsage()
    usage.merge({"output": 1}, 1)
    usage.merge(nothing, 9)
    assert usage.raw == {"output": 1}
    assert usage.take_step() is None

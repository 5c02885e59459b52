from __future__ import annotations

import pytest

from rx_stream.core.progress.forecast import Forecast


def test_without_an_estimate_nothing_is_made_up() -> None:
    forecast = Forecast(None)
    assert forecast.total(5, "streaming") is None
    assert forecast.percentage(5, "completed") is None
    assert forecast.eta(5, "streaming", 10.0) is None
    assert not forecast.overrun(5)


def test_an_estimate_is_believed_until_it_proves_too_low() -> None:
    forecast = Forecast(100)
    assert forecast.total(99, "streaming") == 100
    assert forecast.eta(60, "streaming", 10.0) == 4.0
    assert forecast.total(150, "streaming") > 150
    assert forecast.overrun(150)


def test_a_revised_estimate_does_not_let_the_percentage_fall() -> None:
    forecast = Forecast(100)
    before = forecast.percentage(50, "streaming")
    forecast.estimate = 1000
    assert forecast.percentage(51, "streaming") == before
    assert forecast.percentage(51, "completed") == 100


def test_a_stream_that_did_not_complete_has_no_remaining_time() -> None:
    forecast = Forecast(100)
    assert forecast.eta(50, "error", 10.0) is None
    assert forecast.eta(50, "cancelled", 10.0) is None
    assert forecast.eta(50, "completed", 10.0) == 0.0
    assert forecast.eta(50, "streaming", None) is None


def test_as_many_tokens_as_were_estimated_prove_it_too_low_only_if_more_come() -> None:
    forecast = Forecast(100)
    assert not forecast.overrun(100)
    assert forecast.overrun(101)
    assert forecast.total(100, "streaming") == pytest.approx(140, rel=0.01)
    assert forecast.total(100, "completed") == 100


def test_the_percentage_is_the_share_of_what_is_expected() -> None:
    forecast = Forecast(100)
    assert forecast.percentage(0, "waiting") == 0
    assert forecast.percentage(10, "streaming") == pytest.approx(10, rel=0.01)
    assert forecast.percentage(100, "streaming") == pytest.approx(71.4, abs=0.1)


def test_only_a_stream_that_completed_is_whole() -> None:
    for state in ("waiting", "streaming", "stalled", "error", "cancelled"):
        forecast = Forecast(100)
        assert forecast.total(50, state) == 100
        assert forecast.percentage(50, state) == pytest.approx(50, rel=0.1)
    assert Forecast(100).percentage(50, "completed") == 100
    assert Forecast(100).eta(50, "completed", None) == 0.0

import pytest

from rx_stream.core.tokens.usage import Calibration, TokenAccount, visible_output


def test_reasoning_is_not_part_of_the_visible_output() -> None:
    assert visible_output({"output_tokens": 30, "reasoning_tokens": 12}) == 18
    assert visible_output({"output_tokens": 10, "reasoning_tokens": 11}) == 0
    assert visible_output({"input_tokens": 5}) is None


def test_usage_is_cumulative_and_what_is_counted_later_is_added() -> None:
    account = TokenAccount()
    account.count(4)
    assert (account.tokens, account.source) == (4, "o200k_base")
    account.report({"output_tokens": 6})
    assert (account.tokens, account.source) == (6, "provider")
    account.count(7)
    assert (account.tokens, account.source) == (9, "o200k_base")
    account.report({"output_tokens": 10})
    assert account.tokens == 10


def test_a_report_before_the_last_never_makes_the_number_fall() -> None:
    account = TokenAccount()
    account.count(20)
    account.report({"output_tokens": 5})
    assert account.tokens == 20
    account.report({"output_tokens": 18}, final=True)
    assert account.tokens == 18


@pytest.mark.parametrize("usage", [{}, {"output_tokens": None}, {"output_tokens": True}])
def test_absent_is_not_zero(usage: dict[str, object]) -> None:
    account = TokenAccount()
    account.count(3)
    account.report(usage, final=True)
    assert (account.tokens, account.reported) == (3, None)


def test_a_models_ratio_is_learnt_and_long_answers_count_more() -> None:
    calibration = Calibration(weight=0.5, full_length=100)
    assert calibration.ratio("m") == 1.0
    calibration.observe("m", {"output_tokens": 150}, 100)
    assert calibration.ratio("m") == 1.5
    calibration.observe("m", {"output_tokens": 100}, 100)
    assert calibration.ratio("m") == 1.25
    calibration.observe("m", {"output_tokens": 10}, 10)
    assert calibration.ratio("m") == pytest.approx(1.2375)
    assert calibration.estimate("m", 80) == 99


def test_an_answer_without_usage_or_text_teaches_nothing() -> None:
    calibration = Calibration()
    calibration.observe("m", {}, 100)
    calibration.observe("m", {"output_tokens": 9}, 0)
    assert calibration.ratio("m") == 1.0


def test_the_model_not_seen_for_longest_is_forgotten() -> None:
    calibration = Calibration(capacity=2)
    for model in ("a", "b", "a", "c"):
        calibration.observe(model, {"output_tokens": 200}, 100)
    assert [calibration.ratio(model) for model in ("a", "b", "c")] == [2.0, 1.0, 2.0]


def test_one_token_teaches_too() -> None:
    calibration = Calibration()
    calibration.observe("m", {"output_tokens": 3}, 1)
    assert calibration.ratio("m") == 3.0


def test_by_default_an_answer_of_two_hundred_tokens_counts_three_tenths() -> None:
    calibration = Calibration()
    calibration.observe("m", {"output_tokens": 200}, 200)
    calibration.observe("m", {"output_tokens": 400}, 200)
    assert calibration.ratio("m") == pytest.approx(1.3)
    calibration.observe("m", {"output_tokens": 6_600}, 2_000)
    assert calibration.ratio("m") == pytest.approx(1.3 + 0.3 * 2.0)
    calibration.observe("m", {"output_tokens": 290}, 100)
    assert calibration.ratio("m") == pytest.approx(1.9 + 0.15 * 1.0)


def test_nothing_is_counted_and_reported_at_first() -> None:
    account = TokenAccount()
    assert (account.counted, account.reported, account.tokens) == (0, None, 0)
    account.report({"output_tokens": 0})
    assert (account.reported, account.tokens, account.source) == (0, 0, "provider")


def test_counting_less_than_before_changes_nothing() -> None:
    account = TokenAccount()
    account.count(5)
    account.report({"output_tokens": 7})
    account.count(3)
    assert (account.counted, account.tokens, account.source) == (5, 7, "provider")

from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from rx_stream import StreamConfig, enhance


def test_the_defaults() -> None:
    config = StreamConfig()
    assert (config.buffer, config.token_buffer_threshold) == ("word", 5)
    assert (config.rate_limit, config.burst) == (None, 1)
    assert (config.estimated_tokens, config.progress_interval) == (None, 0.1)


def test_a_mapping_sets_what_it_names() -> None:
    settings = {"buffer": "sentence", "rate_limit": 20, "progress_interval": timedelta(seconds=1)}
    config = StreamConfig.from_mapping(settings)
    assert (config.buffer, config.rate_limit, config.burst) == ("sentence", 20, 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bufer": "word"}, "key must be one of 'buffer', .* not 'bufer'"),
        ({"buffer": "words"}, "buffer must be one of .* not 'words'"),
        ({"token_buffer_threshold": 0}, "token_buffer_threshold must be .* at least 1, not 0"),
        ({"rate_limit": 0}, "rate_limit must be above 0 tokens per second, not 0"),
        ({"burst": True}, "burst must be a whole number .* not True"),
        ({"progress_interval": -1}, "progress_interval must be at least 0 seconds, not -1"),
        ({"estimated_tokens": 1.5}, "estimated_tokens must be a whole number .* not 1.5"),
        ({"language": 3}, "language must be a language tag, not 3"),
        ({"language": "klingon-language"}, "language must be a language tag, not 'klingon-l"),
        ({"encoding": 3}, "encoding must be the name of an encoding, not 3"),
        ({"timeout_first_token": "5"}, "timeout_first_token must be above 0 seconds, not '5'"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings: dict[str, object], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"StreamConfig.*: {message}"):
        StreamConfig.from_mapping(settings)


def test_the_encoding_is_looked_up_where_tokens_are_wanted() -> None:
    for settings in ({"buffer": "token"}, {"rate_limit": 5}):
        config = StreamConfig.from_mapping({**settings, "encoding": "no such"})
        with pytest.raises(ValueError, match=r"^enhance: encoding must be one of .* not 'no such'"):
            enhance(config)
    config = StreamConfig(encoding="no such")
    enhance(config)
    with pytest.raises(ValueError, match=r"^enhance: encoding must be one of .* not 'no such'"):
        enhance(config, on_progress=print)


def test_settings_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(TypeError, match=r"settings must be a mapping, not \['buffer'\]"):
        StreamConfig.from_mapping(["buffer"])  # type: ignore[arg-type]


def test_no_interval_means_only_the_last_report() -> None:
    assert StreamConfig(progress_interval=None).progress_interval is None


def test_a_configuration_is_made_by_names_and_does_not_change() -> None:
    config = StreamConfig()
    with pytest.raises(FrozenInstanceError):
        config.burst = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        StreamConfig("word")  # type: ignore[misc]

"""What an extra installs is loaded, or asked for by the extra's name."""

from __future__ import annotations

import json.decoder

import pytest

from rx_stream.core.extras import load_extra


def test_a_module_that_is_there_is_returned() -> None:
    assert load_extra("someone", "json.decoder", "some") is json.decoder


def test_a_module_that_is_missing_is_asked_for_by_its_extra() -> None:
    said = r'^someone: needs the package nowhere: install "rx_stream\[some\]"$'
    with pytest.raises(ModuleNotFoundError, match=said) as caught:
        load_extra("someone", "nowhere.at_all", "some")
    assert caught.value.name == "nowhere"

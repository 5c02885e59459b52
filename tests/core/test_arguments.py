from __future__ import annotations

import pytest

from rx_stream import throttle_tokens
from rx_stream.core.arguments import number


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 10**400, -(10**400)])
def test_a_number_out_of_range_is_refused_however_large(value: float) -> None:
    with pytest.raises(ValueError, match=r"^here: rate must be above 0 per second, not "):
        number("here: rate", value, unit="per second")


@pytest.mark.parametrize("value", [True, "5", None, 1j])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"^here: rate must be above 0 per second, not "):
        number("here: rate", value, unit="per second")


def test_the_caller_is_named() -> None:
    with pytest.raises(ValueError, match=r"^throttle_tokens: rate must be above 0"):
        throttle_tokens(10**400)

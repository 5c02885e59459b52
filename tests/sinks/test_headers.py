from __future__ import annotations

import pytest

from rx_stream import headers_for


def test_headers_keep_proxies_from_holding_events_back() -> None:
    assert headers_for() == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
    }


def test_the_ui_dialect_has_its_own_header() -> None:
    assert headers_for("ui")["x-vercel-ai-ui-message-stream"] == "v1"


def test_there_is_no_connection_header() -> None:
    assert "connection" not in headers_for("openai")


def test_each_call_gives_a_dict_of_its_own() -> None:
    headers_for()["content-type"] = "changed"
    assert headers_for()["content-type"] != "changed"


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match=r"headers_for: dialect must be one of .*, not 'xml'"):
        headers_for("xml")

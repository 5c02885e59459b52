"""One text in memory, read from anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream.core.logs.text_buffer import TextBuffer


@given(st.lists(st.binary(max_size=9)), st.binary(max_size=9), st.data())
def test_any_stretch_is_the_stretch_of_the_whole(
    pieces: list[bytes], before: bytes, data: st.DataObject
) -> None:
    buffer = TextBuffer(len(before))
    for piece in pieces:
        buffer.append(piece)
    buffer.prepend(before)
    whole = before + b"".join(pieces)
    assert (buffer.base, buffer.end) == (0, len(whole))
    start = data.draw(st.integers(0, len(whole)))
    limit = data.draw(st.integers(0, len(whole)))
    assert buffer.take(start, limit) == whole[start : start + limit]
    end = data.draw(st.integers(0, len(whole)))
    buffer.truncate(end)
    assert buffer.take(0, len(whole)) == whole[:end]


def test_a_buffer_begins_at_its_base() -> None:
    assert (TextBuffer().base, TextBuffer(5).base) == (0, 5)


def test_what_lies_before_the_buffer_cannot_be_taken() -> None:
    buffer = TextBuffer(5)
    with pytest.raises(IndexError):
        buffer.take(4, 1)


def test_a_buffer_that_is_truncated_before_its_base_begins_there() -> None:
    buffer = TextBuffer(5)
    buffer.append(b"abc")
    buffer.truncate(2)
    assert (buffer.base, buffer.end) == (2, 2)

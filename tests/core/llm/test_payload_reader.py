"""How payloads find the decoder of their dialect."""

from __future__ import annotations

import pytest

from rx_stream.core.llm.answer import Answer
from rx_stream.core.llm.names import DIALECT_NAMES
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.payload_reader import PayloadReader

CHATS = ("openai.chat", "openai.completions", "mistral", "litellm")


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_only_what_has_the_choices_of_openai_has_a_short_way(dialect: str) -> None:
    reader = PayloadReader(Answer(Options()), dialect)
    assert (reader.short_way is not None) == (dialect in CHATS)


@pytest.mark.parametrize(("known", "told"), [(None, "anthropic"), ("azure", "azure")])
def test_a_dialect_tells_who_answers_unless_that_is_known(known: str | None, told: str) -> None:
    answer = Answer(Options())
    answer.provider = known
    PayloadReader(answer, "anthropic.messages")
    assert answer.provider == told

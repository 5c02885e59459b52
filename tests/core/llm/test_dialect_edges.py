"""What dialects say rarely."""

from __future__ import annotations

import enum
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from llm_recordings import gather

from rx_stream import LLMStreamError, ServerSentEvent, StreamChunk
from rx_stream.core.llm.access import arguments_text, get, integer, plain, word
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream
from rx_stream.core.llm.usage import normalise_usage
from rx_stream.core.tokens import token_counter


def decode(
    items: list[Any], dialect: str | None = None, **options: Any
) -> tuple[list[StreamChunk], Exception | None]:
    core = LlmStream(dialect, Options(**options))
    out = [chunk for item in items for chunk in core.feed(item)] + core.flush()
    return out, None if core.outcome is True else core.outcome


def whole(items: list[Any], dialect: str | None = None, **options: Any) -> list[StreamChunk]:
    out, error = decode(items, dialect, **options)
    assert error is None
    return out


def chat(delta: Any = None, finish: str | None = None, **more: Any) -> Any:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return {"model": "m", "choices": [choice], **more}


STOP = chat(finish="stop")


# ------------------------------------------------------------------------------ reading objects


class Colour(enum.Enum):
    RED = 1


class Word(enum.StrEnum):
    STOP = "stop"


class Model:
    """A pydantic model, as far as it is looked at."""

    def model_dump(self, *, exclude_none: bool) -> dict[str, object]:
        return {"kept": 1} if exclude_none else {"kept": 1, "empty": None}


def test_a_field_of_nothing_is_nothing() -> None:
    assert get(None, "name") is None
    assert get(MappingProxyType({"name": 1}), "name") == 1
    assert get(SimpleNamespace(name=1), "other") is None


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3), (3.0, 3), (3.5, None), (True, None), ("3", None)]
)
def test_a_whole_number_is_one_also_as_a_float(value: object, number: int | None) -> None:
    assert integer({"n": value}, "n") == number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("stop", "stop"),
        (Word.STOP, "stop"),
        (Colour.RED, None),
        (3, None),
    ],
)
def test_a_word_is_read_also_from_an_enumeration(value: object, expected: str | None) -> None:
    assert word(value) == expected


def test_objects_of_sdks_become_plain_values() -> None:
    value = SimpleNamespace(a=[Colour.RED, Word.STOP], b=Model(), _private=1)
    assert plain(value) == {"a": [1, "stop"], "b": {"kept": 1}}


@pytest.mark.parametrize(
    ("arguments", "expected"), [(None, ""), ('{"a": 1}', '{"a": 1}'), ({"a": "é"}, '{"a": "é"}')]
)
def test_arguments_are_json_text(arguments: object, expected: str) -> None:
    assert arguments_text(arguments) == expected


# ----------------------------------------------------------------------------- where things go


def test_reasoning_may_be_part_of_the_text_or_dropped() -> None:
    items = [chat({"reasoning": "Hm. "}), chat({"content": "4"}), STOP]
    inline = whole(items, reasoning="inline")
    assert [(chunk.content, chunk.metadata["channel"]) for chunk in inline[:-1]] == [
        ("Hm. ", "reasoning"),
        ("4", "answer"),
    ]
    dropped = whole(items, reasoning="drop")
    assert [chunk.content for chunk in dropped] == ["4", ""]
    assert gather(dropped).reasoning == ""


def test_without_a_vocabulary_tokens_stay_unknown_and_the_text_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise LookupError("no vocabulary here")

    monkeypatch.setattr(token_counter, "counter_factory", missing)
    first, last = whole([chat({"content": "four"}), STOP])
    assert (first.content, first.token_count) == ("four", None)
    assert "token_count_source" not in first.metadata
    assert last.is_complete


@pytest.mark.parametrize("usage", ["many", {}, [], 3])
def test_a_report_of_usage_that_is_none_is_left_out(usage: object) -> None:
    last = whole([chat({"content": "a"}, usage=usage), STOP])[-1]
    assert last.metadata["usage"] is None
    assert last.metadata["usage_raw"] is None


def test_a_provider_that_counts_reasoning_apart_is_understood() -> None:
    xai = {
        "prompt_tokens": 5,
        "completion_tokens": 10,
        "total_tokens": 22,
        "completion_tokens_details": {"reasoning_tokens": 7},
    }
    usage = normalise_usage(xai)
    assert usage is not None
    assert (usage["output_tokens"], usage["reasoning_tokens"]) == (17, 7)


def test_reasoning_is_never_more_than_the_output() -> None:
    raw = {"completion_tokens": 10, "completion_tokens_details": {"reasoning_tokens": 11}}
    usage = normalise_usage(raw)
    assert usage is not None
    assert (usage["output_tokens"], usage["reasoning_tokens"]) == (10, 10)


# ------------------------------------------------------------------------------------ dialects


def test_mistrals_thinking_may_be_one_string() -> None:
    part = {"type": "thinking", "thinking": "Hm."}
    assert gather(whole([chat({"content": [part]}), STOP])).reasoning == "Hm."


def test_named_events_of_a_chat_are_read_the_long_way() -> None:
    body = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    named = b'event: message.delta\ndata: {"choices":[{"index":0,"delta":{"content":"b"}}]}\n\n'
    out, _ = decode([body + body + named + body + b"data: [DONE]\n\n"])
    assert "".join(chunk.content for chunk in out) == "aaba"


def test_an_event_that_another_reader_of_sse_has_read_is_one() -> None:
    events = [
        SimpleNamespace(event="message", data='{"choices":[{"delta":{"content":"a"}}]}'),
        SimpleNamespace(event=None, data="[DONE]"),
    ]
    assert gather(whole(events)).content == "a"


def test_a_body_whose_last_event_has_no_blank_line_behind_it_is_whole() -> None:
    body = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]'
    assert gather(whole([body])).content == "a"
    assert whole([body])[-1].is_complete


def test_bytes_of_plain_text_are_read_as_utf8_to_the_last_byte() -> None:
    out = whole([b"caf\xc3", b"\xa9 \xe2\x82"], "text")
    assert "".join(chunk.content for chunk in out) == "café \ufffd"


def test_what_is_no_string_is_no_plain_text() -> None:
    assert gather(whole(["a", {"b": 1}, "c"], "text")).content == "ac"


def test_a_source_that_fails_after_the_end_changes_nothing() -> None:
    core = LlmStream()
    out = [*core.feed(chat({"content": "a"})), *core.feed(ServerSentEvent("[DONE]"))]
    assert out[-1].is_complete
    assert core.fail(OSError("reset")) == []
    assert core.outcome is True


def test_anthropic_says_why_it_refused() -> None:
    items = [
        {"type": "message_start", "message": {"model": "m", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "redacted_thinking"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "I"}},
        {
            "type": "message_delta",
            "delta": {
                "stop_reason": "refusal",
                "stop_details": {"category": "bio", "explanation": "It is dangerous."},
            },
        },
        {"type": "message_stop"},
    ]
    out = whole(items)
    result = gather(out)
    assert (result.content, result.refusal) == ("I", "It is dangerous.")
    assert result.finish_reason == "content_filter"
    assert out[-1].metadata["stop_details"]["category"] == "bio"


def test_an_end_of_anthropics_with_details_but_no_refusal_has_no_refusal() -> None:
    delta = {"stop_reason": "end_turn", "stop_details": {"category": "none"}}
    items = [
        {"type": "message_start", "message": {"model": "m"}},
        {"type": "message_delta", "delta": delta},
        {"type": "message_stop"},
    ]
    assert gather(whole(items)).refusal == ""


def cohere(kind: str, **message: Any) -> Any:
    return {"type": kind, "index": 0, "delta": {"message": message}}


def test_coheres_calls_come_in_pieces() -> None:
    items = [
        {"type": "message-start", "id": "x", "delta": {"message": {"role": "assistant"}}},
        cohere("tool-call-start", tool_calls={"id": "t", "function": {"name": "f"}}),
        cohere("tool-call-delta", tool_calls={"function": {"arguments": '{"a":'}}),
        cohere("tool-call-delta", tool_calls={"function": {"arguments": "1}"}}),
        {"type": "tool-call-end", "index": 0},
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}},
    ]
    result = gather(whole(items))
    assert result.tool_calls == [{"id": "t", "name": "f", "arguments": '{"a":1}'}]
    assert result.finish_reason == "tool_calls"


@pytest.mark.parametrize("kind", ["citation-start", "content-end", "debug", "zeta"])
def test_an_event_of_coheres_of_another_kind_says_nothing(kind: str) -> None:
    items = [
        cohere("content-delta", content={"text": "a"}),
        cohere(kind, content={"text": "x"}, tool_plan="x", tool_calls={"id": "x"}),
        cohere("content-delta", content={"text": "b"}),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    ]
    assert [chunk.content for chunk in whole(items)] == ["a", "b", ""]


def test_an_error_at_coheres_end_is_one_after_the_text() -> None:
    items = [
        cohere("content-delta", content={"text": "half"}),
        {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "overloaded"}},
    ]
    out, error = decode(items)
    assert [chunk.content for chunk in out] == ["half"]
    assert isinstance(error, LLMStreamError)
    assert "overloaded" in str(error)


def test_gemini_with_lists_in_its_usage_and_an_unspecified_reason() -> None:
    part = {"content": {"parts": [{"text": "a"}]}, "finish_reason": "FINISH_REASON_UNSPECIFIED"}
    usage = {
        "prompt_token_count": 3,
        "candidates_token_count": 1,
        "prompt_tokens_details": [{"modality": "TEXT", "token_count": 3}],
    }
    last = {"content": {"parts": []}, "finish_reason": "STOP"}
    out = whole([{"candidates": [part], "usage_metadata": usage}, {"candidates": [last]}])
    assert out[-1].metadata["usage_raw"]["promptTokensDetails"] == [
        {"modality": "TEXT", "tokenCount": 3}
    ]
    assert out[-1].finish_reason == "stop"


def message(content: Any, **fields: Any) -> Any:
    usual = {"type": "AIMessageChunk", "additional_kwargs": {}, "response_metadata": {}}
    return SimpleNamespace(**{**usual, "content": content, **fields})


END = message("", response_metadata={"finish_reason": "stop"}, chunk_position="last")


def test_langchains_content_may_be_a_list_of_all_kinds() -> None:
    blocks = [
        "a",
        {"type": "reasoning", "summary": [{"text": "Hm."}]},
        {"type": "image", "url": "x"},
        {"type": "text_delta", "text": "b"},
    ]
    result = gather(whole([message(blocks), END]))
    assert (result.content, result.reasoning) == ("ab", "Hm.")


def test_langchains_end_event_ends_the_answer_and_names_the_provider() -> None:
    told = {"finish_reason": "stop", "model_name": "m", "model_provider": "openai"}
    output = message("a", response_metadata=told)
    items = [
        {"event": "on_chat_model_stream", "data": {"chunk": message("a")}},
        {"event": "on_chat_model_end", "data": {"output": output}},
    ]
    out = whole(items)
    assert gather(out).content == "a"
    assert (out[-1].metadata["model"], out[-1].metadata["provider"]) == ("m", "openai")


def test_langchains_completions_are_text() -> None:
    items = [
        {"event": "on_llm_stream", "data": {"chunk": SimpleNamespace(text="a", content=None)}},
        {"event": "on_llm_stream", "data": {"chunk": "b"}},
        {"event": "on_llm_end", "data": {"output": {"generation_info": {"finish_reason": "stop"}}}},
    ]
    assert gather(whole(items)).content == "ab"


def test_usage_of_langchains_that_is_no_record_is_left_out() -> None:
    out = whole([message("a", usage_metadata=3), END])
    assert out[-1].metadata["usage"] is None


def test_llama_index_with_a_provider_that_nobody_knows_gives_its_text() -> None:
    items = [
        SimpleNamespace(delta="a", raw={"unknown": 1}, additional_kwargs={}),
        SimpleNamespace(delta="b", raw=None, additional_kwargs={}),
    ]
    assert gather(whole(items)).content == "ab"


def response(kind: str, **fields: Any) -> Any:
    return {"type": f"response.{kind}", "output_index": 0, **fields}


def test_a_response_with_kinds_of_items_and_deltas_that_are_no_answer() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}
    items = [
        response("created", response={"model": "m"}),
        response("in_progress", response={"model": "m"}),
        {"output_index": 0},
        response("output_item.added", item={"type": "message"}),
        response("output_text.delta", delta=""),
        response("output_text.delta", delta="a"),
        response("audio.delta", delta="UklGRg=="),
        response("audio.done", text="x", refusal="x"),
        response("zeta.delta", delta="x"),
        response("zeta.done", text="x", refusal="x"),
        response("output_item.done", item={"type": "message"}),
        response("output_item.done", output_index=1, item=call),
        response("completed", response={"model": "m", "status": "completed"}),
    ]
    result = gather(whole(items))
    assert result.content == "a"
    assert result.tool_calls == [{"id": "c", "name": "f", "arguments": ""}]
    assert result.refusal == ""
    assert result.metadata["model"] == "m"


@pytest.mark.parametrize("verbs", [["delta"], ["done"], ["delta", "done"]])
def test_a_response_refuses_once_in_pieces_or_as_a_whole(verbs: list[str]) -> None:
    fields = {"delta": {"delta": "No."}, "done": {"refusal": "No."}}
    items = [response(f"refusal.{verb}", **fields[verb]) for verb in verbs]
    assert gather(whole([*items, response("completed", response={})])).refusal == "No."


def test_a_response_tells_tokens_by_its_logarithms_where_there_are_some() -> None:
    items = [
        response("output_text.delta", delta="ab", logprobs=[{"token": "a"}, {"token": "b"}]),
        response("output_text.delta", delta="c", logprobs=[]),
        response("completed", response={}),
    ]
    first, second, _ = whole(items, token_counts="reported")
    assert (first.token_count, first.metadata.get("token_count_source")) == (2, "logprobs")
    assert (second.token_count, second.metadata.get("token_count_source")) == (None, None)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ({}, "completed"),
        ({"status": "done"}, "done"),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, "max_output_tokens"),
    ],
)
def test_a_response_ends_for_its_reason_its_status_or_by_its_event(end: Any, reason: str) -> None:
    out = whole([response("output_text.delta", delta="a"), response("completed", response=end)])
    assert out[-1].metadata["finish_reason_raw"] == reason


@pytest.mark.parametrize(
    ("kind", "end", "message"),
    [
        ("failed", {}, "the response ended as failed"),
        ("failed", {"error": {"message": "no"}}, "no"),
        ("cancelled", {}, "the response ended as cancelled"),
        ("completed", {"status": "cancelled"}, "the response ended as cancelled"),
        ("completed", {"status": "failed"}, "the response ended as failed"),
        ("failed", {"status": "completed"}, "the response ended as failed"),
    ],
)
def test_a_response_that_failed_or_was_cancelled_is_no_whole_one(
    kind: str, end: Any, message: str
) -> None:
    core = LlmStream()
    items = [response("output_text.delta", delta="a"), response(kind, response=end)]
    out = [chunk for item in items for chunk in core.feed(item)] + core.flush()
    assert "".join(chunk.content for chunk in out) == "a"
    assert isinstance(core.outcome, LLMStreamError)
    assert message in str(core.outcome)


def test_calls_of_a_response_are_told_apart_by_where_they_are_in_it() -> None:
    def call(at: int, kind: str, **fields: Any) -> Any:
        return response(kind, output_index=at, **fields)

    item = {"type": "function_call", "name": "f"}
    items = [
        call(0, "output_item.added", item={**item, "call_id": "a"}),
        call(1, "output_item.added", item={**item, "call_id": "b"}),
        call(1, "function_call_arguments.delta", delta="[1"),
        call(0, "function_call_arguments.delta", delta="{"),
        call(1, "function_call_arguments.delta", delta="]"),
        call(0, "function_call_arguments.delta", delta="}"),
        call(2, "output_item.done", item={**item, "call_id": "c", "arguments": "{}"}),
        response("completed", response={}),
    ]
    assert gather(whole(items)).tool_calls == [
        {"id": "a", "name": "f", "arguments": "{}"},
        {"id": "b", "name": "f", "arguments": "[1]"},
        {"id": "c", "name": "f", "arguments": "{}"},
    ]


def test_a_half_of_a_character_that_comes_alone_waits_for_the_other() -> None:
    out = whole([chat({"content": "\ud83d"}), chat({"content": "\ude42!"}), STOP])
    assert [chunk.content for chunk in out] == ["🙂!", ""]


def test_anthropics_thinking_is_reasoning_from_its_first_word() -> None:
    block = {"type": "thinking", "thinking": "Hm"}
    delta = {"type": "thinking_delta", "thinking": "."}
    items = [
        {"type": "message_start", "message": {"model": "m"}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]
    assert gather(whole(items)).reasoning == "Hm."


def test_reasoning_and_empty_pieces_of_a_body_come_the_short_way() -> None:
    def event(delta: str) -> bytes:
        return b'data: {"model":"m","choices":[{"index":0,"delta":{%s}}]}\n\n' % delta.encode()

    body = [
        event('"content":"a"'),
        event('"reasoning":"Hm."'),
        event('"content":null'),
        event('"content":"b"'),
    ]
    result = gather(whole([*body, b"data: [DONE]\n\n"]))
    assert (result.content, result.reasoning) == ("ab", "Hm.")


def test_a_count_that_begins_anew_is_the_next_pieces_own() -> None:
    def piece(text: str, counted: int) -> Any:
        content = {"parts": [{"text": text}]}
        usage = {"promptTokenCount": 3, "candidatesTokenCount": counted}
        return {"candidates": [{"content": content}], "usageMetadata": usage}

    end = {"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}]}
    out = whole([piece("a", 5), piece("b", 7), piece("c", 2), end], token_counts="provider")
    assert [chunk.token_count for chunk in out[:3]] == [5, 2, 2]


def test_reasoning_within_the_output_stays_as_reported() -> None:
    raw = {"completion_tokens": 10, "completion_tokens_details": {"reasoning_tokens": 4}}
    usage = normalise_usage(raw)
    assert usage is not None
    assert (usage["output_tokens"], usage["reasoning_tokens"]) == (10, 4)

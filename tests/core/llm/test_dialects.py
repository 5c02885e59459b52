"""What each dialect can say, as dicts and as objects, beyond what was recorded."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from llm_recordings import gather

from rx_stream import LLMStreamError, RxStreamError, StreamChunk, StreamTruncatedError
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.stream import LlmStream, dialect_name


def as_object(value: Any) -> Any:
    """Return what an SDK would make of a payload."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_object(field) for name, field in value.items()})
    if isinstance(value, list):
        return [as_object(item) for item in value]
    return value


def decode(
    items: Iterable[object], dialect: str | None = None, **options: Any
) -> tuple[list[StreamChunk], Exception | None]:
    core = LlmStream(dialect_name(dialect), Options(**options))
    out = [chunk for item in items for chunk in core.feed(item)]
    out += core.flush()
    assert core.outcome is not None
    assert core.feed("more") == core.flush() == []
    return out, None if core.outcome is True else core.outcome


def whole(items: Iterable[object], **options: Any) -> list[StreamChunk]:
    out, error = decode(items, **options)
    assert error is None
    assert [chunk.is_complete for chunk in out] == [False] * (len(out) - 1) + [True]
    return out


@pytest.fixture(params=[lambda items: items, as_object], ids=["dicts", "objects"])
def form(request: pytest.FixtureRequest) -> Any:
    return request.param


def chat(delta: Any = None, finish: str | None = None, index: int = 0, **more: Any) -> Any:
    choice = {"index": index, "delta": delta or {}, "finish_reason": finish}
    return {"model": "m", "choices": [choice], **more}


STOP = chat(finish="stop")


# ---------------------------------------------------------------------------- chat completions


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_read_from_either_field(form: Any, field: str) -> None:
    out = whole(form([chat({field: "Hm. "}), chat({field: "Yes."}), chat({"content": "4"}), STOP]))
    result = gather(out)
    assert (result.reasoning, result.content) == ("Hm. Yes.", "4")
    assert out[0].content == ""
    assert out[0].metadata["channel"] == "reasoning"


def test_reasoning_details_are_read_only_where_the_plain_field_is_empty(form: Any) -> None:
    detail = [
        {"type": "reasoning.text", "text": "Hm."},
        {"type": "reasoning.encrypted", "data": "xyz", "text": "secret"},
    ]
    both = chat({"reasoning": "Hm.", "reasoning_details": detail})
    alone = chat({"content": "", "reasoning": None, "reasoning_details": detail})
    for item in (both, alone):
        assert gather(whole(form([item, STOP]))).reasoning == "Hm."


def test_mistrals_typed_parts_are_told_apart(form: Any) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    out = whole(form([chat({"content": [thinking, {"type": "text", "text": "4"}]}), STOP]))
    result = gather(out)
    assert (result.reasoning, result.content) == ("Hm.", "4")


def test_mistrals_sdk_and_openais_helper_wrap_the_chunk() -> None:
    for wrapper in ("data", "chunk"):
        items = [
            SimpleNamespace(type="x", **{wrapper: as_object(p)})
            for p in (chat({"content": "a"}), STOP)
        ]
        assert gather(whole([*items, SimpleNamespace(type="derived")])).content == "a"


def test_a_refusal_is_no_text(form: Any) -> None:
    result = gather(whole(form([chat({"refusal": "I can't."}), chat(finish="content_filter")])))
    assert (result.content, result.refusal) == ("", "I can't.")
    assert result.finish_reason == "content_filter"


def call(
    index: int | None = None, id: str | None = None, name: str | None = None, args: str = ""
) -> Any:
    known = {"index": index, "id": id, "function": {"name": name, "arguments": args}}
    return {key: value for key, value in known.items() if value is not None}


@pytest.mark.parametrize(
    "deltas",
    [
        [[call(0, "a", "f", "{"), call(1, "b", "g", "[")], [call(1, args="]"), call(0, args="}")]],
        [[call(0, "a", "f", "{"), call(0, args="}")], [call(1, "b", "g", "[]")]],
        [
            [call(None, "a", "f", "{"), call(None, "b", "g", "[")],
            [call(None, "a", args="}"), call(None, "b", args="]")],
        ],
        [[call(None, "a", "f", "{"), call(None, "b", "g", "[")], [call(args="}"), call(args="]")]],
        [[call(0, "a", "f", "{}")], [call(0, "b", "g", "[]")]],
        [[call(0, "a", "f", "")], [call(0, "null", "", "{}")], [call(1, "b", "g", "[]")]],
    ],
    ids=["index", "one index twice", "id", "position", "index reused", "null id"],
)
def test_pieces_of_tool_calls_find_their_call(form: Any, deltas: Any) -> None:
    items = [chat({"tool_calls": calls}) for calls in deltas]
    result = gather(whole(form([*items, chat(finish="tool_calls")])))
    assert result.tool_calls == [
        {"id": "a", "name": "f", "arguments": "{}"},
        {"id": "b", "name": "g", "arguments": "[]"},
    ]
    assert result.finish_reason == "tool_calls"


def test_a_tool_call_tells_its_id_and_name_once(form: Any) -> None:
    items = [chat({"tool_calls": [call(0, "a", "f", piece)]}) for piece in ("{", "}")]
    out = whole(form([*items, STOP]))
    assert [chunk.metadata.get("tool_calls") for chunk in out[:2]] == [
        [{"index": 0, "id": "a", "name": "f", "arguments_delta": "{"}],
        [{"index": 0, "id": None, "name": None, "arguments_delta": "}"}],
    ]


def test_the_old_function_call_is_a_tool_call(form: Any) -> None:
    pieces = [{"name": "f", "arguments": "{"}, {"arguments": "}"}]
    items = [chat({"function_call": piece}) for piece in pieces]
    result = gather(whole(form([*items, chat(finish="function_call")])))
    assert result.tool_calls == [{"id": None, "name": "f", "arguments": "{}"}]
    assert result.finish_reason == "tool_calls"


def test_choices_go_by_their_index_and_the_first_is_the_default(form: Any) -> None:
    items = [
        chat({"content": "b"}, index=1),
        chat({"content": "a"}),
        chat(finish="length", index=1),
        STOP,
    ]
    assert gather(whole(form(items))).content == "a"
    every = whole(form(items), choices="all")
    assert [(c.metadata["choice"], c.content) for c in every[:2]] == [(1, "b"), (0, "a")]
    ends = [(c.metadata["choice"], c.finish_reason) for c in every[2:]]
    assert ends == [(0, "stop"), (1, "length"), (0, "stop")]


def test_an_unfinished_choice_of_several_is_cut_off(form: Any) -> None:
    items = [chat({"content": "a"}), chat({"content": "b"}, index=1), STOP]
    whole(form(items))
    _, error = decode(form(items), choices="all")
    assert isinstance(error, StreamTruncatedError)


def test_the_last_reason_wins_and_usage_after_it_is_kept(form: Any) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    items = [chat({"content": "a"}, "stop"), chat(finish="length"), {"choices": [], "usage": usage}]
    end = whole(form(items))[-1]
    assert end.finish_reason == "length"
    assert end.metadata["usage_raw"] == usage
    assert end.metadata["usage"] == {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4}


def test_halves_of_a_surrogate_pair_are_joined_across_chunks() -> None:
    body = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    texts = [b"A", b"B\\ud83d", b"\\udc4bC", b"D\\ud83d"]
    out, _ = decode([body % text for text in texts] + [b"data: [DONE]\n\n"])
    assert [chunk.content for chunk in out] == ["A", "B", "👋C", "D", "\ud83d", ""]


def test_bytes_that_are_not_utf8_are_replaced_not_lost() -> None:
    body = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    out, error = decode([body % b"a", body % b"b\xffc", b"data: [DONE]\n\n"])
    assert "".join(chunk.content for chunk in out) == "ab\ufffdc"
    assert error is None


# ---------------------------------------------------------------------------- tokens


def test_token_ids_and_log_probabilities_tell_the_tokens(form: Any) -> None:
    by_ids = chat({"content": "abc"})
    by_ids["choices"][0]["token_ids"] = [5, 6]
    by_logs = chat({"content": "def"})
    by_logs["choices"][0]["logprobs"] = {
        "content": [{"token": "d"}, {"token": "e"}, {"token": "f"}]
    }
    out = whole(form([by_ids, by_logs, chat({"content": "g"}), STOP]))
    told = [(c.token_count, c.metadata.get("token_count_source")) for c in out]
    assert told == [(2, "token_ids"), (3, "logprobs"), (1, "o200k_base"), (None, None)]


def test_cumulative_usage_tells_the_tokens_by_its_differences(form: Any) -> None:
    def used(output: int) -> Any:
        return {"prompt_tokens": 9, "completion_tokens": output, "total_tokens": 9 + output}

    items = [chat({"content": t}, usage=used(n)) for t, n in (("a", 1), ("bcd", 4), ("e", 5))]
    out = whole(form([*items, {**STOP, "usage": used(5)}]))
    assert [c.token_count for c in out] == [1, 3, 1, None]
    assert {c.metadata["token_count_source"] for c in out[:3]} == {"usage"}
    assert out[-1].metadata["usage_raw"] == used(5)


def test_usage_that_comes_only_at_the_end_is_not_the_last_pieces(form: Any) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 50, "total_tokens": 59}
    out = whole(form([chat({"content": "a"}), chat({"content": "b"}, "stop", usage=usage)]))
    assert [c.token_count for c in out] == [1, 0, None]  # "ab" is one token.


def test_only_the_providers_own_counts_are_given_where_that_is_wanted(form: Any) -> None:
    out = whole(form([chat({"content": "a"}), STOP]), token_counts="provider")
    assert out[0].token_count is None
    assert "token_count_source" not in out[0].metadata


# ---------------------------------------------------------------------------- responses


def event(kind: str, **fields: Any) -> Any:
    return {"type": f"response.{kind}", **fields}


DONE = event("completed", response={"status": "completed", "usage": None})


def test_text_of_a_response_that_came_without_deltas_is_read_from_its_end(form: Any) -> None:
    place = {"output_index": 0, "content_index": 0}
    items = [
        event("output_text.delta", delta="a", **place),
        event("output_text.done", text="a", **place),
        event("output_text.done", text="b", output_index=1, content_index=0),
        event("refusal.done", refusal="no", output_index=2, content_index=0),
        DONE,
    ]
    result = gather(whole(form(items)))
    assert (result.content, result.refusal) == ("ab", "no")


def test_calls_of_a_response_come_in_pieces_or_whole(form: Any) -> None:
    item = {"type": "function_call", "call_id": "a", "name": "f"}
    items = [
        event("output_item.added", output_index=0, item=item),
        event("function_call_arguments.delta", output_index=0, delta="{"),
        event("function_call_arguments.delta", output_index=0, delta="}"),
        event("function_call_arguments.done", output_index=0, arguments="{}"),
        event("output_item.done", output_index=0, item={**item, "arguments": "{}"}),
        event("output_item.done", output_index=1, item={**item, "call_id": "b", "arguments": "[]"}),
        DONE,
    ]
    assert gather(whole(form(items))).tool_calls == [
        {"id": "a", "name": "f", "arguments": "{}"},
        {"id": "b", "name": "f", "arguments": "[]"},
    ]


def test_an_incomplete_response_says_why(form: Any) -> None:
    why = {"reason": "max_output_tokens"}
    last = event("incomplete", response={"status": "incomplete", "incomplete_details": why})
    end = whole(form([event("output_text.delta", delta="a"), last]))[-1]
    assert end.finish_reason == "length"
    assert end.metadata["finish_reason_raw"] == "max_output_tokens"


def test_both_kinds_of_reasoning_stay_out_of_the_answer(form: Any) -> None:
    items = [
        event("reasoning_summary_text.delta", delta="Hm. "),
        event("reasoning_text.delta", delta="So."),
        event("output_text.delta", delta="4"),
        DONE,
    ]
    result = gather(whole(form(items)))
    assert (result.reasoning, result.content) == ("Hm. So.", "4")


# ---------------------------------------------------------------------------- others


def test_anthropic_gives_tools_their_input_also_where_it_comes_whole(form: Any) -> None:
    def block(index: int, name: str, given: Any) -> list[Any]:
        use = {"type": "tool_use", "id": f"t{index}", "name": name, "input": given}
        return [{"type": "content_block_start", "index": index, "content_block": use}]

    def piece(index: int, text: str) -> Any:
        delta = {"type": "input_json_delta", "partial_json": text}
        return {"type": "content_block_delta", "index": index, "delta": delta}

    stops = [{"type": "content_block_stop", "index": index} for index in (0, 1)]
    items = [
        {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 3}}},
        *block(0, "f", {}), piece(0, ""), piece(0, '{"a"'), piece(0, ": 1}"), stops[0],
        *block(1, "g", {"b": "é"}), stops[1],
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"},
         "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]  # fmt: skip
    result = gather(whole(form(items)))
    assert result.tool_calls == [
        {"id": "t0", "name": "f", "arguments": '{"a": 1}'},
        {"id": "t1", "name": "g", "arguments": '{"b": "é"}'},
    ]
    assert result.usage == {"input_tokens": 3, "output_tokens": 7, "total_tokens": 10}


@pytest.mark.parametrize(
    ("feedback", "refusal"),
    [
        ({"blockReason": "OTHER"}, "OTHER"),
        ({"blockReason": "SAFETY"}, "SAFETY"),
        ({"blockReason": "SAFETY", "blockReasonMessage": "Not this."}, "Not this."),
    ],
)
def test_gemini_says_why_a_prompt_was_blocked(form: Any, feedback: Any, refusal: str) -> None:
    chunk = {"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 4}}
    out = whole(form([chunk]))
    assert gather(out).refusal == refusal
    assert out[-1].finish_reason == "content_filter"
    assert out[-1].metadata["finish_reason_raw"] == feedback["blockReason"]


@pytest.mark.parametrize("feedback", [{}, {"blockReason": "BLOCKED_REASON_UNSPECIFIED"}])
def test_feedback_of_gemini_that_blocks_nothing_changes_nothing(form: Any, feedback: Any) -> None:
    candidate = {"content": {"parts": [{"text": "4"}]}, "finishReason": "STOP"}
    out = whole(form([{"candidates": [candidate], "promptFeedback": feedback}]))
    assert gather(out).refusal == ""
    assert out[-1].finish_reason == "stop"


class Reason(enum.Enum):
    STOP = "STOP"


def test_gemini_is_read_by_the_names_of_its_sdk_too() -> None:
    part = {"text": None, "function_call": {"name": "f", "args": {"a": 1}, "id": None}}
    thought = {"text": "Hm.", "thought": True}
    candidate = {"content": {"parts": [thought, {"text": "4"}, part]}, "finish_reason": Reason.STOP}
    usage = {"prompt_token_count": 3, "candidates_token_count": 2, "thoughts_token_count": 5}
    item = {"candidates": [candidate], "usage_metadata": usage, "model_version": "g"}
    result = gather(whole([as_object(item)]))
    assert (result.reasoning, result.content, result.finish_reason) == ("Hm.", "4", "stop")
    assert result.tool_calls == [{"id": None, "name": "f", "arguments": '{"a": 1}'}]
    assert result.usage == {
        "input_tokens": 3,
        "output_tokens": 7,
        "total_tokens": 10,
        "reasoning_tokens": 5,
    }
    assert result.metadata["model"] == "g"


def test_ollama_chat_gives_whole_calls(form: Any) -> None:
    function = {"name": "f", "arguments": {"city": "Zürich"}}
    message = {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}
    items = [
        {
            "model": "m",
            "message": {"role": "assistant", "content": "Hi", "thinking": "Hm."},
            "done": False,
        },
        {"model": "m", "message": message, "done": False},
        {
            "model": "m",
            "message": {"content": ""},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 3,
            "eval_count": 2,
        },
    ]
    result = gather(whole(items))
    assert (result.content, result.reasoning) == ("Hi", "Hm.")
    assert result.usage == {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
    (told,) = result.tool_calls
    assert json.loads(told["arguments"]) == function["arguments"]


def test_cohere_keeps_a_tool_plan_out_of_the_answer(form: Any) -> None:
    def said(kind: str, **content: Any) -> Any:
        return {"type": kind, "delta": {"message": content}}

    items = [
        said("tool-plan-delta", tool_plan="I will look."),
        said("content-delta", content={"thinking": "Hm."}),
        said("content-delta", content={"text": "4"}),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    ]
    out = whole(form(items))
    assert out[0].metadata["tool_plan"] == "I will look."
    result = gather(out)
    assert (result.reasoning, result.content, result.finish_reason) == ("Hm.", "4", "stop")


def message(content: Any, **fields: Any) -> Any:
    usual = {"type": "AIMessageChunk", "additional_kwargs": {}, "response_metadata": {}}
    return SimpleNamespace(**{**usual, "content": content, **fields})


LANGCHAIN = [
    message([{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "a"}]),
    message("b", tool_call_chunks=[{"index": 0, "id": "t", "name": "f", "args": "{}"}]),
    message("", usage_metadata={"input_tokens": 5, "output_tokens": 1, "total_tokens": 6}),
    message(
        "",
        usage_metadata={"input_tokens": 0, "output_tokens": 3, "total_tokens": 3},
        response_metadata={"finish_reason": "stop", "model_name": "m"},
        chunk_position="last",
    ),
]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: item,
        lambda item: (item, {"langgraph_node": "agent"}),
        lambda item: ("messages", (item, {})),
        lambda item: (("graph:1",), "messages", (item, {})),
        lambda item: {"event": "on_chat_model_stream", "data": {"chunk": item}},
    ],
    ids=[
        "astream",
        "LangGraph",
        "LangGraph with modes",
        "LangGraph with subgraphs",
        "astream_events",
    ],
)
def test_langchain_in_each_of_its_ways(wrap: Any) -> None:
    other = message("from a tool", type="tool")
    result = gather(whole([*map(wrap, [*LANGCHAIN[:2], other, *LANGCHAIN[2:]])]))
    assert (result.content, result.reasoning, result.finish_reason) == ("ab", "Hm.", "stop")
    assert result.tool_calls == [{"id": "t", "name": "f", "arguments": "{}"}]
    assert result.usage == {"input_tokens": 5, "output_tokens": 4, "total_tokens": 9}
    assert result.metadata["model"] == "m"


def test_a_graph_that_asks_twice_has_to_end_twice() -> None:
    twice = [*LANGCHAIN, message("c"), LANGCHAIN[-1]]
    assert gather(whole(twice)).content == "abc"
    _, error = decode(twice[:-1])
    assert isinstance(error, StreamTruncatedError)


def test_langchain_with_its_fake_model(need_module: Any) -> None:
    models = need_module("langchain_core.language_models.fake_chat_models")
    messages = need_module("langchain_core.messages")
    model = models.GenericFakeChatModel(messages=iter([messages.AIMessage("Hello there, friend")]))
    assert gather(whole(model.stream("x"))).content == "Hello there, friend"


def test_llama_index_gives_text_and_its_provider_the_rest() -> None:
    def item(delta: str | None, raw: Any) -> Any:
        return SimpleNamespace(delta=delta, raw=raw, message=None, additional_kwargs={})

    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    items = [
        item("a", chat({"content": "a"})),
        item("b", as_object(chat({"content": "b"}))),
        item("", chat({"tool_calls": [call(0, "t", "f", "{}")]}, "tool_calls", usage=usage)),
    ]
    result = gather(whole(items))
    assert (result.content, result.finish_reason) == ("ab", "tool_calls")
    assert result.tool_calls == [{"id": "t", "name": "f", "arguments": "{}"}]
    assert result.usage is not None
    assert gather(whole([item("a", None), item("b", None)])).content == "ab"


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("payload", "message", "kind", "code"),
    [
        (
            {"error": {"message": "Busy", "type": "overloaded", "code": 529}},
            "Busy",
            "overloaded",
            "529",
        ),
        (
            {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}},
            "Busy",
            "overloaded_error",
            None,
        ),
        (
            {"type": "error", "code": "server_error", "message": "Busy"},
            "Busy",
            "error",
            "server_error",
        ),
        ({"error": "model not found"}, "model not found", None, None),
        (
            {"error": {"code": 429, "message": "Slow", "status": "RESOURCE_EXHAUSTED"}},
            "Slow",
            "RESOURCE_EXHAUSTED",
            "429",
        ),
        (
            {"object": "error", "message": "Bad", "type": "BadRequestError", "code": 400},
            "Bad",
            "BadRequestError",
            "400",
        ),
        (event("failed", response={"error": {"code": "x", "message": "Bad"}}), "Bad", None, "x"),
        (
            {**chat({"content": "!"}), "error": {"code": 400, "message": "Limit"}},
            "Limit",
            None,
            "400",
        ),
    ],
)
def test_an_error_in_the_data_comes_once_after_all_text(
    payload: Any, message: str, kind: str | None, code: str | None
) -> None:
    begun = (
        event("output_text.delta", delta="Hi") if "response" in payload else chat({"content": "Hi"})
    )
    out, error = decode([begun, payload, STOP])
    assert isinstance(error, LLMStreamError)
    assert (error.message, error.kind, error.code) == (message, kind, code)
    assert not any(chunk.is_complete for chunk in out)
    text = "Hi!" if "choices" in payload else "Hi"
    assert gather(out).content == text
    assert error.result is not None
    assert error.result.content == text
    assert (error.result.state, error.result.finish_reason) == ("error", "error")


def test_an_error_beats_a_reason_seen_before_it() -> None:
    _, error = decode([chat({"content": "a"}, "length"), {"error": {"message": "no"}}])
    assert isinstance(error, LLMStreamError)
    assert error.result is not None
    assert error.result.finish_reason == "length"


def test_an_event_named_error_is_one_whatever_it_holds() -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\nevent: error\ndata: %s\n\n'
    for data in (b'{"message": "gone"}', b"gone"):
        out, error = decode([body % data])
        assert isinstance(error, LLMStreamError)
        assert error.message == "gone"
        assert gather(out).content == "a"


def test_an_event_that_is_not_json_is_an_error_after_the_text() -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {oops\n\n'
    out, error = decode([body])
    assert type(error) is RxStreamError
    assert "{oops" in str(error)
    assert gather(out).content == "a"


def test_an_end_mark_without_a_reason_completes() -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'
    end = decode([body])[0][-1]
    assert (end.is_complete, end.finish_reason, end.metadata["end_marker"]) == (True, None, True)


def test_what_comes_after_the_end_mark_is_not_read() -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'
    out, error = decode([body + b"data: oops\n\n"])
    assert error is None
    assert gather(out).content == "a"


def test_pings_comments_and_unknown_events_never_become_text() -> None:
    items = [
        {"type": "ping"},
        {"type": "message_start", "message": {}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
        {"type": "something_new", "text": "no"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "new_delta", "text": "no"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]
    assert gather(whole(items)).content == "a"

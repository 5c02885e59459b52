"""The exact bytes of each dialect, and that each translates into each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rx_stream import from_llm
from rx_stream.core.sse.dialects import DIALECTS
from rx_stream.core.sse.sse_decoder import SseDecoder
from rx_stream.core.sse.sse_options import sse_options
from rx_stream.core.tool_calls import ToolCalls, call_deltas
from rx_stream.types import ServerSentEvent, StreamChunk, StreamProgress

USAGE = {
    "input_tokens": 9,
    "output_tokens": 5,
    "total_tokens": 14,
    "reasoning_tokens": 2,
    "cached_input_tokens": 4,
}


def frames_of(items: list[object], dialect: str, **options: object) -> list[str]:
    usual = {"event": None, "ids": None, "retry": None, "done": True, "on_error": "event"}
    made = sse_options("to_sse", dialect, **{**usual, **options}).encoder("1", 1)
    return [frame for item in items for frame in made.feed(item)] + made.flush()


def call(index: int, id: str | None, name: str | None, arguments: str) -> dict[str, object]:
    return {"index": index, "id": id, "name": name, "arguments_delta": arguments}


def calls(*pieces: dict[str, object]) -> StreamChunk:
    return StreamChunk(metadata={"tool_calls": list(pieces)})


def end(reason: str | None = "stop", **about: object) -> StreamChunk:
    return StreamChunk("", None, True, reason, about)


# ------------------------------------------------------------------------------- exact bytes


def test_openai_is_written_as_its_clients_expect_it() -> None:
    head = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":'
    usage = '{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}'
    items = [
        StreamChunk("Hi", metadata={"model": "m"}),
        end(usage={"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}),
    ]
    assert frames_of(items, "openai") == [
        f'data: {head}[{{"index":0,"delta":{{"role":"assistant","content":""}},'
        '"finish_reason":null}]}\n\n',
        f'data: {head}[{{"index":0,"delta":{{"content":"Hi"}},"finish_reason":null}}]}}\n\n',
        f'data: {head}[{{"index":0,"delta":{{}},"finish_reason":"stop"}}]}}\n\n',
        f'data: {head}[],"usage":{usage}}}\n\n',
        "data: [DONE]\n\n",
    ]


def test_anthropic_is_written_as_its_clients_expect_it() -> None:
    items = [
        StreamChunk("Hi", metadata={"model": "m"}),
        end(usage={"input_tokens": 3, "output_tokens": 8}),
    ]
    message = (
        '{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],'
        '"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}'
    )
    assert frames_of(items, "anthropic") == [
        f'event: message_start\ndata: {{"type":"message_start","message":{message}}}\n\n',
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
        '"content_block":{"type":"text","text":""}}\n\n',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
        '"delta":{"type":"text_delta","text":"Hi"}}\n\n',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn",'
        '"stop_sequence":null},"usage":{"output_tokens":8,"input_tokens":3}}\n\n',
        'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ]


def test_ui_is_written_as_its_clients_expect_it() -> None:
    assert frames_of(["Hi", end("length")], "ui") == [
        'data: {"type":"start","messageId":"msg_1"}\n\n',
        'data: {"type":"start-step"}\n\n',
        'data: {"type":"text-start","id":"t1"}\n\n',
        'data: {"type":"text-delta","id":"t1","delta":"Hi"}\n\n',
        'data: {"type":"text-end","id":"t1"}\n\n',
        'data: {"type":"finish-step"}\n\n',
        'data: {"type":"finish","finishReason":"length"}\n\n',
        "data: [DONE]\n\n",
    ]


def test_json_names_what_is_not_text() -> None:
    items = [
        "Hel",
        StreamChunk(metadata={"reasoning": "hm"}),
        StreamChunk(metadata={"refusal": "no"}),
        calls(call(0, "t", "f", "{}")),
        StreamChunk("b", metadata={"choice": 1}),
        end("length", usage={"output_tokens": 2}),
    ]
    assert frames_of(items, "json") == [
        'data: {"content":"Hel"}\n\n',
        'event: reasoning\ndata: {"content":"hm"}\n\n',
        'event: refusal\ndata: {"content":"no"}\n\n',
        'event: tool\ndata: {"index":0,"id":"t","name":"f","arguments_delta":"{}"}\n\n',
        'data: {"content":"b","choice":1}\n\n',
        'event: done\ndata: {"finish_reason":"length","usage":{"output_tokens":2}}\n\n',
    ]


def test_text_is_the_text() -> None:
    assert frames_of(["a\nb", " c"], "text", event="word") == [
        "event: word\ndata: a\ndata: b\n\n",
        "event: word\ndata:  c\n\n",
        "event: done\ndata: [DONE]\n\n",
    ]


def test_errors_are_told_in_the_words_of_the_dialect() -> None:
    told = {}
    for name in DIALECTS:
        usual = {"event": None, "ids": None, "retry": None, "done": True}
        made = sse_options("to_sse", name, on_error=lambda error: "Sorry.", **usual).encoder("1", 1)
        (told[name],) = made.fail(OSError("secret"))
    assert told == {
        "json": 'event: stream-error\ndata: {"message":"Sorry."}\n\n',
        "text": "event: stream-error\ndata: Sorry.\n\n",
        "openai": 'data: {"error":{"message":"Sorry.","type":"server_error","code":null,'
        '"param":null}}\n\n',
        "anthropic": 'event: error\ndata: {"type":"error","error":{"type":"api_error",'
        '"message":"Sorry."}}\n\n',
        "ui": 'data: {"type":"error","errorText":"Sorry."}\n\n',
    }


def test_progress_is_where_clients_pass_over_what_they_do_not_know() -> None:
    report = StreamProgress(tokens_received=3, percentage=50.0)
    shown = {}
    for name in DIALECTS:
        event = SseDecoder().feed("".join(frames_of([report], name)).encode())
        found = [e for e in event if "tokens_received" in e.data]
        assert len(found) == 1
        shown[name] = (found[0].event, json.loads(found[0].data))
    assert shown["json"] == shown["text"] == ("progress", report.to_dict())
    assert shown["openai"][0] is None
    assert shown["openai"][1]["choices"] == []
    assert shown["openai"][1]["progress"] == report.to_dict()
    assert shown["anthropic"] == ("ping", {"type": "ping", "progress": report.to_dict()})
    assert shown["ui"][1] == {
        "type": "data-progress",
        "id": "progress",
        "data": report.to_dict(),
        "transient": True,
    }


def test_tool_calls_in_turns_keep_their_blocks_open() -> None:
    items = [
        calls(call(0, "a", "f", "{")),
        calls(call(1, "b", "g", "{")),
        calls(call(0, None, None, "}")),
    ]
    events = SseDecoder().feed("".join([*frames_of(items, "anthropic")]).encode())
    blocks = [json.loads(e.data).get("index") for e in events if e.event.startswith("content_")]
    assert blocks == [0, 0, 1, 1, 0, 0, 1]


@pytest.mark.parametrize(
    "arguments",
    ['{"x":', '{"x":NaN}', '{"x":-Infinity}', "[" * 100_000],
    ids=["cut off", "no number", "without end", "too deep"],
)
def test_a_tool_input_that_is_not_json_is_told_as_such(arguments: str) -> None:
    frames = frames_of([calls(call(0, "a", "f", arguments))], "ui")
    (told,) = [json.loads(f[6:]) for f in frames if "tool-input-error" in f]
    assert (told["toolCallId"], told["toolName"], told["input"]) == ("a", "f", arguments)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_no_json_number_is_null_and_costs_no_event(dialect: str) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    inf, nan = float("inf"), float("nan")
    usage = {"input_tokens": 1, "cost": nan, "details": {"each": [1.5, -inf]}}
    items = [
        StreamChunk("a"),
        calls(call(0, "a", "f", '{"x":1e999}')),
        StreamProgress(3, percentage=nan, eta=inf),
        end(usage=usage),
    ]
    events = SseDecoder().feed("".join(frames_of(items, dialect)).encode())
    texts = [event.data for event in events if event.data not in ("a", "[DONE]")]
    told = [json.loads(text, parse_constant=refuse) for text in texts]
    assert '"percentage":null' in "".join(texts)
    if dialect == "json":
        assert told[-1]["usage"] == {
            "input_tokens": 1, "cost": None, "details": {"each": [1.5, None]},
        }  # fmt: skip


def test_a_refusal_is_a_refusal_everywhere() -> None:
    items = [StreamChunk(metadata={"refusal": "I "}), StreamChunk(metadata={"refusal": "won't."})]
    assert '"refusal":"I "' in "".join(frames_of(items, "openai"))
    anthropic = "".join(frames_of([*items, end("stop")], "anthropic"))
    assert '"stop_reason":"refusal"' in anthropic
    assert '"explanation":"I won\'t."' in anthropic
    ui = "".join(frames_of([*items, end("stop")], "ui"))
    assert '"finishReason":"content-filter"' in ui
    assert '"delta":"won\'t."' in ui


def test_each_choice_has_its_role_and_its_finish() -> None:
    items = [
        StreamChunk("a", metadata={"choice": 0}),
        StreamChunk("b", metadata={"choice": 1}),
        StreamChunk("", None, False, "length", {"choice": 1}),
        end("stop"),
    ]
    payloads = [json.loads(f[6:]) for f in frames_of(items, "openai")[:-1]]
    seen = [(c["index"], c["delta"], c["finish_reason"]) for p in payloads for c in p["choices"]]
    role = {"role": "assistant", "content": ""}
    assert seen == [
        (0, role, None),
        (0, {"content": "a"}, None),
        (1, role, None),
        (1, {"content": "b"}, None),
        (0, {}, "stop"),
        (1, {}, "length"),
    ]


# -------------------------------------------------------------------------------- translation


@dataclass
class Answer:
    """What must survive a translation."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish: str | None = None
    usage: dict[str, int] | None = None
    calls: list[object] = field(default_factory=list)


def summed_up(chunks: list[StreamChunk]) -> Answer:
    known = ToolCalls()
    for chunk in chunks:
        known.feed(call_deltas(chunk.metadata))
    last = chunks[-1]
    usage = last.metadata.get("usage")
    return Answer(
        "".join(c.content for c in chunks),
        "".join(c.metadata.get("reasoning", "") for c in chunks),
        "".join(c.metadata.get("refusal", "") for c in chunks),
        last.finish_reason,
        dict(usage) if usage else None,
        [(c["id"], c["name"], c["arguments"]) for c in known.result()],
    )


def read(body: bytes) -> tuple[list[StreamChunk], Exception | None]:
    chunks: list[StreamChunk] = []
    errors: list[Exception] = []
    from_llm([body]).subscribe(chunks.append, errors.append)
    return chunks, errors[0] if errors else None


def from_provider(body: bytes) -> list[StreamChunk]:
    chunks, error = read(body)
    assert error is None
    return chunks


def from_json(events: list[ServerSentEvent]) -> list[StreamChunk]:
    chunks = []
    for event in events:
        payload = json.loads(event.data)
        if event.event is None:
            chunks.append(StreamChunk(payload["content"]))
        elif event.event == "tool":
            chunks.append(calls(payload))
        elif event.event == "done":
            chunks.append(end(payload["finish_reason"], usage=payload.get("usage")))
        else:
            chunks.append(StreamChunk(metadata={event.event: payload["content"]}))
    return chunks


UI_REASONS = {"tool-calls": "tool_calls", "content-filter": "content_filter"}


def from_ui(events: list[ServerSentEvent]) -> list[StreamChunk]:
    chunks: list[StreamChunk] = []
    numbers: dict[str, int] = {}
    for event in events:
        if event.data == "[DONE]":
            continue
        part = json.loads(event.data)
        kind = part["type"]
        if kind == "text-delta":
            chunks.append(StreamChunk(part["delta"]))
        elif kind == "reasoning-delta":
            chunks.append(StreamChunk(metadata={"reasoning": part["delta"]}))
        elif kind == "tool-input-start":
            numbers[part["toolCallId"]] = len(numbers)
            index = numbers[part["toolCallId"]]
            chunks.append(calls(call(index, part["toolCallId"], part["toolName"], "")))
        elif kind == "tool-input-delta":
            text = part["inputTextDelta"]
            chunks.append(calls(call(numbers[part["toolCallId"]], None, None, text)))
        elif kind == "finish":
            reason = UI_REASONS.get(part["finishReason"], part["finishReason"])
            chunks.append(end(reason, usage=part.get("messageMetadata", {}).get("usage")))
    return chunks


def through(chunks: list[StreamChunk], dialect: str) -> list[StreamChunk]:
    body = "".join(frames_of([*chunks], dialect)).encode()
    if dialect in ("openai", "anthropic"):
        return from_provider(body)
    events = SseDecoder().feed(body)
    return from_json(events) if dialect == "json" else from_ui(events)


TRANSLATED = ["openai", "anthropic", "json", "ui"]

ANSWERS = {
    "text": [
        StreamChunk("Hel", metadata={"model": "m"}),
        StreamChunk("lo\u2028😀"),
        end("stop", usage=USAGE),
    ],
    "length": [StreamChunk("cut"), end("length", usage=USAGE)],
    "reasoning": [
        StreamChunk(metadata={"reasoning": "hm "}),
        StreamChunk(metadata={"reasoning": "so"}),
        StreamChunk("yes"),
        end("stop", usage=USAGE),
    ],
    "tools": [
        StreamChunk("Let me look."),
        calls(call(0, "t1", "search", "")),
        calls(call(0, None, None, '{"q": "a\\n')),
        calls(call(0, None, None, 'b"}'), call(1, "t2", "clock", '{"z":')),
        calls(call(1, None, None, "1}")),
        end("tool_calls", usage=USAGE),
    ],
    "filter": [StreamChunk("x"), end("content_filter")],
    "nothing": [end("stop")],
}


@pytest.mark.parametrize("second", TRANSLATED)
@pytest.mark.parametrize("first", TRANSLATED)
@pytest.mark.parametrize("name", ANSWERS)
def test_every_pair_of_dialects_translates(first: str, second: str, name: str) -> None:
    expected = summed_up(ANSWERS[name])
    got = summed_up(through(through(ANSWERS[name], first), second))
    if expected.usage is None:
        # The anthropic dialect has to have numbers, and zeros stand for what is not known.
        assert not any((got.usage or {}).values())
        got.usage = None
    assert got == expected


@pytest.mark.parametrize("dialect", TRANSLATED)
def test_every_recorded_stream_translates(dialect: str, shared: Path) -> None:
    index = json.loads((shared / "recordings" / "index.json").read_text())
    seen = 0
    for path in sorted((shared / "recordings").glob("*.sse")):
        chunks, error = read(path.read_bytes())
        if error is not None:
            continue  # Failed or cut off: there is no answer to be translated.
        seen += 1
        expected = summed_up(chunks)
        got = summed_up(through(chunks, dialect))
        assert (got.text, got.reasoning) == (
            expected.text + ("" if dialect != "ui" else expected.refusal),
            expected.reasoning,
        ), path.name
        if dialect != "ui":
            assert got.refusal == expected.refusal, path.name
        assert len(got.calls) == len(expected.calls), path.name
        for (id, *rest), (expected_id, *expected_rest) in zip(
            got.calls, expected.calls, strict=True
        ):
            assert rest == expected_rest, path.name
            assert id == expected_id or expected_id is None, path.name
        if expected.finish not in (None, "pause", "other", "error") or dialect in (
            "openai",
            "json",
        ):
            assert got.finish == (expected.finish or "stop"), path.name
    assert seen > 20, len(index)


def events_of(items: list[object], dialect: str) -> list[ServerSentEvent]:
    return list(SseDecoder().feed("".join(frames_of(items, dialect)).encode()))


def test_what_is_not_text_has_events_of_its_own_in_the_text_dialect() -> None:
    piece = call(0, "c", "f", "{}")
    said: list[object] = [
        StreamChunk(metadata={"reasoning": "Hm."}),
        StreamChunk(metadata={"refusal": "No."}),
        calls(piece),
    ]
    events = {event.event: event.data for event in events_of(said, "text")}
    assert (events["reasoning"], events["refusal"]) == ("Hm.", "No.")
    assert json.loads(events["tool"]) == piece


def test_json_tells_the_finish_of_every_choice() -> None:
    ends = [StreamChunk("", None, False, "stop", {"choice": n}) for n in (0, 1)]
    (done,) = (e for e in events_of([*ends, end()], "json") if e.event == "done")
    assert json.loads(done.data)["finish_reasons"] == {"0": "stop", "1": "stop"}


def test_anthropic_tells_what_the_cache_read_and_wrote() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 3,
        "cached_input_tokens": 4,
        "cache_creation_input_tokens": 2,
        "reasoning_tokens": 1,
    }
    events = events_of([StreamChunk("a"), end(usage=usage)], "anthropic")
    (told,) = (json.loads(e.data) for e in events if e.event == "message_delta")
    assert told["usage"] == {
        "output_tokens": 3,
        "input_tokens": 4,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 2,
        "output_tokens_details": {"thinking_tokens": 1},
    }


def payloads(items: list[object], dialect: str) -> list[dict[str, object]]:
    events = events_of(items, dialect)
    return [json.loads(event.data) for event in events if event.data != "[DONE]"]


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (
            {"input_tokens": 3, "output_tokens": 8},
            {"prompt_tokens": 3, "completion_tokens": 8, "total_tokens": 11},
        ),
        ({"input_tokens": 3}, {"prompt_tokens": 3}),
        ({"output_tokens": 8}, {"completion_tokens": 8}),
    ],
)
def test_openai_gets_the_total_if_both_of_its_parts_are_known(usage: object, told: object) -> None:
    assert payloads(["a", end(usage=usage)], "openai")[-1]["usage"] == told


def test_openai_names_one_model_for_a_whole_answer() -> None:
    report = StreamProgress()
    named = StreamChunk("b", metadata={"model": "m"})
    for items, told in (([report, named], ["", "m", "m", "m"]), (["a", named], [""] * 4)):
        models = [payload["model"] for payload in payloads(items, "openai")]
        unknown = models[0]
        assert models == [name or unknown for name in told]
        assert unknown != "m"


def test_openai_ends_every_choice_that_has_begun_or_ended() -> None:
    items = [
        StreamChunk("b", metadata={"choice": 1}),
        StreamChunk("", finish_reason="length", metadata={"choice": 2}),
    ]
    told = [c for p in payloads(items, "openai") for c in p["choices"]]
    ends = [(c["index"], c["finish_reason"]) for c in told if c["finish_reason"]]
    assert ends == [(0, "stop"), (1, "stop"), (2, "length")]


@pytest.mark.parametrize("choice", ["1", '1,"x":2', True, 1.0, None, [1]])
@pytest.mark.parametrize("dialect", ["json", "openai"])
def test_a_choice_that_is_no_number_is_the_first(dialect: str, choice: object) -> None:
    odd = StreamChunk("a", finish_reason="length", metadata={"choice": choice})
    first = StreamChunk("a", finish_reason="length", metadata={"choice": 0})
    assert payloads([odd], dialect) == payloads([first], dialect)


def test_openai_gives_text_to_the_first_choice_also_after_that_of_another() -> None:
    told = payloads([StreamChunk("b", metadata={"choice": 1}), "a"], "openai")
    deltas = [(c["index"], c["delta"].get("content")) for p in told for c in p["choices"]][:4]
    assert deltas == [(1, ""), (1, "b"), (0, ""), (0, "a")]


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        (call(2, "a", "f", ""), {"index": 2, "id": "a", "type": "function", "name": "f"}),
        (call(0, None, "f", ""), {"index": 0, "type": "function", "name": "f"}),
        (call(0, "a", None, ""), {"index": 0, "id": "a", "type": "function"}),
        (call(0, None, None, "{"), {"index": 0, "arguments": "{"}),
        ({"name": "f"}, {"index": 0, "type": "function", "name": "f"}),
    ],
)
def test_openai_tells_the_type_of_a_call_where_it_begins(piece: object, told: object) -> None:
    (delta,) = [
        c["delta"]["tool_calls"][0]
        for p in payloads([calls(piece)], "openai")
        for c in p["choices"]
        if "tool_calls" in c["delta"]
    ]
    function = delta.pop("function")
    assert {"arguments": "", **told} == {**delta, **function}


def test_the_first_event_of_an_answer_is_its_start_whatever_comes_first() -> None:
    report = StreamProgress()
    for dialect, start in (("anthropic", "message_start"), ("ui", "start")):
        for first in ("a", StreamChunk("a"), calls(call(0, "c", "f", "{}"))):
            assert payloads([first], dialect)[0]["type"] == start
    assert payloads([report, "a"], "ui")[0]["type"] == "start"


def test_text_after_reasoning_and_reasoning_after_text_have_parts_of_their_own() -> None:
    thought = StreamChunk(metadata={"reasoning": "hm"})
    kinds = {}
    for dialect in ("anthropic", "ui"):
        told = payloads([thought, "a", "b", thought, "c"], dialect)
        kinds[dialect] = [(p["type"], p.get("index", p.get("id"))) for p in told]
    assert kinds["anthropic"][1:12] == [
        *(("content_block_start", 0), ("content_block_delta", 0), ("content_block_stop", 0)),
        *(("content_block_start", 1), ("content_block_delta", 1), ("content_block_delta", 1)),
        ("content_block_stop", 1),
        *(("content_block_start", 2), ("content_block_delta", 2), ("content_block_stop", 2)),
        ("content_block_start", 3),
    ]
    assert kinds["ui"][2:13] == [
        *(("reasoning-start", "r1"), ("reasoning-delta", "r1"), ("reasoning-end", "r1")),
        *(("text-start", "t2"), ("text-delta", "t2"), ("text-delta", "t2"), ("text-end", "t2")),
        *(("reasoning-start", "r3"), ("reasoning-delta", "r3"), ("reasoning-end", "r3")),
        ("text-start", "t4"),
    ]


def test_text_of_chunks_that_say_different_things_is_one_part() -> None:
    items = [StreamChunk(text, metadata={"usage": {"output_tokens": 1}}) for text in "abc"]
    for dialect, kind in (("anthropic", "content_block_start"), ("ui", "text-start")):
        assert [p["type"] for p in payloads(items, dialect)].count(kind) == 1


def test_a_refusal_in_the_ui_is_one_part_behind_the_text() -> None:
    items = ["a", *(StreamChunk(metadata={"refusal": text}) for text in ("No", " way"))]
    texts = [(p["type"], p["id"], p.get("delta")) for p in payloads(items, "ui") if "id" in p]
    assert texts == [
        *(("text-start", "t1", None), ("text-delta", "t1", "a"), ("text-end", "t1", None)),
        ("text-start", "t2", None),
        *(("text-delta", "t2", "No"), ("text-delta", "t2", " way")),
        ("text-end", "t2", None),
    ]


@pytest.mark.parametrize(
    ("reason", "anthropic", "ui"),
    [
        ("stop", "refusal", "content-filter"),
        ("length", "max_tokens", "length"),
        ("tool_calls", "tool_use", "tool-calls"),
    ],
)
def test_a_refusal_that_did_not_simply_stop_tells_how_it_ended(
    reason: str, anthropic: str, ui: str
) -> None:
    items = [StreamChunk(metadata={"refusal": "No"}), end(reason)]
    (delta,) = (p for p in payloads(items, "anthropic") if p["type"] == "message_delta")
    assert delta["delta"]["stop_reason"] == anthropic
    assert payloads(items, "ui")[-1]["finishReason"] == ui


@pytest.mark.parametrize(
    ("reason", "raw", "told"),
    [
        ("stop", None, "end_turn"),
        ("stop", "stop_sequence", "stop_sequence"),
        ("stop", "max_tokens", "end_turn"),
        ("length", "model_context_window_exceeded", "model_context_window_exceeded"),
        ("length", "MAX", "max_tokens"),
        ("error", "boom", "boom"),
        ("error", None, "error"),
    ],
)
def test_anthropic_gets_the_word_of_the_provider_if_it_is_one_of_its_own(
    reason: str, raw: str | None, told: str
) -> None:
    about = {} if raw is None else {"finish_reason_raw": raw}
    (delta,) = (
        p
        for p in payloads(["a", end(reason, **about)], "anthropic")
        if p["type"] == "message_delta"
    )
    assert delta["delta"]["stop_reason"] == told


def test_anthropic_never_tells_of_less_than_no_tokens() -> None:
    usage = {"input_tokens": 1, "cached_input_tokens": 4}
    (told,) = (p for p in payloads([end(usage=usage)], "anthropic") if p["type"] == "message_delta")
    assert told["usage"]["input_tokens"] == 0


def test_a_call_without_a_number_is_the_first() -> None:
    pieces = [{"id": "a", "name": "f", "arguments_delta": "{"}, call(0, None, None, "}")]
    for dialect, kind in (("anthropic", "content_block_start"), ("ui", "tool-input-start")):
        assert [p["type"] for p in payloads([calls(*pieces)], dialect)].count(kind) == 1

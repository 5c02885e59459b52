"""Python clients against our server over loopback; text is compared to the character."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rx_stream import StreamResult, collect, from_llm, sse_response

KINDS = ["plain", "tools"]


@pytest.fixture(autouse=True)
def _modules(need_module):
    for name in ("starlette", "uvicorn", "openai", "anthropic", "httpx_sse"):
        need_module(name)


@pytest.mark.parametrize("kind", KINDS)
def test_openai_reads_all_of_the_answer(base: str, answers, kind: str) -> None:
    from openai import OpenAI

    text = reasoning = arguments = ""
    finish = tool = usage = None
    with OpenAI(api_key="x", base_url=f"{base}/v1", max_retries=0) as client:
        messages = [{"role": "user", "content": "hi"}]
        for chunk in client.chat.completions.create(model=kind, stream=True, messages=messages):
            usage = chunk.usage or usage
            for choice in chunk.choices:
                text += choice.delta.content or ""
                reasoning += getattr(choice.delta, "reasoning_content", None) or ""
                finish = choice.finish_reason or finish
                for call in choice.delta.tool_calls or ():
                    tool = call.function.name or tool
                    arguments += call.function.arguments
    assert text == answers.TEXT
    assert usage.completion_tokens == 42
    assert usage.total_tokens == 53
    if kind == "tools":
        assert (reasoning, tool, arguments) == (answers.REASONING, "weather", answers.ARGUMENTS)
    assert finish == ("tool_calls" if kind == "tools" else "stop")


def test_openai_raises_the_error_in_our_words_after_the_text(base: str, answers) -> None:
    from openai import APIError, OpenAI

    pieces: list[str] = []
    with OpenAI(api_key="x", base_url=f"{base}/v1", max_retries=0) as client:
        messages = [{"role": "user", "content": "hi"}]
        stream = client.chat.completions.create(model="error", stream=True, messages=messages)
        texts = (choice.delta.content or "" for chunk in stream for choice in chunk.choices)
        with pytest.raises(APIError, match=answers.SORRY):
            pieces.extend(texts)
    assert "".join(pieces) == "".join(answers.TOKENS[:5])


@pytest.mark.parametrize("kind", KINDS)
def test_anthropic_reads_all_of_the_answer(base: str, answers, kind: str) -> None:
    from anthropic import Anthropic

    with Anthropic(api_key="x", base_url=base, max_retries=0) as client:
        messages = [{"role": "user", "content": "hi"}]
        with client.messages.stream(model=kind, max_tokens=9, messages=messages) as stream:
            text = "".join(stream.text_stream)
            message = stream.get_final_message()
    assert text == answers.TEXT
    assert message.model == "rx-test"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (11, 42)
    assert message.stop_reason == ("tool_use" if kind == "tools" else "end_turn")
    if kind == "tools":
        thinking, _, call = message.content
        assert thinking.thinking == answers.REASONING
        assert (call.name, call.id) == ("weather", "call_1")
        assert call.input == json.loads(answers.ARGUMENTS)


def test_anthropic_raises_the_error_in_our_words_after_the_text(base: str, answers) -> None:
    from anthropic import Anthropic, APIStatusError

    pieces: list[str] = []
    with Anthropic(api_key="x", base_url=base, max_retries=0) as client:
        messages = [{"role": "user", "content": "hi"}]
        with (
            client.messages.stream(model="error", max_tokens=9, messages=messages) as stream,
            pytest.raises(APIStatusError, match=answers.SORRY),
        ):
            pieces.extend(stream.text_stream)
    assert "".join(pieces) == "".join(answers.TOKENS[:5])


def test_httpx_sse_reads_all_of_the_answer(base: str, answers) -> None:
    import httpx
    import httpx_sse

    with (
        httpx.Client() as client,
        httpx_sse.connect_sse(client, "GET", f"{base}/sse/json/plain") as source,
    ):
        events = list(source.iter_sse())
    texts = [event for event in events if event.event == "message"]
    assert "".join(json.loads(event.data)["content"] for event in texts) == answers.TEXT
    assert [event.id for event in texts] == [f"s1:{i}" for i in range(len(answers.TOKENS))]
    assert events[0].retry == 30
    assert sum(event.event == "progress" for event in events) == 6
    done = events[-1]
    assert done.event == "done"
    assert json.loads(done.data) == {"finish_reason": "stop", "usage": answers.USAGE}


def test_plain_text_can_be_read_with_nothing_but_a_split(base: str, answers) -> None:
    import httpx
    import httpx_sse

    with (
        httpx.Client() as client,
        httpx_sse.connect_sse(client, "GET", f"{base}/sse/text/plain") as source,
    ):
        events = [event.data for event in source.iter_sse() if event.event == "message"]
    assert "".join(events) == answers.TEXT.replace("\r\n", "\n")


def relayed(path: Path, dialect: str):
    """A server that translates the recorded stream of one provider into a dialect."""
    body = path.read_bytes()
    pieces = [body[i : i + 50] for i in range(0, len(body), 50)]
    return sse_response(lambda scope: from_llm(pieces), dialect=dialect)


def answer_of(path: Path) -> StreamResult:
    results: list[StreamResult] = []
    from_llm([path.read_bytes()]).pipe(collect()).subscribe(results.append)
    return results[0]


def test_the_anthropic_sdk_reads_the_stream_of_llama_cpp(serving, recordings: Path) -> None:
    from anthropic import Anthropic

    path = recordings / "llamacpp-chat.sse"
    expected = answer_of(path)
    with (
        serving(relayed(path, "anthropic")) as base,
        Anthropic(api_key="x", base_url=base, max_retries=0) as client,
    ):
        messages = [{"role": "user", "content": "hi"}]
        with client.messages.stream(model="m", max_tokens=9, messages=messages) as stream:
            message = stream.get_final_message()
    assert message.content[0].text == expected.content
    assert message.usage.output_tokens == expected.usage["output_tokens"]


def test_the_openai_sdk_reads_the_stream_of_anthropic(serving, shared: Path) -> None:
    from openai import OpenAI

    path = shared / "recordings" / "anthropic-tool-use.sse"
    expected = answer_of(path)
    assert expected.tool_calls
    text = arguments = ""
    with (
        serving(relayed(path, "openai")) as base,
        OpenAI(api_key="x", base_url=base, max_retries=0) as client,
    ):
        messages = [{"role": "user", "content": "hi"}]
        stream = client.chat.completions.create(model="m", stream=True, messages=messages)
        for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
                finish = choice.finish_reason
                for call in choice.delta.tool_calls or ():
                    arguments += call.function.arguments
    assert text == expected.content
    assert finish == "tool_calls"
    assert arguments == "".join(call["arguments"] for call in expected.tool_calls)

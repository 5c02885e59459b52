"""Ask a model behind an OpenAI-compatible URL, and stream its answer.

Standard output gets exactly the text of the answer, as it arrives; only a terminal is spared the
control characters in it, which it would obey. The API key is read from the environment variable
OPENAI_API_KEY, or the one that --key-env names; it is sent to URL alone, as redirections are not
followed, and no message shows it. Where the environment names a proxy (HTTP_PROXY, HTTPS_PROXY,
ALL_PROXY), the way to URL goes through it, and it can read the key unless URL is https.

  rx-stream chat http://127.0.0.1:8080/v1 --model qwen3 "Why is the sky blue?"
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from rx_stream.cli.answer import write_answer
from rx_stream.cli.arguments import LONGEST_WAIT, positive, whole
from rx_stream.cli.failure import CommandError, need
from rx_stream.cli.input import Input
from rx_stream.cli.screen import open_screen
from rx_stream.cli.stages import UNITS, by_unit, paced

__all__ = ["HELP", "configure", "run"]

HELP = "stream an answer from an OpenAI-compatible endpoint"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("url", metavar="URL", help="base address, e.g. https://api.openai.com/v1")
    parser.add_argument("prompt", metavar="PROMPT", help="what to ask; - reads standard input")
    parser.add_argument("--model", required=True, metavar="M", help="which model to ask")
    parser.add_argument("--system", metavar="TEXT", help="what the model is told first")
    parser.add_argument(
        "--max-tokens", type=whole("tokens"), metavar="N", help="longest answer wanted"
    )
    parser.add_argument(
        "--key-env", default="OPENAI_API_KEY", metavar="NAME",
        help="environment variable that holds the API key (default: OPENAI_API_KEY)",
    )  # fmt: skip
    parser.add_argument(
        "--timeout", type=positive("seconds", most=LONGEST_WAIT), default=60.0, metavar="SECONDS",
        help="how long to wait for a connection or for more (default: 60)",
    )  # fmt: skip
    parser.add_argument(
        "--by", choices=UNITS, metavar="UNIT",
        help=f"what to show at once: {', '.join(UNITS)} (default: what arrives)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=positive("tokens per second"), metavar="N",
        help="tokens per second (default: as fast as they come)",
    )  # fmt: skip
    parser.add_argument(
        "--reasoning", action="store_true", help="show the model's reasoning in the text, too"
    )
    parser.add_argument(
        "--progress", action=argparse.BooleanOptionalAction,
        help="show progress on standard error (default: on a terminal)",
    )  # fmt: skip
    parser.add_argument(
        "--summary", action="store_true", help="tell usage and more on standard error at the end"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    need("httpx", "cli")
    from rx_stream import StreamResult, to_iterable
    from rx_stream.cli.endpoint import Endpoint, address_of, checked_key, shown

    key = checked_key(options.key_env, os.environ.get(options.key_env))
    endpoint = Endpoint(
        address_of(options.url), _payload(options),
        key=key, key_name=options.key_env, timeout=options.timeout,
    )  # fmt: skip
    results: list[StreamResult] = []
    with open_screen(options.progress, endpoint.stop) as screen:
        write_answer(
            screen,
            to_iterable(_stream(endpoint, options, screen.show, results.append)),
            results,
            name=shown(options.url), stop=endpoint.stop, told=options.summary,
        )  # fmt: skip
    return 0


def _standard_input() -> str:
    source = Input("-")
    try:
        return b"".join(source).decode()
    except UnicodeDecodeError as error:
        raise source.undecodable(error) from None


def _payload(options: argparse.Namespace) -> dict[str, object]:
    prompt = _standard_input() if options.prompt == "-" else options.prompt
    messages = [{"role": "user", "content": _utf8("the prompt", prompt)}]
    if options.system is not None:
        messages.insert(0, {"role": "system", "content": _utf8("--system", options.system)})
    model = _utf8("--model", options.model)
    payload: dict[str, object] = {"model": model, "messages": messages, "stream": True}
    if options.max_tokens is not None:
        payload["max_tokens"] = options.max_tokens
    return payload


def _utf8(name: str, text: str) -> str:
    """Return text that was UTF-8 where it came from: what was not is half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CommandError(f"{name} is not UTF-8 at character {error.start}", status=2) from None
    return text


def _stream(endpoint: Any, options: argparse.Namespace, show: Any, report: Any) -> Any:
    from rx_stream import aggregate, from_iterable, from_llm, track_progress
    from rx_stream.schedulers.timer_thread import TimerThreadScheduler

    # A thread for reading alone, so that a read that blocks does not hold up what is paced.
    body = from_iterable(endpoint, scheduler=TimerThreadScheduler())
    reasoning = "inline" if options.reasoning else "metadata"
    stages: list[Any] = [aggregate(report)]
    if options.by is not None:
        stages.append(by_unit(options.by))
    if options.rate is not None:
        stages.append(paced(options.rate, 1))
    if options.progress or (options.progress is None and sys.stderr.isatty()):
        stages.append(track_progress(interval=0.1, on_progress=show))
    # Whoever paces or reports counts for itself; who does not need not load a vocabulary.
    return from_llm(body, reasoning=reasoning, token_counts="provider").pipe(*stages)

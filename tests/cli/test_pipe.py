import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rx_stream.__main__ import main

PIPE = [sys.executable, "-m", "rx_stream", "pipe"]
# Every kind of line end, a byte order mark, a NUL, wide, joined and right-to-left characters.
TEXT = (
    "\ufeffDr. Smith paid 3.14 dollars.  He left!\r\n\r\n\x00\tline\rline\x0b\u2028ends\n\n\n"
    "日本語の文。もう一つ。 שלום 👩‍👩‍👧 e\u0301 \u00a0no end"
)
UNITS = ["character", "word", "sentence", "line", "paragraph", "token"]


@contextmanager
def started(*options: str, **streams: int) -> Iterator[subprocess.Popen[bytes]]:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE} | streams
    process = subprocess.Popen([*PIPE, *options], stderr=subprocess.PIPE, **streams)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run(*options: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PIPE, *options], input=data, capture_output=True)


def one_line(errors: bytes) -> str:
    lines = errors.decode().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.mark.parametrize("unit", UNITS)
def test_a_file_comes_out_byte_for_byte(unit, file, capfdbinary) -> None:
    assert main(["pipe", "--by", unit, str(file)]) == 0
    out, errors = capfdbinary.readouterr()
    assert (out, errors) == (TEXT.encode(), b"")


def test_standard_input_comes_out_byte_for_byte() -> None:
    data = TEXT.encode() * 5_000  # Cut inside characters by the reads of the pipe.
    done = run(data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, data, b"")


def test_a_dash_is_standard_input_and_nothing_gives_nothing() -> None:
    assert run("-", data=b"a b").stdout == b"a b"
    done = run(data=b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_text_of_a_slow_producer_appears_as_it_comes() -> None:
    with started() as process:
        for piece in (b"one two ", "drei fünf ".encode(), b"five "):
            process.stdin.write(piece)
            process.stdin.flush()
            seen = b""
            while len(seen) < len(piece):
                seen += os.read(process.stdout.fileno(), 100)
            assert seen == piece
        process.stdin.write(b"end")
        out, errors = process.communicate()
        assert (out, errors, process.returncode) == (b"end", b"", 0)


def test_paced_text_goes_on_while_a_read_waits() -> None:
    with started("--rate", "20") as process:
        process.stdin.write(b"a b c d ")
        process.stdin.flush()
        seen = b""
        while len(seen) < 8:  # The input stays open: nothing but the timers can send this.
            seen += os.read(process.stdout.fileno(), 100)
        assert seen == b"a b c d "


def test_a_word_that_waits_is_sent_after_a_silence() -> None:
    with started("--flush-after", "0.05") as process:
        process.stdin.write("日本 ".encode())
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 100)


@pytest.mark.realtime
def test_the_rate_holds() -> None:
    begin = time.monotonic()
    done = run("--rate", "40", "--burst", "1", data=b"a b c d e f g h i j k l m n o p q r s t u ")
    assert time.monotonic() - begin >= 0.5
    assert done.stdout == b"a b c d e f g h i j k l m n o p q r s t u "


def test_progress_goes_to_standard_error_in_plain_lines(file) -> None:
    done = run("--progress", "--estimate", "100", str(file))
    assert (done.returncode, done.stdout) == (0, TEXT.encode())
    line = one_line(done.stderr)
    assert "\x1b" not in line
    assert "tokens" in line
    assert "100 %" in line


@pytest.mark.parametrize("dialect", ["json", "text", "openai", "anthropic", "ui"])
def test_server_sent_events_carry_the_text(dialect, file, capfdbinary) -> None:
    assert main(["pipe", "--sse", dialect, "--progress", str(file)]) == 0
    body, errors = capfdbinary.readouterr()
    assert body.endswith(b"\n\n")
    assert b"tokens" in errors
    data = [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: {")]
    if dialect == "json":
        assert "".join(event.get("content", "") for event in data) == TEXT


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--by", "letter"], "'letter'"),
        (["--rate", "0"], "--rate: must be above 0 tokens per second, not '0'"),
        (["--rate", "-1"], "'-1'"),
        (["--rate", "nan"], "'nan'"),
        (["--rate", "fast"], "'fast'"),
        (["--rate", "5", "--burst", "1.5"], "'1.5'"),
        (["--burst", "2"], "--burst 2 needs --rate"),
        (["--estimate", "2"], "--estimate 2 needs --progress"),
        (["--tokens", "3"], "--tokens 3 needs --by token"),
        (["--language", "de"], "--language de needs --by sentence"),
        (["--by", "token", "--flush-after", "1"], "--by token"),
        (["--sse", "xml"], "'xml'"),
        (["--colour"], "--colour"),
        (["a", "b"], "b"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line_that_names_it(options, named, capfd) -> None:
    try:
        status = main(["pipe", *options])
    except SystemExit as stop:
        status = stop.code
    out, errors = capfd.readouterr()
    assert (status, out) == (2, "")
    assert named in one_line(errors.encode())
    assert errors.startswith("rx-stream pipe: ")


def test_a_missing_file_and_a_directory_are_one_line_of_error(tmp_path, capfd) -> None:
    assert main(["pipe", str(tmp_path / "none.txt")]) == 1
    out, errors = capfd.readouterr()
    assert (out, errors) == (
        "",
        f"rx-stream pipe: cannot read '{tmp_path}/none.txt': No such file or directory\n",
    )
    assert main(["pipe", str(tmp_path)]) == 1
    assert capfd.readouterr().err == f"rx-stream pipe: cannot read '{tmp_path}': Is a directory\n"


@pytest.mark.parametrize(
    ("data", "before", "named"),
    [
        (b"good text \xff more", b"good text ", "0xff at byte 10"),
        (b"a" * 100_000 + b"\xe9 z", b"a" * 100_000, "0xe9 at byte 100000"),
        ("cut é".encode()[:-1], b"cut ", "0xc3 at byte 4"),
        (b"\x80", b"", "0x80 at byte 0"),
    ],
)
def test_what_is_not_utf_8_ends_after_the_text_before_it(data, before, named) -> None:
    done = run(data=data)
    assert (done.returncode, done.stdout) == (1, before)
    assert one_line(done.stderr).startswith("rx-stream pipe: standard input is not UTF-8: ")
    assert named in one_line(done.stderr)


def test_a_reader_that_has_seen_enough_ends_it_quietly(file) -> None:
    command = f'set -o pipefail; yes "some text" | {" ".join(PIPE)} | head -c 20'
    done = subprocess.run(["bash", "-c", command], capture_output=True)
    assert (done.stdout, done.stderr) == (b"some text\nsome text\n", b"")
    assert done.returncode == 141


def test_an_output_that_is_full_is_one_line_of_error(file) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*PIPE, str(file)], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert one_line(done.stderr) == (
        "rx-stream pipe: cannot write standard output: No space left on device"
    )


def test_a_closed_standard_input_is_one_line_of_error() -> None:
    done = subprocess.run(["bash", "-c", f"{' '.join(PIPE)} <&-"], capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")
    assert one_line(done.stderr) == "rx-stream pipe: standard input is closed"


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
@pytest.mark.parametrize("options", [[], ["--rate", "1"]])
def test_an_interrupt_ends_it_without_a_traceback(number, status, options) -> None:
    with started(*options) as process:
        process.stdin.write(b"some text ")
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 4)
        process.send_signal(number)
        assert process.wait(10) == status
        assert process.stderr.read() == b""


def test_help_names_every_option(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["pipe", "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    for option in ("FILE", "--by", "--rate", "--burst", "--progress", "--sse", "--tokens"):
        assert option in told


def test_a_failure_is_an_event_for_the_client_and_a_status_for_the_shell() -> None:
    done = run("--sse", "json", data=b"good \xff")
    assert done.returncode == 1
    assert b'{"content":"good "}' in done.stdout
    assert b"event: stream-error" in done.stdout
    assert b"event: done" not in done.stdout
    assert "0xff at byte 5" in one_line(done.stderr)


def test_a_reader_that_goes_while_the_input_waits_ends_it() -> None:
    with started() as process:
        process.stdin.write(b"one ")
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 10) == b"one "
        process.stdout.close()
        process.stdin.write(b"two ")
        process.stdin.flush()
        assert process.wait(10) == 141
        assert process.stderr.read() == b""
        process.stdout = None


def test_a_file_is_read_whatever_the_number_of_its_descriptor(file) -> None:
    code = (
        "import os, resource, sys; from rx_stream.__main__ import main\n"
        "_, most = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (min(2000, most), most))\n"
        "while os.open(os.devnull, os.O_RDONLY) < 1100: pass\n"
        "sys.exit(main(['pipe', sys.argv[1]]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, TEXT.encode(), b"")

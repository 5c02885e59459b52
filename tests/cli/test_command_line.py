import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import rx_stream
from rx_stream.__main__ import main
from rx_stream.cli import COMMANDS
from rx_stream.cli.failure import CommandError, need


def test_help_shows_every_command(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert all(f"\n    {command} " in told for command in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["dance"], ["--dance"]])
def test_no_command_or_an_unknown_one_is_refused_in_one_line(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    errors = capsys.readouterr().err
    assert errors.startswith("rx-stream: ")
    assert errors.count("\n") == 1
    assert all(argument in errors for argument in arguments)


def test_the_module_and_the_script_are_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "rx_stream", "--version"], capture_output=True)
    assert done.stdout.decode().split() == ["rx_stream", rx_stream.__version__]
    (script,) = entry_points(group="console_scripts", name="rx-stream")
    assert script.load() is main


def test_a_missing_extra_says_how_to_install_it() -> None:
    with pytest.raises(CommandError, match=r"needs no_such_module: .* 'rx_stream\[cli\]'"):
        need("no_such_module", "cli")
    need("reactivex", "cli")


def test_the_command_line_loads_no_extra_before_it_is_needed() -> None:
    code = "import sys; from rx_stream.cli import _parser; _parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not {"rich", "httpx", "uvicorn", "starlette", "tiktoken"} & set(done.stdout.split())

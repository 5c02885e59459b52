"""Recorded answers, at their pace in virtual time."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from reactivex.testing import TestScheduler

from rx_stream import (
    StreamChunk,
    StreamTruncatedError,
    from_llm,
    from_recording,
    to_async_iterable,
    to_iterable,
)
from rx_stream.schedulers.timer_thread import TimerThreadScheduler


@pytest.fixture
def story(recordings: Path) -> Path:
    return recordings / "llamacpp-en-story.sse"


def reads_of(path: Path) -> list[tuple[float, int]]:
    return json.loads(path.with_name(path.stem + ".timing.json").read_text())["reads"]


def play(path: Path, until: float, **options: float) -> list[tuple[float, StreamChunk]]:
    lab = TestScheduler()
    seen: list[tuple[float, StreamChunk]] = []
    from_recording(path, **options).subscribe(
        lambda chunk: seen.append((lab.to_seconds(lab.now), chunk)), scheduler=lab
    )
    lab.advance_to(until)
    return seen


def decoded(path: Path) -> list[StreamChunk]:
    return list(to_iterable(from_llm(path.read_bytes())))


@pytest.mark.parametrize("name", ["chat", "code", "emoji", "en-story", "ja", "n2"])
def test_the_chunks_are_those_of_from_llm(recordings: Path, name: str) -> None:
    path = recordings / f"llamacpp-{name}.sse"
    assert [chunk for _, chunk in play(path, 100.0)] == decoded(path)


@pytest.mark.parametrize("speed", [0.5, 1.0, 4])
def test_they_come_when_their_bytes_came(story: Path, speed: float) -> None:
    # Each read of this recording is one event, and the first one has text.
    seen = play(story, 100.0, speed=speed)
    times = [ms / 1000 / speed for ms, _ in reads_of(story)]
    assert [at for at, _ in seen[:-1]] == pytest.approx(times[: len(seen) - 1], abs=1e-5)
    assert seen[-1][1].is_complete


def test_nothing_comes_before_its_time(story: Path) -> None:
    times = [ms / 1000 for ms, _ in reads_of(story)]
    assert len(play(story, times[9] + 0.0001)) == 10
    assert len(play(story, times[10] - 0.0001)) == 10


def test_without_waits_it_is_all_there_at_once(story: Path) -> None:
    seen = play(story, 0.001, speed=math.inf)
    assert [chunk for _, chunk in seen] == decoded(story)
    assert {at for at, _ in seen} == {0.0}


def test_without_timing_all_bytes_come_at_once(story: Path, tmp_path: Path) -> None:
    alone = tmp_path / "answer.sse"
    alone.write_bytes(story.read_bytes())
    assert [chunk for _, chunk in play(alone, 0.001)] == decoded(story)


def test_it_plays_from_the_start_for_each_subscription(story: Path) -> None:
    source = from_recording(story, speed=math.inf)
    assert list(to_iterable(source)) == list(to_iterable(source)) == decoded(story)


def test_it_plays_on_an_event_loop(story: Path) -> None:
    async def run() -> float:
        start = time.monotonic()
        source = to_async_iterable(from_recording(story, speed=100.0))
        assert [chunk async for chunk in source] == decoded(story)
        return time.monotonic() - start

    assert asyncio.run(run()) >= reads_of(story)[-1][0] / 1000 / 100


def test_it_waits_while_nobody_takes(story: Path) -> None:
    stream = to_iterable(from_recording(story, speed=math.inf), capacity=4)
    first = next(stream)
    assert [first, *stream] == decoded(story)


def test_disposing_stops_it(story: Path) -> None:
    lab = TestScheduler()
    seen: list[StreamChunk] = []
    subscription = from_recording(story).subscribe(seen.append, scheduler=lab)
    lab.advance_to(1.0)
    before = len(seen)
    assert before > 0
    subscription.dispose()
    lab.advance_to(100.0)
    assert len(seen) == before


def test_a_timer_thread_that_is_faster_than_the_subscriber_loses_nothing(story: Path) -> None:
    class Ahead(TimerThreadScheduler):
        def schedule(self, action: Any, state: Any = None) -> Any:
            ran = threading.Event()

            def run(*arguments: Any) -> Any:
                action(*arguments)
                ran.set()

            made = super().schedule(run, state)
            assert ran.wait(5)
            return made

    seen, done = list[StreamChunk](), threading.Event()
    from_recording(story, speed=100, scheduler=Ahead()).subscribe(
        seen.append, on_completed=done.set
    )
    assert done.wait(5)
    assert seen == decoded(story)


def test_a_pace_beyond_all_calendars_is_only_slow(story: Path) -> None:
    assert play(story, 60.0, speed=1e-15) == []


def test_a_body_that_was_cut_off_is_an_error(story: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.sse"
    cut.write_bytes(story.read_bytes()[:2000])
    with pytest.raises(StreamTruncatedError):
        list(to_iterable(from_recording(cut)))


@pytest.mark.parametrize("speed", [0, -1.0, math.nan, True, "2"])
def test_a_bad_speed_is_refused_at_once(story: Path, speed: object) -> None:
    with pytest.raises((ValueError, TypeError), match=f"from_recording: speed must .*{speed!r}"):
        from_recording(story, speed=speed)  # type: ignore[arg-type]


def test_a_speed_that_no_float_can_hold_makes_no_waits(story: Path) -> None:
    chunks = list(to_iterable(from_recording(story, speed=10**400)))
    assert chunks == list(to_iterable(from_recording(story, speed=math.inf)))


def test_a_missing_file_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        from_recording(tmp_path / "nothing.sse")


@pytest.mark.parametrize(
    "notes",
    [
        *("", "{}", "[]", '{"reads": 5}', '{"reads": [[1]]}', '{"reads": [["a", 1]]}'),
        *('{"reads": [[null, 1]]}', "[" * 100_000, f'{{"reads": [[1{"0" * 400}, 1]]}}'),
    ],
    ids=range(9),
)
def test_notes_that_are_no_timing_are_refused_at_once(
    story: Path, tmp_path: Path, notes: str
) -> None:
    copy = tmp_path / "a.sse"
    copy.write_bytes(story.read_bytes())
    (tmp_path / "a.timing.json").write_text(notes)
    with pytest.raises(ValueError, match=r'from_recording: .*a\.timing\.json must be {"reads": '):
        from_recording(copy)


@pytest.mark.parametrize("when", ["NaN", "Infinity", "1e400"])
def test_a_read_that_never_comes_is_refused_at_once(story: Path, tmp_path: Path, when: str) -> None:
    copy = tmp_path / "a.sse"
    copy.write_bytes(story.read_bytes())
    size = copy.stat().st_size
    (tmp_path / "a.timing.json").write_text(f'{{"reads": [[{when}, {size}]]}}')
    with pytest.raises(ValueError, match=r"from_recording: .*a\.timing\.json does not go with"):
        from_recording(copy)


def test_timing_of_another_body_is_refused_at_once(story: Path, tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(story.read_bytes() + b": more\n")
    notes = story.with_name(story.stem + ".timing.json").read_text()
    (tmp_path / "a.timing.json").write_text(notes)
    with pytest.raises(ValueError, match=r"from_recording: .*a\.timing\.json does not go with"):
        from_recording(tmp_path / "a.sse")


def test_something_that_is_no_path_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="from_recording: path must be a path, not 5"):
        from_recording(5)  # type: ignore[arg-type]

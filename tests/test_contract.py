"""The laws, over every operator: nothing lost, the Rx grammar, fresh state, linear cost."""

from __future__ import annotations

import gc
import pkgutil
import random
import threading
import time
from typing import Any

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops
from reactivex.subject import Subject
from registry import OPERATORS, Case

import rx_stream.operators
from rx_stream import StreamChunk, StreamProgress
from rx_stream.testing import TextMarbles

CASES = [
    pytest.param(case, id=f"{name}-{number}")
    for name, cases in OPERATORS.items()
    for number, case in enumerate(cases)
]


def cases(**wanted: bool) -> pytest.MarkDecorator:
    """Parametrize over the cases with these traits."""
    chosen = [
        param
        for param in CASES
        if all(getattr(param.values[0], trait) == value for trait, value in wanted.items())
    ]
    return pytest.mark.parametrize("case", chosen)


def text_of(items: Any) -> str:
    return "".join(str(item) for item in items if isinstance(item, str | StreamChunk))


def play(lab: TextMarbles, items: Any, end: str = "|", *, gap: str = "") -> Any:
    names = {f"v{i}": item for i, item in enumerate(items)}
    return lab.cold(f" {gap} ".join(names) + " " + end, lookup=names)


def chunked(items: Any) -> list[StreamChunk]:
    return [StreamChunk(item) for item in items] + [StreamChunk("", None, True, "stop")]


def test_every_operator_is_in_the_table() -> None:
    modules = {m.name for m in pkgutil.iter_modules(rx_stream.operators.__path__)}
    assert {name for name in modules if not name.startswith("_")} == set(OPERATORS)


@cases(talks=False)
def test_a_silent_source_gives_a_silent_stream(case: Case) -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("5s").pipe(case.make()), until=5.0) == []


@cases()
def test_an_empty_source_completes_without_text(case: Case) -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("1s |").pipe(case.make()))
    assert got.completed
    if case.lossless:
        assert text_of(got.values) == ""


@cases(lossless=True)
def test_one_item_comes_out_whole(case: Case) -> None:
    lab = TextMarbles()
    got = lab.run(play(lab, case.items[:1]).pipe(case.make()))
    assert text_of(got.values) == text_of(case.items[:1])
    assert got.completed


@cases(lossless=True)
def test_no_text_is_lost_at_completion(case: Case) -> None:
    lab = TextMarbles()
    got = lab.run(play(lab, case.items, gap="300ms").pipe(case.make()))
    assert text_of(got.values) == text_of(case.items)
    assert got.completed


@cases(lossless=True)
def test_text_that_came_before_an_error_comes_out_before_it(case: Case) -> None:
    lab = TextMarbles()
    source = play(lab, case.items, "#", gap="300ms")
    got = lab.run(source.pipe(case.make()))
    assert text_of(got.values) == text_of(case.items)
    assert repr(got.error) == repr(Exception("error"))


@cases()
def test_each_subscription_starts_afresh(case: Case) -> None:
    lab = TextMarbles()
    stream = play(lab, case.items, gap="300ms").pipe(case.make())
    first, second = lab.run(stream), lab.run(stream)
    assert first.completed or first.error
    # What is measured in real time may differ; what is emitted may not.
    assert text_of(first.values) == text_of(second.values)
    if not case.shared:
        assert [row.kind for row in first] == [row.kind for row in second]


@cases()
def test_dispose_reaches_the_source_at_once_and_silences_the_stream(case: Case) -> None:
    lab = TextMarbles()
    source = play(lab, case.items * 5, "9s |", gap="100ms")
    got = lab.run(source.pipe(case.make()), dispose_at=0.35)
    assert all(row.time < 0.35 for row in got)
    (lifetime,) = source.subscriptions
    assert lifetime.end == 0.35 or case.ends_early


@cases()
def test_the_end_disposes_the_source_and_leaves_no_timer(case: Case) -> None:
    lab = TextMarbles()
    source = play(lab, case.items, gap="100ms")
    got = lab.run(source.pipe(case.make()))
    (lifetime,) = source.subscriptions
    assert lifetime.end is not None
    ended = got[-1].time
    # The run goes on while anything is scheduled, so a timer that was left would show in the time.
    assert round(lab.scheduler.to_seconds(lab.scheduler.now) - 200.0, 6) <= max(ended, 0.6)


@cases(lossless=True)
def test_a_subscriber_that_pushes_gets_the_text_in_order(case: Case) -> None:
    lab = TextMarbles()
    source: Subject[Any] = Subject()
    got: list[Any] = []
    more = list(case.items[1:])

    def on_next(item: Any) -> None:
        got.append(item)
        if more:
            source.on_next(more.pop(0))

    done: list[bool] = []
    source.pipe(case.make()).subscribe(
        on_next, on_completed=lambda: done.append(True), scheduler=lab.scheduler
    )
    source.on_next(case.items[0])
    lab.scheduler.advance_to(300.0)
    while more:
        source.on_next(more.pop(0))
        lab.scheduler.advance_by(50.0)
    source.on_completed()
    lab.scheduler.advance_by(100.0)
    assert text_of(got) == text_of(case.items)
    assert done == [True]


@cases(lossless=True)
def test_a_subscriber_that_raises_is_heard_and_leaves_no_hole(case: Case) -> None:
    lab = TextMarbles()
    source: Subject[Any] = Subject()
    seen: list[Any] = []

    def on_next(item: Any) -> None:
        seen.append(item)
        if len(seen) == 2:
            raise KeyError("subscriber")

    source.pipe(case.make()).subscribe(on_next, lambda _: None, scheduler=lab.scheduler)
    heard = 0
    actions: list[Any] = [lambda item=item: source.on_next(item) for item in case.items]
    for action in [*actions, source.on_completed]:
        for step in (action, lambda: lab.scheduler.advance_by(20.0)):
            try:
                step()
            except KeyError:
                heard += 1
    if len(seen) >= 2:
        assert heard == 1
    assert text_of(case.items).startswith(text_of(seen))


@cases(lossless=True)
def test_many_items_at_one_instant(case: Case) -> None:
    lab = TextMarbles()
    items = [f"w{i} " for i in range(250)]
    got = lab.run(play(lab, items).pipe(case.make()))
    assert text_of(got.values) == text_of(items)
    if case.prompt:
        assert {row.time for row in got} == {0.0}


@cases(chunks=True, lossless=True)
def test_chunks_come_out_as_chunks_with_the_terminal_one_last(case: Case) -> None:
    lab = TextMarbles()
    got = lab.run(play(lab, chunked(case.items), gap="300ms").pipe(case.make()))
    chunks = [value for value in got.values if not isinstance(value, StreamProgress)]
    assert {type(value) for value in chunks} == {StreamChunk}
    assert text_of(chunks) == text_of(case.items)
    assert [chunk.is_complete for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert (chunks[-1].content, chunks[-1].finish_reason) == ("", "stop")


@cases(chunks=True)
def test_what_is_not_text_passes_unchanged(case: Case) -> None:
    lab = TextMarbles()
    stranger = StreamProgress(tokens_received=7)
    got = lab.run(play(lab, [*case.items[:2], stranger, *case.items[2:]]).pipe(case.make()))
    if not case.ends_early:
        assert any(value is stranger for value in got.values)


def run_now(case: Case, items: Any) -> list[Any]:
    out: list[Any] = []
    rx.from_iterable(items).pipe(case.make()).subscribe(out.append)
    return out


@cases(lossless=True, prompt=True)
def test_the_cost_is_linear_in_the_text(case: Case) -> None:
    """Eight times the text, without a boundary, takes far less than 64 times as long."""
    small, large = ["x" * 5] * 2_000, ["x" * 5] * 16_000
    best = {2_000: 9e9, 16_000: 9e9}
    for _ in range(5):
        for items in (small, large):
            start = time.process_time()
            assert len(text_of(run_now(case, items))) == 5 * len(items)
            best[len(items)] = min(best[len(items)], time.process_time() - start)
    assert best[16_000] < 24 * best[2_000] + 0.02


TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            list(
                " \n\r\t.,!?;:…\"'()«»-abcXYZ0129é\u00a0\u3000。！？、我用的カタเกม\u0301\u200d"
                "👩👨🇫🇷가각क्ष"
            )
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@cases(lossless=True, prompt=True)
@given(st.lists(TEXTS, max_size=8))
def test_nothing_is_lost_of_any_text(case: Case, items: list[str]) -> None:
    items = [item for item in items if "<end>" not in item]
    assert text_of(run_now(case, items)) == "".join(items)


@cases(cuts=True)
@given(text=TEXTS, seed=st.integers(0, 1 << 30))
def test_the_cutting_of_the_input_does_not_matter(case: Case, text: str, seed: int) -> None:
    dice = random.Random(seed)
    cuts = sorted(dice.choices(range(len(text) + 1), k=dice.randrange(8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = run_now(case, [text])
    assert run_now(case, pieces) == whole
    assert run_now(case, list(text)) == whole


@cases(lossless=True)
def test_stock_operators_can_stand_on_both_sides(case: Case) -> None:
    lab = TextMarbles()
    stream = play(lab, case.items).pipe(ops.map(lambda x: x), case.make(), ops.map(lambda x: x))
    assert text_of(lab.run(stream).values) == text_of(case.items)


@pytest.mark.parametrize("end", ["completed", "error", "disposed", "disposed at once"])
@cases()
def test_a_stream_that_is_over_leaves_nothing_to_the_cyclic_collector(case: Case, end: str) -> None:
    def stream() -> None:
        source, over = Subject[Any](), threading.Event()

        def failed(error: Exception) -> None:
            vars(error).clear()  # Its result names the error.
            over.set()

        subscription = source.pipe(case.make()).subscribe(None, failed, over.set)
        for item in case.items if end != "disposed at once" else ():
            source.on_next(item)
        if end == "completed":
            source.on_completed()
        elif end == "error":
            source.on_error(ValueError("broken"))
        if not end.startswith("disposed"):
            assert over.wait(5)
        subscription.dispose()

    stream()  # What is made once for the process is not the stream's.
    gc.collect()
    gc.disable()
    try:
        stream()
        assert gc.collect() == 0
    finally:
        gc.enable()

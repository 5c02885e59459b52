from datetime import timedelta

import pytest
import reactivex as rx
from reactivex import operators as ops

from rx_stream.testing import Recording, Row, TextMarbles


def test_chunks_take_no_time_and_keep_spaces_digits_and_line_feeds() -> None:
    lab = TextMarbles()
    seen = lab.run(lab.cold(r"'a 1' '\n' 250ms  ' 22' 1.5s 'é' |"))
    assert [tuple(row) for row in seen] == [
        (0.0, "N", "a 1"),
        (0.0, "N", "\n"),
        (0.25, "N", " 22"),
        (1.75, "N", "é"),
        (1.75, "C", None),
    ]


@pytest.mark.parametrize("tick", [0.25, timedelta(milliseconds=250)])
def test_a_dash_is_one_tick(tick: float | timedelta) -> None:
    lab = TextMarbles(tick=tick)
    assert lab.run(lab.cold("- 'a' --- 'b' |")) == lab.expect("250ms 'a' 0.75s 'b' |")


def test_a_tick_is_one_second_by_default() -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("-'a'--|")) == lab.expect("1s 'a' 2s |")


def test_minutes_bytes_raw_strings_and_names_are_understood() -> None:
    lab = TextMarbles()
    seen = lab.run(lab.cold(r"2m b'\x00' r'\n' été |", lookup={"été": 7}))
    assert [tuple(row) for row in seen] == [
        (120.0, "N", b"\x00"),
        (120.0, "N", "\\n"),
        (120.0, "N", 7),
        (120.0, "C", None),
    ]


def test_parentheses_only_group() -> None:
    lab = TextMarbles()
    assert lab.expect("('a' (x |))", lookup={"x": 1}) == lab.expect("'a' x |", lookup={"x": 1})


@pytest.mark.parametrize(
    ("diagram", "place", "rule"),
    [
        ("'a' - %", "'%' at character 6", "made of"),
        ("'a' 'b", '"\'b" at character 4', "made of"),
        ("250 'a'", "\"250 'a'\" at character 0", "made of"),
        ("250msec", "'250msec' at character 0", "made of"),
        ("'a' f'b'", "\"f'b'\" at character 4", "made of"),
        ("'a' | 'b'", "\"'b'\" at character 6", "over after | or #"),
        ("# -", "'-' at character 2", "over after | or #"),
        ("'a' x", "'x' at character 4", "names that lookup has"),
        ("('a'", "\"('a'\" at character 0", "closed"),
        ("'a') |", "') |' at character 3", "opened"),
        (r"'\x'", r"at character 0", "valid Python strings"),
    ],
)
def test_a_bad_diagram_is_refused_with_its_place(diagram: str, place: str, rule: str) -> None:
    with pytest.raises(ValueError, match=r"^TextMarbles\.cold: diagram must be ") as caught:
        TextMarbles().cold(diagram)
    assert place in str(caught.value)
    assert rule in str(caught.value)


def test_bad_arguments_are_refused_by_name_and_value() -> None:
    lab = TextMarbles()
    for call, kind, message in (
        (lambda: TextMarbles(tick=0), ValueError, "TextMarbles: tick .* not 0"),
        (lambda: TextMarbles(tick=float("nan")), ValueError, "TextMarbles: tick .* not nan"),
        (lambda: TextMarbles(tick=True), TypeError, "TextMarbles: tick .* not True"),
        (lambda: lab.run("'a'"), TypeError, "TextMarbles.run: source .* not \"'a'\""),
        (lambda: lab.run(rx.never(), until=-1), ValueError, "TextMarbles.run: until .* not -1"),
        (lambda: lab.run(rx.never(), dispose_at=-1), ValueError, "dispose_at .* not -1"),
        (lambda: lab.cold(7), TypeError, "TextMarbles.cold: diagram .* not 7"),
        (lambda: lab.hot("#", error="x"), TypeError, "TextMarbles.hot: error .* not 'x'"),
        (lambda: lab.expect("a", lookup="a"), TypeError, "TextMarbles.expect: lookup .* not 'a'"),
    ):
        with pytest.raises(kind, match=message):
            call()


def test_items_at_one_instant_do_not_make_the_clock_drift() -> None:
    lab = TextMarbles()
    diagram = "250ms " + "'x'" * 305 + "|"
    seen = lab.run(lab.cold(diagram).pipe(ops.map(str.upper)))
    assert {row.time for row in seen} == {0.25}
    assert len(seen) == 306
    assert lab.run(rx.from_iterable("x" * 500).pipe(ops.observe_on(lab.scheduler)))[-1].time == 0.0


def test_a_start_of_the_scheduler_itself_does_not_drift() -> None:
    lab = TextMarbles()
    times: list[float] = []
    for _ in range(305):
        lab.scheduler.schedule_relative(1.0, lambda *_: times.append(lab.scheduler.clock))
    lab.scheduler.start()
    assert set(times) == {201.0}


def test_what_happens_after_a_thousand_seconds_is_recorded() -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("15m 'late' 100m |")) == lab.expect("900s 'late' 6000s |")


def test_times_far_below_a_second_are_exact() -> None:
    lab = TextMarbles(tick=0.001)
    assert lab.run(lab.cold("- 'a' - 'b' 0.1ms |")) == lab.expect("1ms 'a' 1ms 'b' 0.1ms |")
    assert lab.run(lab.cold("- 'a' |")) != lab.expect("2ms 'a' |")


def test_a_hot_item_at_the_instant_of_subscription_is_seen() -> None:
    lab = TextMarbles()
    assert lab.run(lab.hot("'now' 1s 'then' |")) == lab.expect("'now' 1s 'then' |")


def test_a_hot_source_is_seen_from_where_one_subscribes() -> None:
    lab = TextMarbles()
    hot = lab.hot("'a' 1s 'b' 1s 'c' |")
    late = rx.timer(1.5, scheduler=lab.scheduler).pipe(ops.flat_map(lambda _: hot))
    assert lab.run(late) == lab.expect("2s 'c' |")
    too_late = rx.timer(3, scheduler=lab.scheduler).pipe(ops.flat_map(lambda _: hot))
    assert lab.run(too_late) == lab.expect("3s |")


def test_subscriptions_are_recorded_to_the_microsecond() -> None:
    lab = TextMarbles()
    for source in (lab.cold("'a' 2s 'b' |"), lab.hot("'a' 2s 'b' |")):
        lab.run(source, dispose_at=0.25)
        assert source.subscriptions == [(0.0, 0.25)]
        lab.run(
            rx.timer(0.123456, scheduler=lab.scheduler).pipe(ops.flat_map(lambda _, s=source: s))
        )
        assert [s.start for s in source.subscriptions] == [0.123456]
        lab.run(source)
        assert source.subscriptions == [(0.0, 2.0)]
        lab.run(source, until=1)
        assert source.subscriptions == [(0.0, None)]


def test_each_subscription_of_a_cold_source_plays_it_anew() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s #")
    assert lab.run(source.pipe(ops.retry(2))) == lab.expect("'a' 1s 'a' 1s #")
    assert source.subscriptions == [(0.0, 1.0), (1.0, 2.0)]


def test_errors_compare_by_type_and_text() -> None:
    lab = TextMarbles()
    seen = lab.run(lab.cold("'a' #", error=ValueError("x")))
    assert seen == lab.expect("'a' #", error=ValueError("x"))
    assert seen != lab.expect("'a' #", error=RuntimeError("x"))
    assert seen != lab.expect("'a' #", error=ValueError("y"))
    assert lab.run(lab.cold("#")) == lab.expect("#")


def test_items_compare_by_type_too() -> None:
    lab = TextMarbles()
    assert lab.expect("x", lookup={"x": 1}) != lab.expect("x", lookup={"x": True})
    assert lab.expect("'1'") != lab.expect("x", lookup={"x": 1})
    assert lab.expect("'1'") == lab.expect('"1"')


def test_disposal_comes_before_what_is_due_at_that_instant() -> None:
    lab = TextMarbles()
    for source in (lab.cold("'a' 1s 'b' |"), lab.hot("'a' 1s 'b' |")):
        assert lab.run(source, dispose_at=1) == lab.expect("'a'")
        assert lab.run(source, dispose_at=timedelta(seconds=1.000001)) == lab.expect("'a' 1s 'b' |")
        assert lab.run(source, dispose_at=0) == lab.expect("")


def test_until_includes_what_is_due_then_and_sets_the_clock() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s 'b' 1s 'c'")
    assert lab.run(source, until=1) == lab.expect("'a' 1s 'b'")
    assert lab.scheduler.clock == 201.0
    assert lab.run(source, until=timedelta(seconds=10)) == lab.expect("'a' 1s 'b' 1s 'c'")
    assert lab.run(source, until=0) == lab.expect("'a'")


def test_one_lab_serves_many_runs() -> None:
    lab = TextMarbles()
    cold, hot = lab.cold("0.3s 'a' 0.3s 'b' |"), lab.hot("0.1s 'x' 0.7s 'y' |")
    for _ in range(3):
        assert lab.run(cold, until=0.45) == lab.expect("300ms 'a'")
        assert lab.run(hot, until=0.45) == lab.expect("100ms 'x'")
        assert lab.run(cold) == lab.expect("300ms 'a' 300ms 'b' |")
        assert lab.run(hot) == lab.expect("100ms 'x' 700ms 'y' |")


def test_a_run_goes_on_after_one_whose_subscriber_raised() -> None:
    lab = TextMarbles()
    bad = lab.cold("'a' 1s 'b' |").pipe(ops.do_action(on_completed=lambda: 1 / 0))
    lab.run(bad)
    lab.scheduler.schedule_relative(0.5, lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        lab.run(lab.cold("1s 'a' |"))
    assert lab.run(lab.cold("1s 'a' |")) == lab.expect("1s 'a' |")


def test_a_stream_that_never_rests_is_refused_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr("rx_stream.testing.scheduler._MOST_ACTIONS", 1000)
    lab = TextMarbles()
    with pytest.raises(RuntimeError, match=r"still busy at \d+\.0 s .*until="):
        lab.run(rx.interval(1.0, scheduler=lab.scheduler))
    assert len(lab.run(rx.interval(1.0, scheduler=lab.scheduler), until=10)) == 10


def test_the_scheduler_is_given_to_subscribe_as_a_user_would() -> None:
    lab = TextMarbles()
    seen: list[object] = []

    def subscribe(observer, scheduler=None):
        seen.append(scheduler)
        return rx.empty().subscribe(observer)

    other = rx.scheduler.ImmediateScheduler()
    lab.run(rx.create(subscribe))
    lab.run(rx.create(subscribe), scheduler=other)
    assert seen == [lab.scheduler, other]
    assert lab.run(lab.cold("'a' |").pipe(ops.delay(0.5))) == lab.expect("500ms 'a' |")


def test_items_at_zero_arrive_after_subscribe_has_returned() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' |")
    order: list[str] = []

    def subscribe(observer, scheduler=None):
        subscription = source.subscribe(order.append, scheduler=scheduler)
        order.append("subscribed")
        return subscription

    lab.run(rx.create(subscribe))
    assert order == ["subscribed", "a"]


def test_a_recording_reads_as_a_diagram_and_shows_its_parts() -> None:
    lab = TextMarbles()
    diagram = "'Hel' 250ms 'lo' 1.5s 'x' |"
    seen = lab.run(lab.cold(diagram))
    assert str(seen) == diagram
    assert seen == lab.expect(str(seen))
    assert (seen.values, seen.text, seen.error, seen.completed) == (
        ["Hel", "lo", "x"],
        "Hellox",
        None,
        True,
    )
    failed = lab.run(lab.cold("'a' #", error=ValueError("no")))
    assert (repr(failed.error), failed.completed) == ("ValueError('no')", False)
    assert Recording().error is None


def test_rows_read_well_in_a_failure() -> None:
    assert repr(Row(0.25, "N", "Hello ")) == "0.25s 'Hello '"
    assert repr(Row(2.0, "C")) == "2s |"
    assert repr(Row(0.0, "E", ValueError("x"))) == "0s # ValueError('x')"
    assert len({Row(0.0, "N", []), Row(0.0, "N", [])}) == 1

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from rx_stream.testing import Recording, Row, TextMarbles, diagram
from rx_stream.types import ServerSentEvent, StreamChunk, StreamProgress

SVG = "{http://www.w3.org/2000/svg}"


def pills(svg: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every pill."""
    out = []
    for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        if rect.get("class") == "pill":
            x, y, width, height = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
            out.append((x, y, x + width, y + height))
    return out


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def labels(svg: str) -> list[str]:
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_run_is_drawn_from_source_to_result() -> None:
    picture = diagram(
        "'Hel' 250ms 'lo ' |", ("upper", ops.map(str.upper)), titles=["model", "shown"]
    )
    assert labels(picture.svg) == ["model", "Hel", "lo·", "upper", "shown", "HEL", "LO·"]
    lab = TextMarbles()
    assert picture.recordings == (
        lab.expect("'Hel' 250ms 'lo ' |"),
        lab.expect("'HEL' 250ms 'LO ' |"),
    )


def test_stages_are_run_one_after_the_other() -> None:
    picture = diagram(
        "'a' 'b' |", ("upper", ops.map(str.upper)), ("twice", ops.map(lambda x: x * 2))
    )
    assert [r.text for r in picture.recordings] == ["ab", "AB", "AABB"]


def test_recorded_rows_are_drawn_and_run_on() -> None:
    lab = TextMarbles()
    seen = lab.run(lab.cold("'a' 1s 'b' |"))
    picture = diagram(seen, ("mine", lab.expect("1s 'ab' |")), ("upper", ops.map(str.upper)))
    assert [r.text for r in picture.recordings] == ["ab", "ab", "AB"]


@given(
    st.lists(
        st.tuples(st.integers(0, 3000), st.text(min_size=1, max_size=30)), min_size=1, max_size=12
    )
)
def test_pills_never_overlap(items: list[tuple[int, str]]) -> None:
    rows = [Row(ms / 1000, "N", text) for ms, text in sorted(items)]
    ended = Recording([*rows, Row(rows[-1].time, "C")])
    boxes = pills(diagram(ended, ("again", ops.map(lambda x: x))).svg)
    assert len(boxes) == 2 * len(items)
    assert not any(overlap(a, b) for a, b in itertools.combinations(boxes, 2))


def test_items_of_one_instant_are_stacked_downward_in_order() -> None:
    boxes = pills(diagram("'a' 'bbbbbbbbbb' 'c' 5s 'd' |").svg)
    assert [box[0] for box in boxes[:3]] == [boxes[0][0]] * 3
    tops = [box[1] for box in boxes]
    assert tops[0] < tops[1] < tops[2]
    assert tops[3] == tops[0]


def test_the_left_end_of_an_item_stands_at_its_time() -> None:
    a, b, c = pills(diagram("'a' 1s 'b' 3s 'c' |").svg)
    assert (c[0] - b[0]) == pytest.approx(3 * (b[0] - a[0]), abs=0.2)


def test_completion_is_a_bar_and_an_error_a_cross() -> None:
    assert 'class="end"' in diagram("'a' |").svg
    failed = diagram("'a' #", error=ValueError("<no>")).svg
    assert 'class="error"' in failed
    assert "ValueError(&#x27;&lt;no&gt;&#x27;)" in failed
    endless = diagram("'a'").svg
    assert 'class="error"' not in endless
    assert 'class="end"' not in endless


def test_the_bar_stands_behind_the_last_item() -> None:
    svg = diagram("'a rather long chunk of text' 10ms |").svg
    bar = float(re.search(r'd="M([\d.]+) [\d.]+V[\d.]+" class="end"', svg)[1])
    assert bar > pills(svg)[0][2]


def test_the_same_run_gives_the_same_picture() -> None:
    def draw() -> str:
        return str(diagram("'a' 0.1s 'b' #", ("upper", ops.map(str.upper))))

    assert draw() == draw()


def test_markup_control_and_wide_characters_are_safe() -> None:
    svg = diagram(r"'<b>&\n\x00\ud800' '日本語' |").svg
    assert labels(svg) == ["<b>&\\n\\x00\\ud800", "日本語"]


def test_the_style_holds_for_this_picture_only() -> None:
    style = ElementTree.fromstring(diagram("'a' |").svg).find(f"{SVG}style").text
    rules = [rule for rule in style.split("}") if rule]
    assert all(rule.startswith(".rx-marbles ") for rule in rules)


def test_items_that_are_no_text_are_named_shortly() -> None:
    items = {
        "a": StreamChunk("hi "),
        "b": StreamChunk(is_complete=True, finish_reason="stop"),
        "c": StreamProgress(tokens_received=3, percentage=25.0),
        "d": ServerSentEvent("x", event="done"),
        "e": 7,
        "f": "x" * 100,
    }
    seen = labels(diagram("a 1s b 1s c 1s d 1s e 1s f", lookup=items).svg)
    assert seen == ["hi·", "[stop]", "[3·25%]", "done:·x", "7", "x" * 39 + "…"]


def test_a_notebook_shows_it_and_a_file_holds_it(tmp_path) -> None:
    picture = diagram("'é' |")
    assert picture._repr_svg_() == picture.svg == str(picture)
    picture.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    assert repr(picture).startswith("<Diagram: 1 rows")


def test_a_stream_without_end_is_drawn_up_to_a_time() -> None:
    assert diagram("'a' 1s 'b' 1s 'c'", ("same", ops.map(str)), until=1).recordings[1].text == "ab"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: diagram(7), TypeError, "diagram: source must be .* not 7"),
        (lambda: diagram("'a' %"), ValueError, "diagram: diagram must be .* character 4"),
        (lambda: diagram("'a'", ops.map(str)), TypeError, "diagram: stage must be a pair"),
        (lambda: diagram("'a'", ("same",)), ValueError, r"diagram: stage must be .* \('same',\)"),
        (lambda: diagram("'a'", ("x", 7)), TypeError, "diagram: operator must be .* not 7"),
        (lambda: diagram("'a'", (7, ops.map(str))), TypeError, "diagram: label .* not 7"),
        (lambda: diagram("'a'", width=10), ValueError, "diagram: width .* not 10"),
    ],
)
def test_bad_arguments_are_refused(call, kind, message) -> None:
    with pytest.raises(kind, match=message):
        call()

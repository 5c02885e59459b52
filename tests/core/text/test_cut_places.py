import pytest

from rx_stream.core.text.cut_places import cut_at_clause, cut_at_grapheme


@pytest.mark.parametrize(
    ("text", "limit", "piece"),
    [
        ("abcdef", 4, "abcd"),
        ("abce\u0301f", 4, "abc"),
        ("ab🇫🇷🇩🇪x", 5, "ab🇫🇷"),
        ("ab\r\nc", 3, "ab"),
        ("e\u0301\u0302x", 2, "e\u0301\u0302"),
        ("e\u0301\u0302", 2, ""),
    ],
)
def test_a_cut_falls_between_characters(text: str, limit: int, piece: str) -> None:
    assert text[: cut_at_grapheme(text, limit)] == piece


@pytest.mark.parametrize(
    ("text", "limit", "piece"),
    [
        ("one, two; three four", 15, "one, two; "),
        ("one, two; three four", 9, "one, two;"),
        ("one, two; three four", 8, "one, "),
        ("1,000 and 12:30 or", 15, "1,000 and 12:30"),
        ("1,000 and 12:30 or", 14, "1,000 and "),
        ("一二，三四、五六七", 7, "一二，三四、"),
        ("(one,) two three", 12, "(one,) "),
        ("one two three", 8, "one two "),
        ("one two three", 7, "one two"),
        ("10\u00a0000 km", 5, "10\u00a000"),
        ("abcdefgh", 5, "abcde"),
        ("a, \u0301bcd", 5, "a,"),
        ("一，\u0301二三四", 4, "一，\u0301二"),
        ("，abcdefgh", 5, "，"),
        (" abcdefgh", 5, " "),
        ("one two three", 9, "one two "),
    ],
)
def test_the_best_cut_is_behind_a_clause_then_a_space_then_a_character(
    text: str, limit: int, piece: str
) -> None:
    assert text[: cut_at_clause(text, limit)] == piece

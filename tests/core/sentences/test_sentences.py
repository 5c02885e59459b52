import pytest
from segmentation import in_every_way, run

from rx_stream.core.sentences.sentences import Sentences


def split(text: str, language: str = "en", **options: object) -> list[str]:
    """Return the sentences of a text, which must not depend on how it is cut."""
    ways = in_every_way(lambda: Sentences(language, **options), text)
    assert all(pieces == ways[0] for pieces in ways)
    return ways[0]


def marked(text: str, language: str = "en", **options: object) -> None:
    """Check a text in which ``|`` shows where sentences end."""
    assert split(text.replace("|", ""), language, **options) == text.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "It rains. |Stay in! |Why? |Because…",
        "It is Dr. Weber, Prof. Lee and Mrs. O'Neil. |They left.",
        "We met J. R. Hall at 5 p.m. |He sat down.",
        "At 5 p.m. Mr. Hall came. |He came at 6 p.m. |Mr. Hall left.",
        "The U.S. Navy left the U.S. |It sailed.",
        "Tea, coffee, etc. are here. |Take some, e.g. tea.",
        "See Fig. 3, p. 12 and No. 7 in vol. II. |No. |Never. |No. |I do.",
        "It costs 3.50 in v2.0.1. |Get it at example.com/a.b?c=1. |Or mail a.b@example.org!",
        "Wait... what? |Well... I do. |Fine... |Then go.",
        "Really?! |Yes!!! |(I think so.) |“Good.” |'Fine.' |He said **no.** |Ok.",
        "He asked “Why?” and left. |Yahoo! is here.",
        "Water boils. [12] |It is hot.",
        "Great! |iPhone users agree.",
        "The end of chapter 4. |5 people left.",
        "He earned his Ph.D. |Tom was glad.",
        "It began in 44 B.C. |Rome burned.",
        "one.Two stays, and so does x.y.z",
        "Or [...] maybe. |So.",
        "He stopped. |...and went on.",
        "A / B. / C is one. |Next.",
        "Plan B. |The next step is plan C. |We go.",
        "I like it - a lot. - so do you. |Right.",
        "Smith et al. show this. |Hello Mr . Smith.",
    ],
)
def test_english_sentences_end_where_a_reader_says(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am 3. Mai kam Dr. Weiß z. B. nach Ulm. |Ja, am 12. kam er usw. |Es ist so. |Gut."),
        ("de", "»Wirklich?« |»Ja, gewiss!« |Er ging."),
        ("fr", "M. Petit est parti. |Il a dit « Oui. » puis rien. |C'est de l'art. |Bien."),
        ("es", "¿Viene el Sr. Gil? |¡Sí! |No. |Vive en la Av. Sol, núm. 5."),
        ("it", "La sig.ra Neri arriva. |Aspetta... |I gatti dormono."),
        ("nl", "Dhr. Jansen komt. |Het is, d.w.z. dat was, goed."),
        ("pt", "O Sr. Dias chegou. |Custa 3.000,50 euros."),
        ("sv", "Det är t.ex. kl. 5. |Vad bra!"),
        ("da", "Han kom den 3. maj. |Det er f.eks. godt."),
        ("no", "Han kom den 3. mai. |Det er bl.a. bra."),
        ("fi", "Hän tuli 3. toukokuuta. |Se on esim. tämä."),
        ("pl", "To jest np. dobre. |Przyszedł 3. maja."),
        ("cs", "Přišel 3. května. |Je to např. toto."),
        ("ro", "El e dl. Pop. |Costă 5 lei."),
        ("hu", "Ez pl. jó. |Jött 3. napon."),
        ("tr", "Bu Dr. Kaya. |Geldi."),
        ("ru", "Он родился в 1950 г. в г. Москве. |Это т.е. всё. |Да!"),
        ("uk", "Ми живемо на вул. Садовій. |Це напр. добре."),
        ("bg", "Той е на ул. Роза. |Това е добре."),
        ("el", "Ο κ. Νίκος ήρθε. |Βρέχει; |Ναι."),
        ("hy", "Սա առաջինն է։ |Սա երկրորդն է: |Վերջ։"),
        ("ko", "오늘은 2026. 11. 22. 입니다. |좋아요!"),
        ("zh", "你好。|他说：“走吧。”|我们看《好！》吗？|价格是7.5元。"),
        ("ja", "雨です。|「はい。」と言った。|え！？|本当？|２．５メートルです。"),
        ("hi", "आज बारिश है। |छाता लाओ! |क्या? |ठीक।"),
        ("bn", "এটি প্রথম। |এটি দ্বিতীয়।"),
        ("ta", "இது க. ராமு. |அவர் வந்தார்."),
        ("ml", "ഇത് ഡോ. ശിവൻ. |ശരി."),
        ("ar", "هل معك مظلة؟ |نعم، معي! |شكرا."),
        ("ar", "«هل معك مظلة؟»، قال. |شكرا."),
        ("ur", "کیا حال ہے؟ |میں ٹھیک ہوں۔ |شکریہ۔"),
        ("fa", "سلام. |حال شما چطور است؟ |خوبم."),
        ("am", "ሰላም። |እንዴት ነህ፧ |ደህና።"),
        ("my", "ကျေးဇူးတင်ပါတယ်။ |မင်္ဂလာပါ။"),
        ("km", "សួស្តី។ |អរគុណ។"),
        ("bo", "བཀྲ་ཤིས། |བདེ་ལེགས།"),
        ("th", "สวัสดีครับ วันนี้อากาศดี"),
    ],
)
def test_sentences_of_other_languages_and_scripts(language: str, text: str) -> None:
    marked(text, language)


def test_marks_come_from_the_script_whatever_the_language() -> None:
    marked("Βρέχει; |Ναι. |Սա է: |Այո։ |你好。|ठीक। |It is so; and: so.")
    marked("const α;β = 1; x")


@pytest.mark.parametrize("tag", ["de-AT", "de_DE", "DE"])
def test_a_region_does_not_change_the_language(tag: str) -> None:
    marked("Am 3. Mai kam er. |Gut.", tag)


def test_a_language_without_lists_gets_the_english_ones() -> None:
    marked("Xu Dr. Ba e.g. ka. |Ne.", "xx")


def test_white_space_stays_with_the_sentence_before() -> None:
    marked("Hello.  \t|World.\u3000|Bye.\r\n")
    marked("One.\n|\n\n  Two.\n")


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n|Some text. |More.\n|- one. |Two\n|- three",
        "1. Wash. |Rinse.\n|2. Cook\n|a) Eat\n|iv. Rest\n|• 9. Sleep",
        "1.) First item. |2.) Second item. |3.) Third",
        "a) first |b) second",
        "i.) first |ii.) second |iii.) third",
        "Take step 1. |Then go to step 2. |Done.",
        "Read:\n|```python\n|x = 1. + 2.  # A. B\n|```\n|Done. |Bye.",
        "~~~\n|a. B\n|```\n|c. D\n|~~~\n|E. |F"
        if False
        else "~~~\n|a. B\n|```\n|c. D\n|~~~\n|It. |Is",
    ],
)
def test_markdown_lists_headings_and_code(text: str) -> None:
    marked(text)


def test_soft_newlines_are_white_space() -> None:
    options = {"newline": "soft"}
    marked("This line\nis wrapped. |It goes\non here.\n\n|New\nparagraph", **options)
    marked("Some text\n|- one\n|- two\n|# Head\n|1. first\n|```\n|a. B\n|c\n|```\n|End", **options)
    marked("Hello.\n|World", **options)
    marked("A\r\n\r\n|\nB", **options)


def test_more_abbreviations_can_be_given() -> None:
    marked("Ask the Xyz. |Smith knows.")
    marked("Ask the Xyz. Smith knows. |Or Abc. Jones.", abbreviations=("xyz", "Abc."))
    marked("It is n. b. Good. |So.", abbreviations=("n. b.",))


@pytest.mark.parametrize(
    ("text", "early"),
    [
        ("Hello. W", 8),  # The first character of the next sentence.
        ("Hello.\nW", 7),  # The newline itself.
        ("你好。世", 4),
        ("你好。“世", 4),
        ("ठीक। अ", 6),
        ("U.S. The n", 9),  # The whole next word.
        ("Hello. “W", 9),  # The letter behind the quotation mark.
    ],
)
def test_a_sentence_leaves_with_the_character_that_settles_it(text: str, early: int) -> None:
    core = Sentences()
    counts = [len(core.feed(code)) for code in text]
    assert counts.index(1) + 1 == early


def test_an_abbreviation_waits_for_no_more_than_24_characters() -> None:
    core = Sentences()
    held = "It is in the U.S. " + "X" * 23
    core.feed(held)
    assert core.drain() != held
    core.feed("X")
    assert core.drain() != ""


@pytest.mark.parametrize(
    ("held", "given"),
    [
        ("Hello world.", ["Hello world."]),
        ("One. Two! ", ["Two! "]),
        ("He left Acme Inc.", []),
        ("It ended, etc.", ["It ended, etc."]),
        ("See Dr.", []),
        ("Hello wor", []),
        ("1.", []),
        ("好。", ["好。"]),
        ('Done. "', ["Done. "]),
    ],
)
def test_after_silence_a_sentence_leaves_that_lacks_only_look_ahead(
    held: str, given: list[str]
) -> None:
    core = Sentences()
    before = core.feed(held)
    assert list(core.settle()) == given
    assert list(core.settle()) == []
    assert (
        "".join([*before, *given, *core.feed("Xyz is. The"), *core.flush()]) == held + "Xyz is. The"
    )


def test_after_silence_the_text_goes_on_as_usual() -> None:
    core = Sentences()
    core.feed("Pi is 3.")
    assert list(core.settle()) == ["Pi is 3."]
    assert list(core.feed(" Dr. Lee asks. W")) == [" Dr. Lee asks. "]


def test_what_is_drained_does_not_come_again_and_is_still_known() -> None:
    core = Sentences()
    core.feed("```py")
    assert core.drain() == "```py"
    assert list(core.feed("\nx. Y\n```\nSee Dr")) == ["\n", "x. Y\n", "```\n"]
    assert core.drain() == "See Dr"
    assert list(core.feed(". Lee. The")) == [". Lee. "]


# Complaints that were made about other streaming splitters.


def test_the_last_sentence_does_not_wait_for_another_stream() -> None:
    assert run(Sentences, ["It ", "is over."]) == ["It is over."]


def test_a_sentence_may_end_in_a_number() -> None:
    marked("It was 1984. |Then 7. |The end.")


def test_a_tag_with_a_decimal_is_not_cut() -> None:
    marked('<break time="1.05s"/> Go on. |Then <speed ratio="1.5"/> stop.')


def test_the_space_between_numbers_is_kept() -> None:
    marked("Take 10 000. |20 more.")


def test_paragraph_breaks_are_kept() -> None:
    assert "".join(split("One.\n\n\nTwo.\n\n")) == "One.\n\n\nTwo.\n\n"


def test_marks_alone_do_not_hang_or_vanish() -> None:
    for text in (".", "...", "?!", "。。", " . ", "\n", ")", '"', "[", "```"):
        assert "".join(split(text)) == text


def test_short_sentences_of_wide_scripts_are_not_delayed() -> None:
    core = Sentences("ja")
    assert list(core.feed("はい。い")) == ["はい。"]


@pytest.mark.parametrize(
    "text",
    [
        "See http://x.org/a.etc. |Then go.",
        "It is 5 lb. |The box is heavy.",
        "a. Wash it. |b. Dry it.",
        "iv. Next one. |Then.",
        "He waits: at 5 p.m. Tom leaves.",
        "Wait… no. |And then…? |Yes.",
        "From 3... 5 of them. |So.",
        "- 1. Wash it. |Rinse it.",
        "- 1234. |Rinse it.",
        "He nodded. (and left) She stayed. |So.",
        "Really! ? |Yes.",
        "He is 6 ft. 2 tall. |So.",
        "It is 5 p.m. |20 men came.",
        "It was in 44 B.C. 20 men came.",
        "It came from the U.S. |$5 is the price.",
    ],
)
def test_rarer_english_cases(text: str) -> None:
    marked(text)


def test_a_footnote_after_a_blank_line_begins_a_new_sentence() -> None:
    marked("Note.\n\n|[1] Next one. |Yes", newline="soft")


def test_blanks_without_end_after_a_mark_wait_in_pieces_and_come_out_whole() -> None:
    core = Sentences()
    blanks = [" " * 90] * 50
    got = [piece for part in ("A word.", *blanks, "B", " goes. D") for piece in core.feed(part)]
    assert got == ["A word." + "".join(blanks), "B goes. "]
    assert core.flush() == ["D"]


def test_code_begins_also_behind_a_sentence_whose_mark_needs_no_space() -> None:
    marked("你好。|\n```\n|It. Is\n|```\n|End.")
    marked("```\n|a.\n|b)\n|```\n|Done. |Bye.")
    marked("\n! |Next.")


def test_a_letter_that_comes_while_a_mark_is_undecided_is_remembered() -> None:
    assert run(Sentences, ["Hi. ", "Τι", "; No"]) == ["Hi. ", "Τι; ", "No"]


def test_however_many_blanks_follow_an_abbreviation_the_next_word_must_be_whole() -> None:
    held = "It is in the U.S." + " " * 130
    assert run(Sentences, [held, "T", "om. X"]) == [held + "Tom. ", "X"]
    assert run(Sentences, [held, "T", "he navy left. X"]) == [held, "The navy left. ", "X"]


def test_after_silence_a_newline_that_may_be_white_space_waits_unless_a_mark_is_before_it() -> None:
    core = Sentences(newline="soft")
    assert list(core.feed("It ended.\n")) == []
    assert list(core.settle()) == ["It ended.\n"]
    assert list(core.feed("A line\n")) == []
    assert list(core.settle()) == []


def test_after_silence_the_number_of_the_next_item_waits_for_its_text() -> None:
    core = Sentences()
    assert list(core.feed("1.) One. 2.)")) == ["1.) One. "]
    assert list(core.settle()) == []
    assert [*core.feed(" Two. X"), *core.flush()] == ["2.) Two. ", "X"]


@pytest.mark.parametrize(
    "text",
    [
        "等…|「好」",
        "a.「b」",
        "等…\u3000|好",
        "好。|3个",
        "好。 |世。\u3000",
        "「はい。」 |と言う。",
        "「え！？」と言った。",
        "はい。|と言った。",
        "え！？|と言う。",
        "他说好。，然后走了。",
    ],
)
def test_wide_marks_end_a_sentence_but_for_quotations_numbers_and_commas(text: str) -> None:
    marked(text)


@pytest.mark.parametrize("letter", "Ա\u0588")
def test_a_colon_with_space_ends_a_sentence_after_any_armenian_letter(letter: str) -> None:
    marked(f"{letter}: |Բ։")
    marked(f"{letter}:բ։")


@pytest.mark.parametrize("letter", "Ͱι\u03ffἀῼ")
def test_a_semicolon_ends_a_sentence_after_any_greek_letter(letter: str) -> None:
    marked(f"{letter}; |ναι.")
    marked(f"{letter};|Ναι.")
    marked(f"{letter};α.")


@pytest.mark.parametrize("text", ["שלום: כן. |Aa", "да; нет. |Да.", "好; 是。"])
def test_colons_and_semicolons_end_nothing_after_letters_of_other_scripts(text: str) -> None:
    marked(text)


def test_code_right_behind_a_sentence_is_code_also_where_newlines_are_soft() -> None:
    marked("It ended.\n|```\n|a. B\n|```\n|End", newline="soft")
    marked("It ended. \n  |```\n|a. B\n|```\n|End. |```\nnot code. |B", newline="soft")


def test_footnotes_belong_to_the_sentence_also_where_newlines_are_soft() -> None:
    marked("Water boils. [12] |It is hot.", newline="soft")


@pytest.mark.parametrize("text", ["Hello.\n\n", "See e.g.\n\n", "好。\n\n"])
def test_a_blank_line_ends_a_soft_sentence_at_once(text: str) -> None:
    core = Sentences(newline="soft")
    assert list(core.feed(text)) == [text]


def test_a_bracket_that_is_no_footnote_is_not_waited_for() -> None:
    core = Sentences()
    assert list(core.feed("It boils. [S")) == ["It boils. "]


def test_a_soft_newline_before_plain_text_is_not_waited_for() -> None:
    core = Sentences(newline="soft")
    assert list(core.feed("A line\nof text. N")) == ["A line\nof text. "]
    marked("Wait\n! |Yes.", newline="soft")


@pytest.mark.parametrize("end", ["#", "1", "-", "``", ""])
def test_what_might_become_a_block_is_text_where_the_stream_ends(end: str) -> None:
    assert "".join(split(f"A line\n{end}", newline="soft")) == f"A line\n{end}"


@pytest.mark.parametrize(
    "text",
    [
        "He came at 5 p.m. J. Hall left.",
        "It is C. I like it.",
        "It is J. I like it.",
        "It is B. I like it.",
        "It is E. I like it.",
        "So do I. |I like it.",
        "It is plan C. |A man came.",
        "It is option b. |Tom left.",
        "이것은 가. |나는 간다.",
        "Take the T-X. |Tom left.",
    ],
)
def test_a_capital_letter_with_a_dot_is_an_initial_unless_the_next_word_begins_a_sentence(
    text: str,
) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "See Fig. I there.",
        "See vol. I there.",
        "See No. V there. |So.",
        "It takes 5 min. 3 sec. in all.",
        "He left Area 51 Inc. Tom stayed.",
        "Ask Prof. He about it. |So.",
        "Take it (e.g. Tea now). |So.",
        "Ask Mr./Mrs. Smith now. |So.",
        "Ask Lt.-Col. Smith now. |So.",
        "In 44 B.C. Tom came.",
        "It began in 44 B.C. |Tom came.",
    ],
)
def test_abbreviations_go_on_before_what_they_shorten(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "He came at 5 p.m. ET today. |So.",
        "He came at 5 p.m. AEST today. |So.",
        "He came at 5 p.m. |HELLO he said.",
        "He came at 5 p.m. |X marks it.",
    ],
)
def test_an_hour_goes_on_before_a_zone_of_two_to_four_capitals(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "- viii. Next one. |Then.",
        "- iv. Next one. |Then.",
        "- b. Wash it. |Rinse it.",
        "- xiii. |Wash it.",
        "Hello\t. |Next one.",
        ". |Next one.",
    ],
)
def test_only_a_number_at_the_beginning_of_a_line_is_that_of_an_item(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Ludwig XIV. war da. |Ja."),
        ("de", "Ludwig XVIII. war da. |Ja."),
        ("de", "Karl IV. Ludwig kam. |Ja."),
        ("de", "Karl XVIII. Ludwig kam. |Ja."),
        ("de", "Es waren 123. |Dann ging er."),
        ("de", "Die 1234. 5 Leute."),
        ("de", "Die 12345. |5 Leute kamen."),
        ("ta", "கா. ராமு வந்தார். |சரி."),
        ("ta", "க\u0bc6\u0bbe. ராமு வந்தார். |சரி."),
        ("ta", "க\u0bc6\u0bbe\u0bcd. |ராமு வந்தார். |சரி."),
        ("ta", "கர. |ராமு வந்தார்."),
        ("ml", "ൿ. രാമു വന്നു."),
    ],
)
def test_ordinals_and_initials_of_other_languages(language: str, text: str) -> None:
    marked(text, language)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Hello.|世界。",
            "Hello!|世界。",
            "Hello.|かな。",
            "Hello.|豈。",
            "Hello.가나.",
            "Hello.힣.",
        ),
        *("Dr.王。", "U.S.王。", "J.王。", "Dr!|王。", "Dr?|王。", "Dr…|王。"),
    ],
)
def test_a_mark_without_space_ends_a_sentence_before_scripts_that_have_none(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Or […] Maybe. |So.",
        "Wait . . . |Then go.",
        "Wait . . . . |Then go.",
        "From 3 . . . 5 of them.",
        "Wait . . . I do.",
        "From 3.. 5 of them. |So.",
        "He left.... |5 men came.",
        "He left . . . . |5 men came.",
        "Well… I do.",
        "Well... I'm here.",
        "Well... I’m here.",
        "Wait... |It is so.",
        "He stopped. |…and went on.",
        "He stopped. |..and went on.",
        "I like it. .net is good.",
        "Wait. ... |Then go.",
    ],
)
def test_dots_are_a_rest_before_a_number_and_i_and_end_a_sentence_before_other_words(
    text: str,
) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "He said “no.” - She left. |So.",
        "He said “no”. |- She left. |So.",
        "He left. |- She stayed.",
        "He left! - She stayed.",
        "He left. - 5 stayed.",
        "He left. -",
        "He left. |- “She” stayed.",
    ],
)
def test_a_dash_begins_a_sentence_only_behind_a_full_stop_and_before_a_capital(text: str) -> None:
    marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is so. iPhone users agree. |So.",
        "Great? |iPhone users agree.",
        "Wow! éA goes. |So.",
    ],
)
def test_a_small_letter_begins_a_sentence_only_in_a_name_behind_an_exclamation(text: str) -> None:
    marked(text)


def test_a_long_next_word_that_comes_at_once_is_not_waited_for() -> None:
    core = Sentences()
    held = "It is in the U.S. " + "X" * 30
    core.feed(held)
    assert core.drain() == held


@pytest.mark.parametrize("size", [1, 22, 23, 24, 25, 60])
@pytest.mark.parametrize("opener", [*"\"'([*_`“«-—", " -", "-\u200b"])
@pytest.mark.parametrize(
    "before", ["Go. ", "Dr. ", "U.S. ", "No. ", "A. ", "Go! ", "Go… ", "Go.\n"]
)
def test_a_row_of_opening_marks_of_any_length_is_judged_alike_however_it_comes(
    before: str, opener: str, size: int
) -> None:
    for after in (" A", "a", "I do.", "5", ""):
        text = before + opener * size + after
        assert "".join(split(text)) == text


@pytest.mark.parametrize("size", [61, 62, 63, 64, 65])
def test_a_number_behind_as_many_marks_as_are_looked_back_at_is_judged_alike(size: int) -> None:
    text = "*" * (size - 2) + "ix. And so on."
    assert (split(text) == [text]) is (size <= 64)


@pytest.mark.parametrize("space", ["\u200b", "\xa0", " \u200b ", "\t"])
def test_blanks_of_every_kind_make_a_blank_line_where_newlines_are_soft(space: str) -> None:
    assert split(f"One\n{space}\nTwo", newline="soft") == [f"One\n{space}\n", "Two"]


@pytest.mark.parametrize(
    "text",
    [
        "他笑了。|“你好。”|她说。",
        "我是！|‘是的。’|“再见？”|“AI！”|他说。",
        "他说：“好。”|然后走了。",
        "他走了……|“你好。”",
        "好!|“是的。”|Dr.“王。”",
        "„Ja.“ |„Nein!“ |Ja.“ |‚Gut.‘ |Gut.",
    ],
)
def test_a_quotation_mark_that_closes_in_german_opens_the_next_sentence_in_chinese(
    text: str,
) -> None:
    marked(text)


@pytest.mark.parametrize("selector", ["\ufe0f", "\ufe0e"])
def test_a_mark_that_is_shown_as_an_emoji_is_one(selector: str) -> None:
    marked(f"Wow\u203c{selector} |Really\u2049{selector} |Yes.")


def test_a_selector_stays_with_its_full_stop() -> None:
    marked("好。\ufe00|世界！\ufe01”|好")


@pytest.mark.parametrize("newline", ["\n", "\x85", "\u2028", "\u2029"])
def test_a_newline_of_any_kind_ends_a_long_run_of_marks_at_once(newline: str) -> None:
    core = Sentences()
    text = "Hm" + "." * 200 + newline
    assert [sentence for code in text for sentence in core.feed(code)] == [text]

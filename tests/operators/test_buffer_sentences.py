import pytest
import reactivex as rx

from rx_stream import StreamChunk, buffer_sentences
from rx_stream.testing import TextMarbles


def sentences(text: str, **options: object) -> list[str]:
    out: list[str] = []
    rx.from_iterable(text).pipe(buffer_sentences(**options)).subscribe(out.append)
    return out


def test_a_sentence_leaves_with_the_first_character_of_the_next() -> None:
    lab = TextMarbles()
    source = lab.cold("'It is 3' 1s '.' 1s '5. ' 1s 'Go' 1s '.' 1s |")
    got = lab.run(source.pipe(buffer_sentences()))
    assert got == lab.expect("3s 'It is 3.5. ' 2s 'Go.' |")


def test_the_last_sentence_comes_before_an_error() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'Yes. No' 1s #").pipe(buffer_sentences()))
    assert got == lab.expect("'Yes. ' 1s 'No' #")


def test_for_speech_the_white_space_can_be_dropped() -> None:
    assert sentences("One.  Two.\n\n\nThree.\n \n", strip=True) == ["One.", "Two.", "Three."]


def test_the_language_selects_the_abbreviations() -> None:
    text = "Am 3. Mai kam er. Gut."
    assert sentences(text, language="de") == ["Am 3. Mai kam er. ", "Gut."]
    assert sentences(text, language="en") == ["Am 3. ", "Mai kam er. ", "Gut."]


def test_short_sentences_are_joined_and_long_ones_are_cut() -> None:
    assert sentences("Hi. Oh. It is late.", min_length=5) == ["Hi. Oh. ", "It is late."]
    assert sentences("We eat, then we go home. So.", max_length=12) == [
        "We eat, ",
        "then we go ",
        "home. ",
        "So.",
    ]


def test_the_first_piece_may_be_a_clause() -> None:
    assert sentences("Sure, here it is: rice. So, eat.", first_min=4) == [
        "Sure, ",
        "here it is: rice. ",
        "So, eat.",
    ]


def test_hard_wrapped_text_is_read_with_soft_newlines() -> None:
    assert sentences("It is\nlate. Go\nhome.\n\nBye", newline="soft") == [
        "It is\nlate. ",
        "Go\nhome.\n\n",
        "Bye",
    ]


def test_more_abbreviations_can_be_given_once_for_many_subscriptions() -> None:
    operator = buffer_sentences(abbreviations=iter(["Xyz."]))
    for _ in range(2):
        out: list[str] = []
        rx.of("Ask Xyz. Smith. Bye").pipe(operator).subscribe(out.append)
        assert out == ["Ask Xyz. Smith. ", "Bye"]


def test_silence_sends_what_lacks_only_look_ahead() -> None:
    lab = TextMarbles()
    source = lab.cold("'Yes.' 2s ' I see Dr.' 2s ' Lee. Now' 2s |")
    got = lab.run(source.pipe(buffer_sentences(flush_after=0.5)))
    assert got == lab.expect("500ms 'Yes.' 3500ms ' I see Dr. Lee. ' 2s 'Now' |")


def test_silence_and_stripping_go_together() -> None:
    lab = TextMarbles()
    source = lab.cold("'Yes. ' 2s 'No. ' 2s |")
    got = lab.run(source.pipe(buffer_sentences(flush_after=0.5, strip=True)))
    assert got == lab.expect("500ms 'Yes.' 2s 'No.' 1500ms |")


def test_chunks_keep_their_metadata_and_make_no_token_counts_up() -> None:
    lab = TextMarbles()
    chunks = {
        "a": StreamChunk("One. T", token_count=3, metadata={"id": "a"}),
        "b": StreamChunk("wo.", token_count=2, metadata={"id": "b"}),
    }
    source = lab.cold("a 1s b |", lookup=chunks)
    got = [row.value for row in lab.run(source.pipe(buffer_sentences())) if row.kind == "N"]
    assert [(c.content, c.token_count, c.metadata["id"]) for c in got] == [
        ("One. ", None, "a"),
        ("Two.", None, "b"),
    ]


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"language": ""}, ValueError, "language must be a language tag, not ''"),
        ({"language": "en us"}, ValueError, "language must be a language tag, not 'en us'"),
        ({"language": "english"}, ValueError, "language must be a language tag, not 'english'"),
        ({"language": None}, TypeError, "language must be a language tag, not None"),
        ({"strip": 1}, TypeError, "strip must be True or False, not 1"),
        ({"min_length": -1}, ValueError, "min_length must be .* not -1"),
        ({"min_length": 9, "max_length": 8}, ValueError, "min_length must be at most .* 8, not 9"),
        ({"max_length": 0}, ValueError, "max_length must be .* not 0"),
        ({"first_min": 0}, ValueError, "first_min must be .* not 0"),
        ({"first_min": False}, TypeError, "first_min must be .* not False"),
        ({"newline": "hard"}, ValueError, "newline must be one of 'break', 'soft', not 'hard'"),
        ({"abbreviations": "Dr."}, TypeError, "abbreviations must be words .* not 'Dr.'"),
        ({"abbreviations": [5]}, TypeError, "abbreviations must be words, not 5"),
        ({"abbreviations": ["."]}, ValueError, "abbreviations must be words, not '.'"),
        ({"abbreviations": rx.of("a")}, TypeError, "abbreviations must be words .* not <"),
        ({"abbreviations": 5}, TypeError, "abbreviations must be words .* not 5"),
        ({"flush_after": float("inf")}, ValueError, "flush_after must be .* not inf"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(options, kind, message) -> None:
    with pytest.raises(kind, match=f"buffer_sentences: {message}"):
        buffer_sentences(**options)

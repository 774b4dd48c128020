"""The parser of commands by SMS: total, forgiving, and never taking a complaint for a command."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_gateway.lib.desk_command import HIDDEN, WORDS, Act, hide, parse, reason_of, without
from flows import reference as references

REF = references.make("482193705")
WITH_REFERENCE = sorted(word for word, act in WORDS.items() if act not in (Act.LIST, Act.HELP))

words_of_people = st.text(st.sampled_from("abcdefghij lmnopqrstuvwxyz éàêçɛŋɓ'-,.!?\n🚱0123456789"), max_size=120)
reference_digits = st.from_regex(r"[0-9]{9}", fullmatch=True).map(references.make)


@st.composite
def spaced(draw: st.DrawFn, digits: str) -> str:
    """The digits with spaces, dashes or dots put anywhere between them."""
    return (
        "".join(digit + draw(st.sampled_from(["", "", "", " ", "-", ".", " - "])) for digit in digits[:-1]) + digits[-1]
    )


class TestForgiving:
    @pytest.mark.parametrize(
        "text",
        [
            "OK {ref}",
            "ok{ref}",
            "Ok, {ref}.",
            "{ref} OK",
            "{ref}: ok !",
            "OKAY n° {ref}",
            "ok réf. {ref}",
            "  ok\n{ref}  ",
        ],
    )
    def test_case_marks_and_order_do_not_matter(self, text: str) -> None:
        for ref in (REF, references.show(REF), f"{REF[:3]}-{REF[3:6]}-{REF[6:]}", f"{REF[:2]} {REF[2:]}"):
            found = parse(text.format(ref=ref))
            assert found is not None, text
            assert (found.act, found.reference, found.pin) == (Act.ACCEPT, REF, None)

    @pytest.mark.parametrize(
        "text",
        ["12345 OK {ref}", "OK {ref} 12345", "OK 12345 {ref}", "{ref} OK 12345", "{ref} 12345 OK", "12345 {ref} OK"],
    )
    def test_a_pin_stands_first_or_beside_word_and_reference(self, text: str) -> None:
        for ref in (REF, references.show(REF), f"{REF[:5]} {REF[5:]}"):
            found = parse(text.format(ref=ref))
            assert found is not None
            assert (found.act, found.reference, found.pin) == (Act.ACCEPT, REF, "12345")

    @pytest.mark.parametrize(
        ("text", "words", "before"),
        [
            ("FAIT {ref} pompe réparée 54321", "pompe réparée 54321", "pompe réparée"),
            ("FAIT {ref} pompe réparée, PIN 54321", "pompe réparée, PIN 54321", "pompe réparée"),
            ("FAIT {ref} pompe réparée. code pin: 54321", "pompe réparée. code pin: 54321", "pompe réparée."),
            ("FAIT {ref} 12000 litres 54321", "litres 54321", "12000 litres"),
            ("12345 FAIT {ref} 12000 litres 54321", "12000 litres 54321", "12000 litres"),
        ],
    )
    def test_a_number_at_the_end_may_be_the_pin_or_text(self, text: str, words: str, before: str) -> None:
        found = parse(text.format(ref=REF))
        assert found is not None
        assert (found.words, found.words_before, found.last) == (words, before, "54321")

    def test_words_keep_their_letters(self) -> None:
        found = parse(f"question {REF} : Quel Village, près du « CSPS » ?")
        assert found is not None
        assert found.words == "Quel Village, près du « CSPS » ?"

    @pytest.mark.parametrize(("word", "act"), sorted(WORDS.items()))
    def test_every_word_in_upper_case_too(self, word: str, act: Act) -> None:
        text = word.upper() if act in (Act.LIST, Act.HELP) else f"{word.upper()} {REF}"
        found = parse(text)
        assert found is not None
        assert found.act == act

    def test_digits_of_another_script(self) -> None:
        arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        found = parse(f"OK {REF} 12345".translate(arabic))
        assert found is not None
        assert (found.reference, found.pin) == (REF, "12345")

    def test_a_reference_with_a_wrong_digit_is_a_command_still(self) -> None:
        mistyped = REF[:-1] + str((int(REF[-1]) + 1) % 10)
        found = parse(f"OK {mistyped}")
        assert found is not None
        assert found.reference == mistyped


class TestAlone:
    @pytest.mark.parametrize("text", ["12345", "1 2 3 4 5", "pin 12345", "Code PIN : 12-345", "12345."])
    def test_a_pin_alone(self, text: str) -> None:
        found = parse(text)
        assert found is not None
        assert (found.act, found.pin) == (Act.PIN, "12345")

    @pytest.mark.parametrize(
        ("text", "act"), [("LISTE", Act.LIST), ("liste 12345", Act.LIST), ("12345 aide", Act.HELP)]
    )
    def test_list_and_help(self, text: str, act: Act) -> None:
        found = parse(text)
        assert found is not None
        assert found.act == act


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "OK",
        "ok merci",
        "non",
        "non pas d'eau depuis 3 jours",
        "NON 70123456 appelez-moi",
        "OK +22670123456",
        f"{REF}",
        f"{REF} pas d'eau",
        f"SUIVI {REF}",
        f"c'est fait {REF}",
        f"la pompe {REF} est ok",
        "liste des vivres",
        "aide svp au village",
        "question sur la liste",
        "123",
        "1234567",
        f"OK {REF}7",
    ],
)
def test_what_is_no_command(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=200))
@example("OK " + "9" * 5000)
@example("٣" * 30)
@example("OK ²²²²²²²²²²")
@example("ok 0️⃣1️⃣")
def test_it_never_raises_and_its_places_are_in_the_text(text: str) -> None:
    found = parse(text)
    if found is None:
        return
    for at, digits in ((found.pin_at, found.pin), (found.last_at, found.last)):
        assert (at is None) == (digits is None)
        if at is not None:
            assert re.search(r"\d", text[slice(*at)])
            assert HIDDEN in hide(text, at)


@given(words_of_people)
def test_without_ten_digits_beside_a_word_nothing_is_a_command(text: str) -> None:
    found = parse(text)
    if found is not None and found.act not in (Act.LIST, Act.HELP, Act.PIN):
        assert len(found.reference) == references.LENGTH
        joined = "".join(filter(str.isdigit, text))
        assert found.reference in joined
        assert any(re.search(rf"(?i)\b{word}(?=\b|\d)", text) for word in WITH_REFERENCE)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz éàç'.,!?\n"), max_size=120), st.sampled_from(WITH_REFERENCE))
def test_a_word_of_a_command_without_any_digit_is_a_complaint(text: str, word: str) -> None:
    assert parse(f"{word} {text}") is None or parse(f"{word} {text}").act in (Act.LIST, Act.HELP)  # type: ignore[union-attr]


PLAIN_WORDS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz éàç"), max_size=60).map(lambda text: text.strip())


@given(
    word=st.sampled_from(WITH_REFERENCE),
    reference=reference_digits,
    words=PLAIN_WORDS,
    pin=st.none() | st.from_regex(r"[0-9]{5}", fullmatch=True),
    place=st.sampled_from(["first", "beside", "last"]),
    word_first=st.booleans(),
    upper=st.booleans(),
    data=st.data(),
)
def test_generated_commands_come_back(
    word: str,
    reference: str,
    words: str,
    pin: str | None,
    place: str,
    word_first: bool,
    upper: bool,
    data: st.DataObject,
) -> None:
    said = word.upper() if upper else word
    written = data.draw(spaced(reference)) if pin is None else reference
    head = f"{said} {written}" if word_first else f"{written} {said}"
    parts = {"first": [pin, head, words], "beside": [head, pin, words], "last": [head, words, pin]}[place]
    found = parse(" ".join(part for part in parts if part))
    assert found is not None
    assert (found.act, found.reference) == (WORDS[word], reference)
    assert (found.words_before if found.last else found.words) == words
    assert (found.pin or found.last) == pin


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "not_responsible"),
        ("pas notre zone", "not_responsible"),
        ("pas nous, voir la mairie", "not_responsible"),
        ("pas les moyens", "no_capacity"),
        ("plus de budget", "no_capacity"),
        ("no funds left", "no_capacity"),
        ("pas assez d'infos", "insufficient_info"),
        ("pas précis", "insufficient_info"),
        ("which village?", "insufficient_info"),
        ("not our area", "not_responsible"),
    ],
)
def test_the_words_of_a_no_say_why(words: str, reason: str) -> None:
    assert reason_of(words) == reason


@given(st.text(max_size=80))
def test_any_words_have_a_reason(words: str) -> None:
    assert reason_of(words) in ("not_responsible", "no_capacity", "insufficient_info")


def test_only_the_digits_themselves_are_taken_out() -> None:
    assert without("12345 litres, 123456 non, 12345", "12345") == f"{HIDDEN} litres, 123456 non, {HIDDEN}"

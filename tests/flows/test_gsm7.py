"""The arithmetic of short messages, by tables and by properties."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import gsm7

ANY_TEXT = st.text(max_size=400)
TRICKY_TEXT = st.text(st.sampled_from("a é€{çẽ\u0303\u0301😭👩\u200d🇧🇫🏽\r\n1 ") | st.characters(), max_size=700)


@pytest.mark.parametrize(
    ("text", "septets"),
    [
        ("", 0),
        ("Bonjour", 7),
        ("àéèùìòñÇ", 8),
        ("^{}\\[~]|€", 18),
        ("ligne\nligne", 11),
        ("ça", None),
        ("fête", None),
        ("l’eau", None),
        ("ɛ", None),
        ("😭", None),
    ],
)
def test_septets(text: str, septets: int | None) -> None:
    assert gsm7.septets(text) == septets


@pytest.mark.parametrize(
    ("text", "units"), [("ça", 2), ("😭", 2), ("a😭ɛ", 4), ("\u1ebd", 1), ("e\u0303", 2), ("reçu", 4)]
)
def test_size_of_what_is_not_gsm7_is_in_ucs2_units(text: str, units: int) -> None:
    assert gsm7.size(text) == units


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        # the escape pair would straddle the cut at 153: the first part ends at 152
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("😭" * 35, 1),
        # 67 units hold 33 pairs, not 33 and a half
        ("😭" * 36, 2),
        ("😭" * 66, 2),
        ("😭" * 67, 3),
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert gsm7.parts(text) == parts


@pytest.mark.parametrize(
    ("limit", "units"),
    [(160, 70), (182, 80), (156, 68)],
)
def test_ucs2_shares_the_octets_of_the_septets(limit: int, units: int) -> None:
    assert gsm7.fits("ç" * units, limit)
    assert not gsm7.fits("ç" * (units + 1), limit)
    assert gsm7.fits("a" * limit, limit)
    assert not gsm7.fits("a" * (limit + 1), limit)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ça fête où Noël", "ca fete où Noel"),
        ("À l’hôpital", "A l'hopital"),
        ("«\u00a0oui\u202f»", '" oui "'),
        ("cœur Œuvre", "coeur OEuvre"),
        ("N t'a lɔn, dɛmɛ, ɲininga, ŋ", "N t'a lon, deme, nininga, n"),
        ("sõngre yʋʋre ɩ ẽ", "songre yuure i e"),
        ("ɓaleejo ɗow ƴ", "baleejo dow y"),
        ("e\u0301cole", "école"),
        ("reçu… 5 – 6", "recu... 5 - 6"),
        ("tab\tici\x00\x07", "tab ici"),
        ("zéro\u200bjoint\u00ad", "zérojoint"),
        ("😭 ⵣ ع", "? ? ?"),
        ("ﬁn ² ½", "fin 2 1/2"),
        ("[€]", "[€]"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert gsm7.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "sent"), [("ça va 😭", "ca va ?"), ("dɛmɛ", "deme"), ("الماء", "الماء"), ("ⴰⵎⴰⵏ ça", "ⴰⵎⴰⵏ ça")]
)
def test_an_sms_in_another_script_is_not_folded_to_question_marks(text: str, sent: str) -> None:
    assert gsm7.fold_for_sms(text) == sent


@given(ANY_TEXT)
def test_folded_text_is_gsm7_and_stays_as_it_is(text: str) -> None:
    folded = gsm7.fold(text)
    assert gsm7.septets(folded) is not None
    assert gsm7.fold(folded) == folded


@given(ANY_TEXT, st.integers(0, 200))
def test_a_cut_text_fits_and_keeps_its_beginning(text: str, limit: int) -> None:
    folded = gsm7.fold(text)
    cut = gsm7.cut(folded, limit)
    assert gsm7.size(cut) <= limit
    assert cut == folded or folded.startswith(cut.removesuffix("..."))


@given(ANY_TEXT)
def test_parts_hold_the_text_and_none_is_empty(text: str) -> None:
    size, parts = gsm7.size(text), gsm7.parts(text)
    single, part = (160, 153) if gsm7.septets(text) is not None else (70, 67)
    assert (parts == 1) == (size <= single)
    assert size <= max(single, parts * part)
    # a pair that would be cut costs at most one place a part
    assert parts == 1 or size > (parts - 1) * (part - 1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a" * 160, ["a" * 160]),
        ("a" * 161, ["a" * 153, "a" * 8]),
        ("a" * 152 + "€" + "b" * 20, ["a" * 152, "€" + "b" * 20]),
        ("ç" * 71, ["ç" * 67, "ç" * 4]),
        ("ç" + "😭" * 36, ["ç" + "😭" * 33, "😭" * 3]),
        # letters and the marks on them, flags and joined emoji are not cut either
        ("ç" * 66 + "e\u0303" + "b" * 20, ["ç" * 66, "e\u0303" + "b" * 20]),
        ("ç" * 65 + "🇧🇫" + "b" * 20, ["ç" * 65, "🇧🇫" + "b" * 20]),
        ("ç" * 64 + "👩🏽\u200d⚕" + "b" * 20, ["ç" * 64, "👩🏽\u200d⚕" + "b" * 20]),
        # unless sparing them costs a part more, or one of them is longer than a part
        ("ç" * 66 + "e\u0303" + "b" * 66, ["ç" * 66 + "e", "\u0303" + "b" * 66]),
        ("e" + "\u0303" * 80, ["e" + "\u0303" * 66, "\u0303" * 14]),
    ],
)
def test_split(text: str, parts: list[str]) -> None:
    assert list(gsm7.split(text)) == parts


@given(TRICKY_TEXT)
def test_the_parts_of_a_text_are_the_text_and_each_fits(text: str) -> None:
    split = gsm7.split(text)
    room = (160 if len(split) == 1 else 153) if gsm7.septets(text) is not None else (70 if len(split) == 1 else 67)
    measure = gsm7.units if gsm7.septets(text) is None else gsm7.size
    assert "".join(split) == text
    assert len(split) == gsm7.parts(text)
    assert all(measure(part) <= room for part in split)
    assert text == "" or all(split)


@given(st.lists(st.sampled_from(["a", "ẽ", "e\u0303", "ɔ\u0300"]), max_size=300))
def test_no_letter_is_parted_from_its_marks_where_that_costs_nothing(letters: list[str]) -> None:
    split = gsm7.split("".join(letters))
    # as many parts as letters need that are packed whole
    count, used = 1, 0
    for letter in letters:
        count, used = (count + 1, len(letter)) if used + len(letter) > 67 else (count, used + len(letter))
    if len(split) == count > 1:
        assert not any(unicodedata.combining(part[0]) for part in split)


@pytest.mark.parametrize(
    ("text", "most_parts", "shortened"),
    [
        ("Une équipe vient jeudi.", 1, "Une équipe vient jeudi."),
        ("Une équipe vient jeudi. \n", 1, "Une équipe vient jeudi."),
        ("mot " * 60, 1, "mot " * 38 + "mot..."),
        ("ça, " * 40, 1, "ça, " * 16 + "ça..."),
        ("a" * 400, 2, "a" * 303 + "..."),
        # a word is dropped whole, an address of a page is not
        ("b" * 150 + " " + "c" * 20, 1, "b" * 150 + "..."),
        ("b" * 100 + " " + "c" * 100, 1, "b" * 100 + " " + "c" * 56 + "..."),
        # no letter without its mark: the whole letter would not fit
        ("ɔ" + "e\u0303" * 60, 1, "ɔ" + "e\u0303" * 33 + "..."),
        ("mot " * 60 + "Votre numéro : 482 193 7058.", 1, "mot " * 35 + "mot... 482 193 7058."),
        ("mot " * 60 + "appelez le +226 70 12 34 56", 1, "mot " * 34 + "mot... +226 70 12 34 56"),
        ("x" + "1" * 200, 1, "x" + "1" * 156 + "..."),
    ],
)
def test_shorten(text: str, most_parts: int, shortened: str) -> None:
    assert gsm7.shorten(text, most_parts) == shortened


@given(TRICKY_TEXT, st.integers(1, 4))
def test_a_shortened_text_can_be_paid_and_is_the_beginning(text: str, most_parts: int) -> None:
    shortened = gsm7.shorten(text, most_parts)
    assert gsm7.parts(shortened) <= most_parts
    if gsm7.parts(text.rstrip()) <= most_parts:
        assert shortened == text.rstrip()
    else:
        begun, _, number = shortened.rpartition("...")
        assert text.startswith(begun)
        assert text.rstrip().endswith(number.strip())


@given(st.lists(st.sampled_from(["eau", "ça", "forage,", "482", "l'équipe"]), min_size=80, max_size=120))
def test_shortening_ends_at_a_word(words: list[str]) -> None:
    text = " ".join(words)
    begun = gsm7.shorten(text, 1).split("...")[0]
    assert text[len(begun) : len(begun) + 1] in (" ", ",")


@pytest.mark.parametrize(
    ("text", "folded", "changed", "parts"),
    [
        ("Une équipe vient.", "Une équipe vient.", [], (1, 1, False)),
        ("ça, ça l’aide", "ca, ca l'aide", [("ç", "c"), ("’", "'")], (1, 1, True)),
        ("dɛmɛ " * 20, "deme " * 20, [("ɛ", "e")], (2, 1, True)),
        ("cœur 😭", "coeur ?", [("œ", "oe"), ("😭", "?")], (1, 1, True)),
        # letters of another script would be lost: nothing is folded
        ("ça الماء", "ça الماء", [], (1, 1, True)),
        ("e\u0302", "e", [("ê", "e")], (1, 1, True)),
    ],
)
def test_preview(text: str, folded: str, changed: list[tuple[str, str]], parts: tuple[int, int, bool]) -> None:
    seen = gsm7.preview(text)
    assert (seen.folded, list(seen.changed)) == (folded, changed)
    assert (seen.parts_kept, seen.parts_folded, seen.ucs2) == parts
    assert seen.kept == unicodedata.normalize("NFC", text)


@given(ANY_TEXT)
def test_what_a_preview_changes_is_all_that_folding_changes(text: str) -> None:
    seen = gsm7.preview(text)
    # Folding takes the text apart again after NFC, so letter by letter is all there is to it.
    assert "".join(dict(seen.changed).get(letter, letter) for letter in seen.kept) == seen.folded
    assert gsm7.parts(seen.kept) == seen.parts_kept


@pytest.mark.parametrize(
    ("policy", "text", "sent"),
    [
        (gsm7.SmsPolicy(), "l’eau, ça", "l'eau, ca"),
        (gsm7.SmsPolicy("keep"), "l’eau, c\u0327a", "l’eau, ça"),
        (gsm7.SmsPolicy("fold", 1), "ça " * 60, "ca " * 51 + "ca..."),
        (gsm7.SmsPolicy("keep", 2), "ça " * 60, "ça " * 43 + "ça..."),
    ],
)
def test_a_policy_dresses_a_text(policy: gsm7.SmsPolicy, text: str, sent: str) -> None:
    assert policy.dress(text) == sent
    assert policy.dress(sent) == sent

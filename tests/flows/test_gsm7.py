"""The arithmetic of short messages, by tables and by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import gsm7

ANY_TEXT = st.text(max_size=400)


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
        ("ﬁn ² ½", "fin 2 1?2"),
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

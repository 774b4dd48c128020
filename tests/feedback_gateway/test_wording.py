"""Texts that are used again: filled in or refused, and the one that suits best."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from feedback_gateway import cases, wording, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.wording import HoleError, fill, fill_whole, holes
from models import AnswerTemplate, Case, Contact
from models.words import Pace, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.phone import Phone

texts = st.lists(st.sampled_from(["{place}", "{date}", "{hotline}", "{x", "}", "Bonjour. ", "é"])).map("".join)
values = st.dictionaries(st.sampled_from(["place", "date"]), st.sampled_from([None, "", "Kaya", "{date}"]))


@given(texts, values)
def test_what_leaves_has_no_hole_or_does_not_leave(text: str, known: dict[str, str | None]) -> None:
    empty = [name for name in holes(text) if not known.get(name)]
    if empty:
        with pytest.raises(HoleError) as refusal:
            fill_whole(text, known)
        assert list(refusal.value.names) == empty
        assert set(empty) <= set(holes(fill(text, known)))
    else:
        assert fill_whole(text, known) == fill(text, known)


def test_a_value_is_not_filled_in_itself() -> None:
    assert fill("{place}", {"place": "{date}", "date": "x"}) == "{date}"


@pytest.mark.parametrize(
    ("purpose", "text", "code"),
    [
        (Purpose.ANSWER, "Bonjour {answer}", None),
        (Purpose.ANSWER, "Sans variable.", None),
        (Purpose.CLOSED, "{reference} : {answer}", None),
        (Purpose.CLOSED, "Terminé.", "no_reference"),
        (Purpose.REFERRED, "{reference} {answer}", "unknown_variable"),
        (Purpose.ANSWER, "{nom}", "unknown_variable"),
        (Purpose.ANSWER, "{ place }", "brace"),
        (Purpose.ANSWER, "}", "brace"),
        (Purpose.ANSWER, " \n ", "empty"),
        (Purpose.ANSWER, "x" * 601, "too_long"),
    ],
)
def test_a_text_is_checked_when_it_is_written(purpose: Purpose, text: str, code: str | None) -> None:
    if code is None:
        wording.check_text(purpose, text)
    else:
        with pytest.raises(NotAllowedError, match=code):
            wording.check_text(purpose, text)


def save(**values: Any) -> AnswerTemplate:
    ada = actors.make("ada")
    usual = {"purpose": Purpose.ANSWER, "category": None, "language": "fr", "name": "x", "text": "{reference}"}
    with work.unit_of_work() as db:
        return wording.save_template(db, None, by=ada, **{**usual, **values})


def test_the_narrowest_suits_best_and_then_the_most_used(house: House) -> None:
    any_, group, exact = save(name="any"), save(category="EHA", name="group"), save(category="EHA.EAU", name="exact")
    often = save(category="EHA.EAU", name="often")
    save(category="FSL", name="other")
    with work.unit_of_work() as db:
        wording.count_use(db, often.id)
        wording.count_use(db, 10**6)
    case = make_case("EHA.EAU")
    with work.reading() as db:
        offered = [each.id for each in wording.offer_templates(db, case, "fr")]
        assert offered == [often.id, exact.id, group.id, any_.id]
        assert wording.offer_templates(db, case, "mos")[0].id == often.id, "in French where there is none"


def test_a_notice_is_only_in_the_persons_own_language(house: House) -> None:
    save(purpose=Purpose.CLOSED)
    with work.reading() as db:
        case = make_case()
        assert wording.find_template(db, case, Purpose.CLOSED, "fr") is not None
        assert wording.find_template(db, case, Purpose.CLOSED, "mos") is None, "the shipped one may speak it"


def test_what_the_variables_stand_for(house: House) -> None:
    case, bare = make_case(place="BF490304"), make_case(None, place=None, classify=False)
    make_contact(language="en")
    with work.reading() as db:
        known = cases.variables_of(db, db.get_one(Case, case.id), Purpose.ANSWER)
        assert set(known) == set(wording.VARIABLES)
        assert (known["place"], known["category"]) == ("Kaya", "Water point broken / no water")
        assert known["reference"] is not None
        assert known["reference"].replace(" ", "") == case.reference
        unknown = cases.variables_of(db, db.get_one(Case, bare.id), Purpose.ANSWER)
        assert (unknown["place"], unknown["category"], unknown["agency"]) == (None, None, None)


def test_one_word_by_sms_says_how_often(house: House) -> None:
    phone = Phone()

    def pace() -> Pace | None:
        with work.reading() as db:
            return db.scalars(select(Contact.pace)).one()

    phone.sms("la pompe est en panne a Kaya")
    assert pace() is None
    phone.sms("Moins")
    assert pace() == Pace.ANSWER_ONLY
    phone.sms("PLUS")
    assert pace() == Pace.EACH_STEP
    phone.sms("rythme")
    phone.sms("2")
    assert pace() == Pace.ANSWER_ONLY

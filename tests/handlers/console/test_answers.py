"""Answers that are used again: who writes them, what is refused, and how one gets into an answer without a hole."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import AnswerTemplate, Case, Event, Message
from models.words import CaseState, Purpose, Sensitivity
from tests.factories import make_case, make_contact
from tests.handlers.console.browser import Browser, text_of
from tests.worker import work_off

SignIn = Callable[[str], Browser]
PHONE = "+22670123456"

WATER = {"purpose": "answer", "category": "EHA", "language": "fr", "name": "Pompe", "text": "Équipe à {place} demain."}


def templates() -> list[AnswerTemplate]:
    with work.reading() as db:
        return list(db.scalars(select(AnswerTemplate).order_by(AnswerTemplate.id)))


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("dora", 403), ("oscar", 403), ("marc", 200), ("ada", 200)]
)
def test_administrators_and_managers_write_them(sign_in: SignIn, name: str, status: int) -> None:
    browser = sign_in(name)
    assert browser.get("/console/answers").status_code == status
    assert browser.get("/console/answers/new").status_code == status
    assert browser.post("/console/answers/new", **WATER).status_code == status
    assert len(templates()) == (status == 200)


def test_a_text_is_added_changed_and_taken_away(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = text_of(ada.post("/console/answers/new", **WATER))
    assert "Équipe à {place} demain." in page
    assert "employé 0 fois" in page
    (kept,) = templates()
    assert (kept.purpose, kept.category, kept.language, kept.changed_by_id is not None) == (
        Purpose.ANSWER,
        "EHA",
        "fr",
        True,
    )
    path = f"/console/answers/{kept.id}"
    assert "Équipe à {place} demain." in ada.get(path).text
    ada.post(path, **{**WATER, "text": "Demain."})
    assert templates()[0].text == "Demain."
    ada.post(f"{path}/remove")
    assert templates() == []
    assert ada.get(path).status_code == 404
    assert ada.post(path, **WATER).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "{lieu}"}, "Une variable n'existe pas"),
        ({"text": "{place"}, "Une accolade"),
        ({"text": " "}, "Écrivez d'abord le texte"),
        ({"text": "x" * 601}, "trop long"),
        ({"name": " "}, "Le nom manque"),
        ({"category": "XXX"}, "Cette catégorie n'existe pas"),
        ({"language": "xx"}, "Choisissez la langue"),
        ({"purpose": "notice"}, "à quoi sert"),
        ({"purpose": "referred", "text": "Transmise."}, "il doit contenir {reference}"),
        ({"purpose": "referred", "text": "{reference} {answer}"}, "Une variable n'existe pas"),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept(sign_in: SignIn, change: dict[str, str], words: str) -> None:
    page = sign_in("ada").post("/console/answers/new", **{**WATER, **change})
    assert page.status_code == 422
    assert words in text_of(page)
    assert templates() == []


def test_one_notice_a_category_and_language(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    notice = {**WATER, "purpose": "closed", "text": "{reference} : terminé."}
    ada.post("/console/answers/new", **notice)
    assert "Il y a déjà un texte" in text_of(ada.post("/console/answers/new", **notice))
    ada.post("/console/answers/new", **{**notice, "language": "en"})
    assert len(templates()) == 2


def test_the_preview_counts_the_frame_and_saves_nothing(sign_in: SignIn) -> None:
    page = sign_in("ada").post("/console/answers/new", preview="1", **WATER)
    text = text_of(page)
    assert "Demande 482 193 7054 : Équipe à Barsalogho secteur 2 demain." in text
    assert "1 SMS" in text
    assert templates() == []


@pytest.fixture
def water(sign_in: SignIn) -> AnswerTemplate:
    """One answer about water, and two that are not for such a case."""
    ada = sign_in("ada")
    ada.post("/console/answers/new", **WATER)
    ada.post("/console/answers/new", **{**WATER, "category": "FSL", "name": "Riz"})
    ada.post("/console/answers/new", **{**WATER, "language": "en", "name": "Pump"})
    return templates()[0]


def last_answer(case: Case) -> str | None:
    with work.reading() as db:
        said = select(Event.text).where(Event.case_id == case.id, Event.kind == "responded")
        return db.scalar(said.order_by(Event.id.desc()))


def test_those_that_suit_are_offered_in_the_persons_language(sign_in: SignIn, water: AnswerTemplate) -> None:
    case, english = make_case(phone=PHONE), make_case(phone="+22670000002")
    make_contact("+22670000002", language="en")
    alice = sign_in("alice")
    page = alice.get(f"/console/cases/{case.id}").text
    assert ">Pompe<" in page
    assert ">Riz<" not in page
    assert ">Pump<" not in page
    assert ">Pump<" in alice.get(f"/console/cases/{english.id}").text


def test_one_is_inserted_without_a_script_and_sent(sign_in: SignIn, water: AnswerTemplate) -> None:
    case, alice = make_case(place="BF490304", phone=PHONE), sign_in("alice")
    page = alice.act(case.id, "answer", template=str(water.id), insert="1", text="Bonjour.")
    assert "Bonjour.\nÉquipe à Kaya demain.</textarea>" in page.text
    assert f'name="used" value="{water.id}"' in page.text
    assert last_answer(case) is None, "nothing has left"
    alice.act(case.id, "answer", text="Bonjour. Équipe à {place} demain.", used=str(water.id))
    assert last_answer(case) == "Bonjour. Équipe à Kaya demain."
    with work.reading() as db:
        sent = db.scalars(select(Message.text).where(Message.purpose == Purpose.ANSWER)).one()
    assert sent.endswith("Équipe à Kaya demain.")
    assert templates()[0].used == 1


def test_what_was_typed_goes_where_the_text_has_a_place_for_it(sign_in: SignIn) -> None:
    sign_in("ada").post("/console/answers/new", **{**WATER, "text": "Bonjour. {answer} Merci."})
    case, alice = make_case(), sign_in("alice")
    page = alice.act(case.id, "answer", template=str(templates()[0].id), insert="1", text="Le forage est réparé.")
    assert "Bonjour. Le forage est réparé. Merci.</textarea>" in page.text


def test_an_answer_with_a_hole_does_not_leave_and_is_kept(sign_in: SignIn, water: AnswerTemplate) -> None:
    case, alice = make_case(place=None), sign_in("alice")
    page = alice.act(case.id, "answer", text="Équipe à {place} demain, {hotline}.")
    assert page.status_code == 422
    text = text_of(page)
    assert "Rien n'est connu pour {place}, {hotline}" in text
    assert "Équipe à {place} demain, {hotline}.</textarea>" in page.text
    assert last_answer(case) is None
    with work.reading() as db:
        assert db.get_one(Case, case.id).state == CaseState.REFERRED


def test_a_case_that_is_not_open_to_all_does_not_say_what_it_is_about(sign_in: SignIn) -> None:
    case = make_case("PRO.VIE", text="on nous menace", sealed=True, place="BF490304")
    assert case.sensitivity == Sensitivity.SEALED
    page = sign_in("dora").act(case.id, "answer", text="Nous parlons de {category} à {place}.")
    assert "Rien n'est connu pour {category}, {place}" in text_of(page)


class TestCost:
    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"SMS_PRICE": "12"}

    def test_parts_and_cost_of_a_case_and_of_a_preview(self, sign_in: SignIn) -> None:
        case, alice = make_case(), sign_in("alice")
        preview = text_of(alice.act(case.id, "answer", text="x" * 200, preview="1"))
        assert "2 SMS" in preview
        assert "24 F CFA" in preview
        assert "SMS envoyés aucun" in preview
        alice.act(case.id, "answer", text="x" * 200)
        work_off()
        assert "1 SMS · 2 parties payées · 24 F CFA" in text_of(alice.get(f"/console/cases/{case.id}"))

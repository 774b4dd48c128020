"""What follows the intake: reading, routing, notices without detail, the satisfaction question."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, follow_up, jobs, work
from feedback_gateway.partners import mail
from feedback_gateway.settings import Mail
from models import Agency, Case, OutboxRow, Route
from models.words import CategorySource, Outcome, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.phone import Phone
from tests.worker import work_off


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def test_the_menus_choice_stands_above_the_guess(house: House) -> None:
    case = make_case("SIT.GAP", text="la pompe est en panne, pas d'eau")
    assert case.category_code == "SIT.GAP"
    assert case.category_source == CategorySource.MENU


def test_the_text_may_raise_the_sensitivity_of_a_harmless_choice(house: House) -> None:
    case = make_case("EHA.EAU", text="lagent du forage veut coucher avec les filles avant de donner l'eau")
    assert case.category_code == "EHA.EAU"
    assert case.sensitivity == Sensitivity.SEALED


def test_a_second_harmless_message_does_not_lower_it_again(house: House) -> None:
    phone = Phone()
    phone.sms("lagent veut coucher avec moi pour me mettre sur la liste a Kaya")
    work_off()
    phone.sms("merci")
    work_off()
    with work.reading() as db:
        assert db.scalars(select(Case.sensitivity)).one() == Sensitivity.SEALED


def test_letters_are_printed_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    mail.post(Mail(), [mail.Letter("a@example.org", "Un dossier", "Bonjour\n\nlien")])
    assert capsys.readouterr().out == "mail to a@example.org: Un dossier | Bonjour lien\n"


def test_a_case_that_no_machine_can_read_goes_to_people_restricted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault in the lexicon")

    monkeypatch.setattr(follow_up, "read", broken)
    case = make_case(None, classify=False)
    with work.unit_of_work() as db:
        row = db.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id)).one()
        row.attempts = 9
        row_id = row.id
    jobs.run(row_id)
    assert fresh(case).classified_at is not None
    assert fresh(case).sensitivity == Sensitivity.RESTRICTED
    assert fresh(case).agency_id is None


def test_a_place_that_is_said_later_routes_anew(house: House) -> None:
    with work.unit_of_work() as db:
        db.add(Route(category="EHA", place_code="BF56", agency_id=agency_id("ACTION")))
    phone = Phone()
    phone.sms("le forage est gaté il n'y a pas d'eau")
    work_off()
    phone.sms("Djibo")
    work_off()
    with work.reading() as db:
        assert db.scalars(select(Case.agency_id)).one() == agency_id("ACTION")


def answered_and_closed(case: Case) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), "Demain.", by=alice)
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case.id), "call", by=alice)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.RESOLVED, by=alice)


@pytest.mark.parametrize(
    ("text", "asked"), [("rien n'a été réparé, toujours pas d'eau", True), ("merci beaucoup", False)]
)
def test_words_to_a_closed_case_ask_for_reopening_unless_they_are_thanks(house: House, text: str, asked: bool) -> None:
    case = make_case("EHA.EAU")
    answered_and_closed(case)
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), text)
    assert (fresh(case).reopening_asked_at is not None) == asked


def test_what_a_person_has_referred_is_not_routed_away_again(house: House) -> None:
    alice, case = actors.make("alice"), make_case("EHA.EAU")
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency_id("GSAT")), by=alice)
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), "toujours pas d'eau")
    work_off()
    assert fresh(case).agency_id == agency_id("GSAT")


def test_a_reopened_case_keeps_its_new_due_times_when_the_person_writes(house: House) -> None:
    alice, case = actors.make("alice"), make_case("EHA.EAU")
    answered_and_closed(case)
    with time_machine.travel(case.opened_at + timedelta(days=20)):
        with work.unit_of_work() as db:
            cases.reopen(db, db.get_one(Case, case.id), by=alice)
        due = fresh(case).answer_due_at
        with work.unit_of_work() as db:
            cases.add_message(db, db.get_one(Case, case.id), "toujours pas d'eau")
        work_off()
    assert fresh(case).answer_due_at == due


def test_when_a_later_text_seals_a_case_the_named_readers_hear_of_it(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    case = make_case("EHA.EAU")
    work_off()
    capsys.readouterr()
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), "lagent du forage veut coucher avec ma fille")
    work_off()
    told = capsys.readouterr().out
    assert "protection@example.org" in told
    assert "eau@example.org" not in told

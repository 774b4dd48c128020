"""Commands by SMS: what is done for whom, what is answered, and what stays an ordinary message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from feedback_gateway import cases, desk_sms, work
from flows import reference as references
from flows.gsm7 import parts
from models import Case, Event, Message, Referral, User
from models.words import CaseState, Direction, Purpose, Rejection, Sensitivity
from tests import actors
from tests.conftest import House
from tests.desk import Desk, open_desk
from tests.factories import agency_id, make_case
from tests.feedback_gateway.test_receive import SMS_BUDGET, statements
from tests.phone import Phone

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def change(case: Case, **values: object) -> None:
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        for name, value in values.items():
            setattr(stored, name, value)


def last(case: Case, kind: str) -> Event:
    with work.reading() as db:
        return db.scalars(
            select(Event).where(Event.case_id == case.id, Event.kind == kind).order_by(Event.id.desc())
        ).all()[0]


def count_cases() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def spaced(case: Case) -> str:
    return references.show(case.reference)


@pytest.mark.parametrize(
    "written",
    [
        "OK {ref} {pin}",
        "ok{ref} {pin}",
        "{pin} Ok : {shown}",
        "{ref} OK {pin}",
        "{shown} {pin} accepte",
        "OK {pin} {ref}",
    ],
)
def test_ok_takes_a_case_however_it_is_written(house: House, written: str) -> None:
    alice, case = open_desk(), make_case()
    said = alice.send(written.format(ref=case.reference, shown=spaced(case), pin=alice.pin))
    assert said.startswith(f"{case.reference} : pris en charge")
    taken = fresh(case)
    assert (taken.state, taken.focal_point_id) == (CaseState.ACCEPTED, alice.user.id)
    assert last(case, "accepted").user_id == alice.user.id


def test_done_gives_the_words_to_the_person(house: House) -> None:
    alice, case = open_desk(), make_case()
    said = alice.send(f"Fait {spaced(case)} pompe réparée. {alice.pin}")
    assert "part par SMS" in said
    assert fresh(case).state == CaseState.AGENCY_RESPONDED
    assert last(case, "responded").text == "pompe réparée."
    with work.reading() as db:
        answer = db.scalars(select(Message).where(Message.purpose == Purpose.ANSWER)).one()
    assert "pompe réparée." in answer.text
    assert answer.contact_id == case.contact_id


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("pas notre zone", Rejection.NOT_RESPONSIBLE),
        ("", Rejection.NOT_RESPONSIBLE),
        ("pas les moyens cette année", Rejection.NO_CAPACITY),
        ("pas assez d'info", Rejection.INSUFFICIENT_INFO),
    ],
)
def test_no_gives_a_case_back_for_what_the_words_say(house: House, words: str, reason: Rejection) -> None:
    alice, case = open_desk(), make_case()
    said = alice.send(f"NON {case.reference} {alice.pin} {words}")
    assert said.startswith(f"{case.reference} : rendu")
    assert (fresh(case).state, fresh(case).agency_id) == (CaseState.REJECTED, None)
    rejected = last(case, "rejected")
    assert (rejected.data["reason"], rejected.text) == (reason, words or None)


def test_a_question_takes_the_case_and_is_put_to_the_person(house: House) -> None:
    alice, case = open_desk(), make_case()
    assert "question part par SMS" in alice.send(f"QUESTION {case.reference} quel village ? {alice.pin}")
    assert fresh(case).state == CaseState.ACCEPTED
    assert fresh(case).waiting_since is not None
    assert last(case, "waiting_began").text == "quel village ?"
    assert "attend déjà" in alice.send(f"QUESTION {case.reference} et quel puits ? {alice.pin}")


def test_without_a_pin_a_command_waits_for_it(house: House) -> None:
    alice, case = open_desk(), make_case()
    assert alice.send(f"FAIT {case.reference} pompe réparée").startswith("Envoyez votre code PIN")
    assert fresh(case).state == CaseState.REFERRED
    assert "noté" in alice.send(alice.pin)
    assert last(case, "responded").text == "pompe réparée"
    assert "Aucune commande" in alice.send(alice.pin)


def test_it_waits_a_quarter_of_an_hour(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        alice, case = open_desk(), make_case()
        alice.send(f"OK {case.reference}")
        traveller.shift(timedelta(minutes=14))
        assert "pris en charge" in alice.send(f"code {alice.pin}")
        alice.send(f"FAIT {case.reference} pompe réparée")
        traveller.shift(timedelta(minutes=15))
        assert alice.send(alice.pin).startswith("Trop tard")
    assert fresh(case).state == CaseState.ACCEPTED


def test_a_later_command_takes_the_place_of_the_one_that_waits(house: House) -> None:
    alice, first, second = open_desk(), make_case(phone="+22670000001"), make_case(phone="+22670000002")
    alice.send(f"OK {first.reference}")
    alice.send(f"OK {second.reference}")
    alice.send(alice.pin)
    assert (fresh(first).state, fresh(second).state) == (CaseState.REFERRED, CaseState.ACCEPTED)


def test_what_was_done_already_is_said_and_not_done_again(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"OK {case.reference} {alice.pin}")
    assert "maintenant : pris en charge" in alice.send(f"OK {case.reference} {alice.pin}")
    alice.send(f"NON {case.reference} {alice.pin} pas nous")
    assert "n'est plus chez votre agence" in alice.send(f"FAIT {case.reference} fini {alice.pin}")
    assert fresh(case).state == CaseState.REJECTED


@pytest.mark.parametrize("word", ["FAIT", "QUESTION"])
def test_what_needs_words_says_so(house: House, word: str) -> None:
    alice, case = open_desk(), make_case()
    assert f"{word} {case.reference}" in alice.send(f"{word} {case.reference} {alice.pin}")
    assert fresh(case).state == CaseState.REFERRED


def test_a_provider_that_repeats_itself_does_it_once(house: House) -> None:
    alice, case = open_desk(), make_case()
    for _ in range(3):
        alice.send(f"OK {case.reference} {alice.pin}", "ATX7")
    assert len(alice.answers()) == 1
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Event.kind == "accepted")) == 1


def test_a_repeated_wrong_pin_counts_once(house: House) -> None:
    alice, case = open_desk(), make_case()
    for _ in range(3):
        alice.send(f"OK {case.reference} 11112", "ATX8")
    assert alice.fresh().wrong_sms_pins == 1


class TestWhoseCase:
    """Alice's agency has the case; Charlie's has not; nobody is told that a hidden case exists."""

    def test_a_stranger_agency_learns_nothing(self, house: House) -> None:
        charlie, case = open_desk("charlie"), make_case()
        unknown = charlie.send(f"OK {references.make('123456789')} {charlie.pin}")
        said = charlie.send(f"OK {case.reference} {charlie.pin}")
        assert said == unknown.replace(references.make("123456789"), case.reference)
        assert fresh(case).state == CaseState.REFERRED

    def test_a_sealed_case_is_as_good_as_unknown_even_to_a_named_reader(self, house: House) -> None:
        dora = open_desk("dora")
        case = make_case("PRO.VIE", text="on nous menace")
        assert fresh(case).sensitivity == Sensitivity.SEALED
        said = dora.send(f"OK {case.reference} {dora.pin}")
        assert "référence inconnue" in said
        assert "LISTE" not in dora.send("LISTE").replace("LISTE :", "")
        assert case.reference not in dora.send("LISTE")
        assert fresh(case).state == CaseState.REFERRED

    def test_a_case_sealed_after_it_was_theirs_is_unknown(self, house: House) -> None:
        alice, case = open_desk(), make_case()
        alice.send(f"OK {case.reference} {alice.pin}")
        change(case, sensitivity=Sensitivity.SEALED)
        assert "référence inconnue" in alice.send(f"FAIT {case.reference} voilà {alice.pin}")

    def test_a_restricted_case_needs_the_right(self, house: House) -> None:
        alice, case = open_desk(), make_case()
        change(case, sensitivity=Sensitivity.RESTRICTED)
        assert "référence inconnue" in alice.send(f"OK {case.reference} {alice.pin}")
        with work.unit_of_work() as db:
            db.get_one(User, alice.user.id).may_read_restricted = True
        assert "pris en charge" in alice.send(f"OK {case.reference} {alice.pin}")

    def test_a_complaint_about_them_is_unknown_to_them(self, house: House) -> None:
        alice, case = open_desk(), make_case()
        with work.unit_of_work() as db:
            cases.set_concerns(db, db.get_one(Case, case.id), agencies=[agency_id("EHA")], by=None)
        assert "référence inconnue" in alice.send(f"OK {case.reference} {alice.pin}")

    def test_who_had_it_hears_that_it_has_gone(self, house: House) -> None:
        alice, case, marc = open_desk(), make_case(), actors.make("marc")
        with work.unit_of_work() as db:
            db.get_one(Case, case.id).agency_id = agency_id("VIVRES")
            db.add(Referral(case_id=case.id, to_agency_id=agency_id("VIVRES"), at=TUESDAY, from_user_id=marc.id))
        assert "n'est plus chez votre agence" in alice.send(f"OK {case.reference} {alice.pin}")
        assert fresh(case).state == CaseState.REFERRED

    def test_an_account_that_was_closed_does_nothing(self, house: House) -> None:
        alice, case = open_desk(), make_case()
        with work.unit_of_work() as db:
            db.get_one(User, alice.user.id).active = False
        assert "fermé" in alice.send(f"OK {case.reference} {alice.pin}")
        assert fresh(case).state == CaseState.REFERRED
        assert alice.pin not in alice.stored()[-1]


class TestOrdinaryMessages:
    """What is no command goes the way of every complaint."""

    @pytest.mark.parametrize("text", ["OK {ref} 12345", "NON {ref} pas d'eau", "FAIT {ref}", "LISTE {pin}"])
    def test_an_unregistered_phone_commands_nothing(self, house: House, text: str) -> None:
        alice, case = open_desk(), make_case()
        phone = Phone("+22676999999")
        phone.sms(text.format(ref=case.reference, pin=alice.pin))
        assert fresh(case).state == CaseState.REFERRED
        with work.reading() as db:
            received = db.scalars(select(Message).where(Message.direction == Direction.IN)).one()
        assert received.user_id is None
        assert received.contact_id is not None

    @pytest.mark.parametrize(
        "text", ["OK", "non pas d'eau depuis 5 jours", "fait froid ici", "question sur les vivres"]
    )
    def test_a_focal_point_may_complain_too(self, house: House, text: str) -> None:
        alice = open_desk()
        alice.phone.sms(f"{text} au village")
        with work.reading() as db:
            received = db.scalars(select(Message).where(Message.direction == Direction.IN)).one()
        assert (received.user_id, received.text) == (None, f"{text} au village")
        assert count_cases() == 1

    def test_and_may_ask_after_their_own_complaint(self, house: House) -> None:
        alice = open_desk()
        alice.phone.sms("pas d'eau au forage")
        with work.reading() as db:
            reference = db.scalars(select(Case.reference)).one()
        alice.phone.sms(f"SUIVI {reference}")
        with work.reading() as db:
            assert db.scalars(select(Message.user_id)).all().count(None) == 4

    def test_digits_alone_are_no_command_on_a_phone_without_a_pin(self, house: House) -> None:
        alice = open_desk()
        with work.unit_of_work() as db:
            db.get_one(User, alice.user.id).sms_pin_hash = None
        alice.phone.sms("12345")
        assert alice.stored() == []

    def test_four_digits_are_no_command_while_nothing_waits(self, house: House) -> None:
        alice = open_desk()
        alice.phone.sms("1234")
        assert alice.stored() == []


def test_without_a_pin_of_their_own_they_are_told_to_ask_for_one(house: House) -> None:
    alice, case = open_desk(), make_case()
    with work.unit_of_work() as db:
        db.get_one(User, alice.user.id).sms_pin_hash = None
    assert "demandez-le" in alice.send(f"OK {case.reference} 12345")
    assert fresh(case).state == CaseState.REFERRED


def test_the_list_names_what_waits_and_five_at_most(house: House) -> None:
    alice = open_desk()
    assert alice.send("liste") == "Aucun dossier ne vous attend."
    found = [make_case(phone=f"+2267000000{at}") for at in range(7)]
    for case in found:
        change(case, focal_point_id=alice.user.id)
    alice.send(f"OK {found[0].reference} {alice.pin}")
    said = alice.send("LISTE")
    assert sum(case.reference in said for case in found) == desk_sms.MOST_LISTED
    assert "Et 2 de plus." in said
    assert parts(said) == 1


def test_the_list_leaves_out_what_a_colleague_has_or_the_person_is_asked(house: House) -> None:
    alice, bob = open_desk(), actors.make("bob")
    theirs, asked, mine = (make_case(phone=f"+2267000000{at}") for at in range(3))
    change(theirs, focal_point_id=bob.id)
    for case in (asked, mine):
        alice.send(f"OK {case.reference} {alice.pin}")
    alice.send(f"QUESTION {asked.reference} où ? {alice.pin}")
    assert alice.send("LISTE") == f"En cours : {mine.reference}."


def test_help_and_every_answer_is_in_the_language_of_the_user(house: House) -> None:
    alice, case = open_desk(language="en"), make_case()
    assert alice.send("Help!").startswith("OK, DONE, NO or ASK")
    assert alice.send(f"done {case.reference} pump repaired {alice.pin}").endswith("goes to the person by SMS.")


def test_an_answer_to_a_person_who_wants_no_sms_is_told_to_be_given_by_voice(house: House) -> None:
    alice, case = open_desk(), make_case(contact_by="call")
    assert "quelqu'un l'appellera" in alice.send(f"FAIT {case.reference} pompe réparée {alice.pin}")


def test_every_answer_goes_to_the_registered_phone_by_the_channel_it_came_by(house: House) -> None:
    alice = open_desk()
    alice.phone.channel = "africastalking"
    alice.send("AIDE")
    with work.reading() as db:
        said = db.scalars(select(Message).where(Message.purpose == Purpose.DESK)).one()
    assert (said.channel, said.user_id, said.contact_id) == ("africastalking", alice.user.id, None)


def test_two_at_once_take_a_case_once(house: House) -> None:
    alice, bob, case = open_desk(), open_desk("bob", "+22676333444"), make_case()

    def take(desk: Desk) -> str:
        return desk.send(f"OK {case.reference} {desk.pin}")

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(take, (alice, bob)))
    assert [f"{case.reference} : pris en charge" in each for each in said].count(True) == 1
    assert ["maintenant : pris en charge" in each for each in said].count(True) == 1
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Event.kind == "accepted")) == 1


def count_statements(house: House, phone: Phone, text: str) -> int:
    with statements(house.engine) as seen:
        phone.sms(text)
    return len(seen)


def test_a_phone_is_looked_up_only_for_what_reads_like_a_command(house: House) -> None:
    Phone("+22676000009").sms("la pompe est en panne a Kaya")
    unknown = references.make("123456789")
    begins_like_one = count_statements(house, Phone("+22676000001"), "non pas d'eau au forage")
    names_a_reference = count_statements(house, Phone("+22676000002"), f"toujours {unknown} pas d'eau au forage")
    like_a_command = count_statements(house, Phone("+22676000003"), f"NON {unknown} pas d'eau au forage")
    assert begins_like_one <= SMS_BUDGET
    assert like_a_command == names_a_reference + 1
    assert count_cases() == 4

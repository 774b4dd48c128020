"""The person is told at the steps that matter: in their language, in neutral words, at their pace, and by day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, informing, wording, work
from feedback_gateway.lib import clock
from models import AnswerTemplate, Case, Event, Message
from models.words import CaseState, FeedbackType, Noise, Outcome, Pace, Priority, Purpose, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case, make_contact
from tests.handlers.console.learnt import change_case
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
PHONE = "+22670123456"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"QUIET_HOURS": "21-6"}


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def sent(case: Case, purpose: Purpose | None = None) -> list[str]:
    """What has left about a case, in order."""
    with work.reading() as db:
        found = db.scalars(select(Message).where(Message.case_id == case.id).order_by(Message.id))
        return [each.text for each in found if purpose in (None, each.purpose)]


def later(now: time_machine.Traveller, **span: float) -> None:
    now.shift(timedelta(**span))
    work_off()


def verb(case: Case, do: Any) -> None:
    """One verb in one unit of work."""
    with work.unit_of_work() as db:
        do(db, db.get_one(Case, case.id))


def test_who_has_the_case_is_told_when_it_is_news(house: House, now: time_machine.Traveller) -> None:
    case = make_case()
    later(now, minutes=10)
    assert sent(case) == [], "ten minutes after the acknowledgement it adds nothing"
    later(now, hours=2)
    (text,) = sent(case)
    assert "transmise au service responsable" in text
    assert case.answer_due_at is not None
    assert case.answer_due_at.strftime("%d/%m/%Y") in text
    later(now, days=2)
    assert len(sent(case)) == 1, "once"


def test_an_answer_that_comes_first_is_all_there_is_to_hear(house: House, now: time_machine.Traveller) -> None:
    alice, case = actors.make("alice"), make_case()
    later(now, minutes=30)
    verb(case, lambda db, case: cases.respond(db, case, "Une équipe vient jeudi.", by=alice))
    later(now, days=1)
    assert sent(case, Purpose.REFERRED) == []
    assert len(sent(case, Purpose.ANSWER)) == 1


def test_what_the_house_mends_by_itself_is_no_news(house: House, now: time_machine.Traveller) -> None:
    alice, marc, case = actors.make("alice"), actors.make("marc"), make_case()
    later(now, hours=3)
    verb(case, lambda db, case: cases.hand_over(db, case, agency_id("GSAT"), because="*|*|*", by=None))
    later(now, hours=24)
    assert len(sent(case)) == 1, "a rule has found a better owner"
    for agency in ("EHA", "VIVRES", "EHA", "VIVRES"):
        verb(case, lambda db, case, to=agency: cases.hand_over(db, case, agency_id(to), because=None, by=marc))
        later(now, hours=24)
    assert len(sent(case)) == 2, "a person has handed it to another agency; back and forth is not told again"
    verb(case, lambda db, case: cases.close(db, case, Outcome.OUT_OF_SCOPE, by=alice))
    work_off()
    verb(case, lambda db, case: cases.reopen(db, case, by=marc))
    verb(case, lambda db, case: cases.hand_over(db, case, agency_id("EHA"), because=None, by=marc))
    later(now, hours=24)
    assert len(sent(case, Purpose.REFERRED)) == 3, "a case that is taken up again is in somebody's hands again"


def test_the_words_say_nothing_of_a_case_that_is_not_open_to_all(house: House, now: time_machine.Traveller) -> None:
    case = make_case(contact_by="sms")
    work_off()
    change_case(case, sensitivity=Sensitivity.RESTRICTED)
    later(now, hours=3)
    (text,) = sent(case)
    assert text.endswith("votre message est suivi.")


@pytest.mark.parametrize(("contact_by", "texts"), [(None, 0), ("call", 0), ("sms", 1)])
def test_a_sealed_phone_hears_nothing_unless_an_sms_was_agreed(
    house: House, now: time_machine.Traveller, contact_by: str | None, texts: int
) -> None:
    case = make_case("PRO.VIE", text="on nous menace", sealed=True, contact_by=contact_by)
    later(now, hours=3)
    dora = actors.make("dora")
    verb(case, lambda db, case: cases.close(db, case, Outcome.OUT_OF_SCOPE, by=dora))
    later(now, hours=3)
    said = sent(case, Purpose.REFERRED) + sent(case, Purpose.CLOSED)
    assert len(said) == 2 * texts
    assert all("demande" not in text.lower() for text in said)


@pytest.mark.parametrize("wish", ["stop", "no_contact", "call", "answer_only"])
def test_who_wants_no_news_gets_none(house: House, now: time_machine.Traveller, wish: str) -> None:
    case = make_case(phone=PHONE, may_contact=wish != "no_contact", contact_by="call" if wish == "call" else None)
    if wish == "stop":
        make_contact(PHONE, opted_out_at=clock.now())
    if wish == "answer_only":
        make_contact(PHONE, pace=Pace.ANSWER_ONLY)
    later(now, hours=3)
    alice = actors.make("alice")
    verb(case, lambda db, case: cases.close(db, case, Outcome.OUT_OF_SCOPE, by=alice))
    later(now, hours=3)
    assert sent(case) == []


def test_noise_is_not_told_of(house: House, now: time_machine.Traveller) -> None:
    case = make_case()
    work_off()
    change_case(case, noise=Noise.TEST)
    later(now, hours=3)
    assert sent(case) == []


@pytest.mark.parametrize(
    ("outcome", "texts"),
    [
        (Outcome.OUT_OF_SCOPE, 1),
        (Outcome.UNREACHABLE, 1),
        (Outcome.DUPLICATE, 1),
        (Outcome.WITHDRAWN, 0),
        (Outcome.ANONYMOUS_NO_CONTACT, 0),
    ],
)
def test_a_closing_is_told_unless_the_person_wished_it(
    house: House, now: time_machine.Traveller, outcome: Outcome, texts: int
) -> None:
    case = make_case()
    alice = actors.make("alice")
    verb(case, lambda db, case: cases.close(db, case, outcome, by=alice))
    work_off()
    assert len(sent(case, Purpose.CLOSED)) == texts


@pytest.mark.parametrize("days", [0, 20])
def test_who_is_asked_whether_it_helped_knows_that_it_is_closed(
    house: House, now: time_machine.Traveller, days: int
) -> None:
    alice, case = actors.make("alice"), make_case()
    verb(case, lambda db, case: cases.respond(db, case, "Réparé.", by=alice))
    work_off()
    later(now, days=days)
    verb(case, lambda db, case: cases.close(db, case, Outcome.RESOLVED, by=alice))
    work_off()
    assert sent(case, Purpose.CLOSED) == []
    assert len(sent(case, Purpose.SATISFACTION)) == 1


def test_thanks_are_closed_without_a_word(house: House, now: time_machine.Traveller) -> None:
    case = make_case()
    work_off()
    change_case(case, type=FeedbackType.PRAISE)
    alice = actors.make("alice")
    verb(case, lambda db, case: cases.close(db, case, Outcome.RESOLVED, by=alice))
    work_off()
    assert sent(case) == []


def test_a_declined_reopening_is_told_even_to_who_wants_the_answer_only(
    house: House, now: time_machine.Traveller
) -> None:
    alice, case = actors.make("alice"), make_case(phone=PHONE)
    make_contact(PHONE, pace=Pace.ANSWER_ONLY)
    verb(case, lambda db, case: cases.respond(db, case, "Réparé.", by=alice))
    work_off()
    verb(case, lambda db, case: cases.close(db, case, Outcome.RESOLVED, by=alice))
    verb(case, lambda db, case: cases.ask_reopening(db, case))
    verb(case, lambda db, case: cases.decline_reopening(db, case, by=alice, note="motsecret"))
    work_off()
    (text,) = sent(case, Purpose.CLOSED)
    assert "nous ne pouvons pas la reprendre" in text
    assert "motsecret" not in text


def test_nothing_leaves_at_night_and_what_is_stale_by_morning_never_does(
    house: House, now: time_machine.Traveller
) -> None:
    now.move_to(TUESDAY.replace(hour=20))
    first, second = make_case(phone=PHONE), make_case(phone="+22670000002")
    later(now, hours=3)
    alice = actors.make("alice")
    verb(second, lambda db, case: cases.close(db, case, Outcome.WITHDRAWN, by=alice))
    later(now, hours=5)
    assert sent(first) == sent(second) == []
    now.move_to(TUESDAY.replace(day=2, hour=6))
    work_off()
    assert len(sent(first)) == 1
    assert sent(second) == []


def test_an_answer_waits_for_the_part_of_the_day_that_is_safe(house: House, now: time_machine.Traveller) -> None:
    alice, case = actors.make("alice"), make_case(safe_time="evening", contact_by="sms")
    verb(case, lambda db, case: cases.respond(db, case, "Jeudi.", by=alice))
    later(now, hours=8)
    assert state(case) == CaseState.AGENCY_RESPONDED, "17:00"
    later(now, hours=1)
    assert state(case) == CaseState.PERSON_INFORMED


@pytest.mark.parametrize(("priority", "told"), [(Priority.P0, True), (Priority.P1, False)])
def test_a_matter_of_hours_does_not_wait_for_the_morning(
    house: House, now: time_machine.Traveller, priority: Priority, told: bool
) -> None:
    now.move_to(TUESDAY.replace(hour=23))
    case = make_case()
    change_case(case, priority=priority)
    alice = actors.make("alice")
    verb(case, lambda db, case: cases.respond(db, case, "Quittez le lieu.", by=alice))
    work_off()
    assert (state(case) == CaseState.PERSON_INFORMED) is told
    later(now, hours=7)
    assert state(case) == CaseState.PERSON_INFORMED


def test_what_was_asked_for_by_call_meanwhile_does_not_leave_by_sms(house: House, now: time_machine.Traveller) -> None:
    now.move_to(TUESDAY.replace(hour=23))
    alice, case = actors.make("alice"), make_case()
    verb(case, lambda db, case: cases.respond(db, case, "Jeudi.", by=alice))
    change_case(case, contact_by="call")
    later(now, hours=8)
    assert state(case) == CaseState.AGENCY_RESPONDED
    with work.reading() as db:
        message = db.scalars(select(Message).where(Message.case_id == case.id)).one()
        assert message.failure == "not_wanted"
        assert cases.find_callback(db, db.get_one(Case, case.id)) is not None, "somebody calls instead"


def test_the_text_of_the_house_takes_the_place_of_the_shipped_one(house: House, now: time_machine.Traveller) -> None:
    ada, case = actors.make("ada"), make_case()
    with work.unit_of_work() as db:
        for category, text in ((None, "{reference} : général."), ("EHA", "{reference} : {agency} a votre demande.")):
            wording.save_template(
                db, None, purpose=Purpose.REFERRED, category=category, language="fr", name="x", text=text, by=ada
            )
    later(now, hours=3)
    (text,) = sent(case)
    assert text.endswith("Eau hygiène assainissement a votre demande.")
    with work.reading() as db:
        assert db.scalars(select(AnswerTemplate.used).order_by(AnswerTemplate.id)).all() == [0, 1]


def test_a_text_with_a_hole_never_leaves(house: House, now: time_machine.Traveller) -> None:
    case = make_case(place=None)
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        text = "{reference} : {place}"
        wording.save_template(
            db, None, purpose=Purpose.REFERRED, category=None, language="fr", name="x", text=text, by=ada
        )
    later(now, hours=3)
    (text,) = sent(case)
    assert "transmise au service responsable" in text


def test_no_date_is_promised_that_is_past(house: House, now: time_machine.Traveller) -> None:
    case = make_case()
    now.shift(timedelta(hours=3))
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        stored.answer_due_at = TUESDAY
        informing.inform(db, stored)
    (text,) = sent(case)
    assert "transmise au service responsable" in text
    assert "avant le" not in text


def test_it_is_told_in_the_persons_language(house: House, now: time_machine.Traveller) -> None:
    case = make_case(phone=PHONE)
    make_contact(PHONE, language="en")
    later(now, hours=3)
    assert "passed to the service responsible" in sent(case)[0]


def test_that_it_was_told_stands_in_the_log(house: House, now: time_machine.Traveller) -> None:
    case = make_case()
    later(now, hours=3)
    with work.reading() as db:
        event = db.scalars(select(Event).where(Event.kind == "informed")).one()
        message = db.scalars(select(Message).where(Message.case_id == case.id)).one()
    assert (event.data["of"], event.data["message"], event.text) == ("referred", message.id, None)


def state(case: Case) -> CaseState:
    with work.reading() as db:
        return db.get_one(Case, case.id).state

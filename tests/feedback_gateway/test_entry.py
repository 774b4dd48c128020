"""What somebody writes down for a person opens a case as an SMS would, once, and gives nobody a right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback_gateway import access, cases, entry, work
from feedback_gateway.entry import EntryError
from feedback_gateway.lib import clock
from flows import reference as references
from models import Case, Clock, Concern, Contact, Event, Message, ReservedReference, User
from models.words import (
    Actor,
    CaseState,
    CategorySource,
    ContactBy,
    Medium,
    Outcome,
    Purpose,
    SafeTime,
    Sensitivity,
    Step,
)
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_contact
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
KEY = "0f9c2a1e-6b1d-4a57-9d53-2f8f3c1f7e10"
FORM = {"entry_key": KEY, "medium": "face_to_face", "text": "la pompe est en panne", "place": "Kaya"}


@pytest.fixture(autouse=True)
def _tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def enter(name: str = "alice", **form: Any) -> str:
    by = actors.make(name)
    return work.persist(lambda db: entry.enter(db, {**FORM, **form}, by=by))


def the_case() -> Case:
    with work.reading() as db:
        return db.scalars(select(Case)).one()


def refused(name: str = "alice", **form: Any) -> EntryError:
    with pytest.raises(EntryError) as caught:
        enter(name, **form)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Case)) == 0
    return caught.value


def sms(purpose: Purpose) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Message.text).where(Message.purpose == purpose)))


def test_what_was_said_becomes_a_case_that_is_read_and_routed(house: House) -> None:
    reference = enter(
        phone="70 12 34 56", contact_by="sms", safe_time="morning", category="EHA.EAU", by_proxy="1", may_share="yes"
    )
    assert references.is_valid(reference)
    work_off()
    case = the_case()
    assert (case.reference, case.medium, case.place_code) == (reference, Medium.FACE_TO_FACE, "BF490304")
    assert (case.category_code, case.category_source) == ("EHA.EAU", CategorySource.MENU)
    assert (case.agency_id, case.state) == (agency_id("EHA"), CaseState.REFERRED)
    assert (case.contact_by, case.safe_time, case.may_contact) == (ContactBy.SMS, SafeTime.MORNING, True)
    assert (case.by_proxy, case.consent_to_share, case.entered_by_id) == (True, True, actors.make("alice").id)
    with work.reading() as db:
        assert db.get_one(Contact, case.contact_id).phone == "+22670123456"
        opened = db.scalars(select(Event).where(Event.kind == "opened")).one()
        assert (opened.actor, opened.user_id, opened.text) == (Actor.PERSON, case.entered_by_id, FORM["text"])
        assert "pompe" not in str(opened.data)
        assert cases.words_of(db, case) == [FORM["text"]]


def test_without_a_category_the_machine_guesses(house: House) -> None:
    enter()
    work_off()
    assert (the_case().category_code, the_case().category_source) == ("EHA.EAU", CategorySource.MACHINE)


def test_the_same_form_twice_opens_one_case(house: House) -> None:
    first = enter()
    assert enter(text="autre chose", place="nulle part") == first
    assert the_case().reference == first


def test_nobody_gets_a_reference_with_the_key_of_another(house: House) -> None:
    first = enter("alice")
    assert enter("bob") != first


def test_a_form_without_a_key_is_refused(house: House) -> None:
    assert refused(entry_key="").faults == {"entry_key": "missing"}


def test_all_that_is_wrong_is_said_at_once(house: House) -> None:
    fault = refused(text="  ", medium="sms", phone="70 12", category="XXX.YYY", said_on="2027-01-01", agency="99999")
    assert fault.faults == {
        "text": "missing",
        "medium": "choose",
        "phone": "number",
        "category": "unknown",
        "said_on": "future",
        "agency": "unknown",
    }


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("medium", "", "choose"),
        ("medium", "import", "choose"),
        ("text", "x" * 4001, "long"),
        ("said_on", "32/12/2026", "date"),
        ("said_on", "2020-01-01", "old"),
        ("safe_time", "midnight", "choose"),
        ("contact_by", "pigeon", "choose"),
    ],
)
def test_each_fault_is_named(house: House, field: str, value: str, code: str) -> None:
    assert refused(**{field: value}).faults == {field: code}


def test_who_is_to_be_written_to_needs_a_number(house: House) -> None:
    assert refused(contact_by="sms").faults == {"phone": "missing"}


def test_a_place_that_nobody_knows_is_refused_with_those_it_may_be(house: House) -> None:
    fault = refused(place="Kayaa")
    assert (fault.faults, fault.places) == ({"place": "unknown"}, ["BF490304"])
    assert refused(place="au marché").places == []


@pytest.mark.parametrize("typed", ["Kaya", "kaya ", "BF490304", "Kaya (BF490304)"])
def test_a_place_is_found_however_it_is_typed(house: House, typed: str) -> None:
    enter(place=typed)
    assert the_case().place_code == "BF490304"


def test_a_proposed_place_that_was_chosen_counts(house: House) -> None:
    enter(place="Kayaa", place_code="BF490304")
    assert the_case().place_code == "BF490304"


def test_what_nobody_left_a_number_for_goes_its_whole_way(house: House) -> None:
    enter(place="Kaya")
    work_off()
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        case = db.scalars(select(Case)).one()
        assert case.contact_id is None
        cases.respond(db, case, "Une équipe vient jeudi.", by=alice)
        cases.mark_told(db, case, "visit", by=alice)
        cases.close(db, case, Outcome.RESOLVED, by=alice)
    work_off()
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 0
    assert (the_case().state, the_case().satisfaction_asked_at) == (CaseState.CLOSED, None)


def test_the_reference_goes_out_by_sms_in_the_persons_language(house: House) -> None:
    reference = enter(phone="70123456", language="en")
    work_off()
    (text,) = sms(Purpose.REFERENCE)
    assert text.startswith(f"Your number: {references.show(reference)}")


@pytest.mark.parametrize(
    "form",
    [
        {"may_contact": "no"},
        {"contact_by": "call"},
        {"sealed": "1"},
        {"category": "PRO.VBG", "text": "elle demande de l'aide"},
    ],
)
def test_no_sms_to_who_wants_none_or_is_better_without(house: House, form: dict[str, str]) -> None:
    enter(phone="70123456", **form)
    work_off()
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 0


def test_what_the_owner_of_a_phone_has_chosen_stands(house: House) -> None:
    make_contact("+22670123456", language="mos", opted_out_at=clock.now())
    enter(phone="70123456", language="fr")
    work_off()
    assert sms(Purpose.REFERENCE) == []
    with work.reading() as db:
        contact = db.scalars(select(Contact)).one()
    assert (contact.language, contact.opted_out_at is not None) == ("mos", True)


def test_who_speaks_for_somebody_does_not_choose_the_language_of_the_phone(house: House) -> None:
    enter(phone="70123456", language="ff", by_proxy="1")
    with work.reading() as db:
        assert db.scalars(select(Contact.language)).one() is None


def sees(name: str) -> bool:
    user = actors.make(name)
    with work.reading() as db:
        return db.scalar(select(Case.id).where(access.accessible_to(user))) is not None


def test_who_enters_gets_no_right_by_it(house: House) -> None:
    enter("charlie", category="EHA.EAU")
    assert not sees("charlie")
    work_off()
    assert (sees("charlie"), sees("alice")) == (False, True)


def test_what_is_marked_sensitive_leaves_the_sight_of_who_entered_it(house: House) -> None:
    enter("alice", sealed="1", text="la pompe", category="EHA.EAU")
    work_off()
    assert the_case().sensitivity == Sensitivity.SEALED
    assert (sees("alice"), sees("marc"), sees("dora")) == (False, False, True)


def test_a_complaint_about_an_agency_does_not_go_to_it(house: House) -> None:
    enter("alice", category="EHA.EAU", agency=str(agency_id("EHA")))
    work_off()
    with work.reading() as db:
        concern = db.scalars(select(Concern)).one()
    assert (concern.agency_id, concern.by_machine) == (agency_id("EHA"), False)
    assert the_case().agency_id != agency_id("EHA")
    assert (sees("alice"), sees("tina")) == (False, True)


def test_a_case_that_was_typed_without_network_runs_from_when_it_was_said(house: House) -> None:
    enter(typed_at=(TUESDAY - timedelta(days=2)).isoformat(), category="EHA.EAU")
    work_off()
    assert the_case().opened_at == TUESDAY - timedelta(days=2)
    with work.reading() as db:
        answer = db.scalars(select(Clock).where(Clock.step == Step.ANSWER)).one()
    assert answer.started_at == TUESDAY - timedelta(days=2)


@pytest.mark.parametrize("typed_at", ["2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "yesterday", "2026-12-01T08:00"])
def test_a_phone_with_a_wrong_clock_is_not_believed(house: House, typed_at: str) -> None:
    enter(typed_at=typed_at)
    assert the_case().opened_at == TUESDAY


def test_a_day_that_is_over_counts_from_noon(house: House) -> None:
    enter(said_on="2026-11-20")
    assert the_case().opened_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_today_is_now(house: House) -> None:
    enter(said_on="2026-12-01")
    assert the_case().opened_at == TUESDAY


def reserve(name: str = "alice", want: int = 20) -> list[str]:
    by = actors.make(name)
    with work.unit_of_work() as db:
        return entry.reserve_references(db, want, by=by)


def test_a_reserved_reference_is_used_once_by_who_has_it(house: House) -> None:
    mine = reserve(want=2)
    assert len(mine) == 2
    assert all(map(references.is_valid, mine))
    assert refused("bob", reference=mine[0]).faults == {"reference": "taken"}
    assert enter(reference=mine[0]) == mine[0]
    with pytest.raises(EntryError, match="reference: taken"):
        enter(entry_key="another-key", reference=mine[0])
    assert enter(reference=mine[0]) == mine[0]  # the same form again


def test_a_form_that_is_refused_uses_no_reference_up(house: House) -> None:
    (reference,) = reserve(want=1)
    refused(reference=reference, text="")
    with work.reading() as db:
        assert db.get_one(ReservedReference, reference).used_at is None
    assert enter(reference=reference) == reference


@pytest.mark.parametrize("reference", ["4821937054", "48219370541", "x", "' OR 1=1"])
def test_a_reference_that_nobody_was_given_is_refused(house: House, reference: str) -> None:
    assert refused(reference=reference).faults == {"reference": "taken"}


def test_nobody_takes_references_without_end(house: House) -> None:
    assert len(reserve(want=1000)) == entry.BLOCK
    for _ in range(20):
        reserve()
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(ReservedReference)) == entry.MOST_RESERVED
    assert reserve("bob") != []
    with time_machine.travel(TUESDAY + entry.RESERVED_FOR + timedelta(days=1), tick=False):
        assert len(reserve()) == entry.BLOCK


FIELDS = sorted({*FORM, "phone", "said_on", "typed_at", "agency", "reference", "language"})


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40) | st.sampled_from(list(FORM.values()))))
def test_whatever_a_form_says_it_is_read_or_refused(house: House, form: dict[str, str]) -> None:
    with work.reading() as db:
        try:
            found = entry.read_entry(db, form, TUESDAY)
        except EntryError as refusal:
            found, faults = None, refusal.faults
    assert faults if found is None else (found.text and found.medium in entry.DOORS)


def test_everybody_who_signs_in_may_enter(house: House) -> None:
    for number, name in enumerate(("alice", "marc", "ada")):
        enter(name, entry_key=f"key-number-{number}")
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Case).join(User, User.id == Case.entered_by_id)) == 3

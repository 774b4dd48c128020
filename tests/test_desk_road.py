"""The road of an agency without accounts and without internet: told by SMS, it takes the case, acts, and the person is
answered, all by SMS. And the same by the link of an e-mail or an SMS."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.partners import mail
from flows.gsm7 import parts
from models import Case, Event, Message, User
from models.words import CaseState, Delivery, Outcome, Purpose
from tests.application import application
from tests.conftest import House
from tests.desk import Desk, open_desk
from tests.factories import make_case
from tests.phone import Phone
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
"""In the working hours of every agency."""


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SIMULATOR": "1"}


@pytest.fixture(autouse=True)
def at_work() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(house: House) -> Desk:
    """The only focal point for water: the sample's own one has left."""
    with work.unit_of_work() as db:
        db.scalars(select(User).where(User.login == "eau")).one().active = False
    return open_desk()


def the_case() -> Case:
    with work.reading() as db:
        return db.scalars(select(Case)).one()


def letters_to(phone: Phone) -> list[Message]:
    with work.reading() as db:
        to_person = select(Message).where(Message.contact_id.is_not(None), Message.purpose.is_not(None))
        return list(db.scalars(to_person.order_by(Message.id)))


def test_by_sms_alone(alice: Desk) -> None:
    person = Phone()
    person.sms("la pompe est en panne a Kaya")
    work_off()
    notice = alice.answers()[-1]
    reference = the_case().reference
    assert notice.startswith(f"Un dossier à prendre. {reference} SMS : OK, NON, AIDE. http")
    assert parts(notice) == 1
    assert not any(word in notice.lower() for word in ("pompe", "kaya", "eau ", person.number[4:]))

    assert "pris en charge" in alice.send(f"OK {reference} {alice.pin}")
    work_off()
    assert the_case().state == CaseState.ACCEPTED

    alice.send(f"fait {reference[:3]} {reference[3:6]} {reference[6:]} pompe réparée")
    assert "noté" in alice.send(alice.pin)
    assert the_case().state == CaseState.AGENCY_RESPONDED
    work_off()
    answer = next(letter for letter in letters_to(person) if letter.purpose == Purpose.ANSWER)
    assert "pompe réparée" in answer.text
    assert answer.delivery == Delivery.DELIVERED
    assert the_case().told_at is not None
    assert the_case().state in (CaseState.PERSON_INFORMED, CaseState.CLOSED)
    with work.reading() as db:
        kinds = list(db.scalars(select(Event.kind).where(Event.case_id == the_case().id).order_by(Event.id)))
    road = ["opened", "referred", "noticed", "accepted", "responded", "told"]
    assert [kind for kind in kinds if kind in road] == road
    assert the_case().outcome in (None, Outcome.RESOLVED)


def test_by_the_link_of_an_sms(alice: Desk, house: House) -> None:
    client = application(house.settings).test_client(use_cookies=False)
    Phone().sms("la pompe est en panne a Kaya")
    work_off()
    path = re.findall(r"http://feedback\.test(/dossier/\S+)", alice.answers()[-1])[0]
    send(client, path, "accept")
    send(client, path, "done", text="La pompe est réparée.")
    work_off()
    assert the_case().told_at is not None


def test_by_the_link_of_a_letter(alice: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[mail.Letter] = []
    monkeypatch.setattr(mail, "post", lambda _settings, found: posted.extend(found))
    with work.unit_of_work() as db:
        user = db.get_one(User, alice.user.id)
        user.notify_by, user.email, user.phone = "email", "alice@example.org", None
    Phone().sms("la pompe est en panne a Kaya")
    work_off()
    (letter,) = [each for each in posted if each.to == "alice@example.org"]
    assert "/console/" not in letter.body, "they cannot log in there"
    path = re.findall(r"http://feedback\.test(/dossier/\S+)", letter.body)[0]
    send(application(house.settings).test_client(use_cookies=False), path, "reject", reason="no_capacity")
    assert the_case().state == CaseState.REJECTED


def send(client: FlaskClient, path: str, deed: str, **fields: str) -> None:
    form = re.findall(r'name="form" value="([^"]+)"', client.get(path).text)[0]
    assert client.post(f"{path}/{deed}", data={"form": form, **fields}).status_code == 200


def test_several_cases_are_named_by_their_references(alice: Desk) -> None:
    found = [make_case(phone=f"+2267000000{number}") for number in range(3)]
    work_off()
    notice = alice.answers()[-1]
    assert notice == f"3 dossiers à prendre. {' '.join(case.reference for case in found)} SMS : OK, NON, AIDE."


def test_who_has_no_pin_is_told_of_no_commands(alice: Desk) -> None:
    with work.unit_of_work() as db:
        db.get_one(User, alice.user.id).sms_pin_hash = None
    make_case()
    work_off()
    assert "SMS :" not in alice.answers()[-1]
    assert "/dossier/" in alice.answers()[-1]


def test_nothing_of_a_sealed_case_goes_to_a_phone(house: House) -> None:
    dora = open_desk("dora")
    case = make_case("PRO.VIE", text="on nous menace la nuit")
    work_off()
    assert dora.answers(), "she hears that something waits"
    assert not any(case.reference in said or "/dossier/" in said for said in dora.answers())


def test_a_long_address_keeps_its_whole_length(alice: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_gateway.digest.links.make_link", lambda *_: "https://" + "a" * 110)
    make_case()
    work_off()
    assert alice.answers()[-1].endswith("a" * 110)
    assert "SMS :" not in alice.answers()[-1]

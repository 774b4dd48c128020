"""Notices and digests: who hears of a case, when, and that nothing of it is said."""

import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, notices, schedule, work
from feedback_gateway.lib import clock
from feedback_gateway.partners import mail
from models import Case, Event, Message, Notice, OutboxRow, User
from models.words import Duty, OutboxState, Purpose, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import make_case
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
SATURDAY = datetime.fromisoformat("2026-12-05T09:00:00+00:00")
"""Nobody works on a Saturday."""

Letters = list[mail.Letter]


@pytest.fixture
def at_work() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    posted: Letters = []
    monkeypatch.setattr(mail, "post", lambda _settings, found: posted.extend(found))
    return posted


def of(name: str) -> str:
    return f"{name}@example.org"


def test_a_notice_says_nothing_of_the_complaint(house: House, at_work: Any, letters: Letters) -> None:
    case = make_case("EHA.EAU", text="motsecret la pompe")
    work_off()
    (letter,) = letters
    assert letter.to == of("eau")
    told = (letter.subject + letter.body).lower()
    assert str(case.id) in told
    assert not any(word in told for word in ("motsecret", "pompe", "eau ", "22670", "kaya", case.reference))


def test_a_focal_point_may_be_told_by_sms(house: House, at_work: Any) -> None:
    with work.unit_of_work() as db:
        user = db.scalars(select(User).where(User.login == "eau")).one()
        user.notify_by, user.phone = "sms", "+22676111222"
    make_case("EHA.EAU")
    work_off()
    with work.reading() as db:
        notice = db.scalars(select(Message).where(Message.purpose == Purpose.NOTICE)).one()
    assert notice.user_id == user.id
    assert notice.text.startswith("Un dossier à prendre. http://")


def test_a_mail_server_that_is_away_is_tried_again_and_nothing_counts_as_sent(
    house: House, at_work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPConnectError(421, "away")

    monkeypatch.setattr(mail, "post", away)
    make_case("EHA.EAU")
    work_off()
    with work.reading() as db:
        row = db.scalars(select(OutboxRow).where(OutboxRow.duty == Duty.SEND_DIGEST)).one()
        assert db.scalars(select(Notice.sent_at)).one() is None
    assert (row.state, row.last_error) == (OutboxState.PENDING, "SMTPConnectError")


def test_who_waits_for_many_gets_one_letter(house: House, at_work: time_machine.Traveller, letters: Letters) -> None:
    for at in range(5):
        make_case("EHA.EAU", phone=f"+2267000000{at}")
    work_off()
    assert [letter.subject for letter in letters] == ["Ligne de plaintes : 5 dossiers à prendre"]
    make_case("EHA.EAU", phone="+22670000009")
    work_off()
    assert len(letters) == 1, "not before DIGEST_MINUTES"
    at_work.shift(timedelta(minutes=31))
    work_off()
    assert len(letters) == 2


def test_what_is_not_urgent_waits_for_working_hours_and_what_is_does_not(house: House, letters: Letters) -> None:
    with time_machine.travel(SATURDAY, tick=False) as traveller:
        make_case("EHA.EAU")
        make_case("SAN.EPI")
        work_off()
        assert [letter.to for letter in letters] == [of("sante")]
        traveller.move_to(SATURDAY + timedelta(days=2))
        work_off()
        assert of("eau") in {letter.to for letter in letters}


def test_what_is_no_longer_true_is_not_told(house: House, letters: Letters) -> None:
    with time_machine.travel(SATURDAY, tick=False) as traveller:
        case, alice = make_case("EHA.EAU"), actors.make("alice")
        work_off()
        with work.unit_of_work() as db:
            cases.accept(db, db.get_one(Case, case.id), by=alice)
        traveller.move_to(SATURDAY + timedelta(days=2))
        work_off()
    assert letters == []
    with work.reading() as db:
        assert db.scalars(select(Notice.dropped_at)).one() is not None


def test_somebody_from_whom_a_case_was_sealed_meanwhile_does_not_hear_of_it(house: House, letters: Letters) -> None:
    with time_machine.travel(SATURDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        work_off()
        with work.unit_of_work() as db:
            db.get_one(Case, case.id).sensitivity = Sensitivity.SEALED
        traveller.move_to(SATURDAY + timedelta(days=2))
        work_off()
    assert of("eau") not in {letter.to for letter in letters}


def test_every_notice_stands_in_the_log_of_its_case(house: House, at_work: Any, letters: Letters) -> None:
    case = make_case("EHA.EAU")
    work_off()
    with work.reading() as db:
        noticed = db.scalars(select(Event.data).where(Event.case_id == case.id, Event.kind == "noticed")).one()
        eau = db.scalars(select(User.id).where(User.login == "eau")).one()
    assert noticed == {"kind_of": "new", "user": eau, "means": "email", "step": None}


def test_the_dispatcher_does_not_ring_twice_for_one_digest(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    with work.unit_of_work() as db:
        notices.announce(db, db.get_one(Case, case.id))
    assert schedule.send_digests() == 1
    assert schedule.send_digests() == 0
    assert clock.now() == TUESDAY


def test_what_comes_out_of_an_old_register_wakes_nobody(house: House, letters: Letters) -> None:
    with time_machine.travel(SATURDAY, tick=False):
        case, alice = make_case("SAN.EPI", classify=False), actors.make("alice")
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            stored.entered_by_id, stored.opened_at = alice.id, SATURDAY - timedelta(days=30)
        work_off()
    assert letters == []

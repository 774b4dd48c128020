"""What still goes between a closed duplicate and the case that goes on: later words, and the answer."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import alike, cases, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Event, Message, Notice
from models.words import Noise, NoticeKind, Outcome, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_contact
from tests.feedback_gateway.alike.test_linking import close
from tests.feedback_gateway.issues.pump import WEDNESDAY, complain, kinds, phone_of, stored
from tests.worker import work_off

STILL = "la pompe du secteur 4 est toujours en panne"


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def pair(house: House) -> tuple[Case, Case]:
    """A case that goes on, in Alice's hands, and one of another phone that was closed as its duplicate."""
    alice = actors.make("alice")
    goes_on, duplicate = complain(1), complain(2)
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, goes_on.id), by=alice)
    close(duplicate, goes_on)
    work_off()
    return goes_on, duplicate


def write(case: Case, text: str = STILL) -> None:
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), text)
    work_off()


def notices_of(case: Case) -> list[tuple[int, NoticeKind]]:
    with work.reading() as db:
        rows = db.execute(select(Notice.user_id, Notice.kind).where(Notice.case_id == case.id).order_by(Notice.id))
        return [(user, kind) for user, kind in rows]


def test_later_words_reach_whoever_works_on_the_case_that_goes_on(pair: tuple[Case, Case]) -> None:
    goes_on, duplicate = pair
    write(duplicate)
    assert (actors.make("alice").id, NoticeKind.MESSAGE) in notices_of(goes_on)
    with work.reading() as db:
        said = db.scalars(select(Event).where(Event.case_id == goes_on.id, Event.kind == "duplicate_wrote")).one()
    assert (said.data, said.text) == ({"other": str(duplicate.id)}, None)
    assert stored(duplicate.id).reopening_asked_at is None
    write(duplicate)
    assert kinds(goes_on.id).count("duplicate_wrote") == 2


def test_reading_it_again_passes_nothing_on_twice(pair: tuple[Case, Case]) -> None:
    goes_on, duplicate = pair
    write(duplicate)
    with work.unit_of_work() as db:
        alike.pass_message(db, db.get_one(Case, duplicate.id))
    assert kinds(goes_on.id).count("duplicate_wrote") == 1


def test_thanks_disturb_nobody(pair: tuple[Case, Case]) -> None:
    goes_on, duplicate = pair
    write(duplicate, "Merci beaucoup")
    assert "duplicate_wrote" not in kinds(goes_on.id)
    assert stored(duplicate.id).reopening_asked_at is None


@pytest.mark.parametrize("why", ["closed", "elsewhere", "sealed"])
def test_where_nobody_would_hear_of_it_the_person_asks_for_the_reopening(pair: tuple[Case, Case], why: str) -> None:
    goes_on, duplicate = pair
    alice, charlie, food = actors.make("alice"), actors.make("charlie"), agency_id("VIVRES")
    with work.unit_of_work() as db:
        if why == "closed":
            cases.close(db, db.get_one(Case, goes_on.id), Outcome.OUT_OF_SCOPE, by=alice)
        elif why == "elsewhere":
            db.get_one(Case, goes_on.id).agency_id = food
            db.get_one(Case, goes_on.id).focal_point_id = charlie.id
    write(duplicate, "on menace de me tuer cette nuit" if why == "sealed" else STILL)
    assert stored(duplicate.id).reopening_asked_at is not None
    assert "duplicate_wrote" not in kinds(goes_on.id)


def respond(case: Case) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), "La pompe est reparee.", by=alice)


def answers(case: Case) -> list[str]:
    with work.reading() as db:
        sent = select(Message.text).where(Message.case_id == case.id, Message.purpose == Purpose.ANSWER)
        return list(db.scalars(sent))


def test_the_answer_is_passed_on_when_a_person_says_so_and_once(pair: tuple[Case, Case]) -> None:
    goes_on, duplicate = pair
    alice = actors.make("alice")
    with work.unit_of_work() as db, pytest.raises(NotAllowedError):
        alike.pass_answer_on(db, db.get_one(Case, goes_on.id), by=alice)
    respond(goes_on)
    assert answers(duplicate) == []
    with work.unit_of_work() as db:
        assert alike.pass_answer_on(db, db.get_one(Case, goes_on.id), by=alice) == 1
    (text,) = answers(duplicate)
    assert "La pompe est reparee." in text
    assert duplicate.reference in "".join(text.split())
    assert "answer_passed_on" in kinds(duplicate.id)
    with work.unit_of_work() as db, pytest.raises(NotAllowedError):
        alike.pass_answer_on(db, db.get_one(Case, goes_on.id), by=alice)


@pytest.mark.parametrize("why", ["stop", "noise", "same phone"])
def test_to_whom_it_is_not_passed_on(pair: tuple[Case, Case], why: str) -> None:
    goes_on, duplicate = pair
    if why == "stop":
        make_contact(phone_of(2), opted_out_at=clock.now())
    with work.unit_of_work() as db:
        if why == "noise":
            db.get_one(Case, duplicate.id).noise = Noise.TEST
        elif why == "same phone":
            db.get_one(Case, duplicate.id).contact_id = goes_on.contact_id
    respond(goes_on)
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        if why == "stop":
            assert alike.pass_answer_on(db, db.get_one(Case, goes_on.id), by=alice) == 0
        else:
            assert alike.untold_duplicates(db, alice, db.get_one(Case, goes_on.id)) == []
    assert answers(duplicate) == []

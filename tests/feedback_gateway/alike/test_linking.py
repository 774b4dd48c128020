"""Linking and parting two cases, and closing one as a duplicate of the other: both histories, and who is told."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import alike, cases, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Likeness, Message
from models.words import CaseState, ContactBy, Hold, LikenessKind, Outcome, Purpose, Sensitivity, Verdict
from tests import actors
from tests.conftest import House
from tests.factories import make_contact
from tests.feedback_gateway.issues.pump import FOOD, WEDNESDAY, complain, kinds, phone_of, stored
from tests.worker import work_off


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def liken(case: Case, other: Case) -> Likeness:
    with work.unit_of_work() as db:
        likeness = Likeness(
            case_id=case.id, other_id=other.id, kind=LikenessKind.SAME_PROBLEM, score=0.8, at=clock.now()
        )
        db.add(likeness)
        return likeness


def say(likeness: Likeness, verdict: Verdict, by: str = "alice") -> None:
    user = actors.make(by)
    with work.unit_of_work() as db:
        alike.decide(db, db.get_one(Likeness, likeness.id), verdict, by=user)


def close(case: Case, of: Case, by: str = "alice") -> None:
    user = actors.make(by)
    with work.unit_of_work() as db:
        alike.close_as_duplicate(db, db.get_one(Case, case.id), db.get_one(Case, of.id), by=user)


def told(*cases_: Case) -> list[tuple[Purpose | None, str]]:
    """What the people of these cases were told of them, by SMS."""
    with work.reading() as db:
        sent = select(Message.purpose, Message.text).where(
            Message.case_id.in_([case.id for case in cases_]),
            Message.purpose.in_([Purpose.JOINED, Purpose.PARTED, Purpose.CLOSED]),
        )
        return [(purpose, text) for purpose, text in db.execute(sent.order_by(Message.id))]


def purposes(*cases_: Case) -> list[Purpose | None]:
    return [purpose for purpose, _ in told(*cases_)]


def test_both_people_are_told_in_words_that_say_nothing_of_it(house: House) -> None:
    first, second = complain(1), complain(2)
    likeness = liken(second, first)
    say(likeness, Verdict.LINKED)
    texts = [text for _, text in told(first, second)]
    assert purposes(first, second) == [Purpose.JOINED] * 2
    assert not any(word in text.lower() for text in texts for word in ("eau", "pompe", "kaya"))
    say(likeness, Verdict.DISMISSED)
    assert purposes(first) == purposes(second) == [Purpose.JOINED, Purpose.PARTED]
    for case in (first, second):
        assert [kind for kind in kinds(case.id) if "link" in kind] == ["linked", "unlinked"]


def test_a_suggestion_that_is_dismissed_tells_nobody(house: House) -> None:
    first, second = complain(1), complain(2)
    say(liken(second, first), Verdict.DISMISSED)
    assert told(first, second) == []
    assert "link_dismissed" in kinds(first.id)


def test_a_phone_is_told_once_however_many_say_the_same(house: House) -> None:
    first, second, third = complain(1), complain(2), complain(3)
    one, two = liken(second, first), liken(third, first)
    say(one, Verdict.LINKED)
    say(two, Verdict.LINKED)
    assert purposes(first) == [Purpose.JOINED]
    say(one, Verdict.DISMISSED)  # one is left that says the same
    assert purposes(first) == [Purpose.JOINED]
    say(two, Verdict.DISMISSED)
    assert purposes(first) == [Purpose.JOINED, Purpose.PARTED]


def test_who_wrote_both_is_not_told_of_others(house: House) -> None:
    first, second = complain(1), complain(1)
    likeness = liken(second, first)
    say(likeness, Verdict.LINKED)
    say(likeness, Verdict.DISMISSED)
    assert told(first, second) == []


@pytest.mark.parametrize("why", ["stop", "no consent", "call", "held", "answered", "closed"])
def test_who_is_told_nothing(house: House, why: str) -> None:
    first, second = complain(1), complain(2)
    alice = actors.make("alice")
    if why == "stop":
        make_contact(phone_of(1), opted_out_at=clock.now())
    with work.unit_of_work() as db:
        case = db.get_one(Case, first.id)
        if why == "no consent":
            case.may_contact = False
        elif why == "call":
            case.contact_by = ContactBy.CALL
        elif why == "held":
            case.hold = Hold.SCORE
        elif why == "answered":
            cases.respond(db, case, "Une équipe vient.", by=alice)
        elif why == "closed":
            cases.close(db, case, Outcome.OUT_OF_SCOPE, by=alice)
    say(liken(second, first), Verdict.LINKED)
    assert told(first) == []
    assert purposes(second) == [Purpose.JOINED]


def test_sealed_cases_are_linked_without_a_word(house: House) -> None:
    first, second = complain(1, "PRO.VIE"), complain(1, "PRO.VIE")
    assert first.sensitivity == Sensitivity.SEALED
    say(liken(second, first), Verdict.LINKED, by="dora")
    assert told(first, second) == []
    assert "linked" in kinds(first.id)


def test_a_duplicate_is_closed_linked_and_its_person_told_that_it_goes_on(house: House) -> None:
    first, second = complain(1), complain(2)
    close(second, first)
    closed = stored(second.id)
    assert (closed.state, closed.outcome, closed.duplicate_of_id) == (CaseState.CLOSED, Outcome.DUPLICATE, first.id)
    work_off()
    assert purposes(second) == [Purpose.JOINED]  # and not that it ended
    with work.reading() as db:
        assert db.scalars(select(Likeness.verdict)).all() == [Verdict.LINKED]
        assert [case.id for case in alike.duplicates_of(db, actors.make("alice"), stored(first.id))] == [second.id]


def test_who_wrote_twice_hears_which_of_their_numbers_goes_on(house: House) -> None:
    first, second = complain(1), complain(1)
    close(second, first)
    work_off()
    ((purpose, text),) = told(first, second)
    assert purpose == Purpose.JOINED
    digits = "".join(text.split())
    assert first.reference in digits
    assert second.reference in digits


def test_parting_takes_up_again_what_was_closed_as_a_duplicate(house: House) -> None:
    first, second = complain(1), complain(2)
    close(second, first)
    with work.reading() as db:
        likeness = db.scalars(select(Likeness)).one()
    say(likeness, Verdict.DISMISSED)
    again = stored(second.id)
    assert (again.state, again.outcome, again.duplicate_of_id) == (CaseState.REOPENED, None, None)
    assert purposes(second) == [Purpose.JOINED, Purpose.PARTED]


def test_no_case_is_a_duplicate_of_itself_not_even_by_a_detour(house: House) -> None:
    first, second, third = complain(1), complain(2), complain(3)
    close(second, first)
    close(third, second)
    with pytest.raises(NotAllowedError, match="itself"):
        close(first, third)
    with pytest.raises(NotAllowedError, match="itself"):
        close(first, first)
    assert stored(first.id).state != CaseState.CLOSED


def test_a_case_that_is_not_theirs_cannot_be_named(house: House) -> None:
    water, food = complain(1), complain(2, FOOD)
    with pytest.raises(NotAllowedError, match="not_yours"):
        close(water, food)
    with work.reading() as db:
        assert alike.find_by_reference(db, actors.make("alice"), food.reference) is None
        found = alike.find_by_reference(db, actors.make("alice"), f" {water.reference[:3]} {water.reference[3:]} ")
    assert found is not None
    assert found.id == water.id


def test_a_sealed_case_is_named_beside_no_open_one(house: House) -> None:
    water, threat = complain(1), complain(1, "PRO.VIE")
    with work.unit_of_work() as db:
        db.get_one(Case, water.id).agency_id = actors.make("dora").agency_id
    with pytest.raises(NotAllowedError, match="sealed"):
        close(water, threat, by="dora")

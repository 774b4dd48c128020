"""The call-back list: who is on it, in which order, who sees it, and what becomes of a call."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import access, calls, cases, work
from feedback_gateway.calls import Call
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import CallAttempt, Callback, Case, Event, Notice, User
from models.words import (
    CallOutcome,
    CallReason,
    CaseState,
    ContactBy,
    NoticeKind,
    Outcome,
    Pace,
    Priority,
    SafeTime,
)
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.handlers.console.learnt import change_case
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
PHONE = "+22670123456"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"QUIET_HOURS": "21-6"}


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def listed(user: User, **more: Any) -> list[Call]:
    with work.reading() as db:
        return calls.open_calls(db, user, clock.now(), **more)


def references(user: User, **more: Any) -> list[str]:
    return [call.case.reference for call in listed(user, **more)]


def call(case: Case, user: User, outcome: CallOutcome, **more: Any) -> str:
    """One call from beginning to end; returns the number that was shown."""
    with work.unit_of_work() as db:
        entry = find(db, case, user)
        number = calls.claim(db, entry, "rappel", by=user)
        calls.record_outcome(db, entry, outcome, by=user, **more)
    return number


def find(db: Any, case: Case, user: User) -> Call:
    entry = db.scalars(select(Callback.id).where(Callback.case_id == case.id, Callback.ended_at.is_(None))).one()
    found = calls.find_call(db, user, entry, clock.now())
    assert found is not None
    return found


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def entry_of(case: Case) -> Callback:
    with work.reading() as db:
        return db.scalars(
            select(Callback).where(Callback.case_id == case.id).order_by(Callback.id.desc()).limit(1)
        ).one()


def answer(case: Case, text: str = "Une équipe vient jeudi.") -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), text, by=alice)


class TestWhoIsOnIt:
    def test_who_wants_a_call_from_the_beginning(self, house: House) -> None:
        case, other = make_case(contact_by="call"), make_case(contact_by="sms")
        assert references(actors.make("alice")) == [case.reference]
        assert entry_of(case).reason == CallReason.ASKED
        work_off()
        assert other.reference not in references(actors.make("alice"))
        assert len(listed(actors.make("alice"))) == 1, "being read again lists nobody twice"

    def test_who_wants_to_speak_to_a_person(self, house: House) -> None:
        case = make_case("PAR.RAP", text="", sealed=True)
        assert references(actors.make("dora")) == [case.reference]

    @pytest.mark.parametrize("contact_by", ["call", None])
    def test_never_who_does_not_want_to_be_contacted(self, house: House, contact_by: str | None) -> None:
        dora, case = actors.make("dora"), make_case("PAR.RAP", may_contact=False, contact_by=contact_by, sealed=True)
        with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="no_call"):
            cases.ask_for_call(db, db.get_one(Case, case.id), by=dora)
        assert listed(dora) == []

    def test_a_question_without_sms(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call")
        plain = make_case(phone="+22670000002")
        with work.unit_of_work() as db:
            for each in (case, plain):
                stored = db.get_one(Case, each.id)
                cases.accept(db, stored, by=alice)
                cases.wait_for_person(db, stored, "Quel forage ?", by=alice)
        (entry,) = listed(alice)
        assert (entry.case.id, entry.say) == (case.id, "Quel forage ?")

    def test_after_stop_only_whom_a_person_puts_there(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(phone=PHONE)
        make_contact(PHONE, opted_out_at=clock.now())
        answer(case)
        assert listed(alice) == []
        with work.unit_of_work() as db:
            cases.ask_for_call(db, db.get_one(Case, case.id), by=alice)
        assert references(alice) == [case.reference]

    def test_the_answer_for_who_wants_a_call_brings_them_back(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call")
        call(case, alice, CallOutcome.REACHED)
        assert listed(alice) == []
        answer(case)
        (entry,) = listed(alice)
        assert entry.say == "Une équipe vient jeudi."

    def test_a_wish_recorded_by_a_focal_point(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(phone=PHONE)

        def wish(contact_by: ContactBy | None) -> None:
            with work.unit_of_work() as db:
                cases.record_wishes(
                    db,
                    db.get_one(Case, case.id),
                    contact_by=contact_by,
                    safe_time=SafeTime.NOON,
                    pace=Pace.ANSWER_ONLY,
                    by=alice,
                )

        wish(ContactBy.CALL)
        assert references(alice) == [case.reference]
        assert fresh(case).safe_time == SafeTime.NOON
        assert make_contact(PHONE).pace == Pace.ANSWER_ONLY
        wish(ContactBy.SMS)
        assert listed(alice) == []

    def test_closing_takes_it_off(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call")
        with work.unit_of_work() as db:
            cases.close(db, db.get_one(Case, case.id), Outcome.WITHDRAWN, by=alice)
        assert listed(alice) == []
        with work.unit_of_work() as db:
            assert cases.list_for_call(db, db.get_one(Case, case.id), CallReason.ASKED) is None


class TestTheOrder:
    def test_safe_now_first_then_by_due_time_and_priority(self, house: House, now: time_machine.Traveller) -> None:
        alice = actors.make("alice")
        evening = make_case(contact_by="call", safe_time="evening")
        late, early, urgent = (make_case(contact_by="call", safe_time=when) for when in ("morning", "any", None))
        for case, priority, days in ((evening, "P0", 0), (late, "P2", 9), (early, "P2", 1), (urgent, "P0", 1)):
            change_case(case, priority=Priority(priority), next_due_at=TUESDAY + timedelta(days=days))
        assert references(alice) == [case.reference for case in (urgent, early, late, evening)]
        now.move_to(TUESDAY.replace(hour=19))
        assert references(alice)[:3] == [case.reference for case in (evening, urgent, early)]

    def test_what_was_put_off_comes_last(self, house: House, now: time_machine.Traveller) -> None:
        alice = actors.make("alice")
        first, second = make_case(contact_by="call"), make_case(contact_by="call")
        call(first, alice, CallOutcome.LATER, later=TUESDAY + timedelta(hours=1))
        assert references(alice) == [second.reference, first.reference]

    def test_narrowed_to_mine_and_to_a_language(self, house: House) -> None:
        alice, bob = actors.make("alice"), actors.make("bob")
        mine, other = make_case(contact_by="call"), make_case(contact_by="call", phone="+22670000002")
        make_contact("+22670000002", language="mos")
        change_case(mine, focal_point_id=alice.id)
        change_case(other, focal_point_id=bob.id)
        assert references(alice, mine=True) == [mine.reference]
        assert references(alice, language="mos") == [other.reference]


class TestWhoSees:
    def test_an_operator_sees_what_is_on_the_list_and_no_more(self, house: House) -> None:
        oscar = actors.make("oscar")
        case, quiet = make_case(contact_by="call"), make_case(phone="+22670000002")
        sealed = make_case("PRO.VIE", text="on nous menace", contact_by="call", sealed=True)
        assert references(oscar) == [case.reference]
        with work.reading() as db:
            seen = set(db.scalars(access.cases_for(oscar).with_only_columns(Case.id)))
        assert seen == {case.id}
        assert sealed.id not in seen
        assert quiet.id not in seen
        call(case, oscar, CallOutcome.REACHED)
        with work.reading() as db:
            assert access.find_case(db, oscar, case.id) is None, "not longer than they call about it"

    def test_another_agency_does_not(self, house: House) -> None:
        case = make_case(contact_by="call")
        assert references(actors.make("alice")) == [case.reference]
        assert listed(actors.make("charlie")) == []
        with work.reading() as db:
            assert calls.find_call(db, actors.make("charlie"), entry_of(case).id, clock.now()) is None

    def test_what_is_to_be_said_of_a_sealed_case_is_not_on_a_list(self, house: House) -> None:
        dora, case = actors.make("dora"), make_case("PRO.VIE", text="on nous menace", contact_by="call", sealed=True)
        answer(case, "motsecret")
        (entry,) = listed(dora)
        assert entry.say is None

    def test_the_agency_does_not_get_the_number_after_the_last_word(self, house: House) -> None:
        alice, oscar, case = actors.make("alice"), actors.make("oscar"), make_case(contact_by="call", phone=PHONE)
        change_case(case, helped=False)
        with pytest.raises(NotAllowedError, match="last_word"):
            call(case, alice, CallOutcome.NO_ANSWER)
        assert call(case, oscar, CallOutcome.NO_ANSWER) == PHONE


class TestCalling:
    def test_two_people_never_call_at_once(self, house: House, now: time_machine.Traveller) -> None:
        alice, bob, case = actors.make("alice"), actors.make("bob"), make_case(contact_by="call")
        with work.unit_of_work() as db:
            calls.claim(db, find(db, case, alice), "rappel", by=alice)
        with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="busy"):
            calls.claim(db, find(db, case, bob), "rappel", by=bob)
        with work.reading() as db:
            (seen,) = calls.open_calls(db, bob, clock.now())
            holder = seen.held_by(bob, clock.now())
            assert holder is not None
            assert holder.login == "alice"
        now.shift(timedelta(minutes=31))
        with work.unit_of_work() as db:
            calls.claim(db, find(db, case, bob), "rappel", by=bob)
        with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="not_yours"):
            calls.record_outcome(db, find(db, case, alice), CallOutcome.REACHED, by=alice)

    def test_a_claim_made_before_another_was_seen_fails(self, house: House) -> None:
        alice, bob, case = actors.make("alice"), actors.make("bob"), make_case(contact_by="call")
        with work.reading() as db:
            stale = find(db, case, bob)
        with work.unit_of_work() as db:
            calls.claim(db, find(db, case, alice), "rappel", by=alice)
        with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="busy"):
            calls.claim(db, stale, "rappel", by=bob)

    def test_the_number_that_was_seen_stands_in_the_log(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call", phone=PHONE)
        with work.unit_of_work() as db:
            entry = find(db, case, alice)
            assert calls.claim(db, entry, "rappel", by=alice) == PHONE
            calls.release(entry, by=alice)
        with work.reading() as db:
            seen = db.scalars(select(Event).where(Event.kind == "phone_revealed")).one()
            assert (seen.user_id, seen.text) == (alice.id, "rappel")
        assert entry_of(case).caller_id is None

    def test_told_closes_the_loop(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call")
        with pytest.raises(NotAllowedError, match="choose"):
            call(case, alice, CallOutcome.TOLD)
        answer(case)
        with pytest.raises(NotAllowedError, match="choose"):
            call(case, alice, CallOutcome.REACHED)
        call(case, alice, CallOutcome.TOLD, note="a bien compris")
        assert fresh(case).state == CaseState.PERSON_INFORMED
        assert entry_of(case).ended_at is not None
        with work.reading() as db:
            told = db.scalars(select(Event).where(Event.kind == "told")).one()
            made = db.scalars(select(CallAttempt)).one()
        assert (told.data["how"], told.user_id) == ("call", alice.id)
        assert (made.outcome, made.note) == (CallOutcome.TOLD, "a bien compris")

    def test_nobody_answers_is_tried_again_and_then_given_up(self, house: House, now: time_machine.Traveller) -> None:
        alice, oscar, case = actors.make("alice"), actors.make("oscar"), make_case(contact_by="call")
        work_off()
        with work.unit_of_work() as db:
            cases.accept(db, db.get_one(Case, case.id), by=alice)
        call(case, oscar, CallOutcome.NO_ANSWER)
        after = entry_of(case).after
        assert after == TUESDAY + timedelta(hours=4)
        for _ in range(calls.MOST_ATTEMPTS - 1):
            now.move_to(entry_of(case).after or now.time_since_epoch())
            call(case, oscar, CallOutcome.NO_ANSWER)
        ended = entry_of(case)
        assert (ended.attempts, ended.outcome) == (calls.MOST_ATTEMPTS, CallOutcome.NO_ANSWER)
        assert ended.ended_at is not None
        with work.reading() as db:
            assert calls.is_unreachable(db, db.get_one(Case, case.id)) == calls.MOST_ATTEMPTS
            kinds = db.scalars(select(Notice.kind).where(Notice.user_id == alice.id)).all()
        assert NoticeKind.UNDELIVERED in kinds

    def test_the_next_try_is_at_a_time_that_suits(self, house: House) -> None:
        case = make_case(contact_by="call", safe_time="morning")
        call(case, actors.make("alice"), CallOutcome.NO_ANSWER)
        assert entry_of(case).after == TUESDAY.replace(day=2, hour=6)

    def test_somebody_else_picked_up_is_tried_another_day(self, house: House) -> None:
        case = make_case(contact_by="call")
        call(case, actors.make("alice"), CallOutcome.WRONG_PERSON)
        assert entry_of(case).after == TUESDAY + timedelta(days=1)

    @pytest.mark.parametrize("hours", [None, -1, 24 * 61])
    def test_later_needs_a_time_that_is_to_come(self, house: House, hours: int | None) -> None:
        case = make_case(contact_by="call")
        later = TUESDAY + timedelta(hours=hours) if hours is not None else None
        with pytest.raises(NotAllowedError, match="when"):
            call(case, actors.make("alice"), CallOutcome.LATER, later=later)

    def test_who_refuses_is_never_called_again_unless_they_ask(self, house: House, now: time_machine.Traveller) -> None:
        alice, case = actors.make("alice"), make_case(contact_by="call", phone=PHONE)
        call(case, alice, CallOutcome.REFUSED)
        answer(case)
        assert listed(alice) == []
        now.shift(timedelta(hours=1))
        old = make_case(phone=PHONE)
        with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="no_call"):
            cases.ask_for_call(db, db.get_one(Case, old.id), by=alice)
        asking = make_case(contact_by="call", phone=PHONE)
        assert references(alice) == [asking.reference], "they have asked for one since"

    def test_what_was_asked_is_written_down_and_the_clocks_run_again(self, house: House) -> None:
        alice, oscar, case = actors.make("alice"), actors.make("oscar"), make_case(contact_by="call")
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            cases.accept(db, stored, by=alice)
            cases.wait_for_person(db, stored, "Quel forage ?", by=alice)
        with pytest.raises(NotAllowedError, match="empty"):
            call(case, oscar, CallOutcome.REACHED)
        call(case, oscar, CallOutcome.REACHED, note="celui du marché")
        assert fresh(case).waiting_since is None
        with work.reading() as db:
            called = db.scalars(select(Event).where(Event.kind == "called")).one()
            kinds = db.scalars(select(Notice.kind).where(Notice.user_id == alice.id)).all()
        assert called.text == "celui du marché"
        assert "celui" not in str(called.data), "words are encrypted"
        assert NoticeKind.MESSAGE in kinds

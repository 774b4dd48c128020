"""Clocks in the database: what is stored is what the events say, once, whoever winds them and however often."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from feedback_gateway import (
    cases,
    clockwork,
    follow_up,
    jobs,
    outbox,
    reminders,
    routing,
    schedule,
    timetable,
    triage,
    work,
)
from feedback_gateway.lib import clock
from models import Agency, Case, Clock, Event, OutboxRow, ReminderRule
from models.words import Actor, CaseState, Duty, Noise, OutboxState, Outcome, Sensitivity, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


def stored(case: Case) -> dict[tuple[str, int], Clock]:
    with work.reading() as db:
        return {(row.step, row.round): row for row in db.scalars(select(Clock).where(Clock.case_id == case.id))}


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def breaches(case: Case) -> list[dict[str, Any]]:
    with work.reading() as db:
        return list(db.scalars(select(Event.data).where(Event.case_id == case.id, Event.kind == "breached")))


def wind(case: Case) -> None:
    with work.unit_of_work() as db:
        clockwork.wind(db, db.get_one(Case, case.id), clock.now())


def test_what_is_stored_is_what_the_events_say(house: House) -> None:
    alice = actors.make("alice")
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        for verb, days in ((cases.accept, 1), (cases.start_action, 2)):
            traveller.move_to(TUESDAY + timedelta(days=days))
            with work.unit_of_work() as db:
                verb(db, db.get_one(Case, case.id), by=alice)
        traveller.move_to(TUESDAY + timedelta(days=9))
        wind(case)
        with work.reading() as db:
            pure = clockwork.read_clocks(db, db.get_one(Case, case.id), clock.now())
    rows = stored(case)
    assert len(rows) == len(pure) == 6
    for state in pure:
        row = rows[state.step, state.round]
        assert (row.started_at, row.due_at, row.stopped_at) == (state.started_at, state.due_at, state.stopped_at)
        assert (row.breached_at, row.share, row.agency_id) == (state.breached_at, float(state.share), state.agency)
    assert [data["step"] for data in breaches(case)] == ["answer"]


def test_winding_again_changes_nothing(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        traveller.move_to(TUESDAY + timedelta(days=30))
        wind(case)
        before, version = stored(case), fresh(case).version
        shares = {key: (row.share, row.due_at, row.breached_at) for key, row in before.items()}
        count = len(breaches(case))
        wind(case)
        assert {key: (row.share, row.due_at, row.breached_at) for key, row in stored(case).items()} == shares
        assert (len(breaches(case)), fresh(case).version) == (count, version)


def test_a_breach_that_was_recorded_stays_where_it_was(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        for days in (8, 9, 60):
            traveller.move_to(TUESDAY + timedelta(days=days))
            wind(case)
        assert stored(case)["answer", 0].breached_at == TUESDAY + timedelta(days=7)


def test_following_a_case_does_not_make_void_what_somebody_is_writing(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        work_off()
        version = fresh(case).version
        traveller.move_to(TUESDAY + timedelta(hours=36))
        work_off()
        assert fresh(case).version == version
        with work.reading() as db:
            assert db.scalar(select(func.count()).where(Event.case_id == case.id, Event.kind == "reminded"))


def test_what_stands_still_is_due_nowhere(house: House) -> None:
    alice = actors.make("alice")
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        with work.unit_of_work() as db:
            cases.accept(db, db.get_one(Case, case.id), by=alice)
        traveller.move_to(TUESDAY + timedelta(days=8))  # the answer is late already
        with work.unit_of_work() as db:
            cases.wait_for_person(db, db.get_one(Case, case.id), "Quel quartier ?", by=alice)
        row = stored(case)["answer", 0]
        assert (row.due_at, row.breached_at) == (None, TUESDAY + timedelta(days=7))
        waiting = fresh(case)
        assert (waiting.next_step, waiting.next_due_at, waiting.answer_due_at) == (None, None, None)
        assert waiting.follow_at == clock.now() + timedelta(days=house.settings.wait_days)


def test_noise_is_owed_to_nobody(house: House) -> None:
    marc, case = actors.make("marc"), make_case("EHA.EAU")
    with work.unit_of_work() as db:
        triage.mark_noise(db, db.get_one(Case, case.id), Noise.TEST, by=marc)
    assert (fresh(case).next_step, fresh(case).follow_at) == (None, None)


def test_a_case_that_no_machine_could_read_has_clocks_and_somebody_hears_of_it(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        case = make_case(None, classify=False)
        with work.unit_of_work() as db:
            db.query(OutboxRow).delete()
            follow_up.classify_failed(db, db.get_one(Case, case.id))
        work_off()
    assert fresh(case).follow_at is not None
    assert ("triage", 0) in stored(case)
    assert "tri@example.org" in capsys.readouterr().out


def test_a_case_that_is_reopened_is_asked_of_its_agency_again_and_goes_up_when_it_is_silent(house: House) -> None:
    alice = actors.make("alice")
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        with work.unit_of_work() as db:
            mine = db.get_one(Case, case.id)
            cases.respond(db, mine, "Demain.", by=alice)
            cases.close(db, mine, Outcome.UNREACHABLE, by=alice)
        traveller.move_to(TUESDAY + timedelta(days=20))
        with work.unit_of_work() as db:
            cases.reopen(db, db.get_one(Case, case.id), by=alice)
        running = stored(case)
        assert {key for key, row in running.items() if row.stopped_at is None} == {
            ("accept", 1),
            ("answer", 1),
            ("close", 1),
        }
        for _ in range(200):
            traveller.shift(timedelta(hours=1))
            work_off()
        silent = fresh(case)
        assert (silent.state, silent.agency_id) == (CaseState.REJECTED, None)
        with work.reading() as db:
            assert agency_id("EHA") in routing.agencies_that_said_no(db, silent)


def test_two_who_wind_at_the_same_moment_record_a_breach_once(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        traveller.move_to(TUESDAY + timedelta(days=40))
        barrier = threading.Barrier(2)

        def at_once() -> None:
            def do(db: Any) -> None:
                clockwork.wind(db, db.get_one(Case, case.id), clock.now())

            barrier.wait()
            work.persist(do)

        threads = [threading.Thread(target=at_once) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    steps = [(data["step"], data["round"]) for data in breaches(case)]
    assert steps
    assert len(steps) == len(set(steps))


def test_two_workers_who_follow_one_case_remind_nobody_twice(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        work_off()
        traveller.move_to(TUESDAY + timedelta(hours=37))
        with work.unit_of_work() as db:
            for _ in range(2):
                work.enqueue(db, Duty.FOLLOW_CASE, case_id=case.id)
        with work.unit_of_work() as db:
            due = [row_id for row_id, *_ in outbox.ring_due(db)]
        threads = [threading.Thread(target=jobs.run, args=(row_id,)) for row_id in due]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        work_off()
        with work.reading() as db:
            said = select(Event.data).where(Event.case_id == case.id, Event.kind == "reminded")
            assert [data["share"] for data in db.scalars(said)] == [0.5]


def test_a_fault_in_the_winding_is_the_fault_of_its_duty_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("EHA.EAU", classify=False)

    def broken(*_: Any) -> None:
        raise RuntimeError("a clock without hands")

    with monkeypatch.context() as patched:
        patched.setattr(clockwork, "read_clocks", broken)
        work_off()
    with work.reading() as db:
        row = db.scalars(select(OutboxRow).where(OutboxRow.duty == Duty.CLASSIFY_CASE)).one()
        assert (row.state, row.attempts, row.last_error) == (OutboxState.PENDING, 1, "RuntimeError")
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        work_off()
    assert fresh(case).classified_at is not None


def test_a_case_that_could_not_be_followed_is_looked_at_again_tomorrow(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no way")

    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        monkeypatch.setattr(clockwork, "read_clocks", broken)
        traveller.move_to(TUESDAY + timedelta(hours=36))
        assert schedule.follow_cases() == 1
        with work.unit_of_work() as db:
            row = db.scalars(select(OutboxRow).where(OutboxRow.duty == Duty.FOLLOW_CASE)).one()
            row.attempts, row_id = outbox.MOST_ATTEMPTS - 1, row.id
        jobs.run(row_id)
        assert fresh(case).follow_at == clock.now() + timedelta(days=1)


def test_what_is_owed_always_has_a_moment_at_which_somebody_looks(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        for days in (0, 1, 5, 30, 300, 3000):
            traveller.move_to(TUESDAY + timedelta(days=days))
            wind(case)
            follow_at = fresh(case).follow_at
            assert follow_at is not None
            assert follow_at > clock.now()


def test_without_any_rule_a_case_is_still_looked_at(house: House) -> None:
    with work.unit_of_work() as db:
        db.query(ReminderRule).delete()
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        case = make_case("EHA.EAU")
        traveller.move_to(TUESDAY + timedelta(days=100))
        wind(case)
        assert fresh(case).follow_at is not None


def test_what_a_person_does_is_wound_a_moment_later(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        case = make_case("EHA.EAU")
        with work.unit_of_work() as db:
            cases.record(db, db.get_one(Case, case.id), "waiting_ended", actor=Actor.PERSON)
        assert fresh(case).follow_at == TUESDAY
        assert schedule.follow_cases() == 1
        assert schedule.follow_cases() == 0


def test_how_many_statements_it_takes_to_wind_does_not_grow(house: House, statements: list[str]) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        for at in range(4):
            make_case("EHA.EAU", phone=f"+2267000000{at}")
        case = make_case("EHA.EAU")
        traveller.move_to(TUESDAY + timedelta(days=1))
        with work.unit_of_work() as db:
            mine = db.get_one(Case, case.id)
            statements.clear()
            clockwork.wind(db, mine, clock.now())
            assert len([each for each in statements if each.startswith("SELECT")]) <= 5


def test_taking_what_is_due_takes_two_statements_and_one_for_the_duties(house: House, statements: list[str]) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        for at in range(6):
            make_case("EHA.EAU", phone=f"+2267000000{at}")
        traveller.move_to(TUESDAY + timedelta(hours=36))
        statements.clear()
        with work.unit_of_work() as db:
            assert len(reminders.take_cases_due(db, clock.now())) == 6
        assert len([each for each in statements if each.startswith(("SELECT", "UPDATE"))]) == 2


def test_a_referral_by_hand_starts_a_new_round(house: House) -> None:
    alice, case = actors.make("alice"), make_case("EHA.EAU")
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency_id("GSAT")), by=alice)
    rows = stored(case)
    assert rows["accept", 0].stopped_at is not None
    assert (rows["accept", 1].agency_id, rows["accept", 1].stopped_at) == (agency_id("GSAT"), None)


def test_a_sealed_case_without_agency_has_its_clocks(house: House) -> None:
    with work.unit_of_work() as db:
        db.query(routing.Route).delete()
    case = make_case("CON.EAS")
    assert (case.sensitivity, case.agency_id) == (Sensitivity.SEALED, None)
    assert fresh(case).next_step == Step.TRIAGE
    dora = actors.make("dora")
    with work.unit_of_work() as db:
        mine = db.get_one(Case, case.id)
        cases.mark_triaged(db, mine, by=dora)
    assert fresh(case).next_step == Step.REFER


def test_the_timetable_is_read_once_a_transaction(house: House, statements: list[str]) -> None:
    with work.reading() as db:
        timetable.timetable(db)
        statements.clear()
        timetable.timetable(db)
    assert statements == []

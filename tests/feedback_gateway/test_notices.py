"""Notices: who is to hear of a case, who else where nobody is left, and what is still true when its turn comes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, notices, routing, work
from feedback_gateway.lib import clock
from models import Agency, Case, Concern, Notice, SealedReader, User
from models.words import NoticeKind, Outcome, Recipient, Role, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
TODAY = date(2026, 12, 1)


@pytest.fixture
def at_work() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def hire(login: str, role: Role = Role.FOCAL_POINT, agency: str | None = "EHA", **values: Any) -> int:
    with work.unit_of_work() as db:
        user = User(login=login, name=login, email=f"{login}@example.org", password_hash="", role=role)
        user.agency_id = agency_id(agency) if agency else None
        user.created_at = clock.now()
        db.add(user)
        for name, value in values.items():
            setattr(user, name, value)
        db.flush()
        return user.id


def change(login: str, **values: Any) -> None:
    with work.unit_of_work() as db:
        for name, value in values.items():
            setattr(db.scalars(select(User).where(User.login == login)).one(), name, value)


def who(case: Case, recipient: Recipient) -> set[str]:
    with work.unit_of_work() as db:
        return {user.login for user in notices.recipients(db, db.get_one(Case, case.id), recipient)}


def away(login: str) -> None:
    change(login, absent_from=TODAY, absent_until=TODAY + timedelta(days=9))


def test_who_is_who_of_an_agency_with_everybody(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    change("eau", deputy_id=hire("second"))
    hire("chief", Role.MANAGER)
    assert [who(case, recipient) for recipient in Recipient] == [{"eau"}, {"second"}, {"chief"}, {"manager", "tri"}]


def test_on_leave_the_deputy_stands_in(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    change("eau", deputy_id=hire("second"))
    away("eau")
    assert who(case, Recipient.FOCAL_POINT) == {"second"}
    assert make_case("EHA.EAU", phone="+22670000001").focal_point_id == routing_user("second")


def routing_user(login: str) -> int:
    with work.reading() as db:
        return db.scalars(select(User.id).where(User.login == login)).one()


def test_without_a_deputy_the_colleagues(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    hire("colleague")
    hire("chief", Role.MANAGER)
    assert who(case, Recipient.DEPUTY) == {"colleague"}
    away("eau")
    assert who(case, Recipient.FOCAL_POINT) == {"colleague"}
    away("colleague")
    assert who(case, Recipient.FOCAL_POINT) == who(case, Recipient.DEPUTY) == {"chief"}


def test_who_works_alone_is_asked_again_before_any_manager_is(house: House, at_work: Any) -> None:
    assert who(make_case("EHA.EAU"), Recipient.DEPUTY) == {"eau"}


def test_deputies_who_stand_in_for_each_other_and_are_both_away(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    change("eau", deputy_id=hire("second"))
    change("second", deputy_id=routing_user("eau"))
    hire("chief", Role.MANAGER)
    away("eau")
    away("second")
    assert who(case, Recipient.FOCAL_POINT) == {"chief"}


def test_a_deputy_of_another_agency_does_not_hear_of_what_they_may_not_see(house: House, at_work: Any) -> None:
    case = make_case("EHA.EAU")
    change("eau", deputy_id=routing_user("vivres"))
    away("eau")
    assert who(case, Recipient.FOCAL_POINT) == {"manager", "tri"}


def test_without_managers_coordination_and_without_coordination_the_administrators(house: House, at_work: Any) -> None:
    with work.unit_of_work() as db:
        db.query(routing.Route).delete()
    case = make_case("EHA.EAU")
    assert who(case, Recipient.MANAGER) == {"manager", "tri"}
    change("manager", active=False)
    change("tri", active=False)
    assert who(case, Recipient.FOCAL_POINT) == {"admin"}


def test_where_nobody_is_left_the_log_of_the_service_says_so(
    house: House, at_work: Any, caplog: pytest.LogCaptureFixture
) -> None:
    case = make_case("CON.EAS")
    with work.unit_of_work() as db:
        db.query(SealedReader).delete()
        notices.announce(db, db.get_one(Case, case.id))
    assert str(case.id) in caplog.text


@pytest.mark.parametrize("recipient", list(Recipient))
def test_a_sealed_case_never_leaves_its_list(house: House, at_work: Any, recipient: Recipient) -> None:
    hire("chief", Role.MANAGER, "PROTEC", may_read_restricted=True)
    case = make_case("CON.EAS")
    assert who(case, recipient) == {"protection"}
    away("protection")
    change("protection", deputy_id=routing_user("chief"))
    assert who(case, recipient) == {"protection"}, "a deputy who is not named does not hear of it"


@pytest.mark.parametrize("recipient", list(Recipient))
def test_whom_a_case_is_about_hears_nothing_of_it(house: House, at_work: Any, recipient: Recipient) -> None:
    case = make_case("EHA.EAU")
    hire("chief", Role.MANAGER)
    with work.unit_of_work() as db:
        for login in ("eau", "manager"):
            db.add(Concern(case_id=case.id, user_id=routing_user(login), at=TUESDAY))
    assert not {"eau", "manager"} & who(case, recipient)


def test_the_same_is_not_told_twice_while_it_waits(house: House, at_work: Any) -> None:
    case, alice, bob = make_case("EHA.EAU"), actors.make("alice"), actors.make("bob")
    with work.unit_of_work() as db:
        assert notices.tell(db, [alice], NoticeKind.NEW, case) == [alice]
        db.flush()
        assert notices.tell(db, [alice, bob, bob], NoticeKind.NEW, case) == [bob]
        assert notices.tell(db, [alice], NoticeKind.LATE, case, step=Step.ANSWER) == [alice]
        assert notices.tell(db, [], NoticeKind.NEW, case) == []


def gathered(login: str) -> list[NoticeKind]:
    with work.unit_of_work() as db:
        user = db.scalars(select(User).where(User.login == login)).one()
        return [notice.kind for notice, _ in notices.gather(db, user)]


def tell(login: str, kind: NoticeKind, case: Case, step: Step | None = None) -> None:
    with work.unit_of_work() as db:
        notices.tell(db, [db.get_one(User, routing_user(login))], kind, db.get_one(Case, case.id), step=step)


def test_late_is_told_as_long_as_the_step_is_owed_whatever_else_is_due_first(house: House, at_work: Any) -> None:
    case, alice = make_case("EHA.EAU"), actors.make("alice")
    tell("eau", NoticeKind.REMINDER, case, Step.ANSWER)
    assert case.next_step == Step.ACCEPT
    assert gathered("eau") == [NoticeKind.REMINDER]
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.UNREACHABLE, by=alice)
    tell("eau", NoticeKind.LATE, case, Step.ANSWER)
    assert gathered("eau") == []


def test_while_the_person_is_waited_for_nobody_is_told_to_hurry(house: House, at_work: Any) -> None:
    case, alice = make_case("EHA.EAU"), actors.make("alice")
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=alice)
    tell("eau", NoticeKind.LATE, case, Step.ANSWER)
    with work.unit_of_work() as db:
        cases.wait_for_person(db, db.get_one(Case, case.id), "Où ?", by=alice)
    assert gathered("eau") == []


def test_what_waits_for_somebody_who_goes_on_leave_is_their_deputys(house: House, at_work: Any) -> None:
    mine, about_second = make_case("EHA.EAU"), make_case("EHA.EAU", phone="+22670000001")
    change("eau", deputy_id=hire("second"))
    with work.unit_of_work() as db:
        db.add(Concern(case_id=about_second.id, user_id=routing_user("second"), at=TUESDAY))
    tell("eau", NoticeKind.NEW, mine)
    tell("eau", NoticeKind.NEW, about_second)
    away("eau")
    assert gathered("eau") == [NoticeKind.NEW], "what the deputy may not see stays"
    assert gathered("second") == [NoticeKind.NEW]


def test_what_waits_for_many_costs_no_more_statements(house: House, at_work: Any, statements: list[str]) -> None:
    def cost() -> tuple[int, int]:
        statements.clear()
        with work.unit_of_work() as db:
            notices.users_due(db, clock.now())
        due = len(statements)
        statements.clear()
        with work.unit_of_work() as db:
            notices.gather(db, db.scalars(select(User).where(User.login == "eau")).one())
            db.rollback()
        return due, len(statements)

    for at in range(2):
        tell("eau", NoticeKind.NEW, make_case("EHA.EAU", phone=f"+2267000000{at}"))
    few = cost()
    for at in range(2, 9):
        tell("eau", NoticeKind.NEW, make_case("EHA.EAU", phone=f"+2267000000{at}"))
        tell("vivres", NoticeKind.NEW, make_case("FSL.MIS", phone=f"+2267000000{at}"))
    assert cost() == few


def test_who_is_told_costs_no_more_in_a_large_agency(house: House, at_work: Any, statements: list[str]) -> None:
    case = make_case("EHA.EAU")
    with work.unit_of_work() as db:
        db.get_one(Case, case.id).focal_point_id = None
    counts = []
    for at in range(3):
        for number in range(at * 4):
            hire(f"more-{at}-{number}")
        statements.clear()
        who(case, Recipient.FOCAL_POINT)
        counts.append(len(statements))
    assert counts[1] == counts[2]


def test_a_referral_tells_the_other_agency(house: House, at_work: Any) -> None:
    case, alice = make_case("EHA.EAU"), actors.make("alice")
    with work.unit_of_work() as db:
        mine = db.get_one(Case, case.id)
        cases.refer(db, mine, db.get_one(Agency, agency_id("GSAT")), by=alice)
        notices.announce(db, mine)
    with work.reading() as db:
        told = db.execute(select(User.login, Notice.kind).join(Notice, Notice.user_id == User.id)).all()
    assert [tuple(each) for each in told] == [("sites", NoticeKind.NEW)]

"""Trying a route: the very answer of routing, with everything that it passed over, and without a trace."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from feedback_gateway import cases, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility.rules import Subject
from feedback_gateway.responsibility.trial import Trial, describe_trial, try_route
from feedback_gateway.routing import Objection
from models import Case, Concern, Event, Route, User
from models.words import Priority, Sensitivity, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import NOW, clear, set_rule


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def attempt(category: str = "EHA.EAU", place: str | None = "BF490304", **more: Any) -> Trial:
    with work.unit_of_work() as db:
        trial = try_route(db, category, place, **more)
        assert describe_trial(db, trial)
    return trial


def change(name: str, **values: Any) -> None:
    with work.unit_of_work() as db:
        db.execute(update(User).where(User.login == name).values(**values))


def passed(trial: Trial) -> list[tuple[str, Objection]]:
    return [(each.because, each.objection) for each, _rule in trial.passed_over]


def test_it_gives_what_a_real_case_gets(house: House) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    for category, place in (("EHA.EAU", "BF490304"), ("EHA.EAU", None), ("SAN.EPI", "BF56"), ("PRO.VBG", "BF56")):
        trial = attempt(category, place)
        case = make_case(category, place=place, phone=f"+2267000{len(category + str(place)):04}")
        assert trial.decision.agency_id == case.agency_id
        assert trial.decision.because == case.routed_because
        assert trial.sensitivity == case.sensitivity
        assert trial.standings[0].user.id == case.focal_point_id
        times = {time.step: time.due for time in trial.clocks}
        assert times[Step.ANSWER] == case.answer_due_at


def test_it_leaves_no_trace(house: House) -> None:
    def count() -> list[int | None]:
        with work.reading() as db:
            return [db.scalar(select(func.count()).select_from(table)) for table in (Case, Concern, Event)]

    before = count()
    attempt(concerned=[agency_id("EHA")])
    assert count() == before


def test_each_rule_that_was_passed_over_says_why(house: House, today: time_machine.Traveller) -> None:
    clear()
    set_rule("VIVRES", Subject("EHA", None), until="2026-12-24")
    set_rule("EHA", Subject("EHA", "BF49"))
    today.shift(timedelta(days=200))
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    set_rule("INFO", Subject("EHA.EAU", "BF4903"), since="2027-12-01")
    set_rule("ACTION", Subject(None, None))
    trial = attempt(concerned=[agency_id("GSAT")])
    assert passed(trial) == [
        ("EHA.EAU|BF4903|*", Objection.NOT_VALID),
        ("EHA.EAU|BF49|*", Objection.CONCERNED),
        ("EHA|BF49|*", Objection.STALE),
        ("EHA|*|*", Objection.NOT_VALID),
    ]
    assert trial.decision.agency_id == agency_id("ACTION")
    assert trial.rule is not None
    assert trial.rule.agency_id == agency_id("ACTION")


def test_a_rule_that_another_has_replaced_is_not_told(house: House, today: time_machine.Traveller) -> None:
    subject = Subject("EHA.EAU", "BF49")
    for agency in ("GSAT", "ACTION", "GSAT"):
        set_rule(agency, subject)
        today.shift(timedelta(days=1))
    assert passed(attempt()) == []


def test_nobody_left_is_a_queue_of_its_own(house: House) -> None:
    clear()
    trial = attempt()
    assert (trial.decision.agency_id, trial.rule, list(trial.standings)) == (None, None, [])


def test_the_one_with_the_fewest_cases_would_take_it_and_a_deputy_stands_in(house: House) -> None:
    alice, bob = actors.make("alice"), actors.make("bob")
    change("eau", active=False)
    assert [each.user.login for each in attempt().standings] == ["alice", "bob"]
    make_case("EHA.EAU", phone="+22670000001")
    assert [(each.user.login, each.open_cases) for each in attempt().standings] == [("bob", 0), ("alice", 1)]
    change("bob", absent_from=NOW.date(), absent_until=NOW.date() + timedelta(days=3), deputy_id=alice.id)
    trial = attempt()
    assert [each.user.login for each in trial.standings] == ["alice"]
    assert [user.login for user in trial.absent] == ["bob"]
    change("alice", absent_from=NOW.date(), deputy_id=bob.id)
    assert attempt().standings == []
    change("alice", absent_from=date(2027, 1, 1), deputy_id=None)
    change("bob", deputy_id=None)
    with work.unit_of_work() as db:
        case = db.scalars(select(Case)).one()
        cases.accept(db, case, by=db.get_one(User, alice.id))
    assert [(each.user.login, each.open_cases) for each in attempt().standings] == [("alice", 1)]


def test_sealed_cases_name_only_their_readers(house: House) -> None:
    dora = actors.make("dora")
    assert {each.user.login for each in attempt("PRO.VBG").standings} == {"protection", dora.login}
    raised = attempt("EHA.EAU", sensitivity=Sensitivity.SEALED)
    assert raised.sensitivity == Sensitivity.SEALED
    assert "alice" not in {each.user.login for each in raised.standings}
    assert attempt("SAN.EPI", sensitivity=Sensitivity.NORMAL).sensitivity == Sensitivity.RESTRICTED


def test_the_clocks_are_those_of_the_priority(house: House) -> None:
    trial = attempt()
    assert trial.priority == Priority.P1
    assert {time.step: time.due - clock.now() for time in trial.clocks}[Step.TRIAGE] == timedelta(hours=24)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("XXX", None), "category"), (("EHA", None), "category"), (("EHA.EAU", "BF99"), "place")],
)
def test_what_there_is_not_is_refused(house: House, arguments: tuple[str, str | None], code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        attempt(*arguments)
    with pytest.raises(RefusedError, match="agency"):
        attempt(concerned=[999])
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Route)) == 22

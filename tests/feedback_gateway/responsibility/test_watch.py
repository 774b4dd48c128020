"""Who may confirm a rule is asked before it grows stale, and told when a case met one that had."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from feedback_gateway import schedule, work
from feedback_gateway.partners import mail
from feedback_gateway.responsibility import watch
from feedback_gateway.responsibility.rules import Subject
from models import Notice, Route, User
from models.words import NoticeKind
from tests import actors
from tests.conftest import House
from tests.factories import make_case
from tests.feedback_gateway.responsibility.house_rules import NOW, clear, set_rule
from tests.worker import work_off

KEEPERS = ["alice", "eau", "manager", "marc", "tri"]
"""Of a rule of the water agency: its focal points, and the managers of all agencies."""


@pytest.fixture
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def one_rule(house: House, today: time_machine.Traveller) -> int:
    for name in ("alice", "marc", "charlie", "ada"):
        actors.make(name)
    clear()
    return set_rule("EHA", Subject("EHA", None))


def asked() -> list[str]:
    with work.unit_of_work() as db:
        return sorted(user.login for user in watch.ask_for_confirmation(db))


def told(kind: NoticeKind) -> list[str]:
    with work.reading() as db:
        return sorted(db.scalars(select(User.login).join(Notice, Notice.user_id == User.id).where(Notice.kind == kind)))


def test_thirty_days_before_and_once_a_week(one_rule: int, today: time_machine.Traveller) -> None:
    today.shift(timedelta(days=149))
    assert asked() == []
    today.shift(timedelta(days=2))
    assert asked() == KEEPERS
    assert asked() == []
    with work.unit_of_work() as db:
        db.execute(update(Notice).values(sent_at=NOW))
    today.shift(timedelta(days=6))
    assert asked() == []
    today.shift(timedelta(days=1, minutes=1))
    assert asked() == KEEPERS


def test_who_cannot_log_in_is_not_asked(one_rule: int, today: time_machine.Traveller) -> None:
    with work.unit_of_work() as db:
        db.execute(update(User).where(User.login == "alice").values(may_log_in=False))
    today.shift(timedelta(days=151))
    assert "alice" not in asked()


def test_a_confirmed_rule_asks_for_nothing(one_rule: int, today: time_machine.Traveller) -> None:
    today.shift(timedelta(days=151))
    with work.unit_of_work() as db:
        db.get_one(Route, one_rule).confirmed_at = NOW + timedelta(days=100)
    assert asked() == []


def test_a_case_that_meets_a_stale_rule_goes_to_nobody_and_its_keepers_hear_of_it(
    one_rule: int, today: time_machine.Traveller
) -> None:
    today.shift(timedelta(days=181))
    assert make_case("EHA.EAU").agency_id is None
    assert told(NoticeKind.STALE_ROUTE) == KEEPERS
    make_case("EHA.EAU", phone="+22670000002")
    assert told(NoticeKind.STALE_ROUTE) == KEEPERS, "once a day"


def test_the_health_of_the_rules_names_gaps_and_stale_ones(one_rule: int, today: time_machine.Traveller) -> None:
    with work.reading() as db:
        well, text = watch.health(db)
    assert not well
    assert text.startswith("1 rules, 0 stale, 0 to confirm within 30 days; nobody answers for ABR.DAM, ")
    assert "EHA.EAU" not in text
    set_rule("INFO", Subject(None, None))
    with work.reading() as db:
        assert watch.health(db) == (True, "2 rules, 0 stale, 0 to confirm within 30 days")
    today.shift(timedelta(days=181))
    with work.reading() as db:
        well, text = watch.health(db)
    assert not well
    assert text.startswith("2 rules, 2 stale")


def test_the_dispatcher_asks_and_the_letter_leads_to_the_rules(
    one_rule: int, today: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[mail.Letter] = []
    monkeypatch.setattr(mail, "post", lambda _settings, letters: posted.extend(letters))
    today.shift(timedelta(days=154))  # a Tuesday again
    assert schedule.ask_for_confirmation() == len(KEEPERS)
    work_off()
    letter = next(letter for letter in posted if letter.to == "alice@example.org")
    assert letter.subject == "Ligne de plaintes : des règles à confirmer bientôt"
    assert "/console/responsibilities/rules?show=due" in letter.body

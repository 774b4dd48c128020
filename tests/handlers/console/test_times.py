"""The page of times: what a case would get in words, and everything that an administrator keeps."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from feedback_gateway import work
from models import ClockPolicy, DayOff, ReminderRule, WorkingHours
from models.words import Recipient, Step
from tests.factories import agency_id
from tests.feedback_gateway.responsibility.house_rules import NOW
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
PAGE = "/console/times"


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("marc", 200), ("mona", 403), ("alice", 403)])
def test_coordination_reads_and_administrators_change(app: Flask, sign_in: SignIn, name: str, status: int) -> None:
    browser = sign_in(name)
    assert browser.get(PAGE).status_code == status
    if name == "ada":
        return
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PAGE) and "POST" in (rule.methods or ()):
            assert browser.post(re.sub(r"<[^>]+>", "1", rule.rule)).status_code == 403, rule.rule


def test_what_an_urgent_water_case_would_get_is_said_in_words(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    said = "Réponse 7 jours sans interruption (commencé maintenant : avant le 8 déc. 2026, 09:00)"
    assert said in text_of(ada.get(PAGE))
    form = {"step": "answer", "amount": "6", "unit": "hours", "category": "EHA", "working": "1"}
    assert "Délai enregistré" in text_of(ada.post(f"{PAGE}/policies", **form))
    assert "Réponse 6 heures de travail (commencé maintenant : avant le 1 déc. 2026, 15:00)" in text_of(ada.get(PAGE))
    other = text_of(ada.get(PAGE, priority="P0", category="FSL.MIS", agency=agency_id("VIVRES")))
    assert "Réponse 3 jours sans interruption" in other
    with work.reading() as db:
        policy = db.scalars(select(ClockPolicy)).one()
    assert "Délai terminé." in text_of(ada.post(f"{PAGE}/policies/{policy.id}/end"))
    assert "Réponse 7 jours sans interruption" in text_of(ada.get(PAGE))
    assert "n'existe plus" in text_of(ada.post(f"{PAGE}/policies/{policy.id}/end"))


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("policies", {"step": "answer", "amount": "0", "unit": "hours"}, "Un délai va d'une minute à un an"),
        ("policies", {"step": "answer", "amount": "5", "unit": "years"}, "Un délai va d'une minute à un an"),
        ("policies", {"step": "sleep", "amount": "5", "unit": "hours"}, "Choisissez l'étape"),
        ("hours", {"opens": "08:00", "closes": "07:00", "day": "1"}, "une ouverture avant la fermeture"),
        ("days", {"day": "2026-12-01", "what": "off"}, "On ne change pas le passé"),
        ("days", {"day": "", "what": "off"}, "Une date s'écrit"),
        ("reminders", {"step": "answer", "recipient": "manager", "percent": "0"}, "Une part du délai"),
        ("reminders", {"step": "answer", "recipient": "manager", "percent": "100"}, "Ce rappel existe déjà"),
        ("reminders", {"step": "answer", "recipient": "nobody", "percent": "10"}, "Choisissez l'étape"),
    ],
)
def test_what_is_refused_is_said_and_nothing_changes(
    sign_in: SignIn, path: str, form: dict[str, str], says: str
) -> None:
    def count() -> list[int | None]:
        tables = (ClockPolicy, WorkingHours, DayOff, ReminderRule)
        with work.reading() as db:
            return [db.scalar(select(func.count()).select_from(table)) for table in tables]

    before = count()
    page = sign_in("ada").post(f"{PAGE}/{path}", **form)
    assert page.status_code == 422
    assert says in text_of(page)
    assert count() == before


def test_holidays_are_moved_when_their_day_is_announced(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = text_of(ada.get(PAGE))
    assert "25 déc. 2026 Jour de Noël" in page
    ada.post(f"{PAGE}/days", day="2026-12-25", what="on")
    ada.post(f"{PAGE}/days", day="2026-12-24", what="off", name="Veille")
    page = text_of(ada.get(PAGE))
    assert "24 déc. 2026 Veille ajouté" in page
    assert "on travaille" in page
    ada.post(f"{PAGE}/days", day="2026-12-24", what="forget")
    with work.reading() as db:
        assert db.scalars(select(DayOff.day)).all() == [date(2026, 12, 25)]


def test_house_hours_and_reminders(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = ada.post(f"{PAGE}/hours", day=["1", "2"], opens="08:00", closes="12:00")
    assert "lundi, mardi · 08:00–12:00" in text_of(page)
    form = {"step": "answer", "recipient": "coordination", "percent": "90", "means": "sms", "priority": "P0"}
    assert "à 90 % du délai : coordination, par SMS · P0" in text_of(ada.post(f"{PAGE}/reminders", **form))
    with work.reading() as db:
        rule = db.scalars(select(ReminderRule).where(ReminderRule.share == 0.9)).one()
    assert (rule.step, rule.recipient) == (Step.ANSWER, Recipient.COORDINATION)
    assert "Rappel retiré." in text_of(ada.post(f"{PAGE}/reminders/{rule.id}/remove"))

"""The banner over the queue: what it says, where it leads, who sees it, and who takes it down."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Alarm
from tests import actors
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SignIn = Callable[[str], Browser]


def make_alarm(**values: Any) -> Alarm:
    """Water at Kaya today, 14 instead of 1."""
    now = clock.now()
    known = {"category": "EHA.EAU", "place_code": "BF490304", "day": now.date(), "count": 14, "usual": 1.2, "at": now}
    with work.unit_of_work() as db:
        alarm = Alarm(**{**known, **values})
        db.add(alarm)
    return alarm


def alarms_of(page: str) -> list[str]:
    lines = re.findall(r"(?s)<li>\s*<p>(.*?)</p>", page)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in lines]


def test_an_alarm_stands_over_the_queue_until_coordination_has_seen_it(sign_in: SignIn) -> None:
    alarm = make_alarm()
    marc = sign_in("marc")
    page = marc.get("/console/", tab="active")
    assert alarms_of(page.text) == ["Point d'eau en panne à Kaya : 14 aujourd'hui, d'habitude 1"]
    action = re.search(r'action="(/console/alarms/\d+/seen[^"]*)"', page.text)
    assert action
    after = marc.post(action[1].replace("&amp;", "&"))
    assert after.request.args.to_dict() == {"tab": "active"}
    assert alarms_of(after.text) == []
    with work.reading() as db:
        assert db.get_one(Alarm, alarm.id).seen_by_id == actors.make("marc").id


def test_an_alarm_leads_to_its_cases(sign_in: SignIn) -> None:
    make_alarm()
    case, elsewhere = make_case(), make_case(place="BF56")
    marc = sign_in("marc")
    link = re.search(r'<p><a href="([^"]+)">Point', marc.get("/console/").text)
    assert link
    page = marc.get(link[1].replace("&amp;", "&"))
    assert f"/console/cases/{case.id}" in page.text
    assert f"/console/cases/{elsewhere.id}" not in page.text
    assert '<option value="BF490304" selected>Kaya</option>' in page.text


@pytest.mark.parametrize(
    ("name", "category", "sees", "takes_down"),
    [
        ("ada", "EHA.EAU", True, True),
        ("marc", "EHA.EAU", True, True),
        ("alice", "EHA.EAU", True, False),
        ("charlie", "EHA.EAU", False, False),
        ("marc", "SAN.EPI", False, False),
    ],
)
def test_who_sees_an_alarm_and_who_takes_it_down(
    sign_in: SignIn, name: str, category: str, sees: bool, takes_down: bool
) -> None:
    alarm = make_alarm(category=category)
    browser = sign_in(name)
    page = browser.get("/console/")
    assert bool(alarms_of(page.text)) is sees
    assert (f"/console/alarms/{alarm.id}/seen" in page.text) is takes_down
    assert browser.post(f"/console/alarms/{alarm.id}/seen").status_code == (200 if takes_down else 403 if sees else 404)
    with work.reading() as db:
        assert (db.get_one(Alarm, alarm.id).seen_at is not None) is takes_down


def test_an_alarm_of_another_day_says_which(sign_in: SignIn) -> None:
    day = clock.now().date() - timedelta(days=1)
    make_alarm(day=day, usual=0.3)
    page = sign_in("marc").get("/console/")
    (said,) = alarms_of(page.text)
    assert re.fullmatch(rf"Point d'eau en panne à Kaya : 14 le {day.day} \w+, d'habitude moins d'un", said)
    assert "days=2" in page.text


def test_an_alarm_that_is_gone_or_never_was_is_not_found(sign_in: SignIn) -> None:
    marc = sign_in("marc")
    assert marc.post("/console/alarms/4711/seen").status_code == 404
    assert marc.post(f"/console/alarms/{'9' * 25}/seen").status_code == 404


def test_the_banner_is_there_in_english_too(sign_in: SignIn) -> None:
    make_alarm()
    marc = sign_in("marc")
    marc.post("/console/language", language="en")
    assert "at Kaya : 14 today, usually 1".replace(" :", ":") in text_of(marc.get("/console/")).replace(" :", ":")

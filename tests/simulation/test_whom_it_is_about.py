"""A complaint about the agency that would receive it, or about a user: for them it does not exist, on no page, in no
number, file, letter or link, however late it is."""

import re
from collections import deque
from datetime import timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from sqlalchemy import select

from feedback_gateway import triage, work
from flows.reference import show
from models import Agency, Case, Route, User
from models.words import Role
from tests.application import application
from tests.conftest import House
from tests.handlers.console.browser import Browser
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import agency, change, fresh, hire, log_of, newest, user

SECRET = "motsecret"
ABOUT_AGENCY = f"les gens d'Eau Vive Sahel nous insultent a Kaya, {SECRET}"
ABOUT_USER = f"la pompe est en panne à Kaya et Salimata Ouedraogo ne vient jamais, {SECRET}"
ENDS_SESSION = ("/logout", "/static/")
DRAWS_ANEW = ("/console/simulator",)
"""Pages that are another at every visit: a phone on trial has a number of its own."""


@pytest.fixture
def named(story: Simulation) -> None:
    with work.unit_of_work() as db:
        water = db.scalars(select(Agency).where(Agency.code == "EHA")).one()
        water.name = "Eau Vive Sahel"
        db.scalars(select(User).where(User.login == "eau")).one().name = "Salimata Ouedraogo"
        db.add(Route(category="CON.CMP", agency_id=water.id, confirmed_at=story.now))
    hire("colleague", Role.FOCAL_POINT, "EHA")
    hire("chief", Role.MANAGER, "EHA")


def browser(house: House, login: str) -> Browser:
    return Browser(application(house.settings, testing=True).test_client()).sign_in(user(login))


def all_that_is_there(house: House, login: str) -> dict[str, str]:
    """Every kind of page and file that somebody reaches by following links, without the tokens of forms."""
    visitor, found = browser(house, login), dict[str, str]()
    waiting, seen = deque(["/console/"]), set[object]()
    while waiting:
        address = waiting.popleft()
        kind = re.sub(r"[0-9a-f-]{36}|\d+", "N", urlsplit(address).path), frozenset(parse_qs(urlsplit(address).query))
        if kind in seen or any(part in address for part in (*ENDS_SESSION, *DRAWS_ANEW)):
            continue
        seen.add(kind)
        answer = visitor.client.get(address, follow_redirects=True)
        if answer.mimetype.startswith("text/") or answer.mimetype == "application/json":
            text = answer.text
        else:
            text = answer.data.decode("latin-1") if answer.status_code >= 400 else ""
        found[address] = re.sub(r'value="[^"]{30,}"|content="[^"]{40,}"|\bts=\d+', "", text)
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'href="([^"#]+)', text):
            there = urljoin(answer.request.path, link.replace("&amp;", "&"))
            if urlsplit(there).netloc in ("", "localhost") and urlsplit(there).path.startswith("/console"):
                waiting.append(there)
    return found


def assert_hidden(house: House, login: str, case: Case, before: dict[str, str]) -> None:
    after = all_that_is_there(house, login)
    for address, text in after.items():
        for secret in (SECRET, case.reference, show(case.reference), str(case.id), case.id.hex):
            assert secret not in text, (login, address)
        assert str(case.id) not in address
    for address, text in before.items():
        assert after.get(address) == text, f"{login}: {address} tells that there is one case more"
    visitor = browser(house, login)
    assert visitor.client.get(f"/console/cases/{case.id}", follow_redirects=True).status_code == 404
    searched = visitor.client.get("/console/", query_string={"ref": case.reference}, follow_redirects=True)
    assert "Aucun dossier de cette référence" in searched.text


def test_a_complaint_about_an_agency(story: Simulation, house: House, named: None) -> None:
    Phone("+22670000001").sms("la pompe est en panne à Kaya, pas d'eau")  # they have something else to look at
    story.run_for(minutes=1)
    hidden_from = ("eau", "colleague", "chief")
    before = {login: all_that_is_there(house, login) for login in hidden_from}
    assert all(len(pages) > 5 for pages in before.values())
    Phone("+22670000002").sms(ABOUT_AGENCY)
    story.run(story.now)
    case = newest()
    assert case.agency_id not in (None, agency("EHA"))
    assert log_of(case.id, "concerns_set")[0].data["agencies"] == [agency("EHA")]
    for login in hidden_from:
        assert_hidden(house, login, case, before[login])
    story.run_for(days=20)
    for login in hidden_from:
        assert not any(str(case.id) in heard.text for heard in story.hears(login))
    assert any(str(case.id) in heard.text for heard in story.letters)


def test_a_complaint_about_a_user_stays_with_their_agency_and_is_hidden_from_them(
    story: Simulation, house: House, named: None
) -> None:
    Phone("+22670000001").sms("la pompe est en panne à Kaya, pas d'eau")
    story.run_for(minutes=1)
    before = all_that_is_there(house, "eau")
    Phone("+22670000002").sms(ABOUT_USER)
    story.run(story.now)
    case = newest()
    assert (case.agency_id, case.focal_point_id) == (agency("EHA"), user("colleague").id)
    assert_hidden(house, "eau", case, before)
    assert show(case.reference) in browser(house, "colleague").get("/console/?tab=all").text
    change("colleague", absent_from=story.now.date(), deputy_id=user("eau").id)
    story.run_for(days=20)
    assert not any(str(case.id) in heard.text for heard in story.hears("eau"))
    assert any(str(case.id) in heard.text for heard in story.hears("chief"))


def test_about_everybody_of_an_agency_it_climbs_to_who_is_not_concerned(
    story: Simulation, house: House, named: None
) -> None:
    Phone("+22670000002").sms("la pompe est en panne à Kaya, pas d'eau")
    story.run_for(minutes=1)
    case = newest()
    with work.unit_of_work() as db:
        concerned = [user(login).id for login in ("eau", "colleague", "chief", "manager")]
        triage.set_concerns(db, db.get_one(Case, case.id), users=concerned, by=user("tri"))
    already = len(story.letters)
    story.run_for(days=10)
    told = {heard.user for heard in story.letters[already:] if str(case.id) in heard.text}
    assert told == {"tri"}
    assert fresh(case.id).follow_at is not None
    assert fresh(case.id).opened_at < story.now - timedelta(days=9)

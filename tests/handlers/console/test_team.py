"""The pages about people: who sees them, who is made how, and one's own absence."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Agency, SealedReader, User, WorkingHours
from tests import actors
from tests.factories import agency_id
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


def find(login: str) -> User:
    with work.reading() as db:
        return db.scalars(select(User).where(User.login == login)).one()


def person(name: str) -> str:
    return f"/console/team/person/{actors.make(name).id}"


def good(**change: Any) -> dict[str, Any]:
    form = {"login": "fanta", "name": "Point focal 7", "role": "focal_point", "agency": str(agency_id("EHA"))}
    return {**form, "access": "login", "email": "p7@example.org", "notify_by": "email", **change}


@pytest.mark.parametrize("name", ["alice", "dora", "marc"])
def test_nobody_else_sees_or_changes_the_team(app: Flask, sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/team"):
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            answer = browser.post(path, **good()) if "POST" in (rule.methods or ()) else browser.get(path)
            assert answer.status_code == 403, path
    with work.reading() as db:
        assert db.scalar(select(User).where(User.login == "fanta")) is None


def test_an_agencys_manager_sees_their_own_people_only(sign_in: SignIn) -> None:
    alice, charlie = person("alice"), person("charlie")
    mona = sign_in("mona")
    page = mona.get("/console/team")
    assert page.request.path == f"/console/team/agency/{agency_id('EHA')}"
    assert "Alice" in text_of(page)
    assert "Charlie" not in text_of(page)
    assert mona.get(f"/console/team/agency/{agency_id('VIVRES')}").status_code == 403
    assert mona.get(alice).status_code == 200
    assert mona.get(charlie).status_code == 404
    assert mona.get("/console/team/person/999999").status_code == 404
    assert mona.post(charlie, name="x", email="x@example.org", notify_by="email").status_code == 403
    assert mona.post(f"{alice}/rights", restricted="1").status_code == 403
    assert mona.post("/console/team/people", **good(agency=str(agency_id("VIVRES")))).status_code == 403
    assert mona.post(f"/console/team/agency/{agency_id('VIVRES')}/hours", day="1").status_code == 403
    assert mona.post(f"/console/team/agency/{agency_id('EHA')}", name="x").status_code == 403


def test_a_new_user_logs_in_with_the_password_that_is_shown_once(sign_in: SignIn, stranger: Browser) -> None:
    ada = sign_in("ada")
    page = ada.post("/console/team/people", **good(login="Fanta"))
    password = re.search(r'class="one-time">([^<]+)<', page.text)
    assert password
    assert password[1] not in ada.get("/console/team").text
    opened = stranger.post("/console/login", login="fanta", password=password[1])
    assert opened.request.path == "/console/"


def test_somebody_without_a_log_in_is_made_by_their_phone(sign_in: SignIn) -> None:
    mona = sign_in("mona")
    form = good(access="none", login="", email="", phone="70 11 22 33", notify_by="sms", here="1")
    page = mona.post("/console/team/people", **form)
    assert "Point focal 7 est dans l'équipe, sans accès à la console." in text_of(page)
    with work.reading() as db:
        user = db.scalars(select(User).where(User.name == "Point focal 7")).one()
    assert (user.phone, user.may_log_in, user.notify_by) == ("+22670112233", False, "sms")
    page = mona.post(f"/console/team/person/{user.id}/pin")
    assert re.search(r'class="one-time">\d{4,}<', page.text)
    assert mona.post(f"/console/team/person/{user.id}/password").status_code == 422


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"login": "alice"}, "existe déjà"),
        ({"login": "é !"}, "Identifiant :"),
        ({"name": ""}, "Le nom manque"),
        ({"agency": ""}, "Un point focal a besoin d'une agence"),
        ({"agency": "99999"}, "Choisissez une agence"),
        ({"phone": "12"}, "Ce numéro de téléphone ne se lit pas"),
        ({"access": "none", "email": "", "notify_by": "email"}, "il faut un téléphone ou un courriel"),
    ],
)
def test_a_refused_person_is_explained_and_what_was_typed_stays(
    sign_in: SignIn, form: dict[str, str], says: str
) -> None:
    actors.make("alice")
    page = sign_in("ada").post("/console/team/people", **good(**form))
    assert page.status_code == 422
    assert says in text_of(page)
    assert f'value="{good(**form)["login"]}"' in page.text
    with work.reading() as db:
        assert db.scalar(select(User).where(User.name == "Point focal 7")) is None


def test_closing_an_account_ends_it_and_opening_gives_it_back(sign_in: SignIn) -> None:
    mona, alice = sign_in("mona"), sign_in("alice")
    mona.post(f"{person('alice')}/active", active="0")
    assert alice.get("/console/").request.path == "/console/login"
    mona.post(f"{person('alice')}/active", active="1")
    assert sign_in("alice").get("/console/").request.path == "/console/"
    page = mona.post(f"{person('mona')}/active", active="0")
    assert "votre propre compte" in text_of(page)
    assert find("mona").active


def test_a_new_password_ends_what_was_open(sign_in: SignIn, stranger: Browser) -> None:
    ada, alice = sign_in("ada"), sign_in("alice")
    page = ada.post(f"{person('alice')}/password")
    password = re.search(r'class="one-time">([^<]+)<', page.text)
    assert password
    assert alice.get("/console/").request.path == "/console/login"
    assert stranger.post("/console/login", login="alice", password=password[1]).request.path == "/console/"


def test_details_hours_absence_and_rights_are_kept(sign_in: SignIn) -> None:
    ada, bob = sign_in("ada"), actors.make("bob")
    page = ada.post(person("alice"), name="Alice K", email="", phone="70112233", notify_by="sms", language="en")
    assert "Enregistré." in text_of(page)
    ada.post(f"{person('alice')}/hours", day=["1", "3"], opens="08:00", closes="12:30")
    day = clock.now().date() + timedelta(days=3)
    ada.post(f"{person('alice')}/absence", first=str(day), last=str(day), deputy=str(bob.id))
    ada.post(f"{person('alice')}/rights", restricted="1", sealed=["PRO.VBG"])
    alice = find("alice")
    assert (alice.name, alice.phone, alice.language) == ("Alice K", "+22670112233", "en")
    assert (alice.workdays, alice.opens, alice.closes) == ("13", 480, 750)
    assert (alice.absent_from, alice.deputy_id, alice.may_read_restricted) == (day, bob.id, True)
    with work.reading() as db:
        assert db.scalars(select(SealedReader.category_code).where(SealedReader.user_id == alice.id)).all() == [
            "PRO.VBG"
        ]
    page = text_of(sign_in("mona").get(person("alice")))
    assert "+226 70 11 22 33" not in page
    assert "un administrateur s'occupe de ses coordonnées" in page
    ada.post(f"{person('alice')}/hours", as_agency="1")
    assert find("alice").workdays is None


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("", {"name": "Alice", "email": "x", "notify_by": "email"}, "ne se lit pas"),
        ("/absence", {"first": "2027-02-02", "last": "2027-02-01"}, "La fin vient avant le début"),
        ("/hours", {"opens": "08:00", "closes": "12:00"}, "un jour au moins"),
        ("/pin", {}, "Il faut d'abord un numéro de téléphone."),
    ],
)
def test_what_is_refused_is_said_beside_its_form(sign_in: SignIn, path: str, form: dict[str, str], says: str) -> None:
    page = sign_in("ada").post(person("alice") + path, **form)
    assert page.status_code == 422
    assert says in text_of(page)


def test_an_agency_is_added_once_and_its_names_and_hours_change(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    form = {"code": "onea", "name": "Office de l'eau", "aliases": "ONEA\nl'office"}
    assert "Agence ajoutée." in text_of(ada.post("/console/team/agencies", **form))
    assert "existe déjà" in text_of(ada.post("/console/team/agencies", **form))
    assert "Code :" in text_of(ada.post("/console/team/agencies", **{**form, "code": "a b"}))
    path = f"/console/team/agency/{agency_id('ONEA')}"
    ada.post(path, name="Office", aliases="ONEA")
    page = ada.post(f"{path}/hours", day=["1", "6"], opens="08:00", closes="17:00")
    assert "lundi, samedi · 08:00–17:00" in text_of(page)
    assert "un jour au moins" in text_of(ada.post(f"{path}/hours", opens="08:00", closes="17:00"))
    with work.reading() as db:
        agency = db.scalars(select(Agency).where(Agency.code == "ONEA")).one()
        rows = db.scalars(select(WorkingHours).where(WorkingHours.agency_id == agency.id)).all()
    assert (agency.name, agency.aliases, len(rows)) == ("Office", ["ONEA"], 1)


def test_what_is_missing_is_said_first(sign_in: SignIn) -> None:
    with work.unit_of_work() as db:
        db.scalars(select(User).where(User.login == "eau")).one().active = False
    assert "[Exemple] Eau hygiène assainissement a des règles, mais aucun point focal." in text_of(
        sign_in("ada").get("/console/team")
    )


@pytest.mark.parametrize("name", ["alice", "marc", "ada"])
def test_anybody_says_when_they_are_away(sign_in: SignIn, name: str) -> None:
    browser, today = sign_in(name), clock.now().date()
    page = browser.post("/console/absence", first=str(today), last=str(today + timedelta(days=2)))
    assert "Vous êtes en absence aujourd'hui." in text_of(page)
    assert find(name).absent_until == today + timedelta(days=2)
    assert browser.post("/console/absence", first=str(today), last="2020-01-01").status_code == 422
    browser.post("/console/absence", first="", last="")
    assert find(name).absent_from is None


def test_a_log_in_that_is_taken_away_ends_at_once(sign_in: SignIn) -> None:
    alice = sign_in("alice")
    with work.unit_of_work() as db:
        db.scalars(select(User).where(User.login == "alice")).one().may_log_in = False
    assert alice.get("/console/").request.path == "/console/login"

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Agency, PausedChannel, Place, Route, User
from tests import actors
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import Browser, text_of

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


@pytest.mark.parametrize("name", ["alice", "dora", "marc"])
def test_only_administrators_see_or_change_anything(app: Flask, sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert browser.get("/console/admin").status_code == 403
    assert "Réglages" not in browser.get("/console/").text
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/admin/"):
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            assert browser.post(path, login="eve", name="Eve", active="0").status_code == 403, path
    with work.reading() as db:
        assert db.scalar(select(User).where(User.login == "eve")) is None


def test_a_new_user_logs_in_with_the_password_that_is_shown_once(sign_in: SignIn, stranger: Browser) -> None:
    ada = sign_in("ada")
    page = ada.post(
        "/console/admin/users", login="Fanta", name="Point focal 7", role="focal_point", agency=str(agency_id("EHA"))
    )
    password = re.search(r'class="one-time">([^<]+)<', page.text)
    assert password
    assert password[1] not in ada.get("/console/admin").text
    opened = stranger.post("/console/login", login="fanta", password=password[1])
    assert opened.request.path == "/console/"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"login": "alice"}, "existe déjà"),
        ({"login": "é !"}, "Identifiant :"),
        ({"name": ""}, "Le nom manque"),
        ({"agency": ""}, "Un point focal a besoin d'une agence"),
        ({"agency": "99999"}, "Choisissez une agence"),
    ],
)
def test_a_refused_user_is_explained_and_what_was_typed_stays(sign_in: SignIn, form: dict[str, str], says: str) -> None:
    actors.make("alice")
    good = {"login": "fanta", "name": "Point focal 7", "role": "focal_point", "agency": str(agency_id("EHA"))}
    page = sign_in("ada").post("/console/admin/users", **{**good, **form})
    assert page.status_code == 422
    assert says in text_of(page)
    assert f'value="{ {**good, **form}["login"] }"' in page.text


def test_closing_an_account_ends_it_and_opening_gives_it_back(sign_in: SignIn) -> None:
    ada, alice = sign_in("ada"), sign_in("alice")
    path = f"/console/admin/users/{actors.make('alice').id}/active"
    ada.post(path, active="0")
    assert alice.get("/console/").request.path == "/console/login"
    ada.post(path, active="1")
    assert sign_in("alice").get("/console/").request.path == "/console/"


def test_nobody_closes_their_own_account(sign_in: SignIn) -> None:
    page = sign_in("ada").post(f"/console/admin/users/{actors.make('ada').id}/active", active="0")
    assert page.status_code == 422
    assert "votre propre compte" in text_of(page)


def test_a_new_rule_routes_the_next_case(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = ada.post("/console/admin/routes", category="EHA.EAU", place="BF49", agency=str(agency_id("VIVRES")))
    assert "Règle ajoutée." in text_of(page)
    assert make_case("EHA.EAU", place="BF490304").agency_id == agency_id("VIVRES")
    with work.reading() as db:
        route = db.scalars(select(Route).where(Route.category == "EHA.EAU")).one()
    again = ada.post("/console/admin/routes", category="EHA.EAU", place="BF49", agency=str(agency_id("EHA")))
    assert "Une règle existe déjà" in text_of(again)
    assert "Règle retirée." in text_of(ada.post(f"/console/admin/routes/{route.id}/remove"))
    assert make_case("EHA.EAU", place="BF490304").agency_id == agency_id("EHA")
    assert ada.post(f"/console/admin/routes/{route.id}/remove").status_code == 422


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"category": "XXX"}, "catégorie n'existe pas"),
        ({"place": "BF99"}, "lieu n'existe pas"),
        ({"agency": ""}, "Choisissez une agence"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(sign_in: SignIn, form: dict[str, str], says: str) -> None:
    good = {"category": "EHA", "place": "BF49", "agency": str(agency_id("EHA"))}
    page = sign_in("ada").post("/console/admin/routes", **{**good, **form})
    assert page.status_code == 422
    assert says in text_of(page)


def test_an_agency_is_added_once(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    assert "Agence ajoutée." in text_of(ada.post("/console/admin/agencies", code="onea", name="Office de l'eau"))
    assert "existe déjà" in text_of(ada.post("/console/admin/agencies", code="ONEA", name="Autre"))
    assert "Code :" in text_of(ada.post("/console/admin/agencies", code="a b", name="Autre"))
    with work.reading() as db:
        assert db.scalars(select(Agency.name).where(Agency.code == "ONEA")).all() == ["Office de l'eau"]


def test_a_paused_channel_is_shown_with_its_reason_and_resumed(sign_in: SignIn) -> None:
    with work.unit_of_work() as db:
        db.add(PausedChannel(channel="africastalking", reason="InvalidCredentials", at=clock.now()))
    ada = sign_in("ada")
    assert "InvalidCredentials" in text_of(ada.get("/console/admin"))
    assert "Canal repris." in text_of(ada.post("/console/admin/channels/africastalking/resume"))
    with work.reading() as db:
        assert db.get(PausedChannel, "africastalking") is None
    assert ada.post("/console/admin/channels/africastalking/resume").status_code == 422


HEAD = "code,parent_code,level,name,aliases\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ((HEAD + "S1,BF490304,site,Site un,Un;Camp un\nS2,nowhere,site,Site deux,\n").encode(), "line 3"),
        ((HEAD + "S1,BF490304,village,Site un,\n").encode(), "line 2"),
        ("a;b\n1;2\n".encode("utf-16"), "UTF-8"),
        (b"", None),
    ],
)
def test_places_come_whole_or_not_at_all(sign_in: SignIn, content: bytes, says: str | None) -> None:
    page = sign_in("ada").post("/console/admin/places", file=(io.BytesIO(content), "places.csv"))
    assert page.status_code == (422 if says else 200)
    assert (says or "0 lieux repris") in text_of(page)
    with work.reading() as db:
        assert db.get(Place, "S1") is None


def test_places_are_taken_up_at_once(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    content = (HEAD + "S1,BF490304,site,Site un,Un;Camp un\n").encode("utf-8-sig")
    page = ada.post("/console/admin/places", file=(io.BytesIO(content), "places.csv"))
    assert "1 lieux repris" in text_of(page)
    assert "Site un" in ada.get("/console/admin").text
    assert "Choisissez d'abord un fichier" in text_of(ada.post("/console/admin/places"))

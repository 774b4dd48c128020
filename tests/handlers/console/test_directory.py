import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from handlers.console.directory import PAGE_SIZE
from models import Service
from models.words import ServiceKind
from tests import actors
from tests.databases import ON_SQLITE
from tests.handlers.console.browser import Browser, text_of

SignIn = Callable[[str], Browser]
FORM = {"kind": "hotline", "name": "Ligne verte", "phone": "80 00 11 11", "hours": "Jour et nuit", "place": ""}


def make_service(name: str = "Ligne verte", days: int | None = 0, **values: Any) -> Service:
    """A service that bob verified so many days ago; None: nobody has."""
    bob, now = actors.make("bob"), clock.now()
    known = {"kind": ServiceKind.HOTLINE, "phone": "80001111", "place_code": None, "created_at": now}
    if days is not None:
        known |= {"verified_at": now - timedelta(days=days), "verified_by_id": bob.id}
    with work.unit_of_work() as db:
        service = Service(name=name, **{**known, **values})
        db.add(service)
    return service


def only_service() -> Service:
    with work.reading() as db:
        return db.scalars(select(Service)).one()


def names_in(page: str) -> list[str]:
    return re.findall(r'class="service-name">([^<]+)<', page)


@ON_SQLITE
@pytest.mark.parametrize("name", ["alice", "marc", "ada"])
def test_everybody_who_signs_in_keeps_the_directory(sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert "Annuaire" in text_of(browser.get("/console/"))
    assert "L'annuaire est vide" in text_of(browser.get("/console/directory"))
    page = browser.post("/console/directory/new", **FORM, verified="1")
    assert "Service ajouté." in text_of(page)
    assert f"vérifié aujourd'hui par {name.title()}" in text_of(page)
    assert (only_service().phone, only_service().place_code) == ("80 00 11 11", None)


@ON_SQLITE
def test_a_stranger_sees_and_changes_nothing(app: Flask, stranger: Browser) -> None:
    service = make_service()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/directory"):
            path = re.sub(r"<[^>]+>", str(service.id), rule.rule)
            method = stranger.post if "POST" in (rule.methods or ()) else stranger.get
            assert method(path).request.path == "/console/login", path
    assert only_service().retired_at is None


@ON_SQLITE
@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"kind": ""}, "Choisissez de quoi il s'agit"),
        ({"name": ""}, "Le nom manque"),
        ({"phone": "vert"}, "Numéro :"),
        ({"hours": "h" * 81}, "Les heures ont plus"),
        ({"place": "Nulle part"}, "Ce lieu n'existe pas"),
        ({"place": "Kaya (XX)"}, "Ce lieu n'existe pas"),
    ],
)
def test_a_refused_service_is_explained_and_what_was_typed_stays(
    sign_in: SignIn, form: dict[str, str], says: str
) -> None:
    page = sign_in("alice").post("/console/directory/new", **{**FORM, "verified": "1", **form})
    assert page.status_code == 422
    assert says in text_of(page)
    for field in ("name", "phone", "place"):
        assert f'name="{field}" ' in page.text
        assert f'value="{ {**FORM, **form}[field] }"' in page.text
    assert re.search(r'name="verified"[^>]*checked', page.text)


@ON_SQLITE
@pytest.mark.parametrize("typed", ["Kaya (BF490304)", "BF490304", "bf490304", "kaya", " Kaya "])
def test_a_place_is_chosen_from_the_list_or_typed(sign_in: SignIn, typed: str) -> None:
    page = sign_in("alice").post("/console/directory/new", **{**FORM, "place": typed})
    assert only_service().place_code == "BF490304"
    assert "Kaya, Sanmatenga, Centre-Nord" in text_of(page)
    assert "Jamais vérifié" in text_of(page)


def test_a_service_is_edited_from_what_is_known_of_it(sign_in: SignIn) -> None:
    alice, service = sign_in("alice"), make_service(place_code="BF49", hours="8 h à 18 h", days=12)
    page = alice.get(f"/console/directory/{service.id}", tab="check", q="ligne")
    for kept in ("Ligne verte", "80001111", "8 h à 18 h", "Centre-Nord (BF49)"):
        assert f'value="{kept}"' in page.text
    action = re.search(r'action="(/console/directory/\d+[^"]*)"', page.text)
    assert action
    after = alice.post(action[1].replace("&amp;", "&"), **{**FORM, "phone": "116"})
    assert "Service modifié." in text_of(after)
    assert after.request.args.to_dict() == {"tab": "check", "q": "ligne"}
    assert (only_service().phone, only_service().verified_at) == ("116", None)
    assert alice.get("/console/directory/99999").status_code == 404
    assert alice.post("/console/directory/99999", **FORM).status_code == 422


def test_verifying_retiring_and_putting_back_keep_the_list(sign_in: SignIn) -> None:
    alice, service = sign_in("alice"), make_service(days=100)
    path = f"/console/directory/{service.id}"
    page = alice.get("/console/directory")
    assert "À vérifier vérifié il y a 100 jours par Bob" in text_of(page)
    verified = alice.post(f"{path}/verify?kind=hotline")
    assert "vérifié aujourd'hui par Alice" in text_of(verified)
    assert verified.request.args.to_dict() == {"kind": "hotline"}
    assert "Service retiré." in text_of(alice.post(f"{path}/retire"))
    assert only_service().retired_at is not None
    assert "il sera donné une fois vérifié" in text_of(alice.post(f"{path}/reopen?tab=retired"))
    assert (only_service().retired_at, only_service().verified_at) == (None, None)
    for verb in ("verify", "retire", "reopen"):
        assert alice.post(f"/console/directory/99999/{verb}").status_code == 404


@pytest.fixture
def full(app: Flask) -> None:
    make_service("Pays", phone="116")
    make_service("Nord", phone="2222", place_code="BF49", days=95)
    make_service("Santé Kaya", phone="33 33", place_code="BF490304", kind=ServiceKind.HEALTH, days=200)
    make_service("Abri Sahel", phone="4444", place_code="BF56", kind=ServiceKind.SHELTER, hours="la nuit", days=None)
    make_service("Vieux", phone="5555", retired_at=clock.now())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Pays", "Nord", "Santé Kaya", "Abri Sahel"]),
        ({"tab": "check"}, ["Nord", "Santé Kaya", "Abri Sahel"]),
        ({"tab": "retired"}, ["Vieux"]),
        ({"kind": "hotline"}, ["Pays", "Nord"]),
        ({"place": "BF49"}, ["Pays", "Nord", "Santé Kaya"]),
        ({"place": "BF490304"}, ["Pays", "Nord", "Santé Kaya"]),
        ({"place": "BF56"}, ["Pays", "Abri Sahel"]),
        ({"q": "sante"}, ["Santé Kaya"]),
        ({"q": "NUIT sahel"}, ["Abri Sahel"]),
        ({"q": "3333"}, ["Santé Kaya"]),
        ({"q": "rien de tel"}, []),
        ({"tab": "what", "kind": "what", "page": "what"}, ["Pays", "Nord", "Santé Kaya", "Abri Sahel"]),
        ({"page": "9" * 5000}, ["Pays", "Nord", "Santé Kaya", "Abri Sahel"]),
    ],
)
def test_every_list_is_an_address(sign_in: SignIn, full: None, query: dict[str, str], found: list[str]) -> None:
    assert names_in(sign_in("alice").get("/console/directory", **query).text) == found


def test_the_tabs_count_what_the_search_finds(sign_in: SignIn, full: None) -> None:
    page = text_of(sign_in("alice").get("/console/directory", kind="hotline"))
    assert "En service 2 À vérifier 1 Retirés 1" in page
    assert "2 services trouvés" in page


def test_each_place_is_a_heading_and_each_age_a_word(sign_in: SignIn, full: None) -> None:
    page = sign_in("alice").get("/console/directory")
    places = ["Tout le pays", "Centre-Nord", "Kaya, Sanmatenga, Centre-Nord", "Sahel"]
    assert re.findall(r'<h2 id="place-\d+">([^<]+)</h2>', page.text) == places
    assert "Périmé vérifié il y a 200 jours par Bob" in text_of(page)
    assert "Jamais vérifié" in text_of(page)


def test_a_long_directory_has_pages(sign_in: SignIn) -> None:
    for number in range(PAGE_SIZE + 1):
        make_service(f"Service {number:03d}", phone=f"{1000 + number}", kind=ServiceKind.OTHER)
    alice = sign_in("alice")
    first, second = (alice.get("/console/directory", page=number) for number in (1, 2))
    assert len(names_in(first.text)) == PAGE_SIZE
    assert names_in(second.text) == [f"Service {PAGE_SIZE:03d}"]
    assert names_in(alice.get("/console/directory", page=3).text) == names_in(second.text)
    assert "Page 2 sur 2" in text_of(second)


@ON_SQLITE
def test_the_directory_is_there_in_english_too(sign_in: SignIn, full: None) -> None:
    browser = sign_in("alice")
    browser.post("/console/language", language="en")
    page = text_of(browser.get("/console/directory"))
    for words in ("Directory of services", "The whole country", "verified 95 days ago by Bob", "Never verified"):
        assert words in page


@pytest.mark.parametrize("number", ["9" * 10, "9" * 23])
def test_a_number_that_no_service_has_is_not_found(sign_in: SignIn, number: str) -> None:
    alice = sign_in("alice")
    assert alice.get(f"/console/directory/{number}").status_code == 404
    for verb in ("", "/verify", "/retire", "/reopen"):
        assert alice.post(f"/console/directory/{number}{verb}", **FORM).status_code in (404, 405)


def test_a_service_has_nothing_that_a_database_refuses(sign_in: SignIn) -> None:
    typed = {**FORM, "name": "Ligne\0 verte", "hours": "Jour\0", "phone": "80 00\0 11 11"}
    sign_in("alice").post("/console/directory/new", **typed)
    service = only_service()
    assert (service.name, service.hours, service.phone) == ("Ligne verte", "Jour", "80 00 11 11")

"""The form for what is said face to face, as a page and as JSON."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.lib import clock
from flows import reference as references
from models import Case, ReservedReference
from models.words import Sensitivity
from tests import actors
from tests.factories import agency_id
from tests.handlers.console.browser import Browser, text_of
from tests.worker import work_off

SignIn = Callable[[str], Browser]
JSON = {"Accept": "application/json"}
FORM = {"medium": "help_desk", "text": "motsecret la pompe est en panne", "place": "Kaya"}


def fill(browser: Browser, **form: str) -> Any:
    page = browser.get("/console/enter")
    key = re.search(r'name="entry_key" value="([^"]+)"', page.text)
    assert key
    return browser.post("/console/enter", **{"entry_key": key[1], **FORM, **form})


def send(browser: Browser, **form: str) -> Any:
    """As the script sends it."""
    token = browser.client.get("/console/enter/session", headers=JSON).json["token"]
    data = {"entry_key": "key-of-a-phone", **FORM, **form}
    return browser.client.post("/console/enter", data=data, headers={**JSON, "X-CSRFToken": token})


def count_cases() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def the_case() -> Case:
    with work.reading() as db:
        return db.scalars(select(Case)).one()


@pytest.mark.parametrize("name", ["alice", "marc", "ada"])
def test_whoever_has_signed_in_enters_and_gets_the_reference(sign_in: SignIn, name: str) -> None:
    page = fill(sign_in(name))
    assert page.request.path == "/console/enter/done"
    assert references.show(the_case().reference) in text_of(page)
    assert the_case().entered_by_id == actors.make(name).id


def test_a_stranger_enters_nothing(app: Flask, stranger: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/enter") and rule.endpoint != "console.entry_worker":
            method = stranger.post if "POST" in (rule.methods or ()) else stranger.get
            path = re.sub(r"<[^>]+>", "1", re.sub(r"<any[^>]+>", "csv", rule.rule))
            assert method(path).request.path == "/console/login", path
    assert count_cases() == 0


def test_what_follows_says_nothing_of_what_was_entered(sign_in: SignIn) -> None:
    browser = sign_in("charlie")
    plain = text_of(fill(browser))
    sealed = text_of(fill(browser, sealed="1", agency=str(agency_id("VIVRES"))))
    strip = re.compile(r"\d{3}.\d{3}.\d{4}")
    assert strip.sub("", plain) == strip.sub("", sealed)
    assert "motsecret" not in plain
    page = browser.get("/console/enter/done")
    assert "motsecret" not in page.text
    with work.reading() as db:
        for reference in db.scalars(select(Case.reference)):
            assert reference not in page.request.url


def test_there_is_no_slip_before_an_entry(sign_in: SignIn) -> None:
    assert sign_in("alice").get("/console/enter/done").request.path == "/console/enter"


def test_the_slip_speaks_the_persons_language_and_says_how_to_reach_the_line(sign_in: SignIn) -> None:
    page = fill(sign_in("alice"), language="en")
    shown = re.findall(r'<p class="slip-words" lang="(\w+)" data-words="[^"]*" >', page.text)
    assert sorted(shown) == ["en", "fr"]


def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(sign_in: SignIn) -> None:
    page = fill(sign_in("alice"), phone="12", place="Kayaa", by_proxy="1", category="EHA.EAU")
    assert page.status_code == 422
    said = text_of(page)
    assert "Huit chiffres" in said
    assert "Ce lieu n'est pas connu ici" in said
    assert "Kaya, Sanmatenga, Centre-Nord" in said
    assert "motsecret" in page.text
    assert 'value="EHA.EAU" selected' in page.text
    assert re.search(r'name="by_proxy"[^>]*checked', page.text)
    assert count_cases() == 0


def test_the_form_sent_twice_makes_one_case(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    first = fill(browser, entry_key="the-same-key")
    assert text_of(fill(browser, entry_key="the-same-key")) == text_of(first)
    assert count_cases() == 1


def test_a_script_gets_the_reference_and_the_same_one_again(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    first = send(browser)
    assert first.status_code == 200
    assert first.json == {"reference": the_case().reference}
    assert send(browser).json == first.json
    assert count_cases() == 1


def test_a_script_gets_what_is_wrong_and_the_places_to_choose_from(sign_in: SignIn) -> None:
    answer = send(sign_in("alice"), place="Kayaa")
    assert answer.status_code == 422
    assert list(answer.json["faults"]) == ["place"]
    assert answer.json["places"] == [{"code": "BF490304", "name": "Kaya, Sanmatenga, Centre-Nord"}]


def test_what_one_has_typed_is_not_sent_in_the_name_of_another(sign_in: SignIn) -> None:
    answer = send(sign_in("bob"), user=str(actors.make("alice").id))
    assert answer.status_code == 409
    assert count_cases() == 0


def test_a_script_without_a_session_is_told_to_sign_in(stranger: Browser) -> None:
    assert stranger.client.get("/console/enter/session", headers=JSON).status_code == 401
    answer = stranger.client.post("/console/enter", data=FORM, headers=JSON)
    assert (answer.status_code, answer.json) == (401, {"error": "sign_in"})
    assert count_cases() == 0


def reserve(browser: Browser, want: int = 3) -> Any:
    token = browser.client.get("/console/enter/session", headers=JSON).json["token"]
    headers = {**JSON, "X-CSRFToken": token}
    return browser.client.post("/console/enter/references", data={"want": want}, headers=headers).json


def test_a_phone_reserves_references_and_uses_its_own_only(sign_in: SignIn) -> None:
    alice, bob = sign_in("alice"), sign_in("bob")
    mine = reserve(alice)
    assert mine["user"] == actors.make("alice").id
    assert len(mine["references"]) == 3
    assert list(send(bob, reference=mine["references"][0]).json["faults"]) == ["reference"]
    assert send(alice, reference=mine["references"][0]).json == {"reference": mine["references"][0]}
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(ReservedReference.used_at.is_not(None))) == 1


def test_what_a_phone_keeps_of_the_page_names_nobody_and_eats_no_message(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    with browser.client.session_transaction() as session:
        session["_flashes"] = [("info", "un mot pour la page suivante")]
    shell = browser.client.get("/console/enter/shell")
    assert shell.headers["X-Entry-Shell"] == "1"
    assert "alice" not in shell.text
    assert f'data-user="{actors.make("alice").id}"' not in shell.text
    assert "csrf_token" not in re.sub(r'name="csrf_token" value=""', "", shell.text)
    assert "un mot pour la page suivante" not in shell.text
    assert "un mot pour la page suivante" in text_of(browser.get("/console/"))


def test_the_worker_may_serve_the_form_and_nothing_else(stranger: Browser) -> None:
    worker = stranger.client.get("/console/enter/worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == "/console/enter"
    assert worker.headers["Cache-Control"] == "no-cache"


def test_a_case_without_a_number_shows_and_is_told_by_a_visit(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    fill(browser, category="EHA.EAU", contact_by="")
    work_off()
    case = the_case()
    page = browser.get(f"/console/cases/{case.id}")
    assert "Guichet d'aide" in text_of(page)
    assert "saisi par Alice" in text_of(page)
    assert "la personne n'a pas laissé de numéro" in text_of(page)
    browser.act(case.id, "accept")
    browser.act(case.id, "answer", text="Une équipe vient jeudi.")
    page = browser.act(case.id, "told", how="committee")
    assert "Personne informée par le comité" in text_of(page)
    assert the_case().contact_id is None


def test_a_proxy_is_named_as_one_on_the_page_of_the_case(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    fill(browser, category="EHA.EAU", by_proxy="1")
    work_off()
    assert "Quelqu'un parle pour la personne" in text_of(browser.get(f"/console/cases/{the_case().id}"))


def test_who_enters_something_sensitive_meets_a_page_that_does_not_exist(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    fill(browser, category="EHA.EAU", sealed="1")
    work_off()
    assert the_case().sensitivity == Sensitivity.SEALED
    assert browser.get(f"/console/cases/{the_case().id}").status_code == 404
    assert sign_in("dora").get(f"/console/cases/{the_case().id}").status_code == 200
    assert the_case().opened_at <= clock.now()


def test_the_page_is_in_english_too(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    browser.post("/console/language", language="en", next="/console/enter")
    page = text_of(browser.get("/console/enter"))
    assert "Enter what a person says" in page
    assert "Saisir" not in page

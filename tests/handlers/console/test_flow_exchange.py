"""Flows come from other tools into the draft, with a list of what was lost, and go to them as FLOIP containers."""

import io
import json
from collections.abc import Callable
from string import Formatter
from typing import Any

import pytest

from feedback_gateway import editions, work
from flows.book import open_book
from flows.floip.refusals import SENTENCES
from handlers.console.flow_losses import REFUSALS
from tests.databases import ON_SQLITE
from tests.handlers.console.browser import Browser, text_of

SignIn = Callable[[str], Browser]
IMPORT = "/console/flows/import-floip"


def send(browser: Browser, content: str | bytes) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post(IMPORT, file=(io.BytesIO(data), "flow.json"))


def export(browser: Browser, path: str = "/console/flows/thanks/floip.json") -> dict[str, Any]:
    answer = browser.get(path)
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    return dict(json.loads(answer.text))


@ON_SQLITE
def test_a_flow_of_another_tool_comes_into_the_draft(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    container = export(ada)
    # As another tool would write it: nothing of ours, and a recording besides.
    said = json.dumps(container).replace("org.feedback_gateway", "org.example").replace("thanks", "visite")
    page = send(ada, said)
    assert page.status_code == 200
    with work.reading() as db:
        draft = editions.draft(db)
    own = [name for name in draft.overlay.flows if name not in open_book().flows]
    assert own
    assert f'href="/console/flows/{own[0]}"' in page.text
    assert "Ce qui n'a pas pu être repris" in text_of(page)
    assert ada.get(f"/console/flows/{own[0]}").status_code == 200
    assert "rien ne mène à ce parcours" in text_of(ada.get("/console/flows"))
    assert f"Ada a importé {own[0]}" in text_of(ada.get("/console/flows"))


@ON_SQLITE
def test_our_own_export_comes_back_as_it_was(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = send(ada, json.dumps(export(ada)))
    assert "remplace celui qui portait ce nom" in text_of(page)
    with work.reading() as db:
        book = editions.draft_book()
        draft = editions.draft(db)
    assert book is not None
    assert book.flows["thanks"].nodes == open_book().flows["thanks"].nodes
    assert [found.key for found in draft.differences if found.key] == []


@ON_SQLITE
def test_all_flows_are_exported_together(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    container = export(ada, "/console/flows/floip.json")
    assert len(container["flows"]) == len(open_book().flows)
    page = ada.get("/console/flows/export-floip")
    assert 'href="/console/flows/floip.json"' in page.text
    one = ada.get("/console/flows/export-floip", flow="thanks")
    assert 'href="/console/flows/thanks/floip.json"' in one.text
    assert "thanks" in text_of(one)


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "Rien n'est importé : le fichier n'est pas du JSON : ligne 1, caractère 1"),
        ("[]", "Rien n'est importé : le conteneur n'a aucun parcours avec des blocs"),
        ("{}", "Rien n'est importé : le fichier n'est pas un conteneur FLOIP"),
        ("é".encode("latin-1"), "UTF-8"),
        (b"", "Rien n'est importé : le fichier n'est pas du JSON"),
    ],
)
def test_what_is_no_container_changes_nothing(sign_in: SignIn, content: str | bytes, says: str) -> None:
    page = send(sign_in("ada"), content)
    assert page.status_code == 422
    assert says in text_of(page)
    with work.reading() as db:
        assert editions.draft(db).version == 0


def test_every_refusal_has_its_french_with_the_same_details() -> None:
    def holes(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    assert {code: holes(said) for code, said in REFUSALS.items()} == {
        code: holes(said) for code, said in SENTENCES.items()
    }


@ON_SQLITE
def test_what_an_export_loses_is_told_in_french_alone(sign_in: SignIn) -> None:
    said = text_of(sign_in("ada").get("/console/flows/export-floip"))
    assert "FLOIP n'a pas de bloc pour l'action open_case ; écrite comme Core.Log" in said
    assert "FLOIP n'a pas de mot pour les variables que posent les choix (" in said
    assert "the " not in said


@ON_SQLITE
def test_a_file_must_be_chosen(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    assert ada.get(IMPORT).status_code == 200
    assert "Choisissez d'abord un fichier" in text_of(ada.post(IMPORT))


@ON_SQLITE
def test_what_cannot_be_put_together_is_not_exported(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    assert ada.get("/console/flows/nothing/floip.json").status_code == 404
    ada.post("/console/flows/new-flow", name="water")
    assert ada.get("/console/flows/thanks/floip.json").status_code == 404
    assert "floip.json" not in ada.get("/console/flows/thanks").text

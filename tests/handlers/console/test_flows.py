"""The pages of the flows: for administrators only; what is saved stays, and only what is right is published."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from feedback_gateway import editions, work
from flows.book import open_book
from handlers.console.flow_view import OTHER, read_or_none
from handlers.console.flow_words import DONE, TITLES
from models import EditionChange
from models.words import FlowChange
from tests.databases import ON_SQLITE
from tests.handlers.console.browser import Browser, text_of

SignIn = Callable[[str], Browser]
TEXTS = "/console/flows/thanks"
NODES = "/console/flows/thanks?part=nodes"


def fields(browser: Browser, path: str = TEXTS) -> dict[str, str]:
    """The form of texts or nodes as the page shows it."""
    page = browser.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(seen[^"]*|version)" value="([^"]*)"', page))
    areas = re.findall(r'(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', page)
    drafts = re.findall(r'name="(draft:[^"]+)"[^>]* checked', page)
    typed = {name: re.sub("&#39;", "'", words) for name, words in areas}
    return {**hidden, **typed, **dict.fromkeys(drafts, "1")}


def save_text(browser: Browser, words: str, key: str = "thanks.thanked", language: str = "fr", **more: str) -> str:
    form = {**fields(browser), f"words:{language}:{key}": words, **more}
    return text_of(browser.post(f"{TEXTS}/texts", **form))


def save_nodes(browser: Browser, source: str, **more: str) -> str:
    form = {**fields(browser, NODES), "source": source, **more}
    return text_of(browser.post(f"{TEXTS}/nodes", **form))


def publish(browser: Browser, note: str = "") -> str:
    version = re.search(r'name="version" value="(\d+)"', browser.get("/console/flows").text)
    form = {"version": version[1] if version else "0", "note": note}
    return text_of(browser.post("/console/flows/publish-draft", **form))


def in_force() -> int:
    with work.reading() as db:
        return editions.current(db)


@ON_SQLITE
@pytest.mark.parametrize("name", ["alice", "dora", "marc"])
def test_only_administrators_see_or_change_anything(app: Flask, sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert "/console/flows" not in browser.get("/console/").text
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/flows"):
            path = re.sub(r"<[^>]+>", "thanks", rule.rule)
            reach = browser.post if "POST" in (rule.methods or ()) else browser.get
            assert reach(path).status_code == 403, path
    with work.reading() as db:
        assert db.scalars(select(EditionChange)).all() == []


@ON_SQLITE
def test_nothing_is_saved_without_the_token_of_the_session(app: Flask, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    form = {**fields(ada, NODES), "source": "flow: mine", "csrf_token": "made-up"}
    page = ada.client.post(f"{TEXTS}/nodes", data=form)
    assert page.status_code == 400
    assert "flow: mine" in page.text, "what was typed is given back"
    words = ada.client.post(f"{TEXTS}/texts", data={"words:fr:home": "Bonjour à vous", "words:fr:back": ""})
    assert "Bonjour à vous" in words.text


@ON_SQLITE
def test_the_list_shows_every_flow_and_what_it_is_about(sign_in: SignIn) -> None:
    page = sign_in("ada").get("/console/flows")
    said = text_of(page)
    assert "tels que livrés" in said
    assert "constat" not in said
    for name in open_book().flows:
        assert f'href="/console/flows/{name}"' in page.text
        assert str(TITLES[name]) in said
    assert set(TITLES) <= set(open_book().flows)


def test_a_text_is_changed_published_and_gone_back_from(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    before = fields(ada)["words:fr:thanks.thanked"]
    assert "Enregistré dans le brouillon." in save_text(ada, "Grand merci.")
    listed = text_of(ada.get("/console/flows"))
    assert "Brouillon : 1 changement par Ada" in listed
    assert "Le contrôle n'a rien trouvé" in listed
    assert in_force() == 0
    assert "L'édition 1 est en vigueur." in publish(ada, "plus court")
    assert in_force() == 1
    listed = text_of(ada.get("/console/flows"))
    assert "plus court" in listed
    assert "Ada a modifié thanks" in listed
    assert "Ada a publié" in listed
    assert "Brouillon" not in listed
    said = text_of(ada.post("/console/flows/go-back", number="0"))
    assert "Retour fait : l'édition 2 est en vigueur." in said
    assert "Retour aux parcours livrés." in said
    assert fields(ada)["words:fr:thanks.thanked"] == before


@ON_SQLITE
def test_only_what_somebody_touched_is_saved(sign_in: SignIn) -> None:
    save_text(sign_in("ada"), "Grand merci.")
    with work.reading() as db:
        found = editions.draft(db).differences
    assert [(one.language, one.key) for one in found] == [("fr", "thanks.thanked")]


@ON_SQLITE
def test_a_translation_is_confirmed_by_taking_its_mark_away(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    form = fields(ada)
    mark = "draft:mos:thanks.thanked"
    assert form.pop(mark) == "1"
    ada.post(f"{TEXTS}/texts", **form)
    assert mark not in fields(ada)
    with work.reading() as db:
        assert not editions.wording_of(editions.draft(db).overlay, "mos", "thanks.thanked").draft


@ON_SQLITE
def test_what_does_not_parse_is_kept_and_told_beside(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    said = save_nodes(ada, "flow: thanks\r\nnodes: [")
    assert "Enregistré dans le brouillon." in said
    assert "Le contrôle s'arrête au premier constat" in said
    assert fields(ada, NODES)["source"] == "flow: thanks\nnodes: [\n"
    assert "illisible" in text_of(ada.get("/console/flows"))
    assert 'name="words:fr:thanks.thanked"' in ada.get(TEXTS).text, "its texts can still be changed"
    assert "Le dessin revient" in text_of(ada.get("/console/flows/thanks?part=picture"))
    assert ada.get("/console/flows/thanks.svg").status_code == 404
    assert "Pas publié" in publish(ada)
    assert in_force() == 0


@ON_SQLITE
def test_a_finding_leads_to_where_it_is_mended(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    source = fields(ada, NODES)["source"]
    said = save_nodes(ada, f"{source}  lost:\n    say: thanks.lost\n")
    assert "le texte thanks.lost manque" in said
    page = ada.get("/console/flows")
    assert 'href="/console/flows/thanks?part=texts"' in page.text
    save_text(ada, "Perdu.", "thanks.lost")
    said = text_of(ada.get(NODES))
    assert "thanks lost rien ne mène ici" in said
    assert "thanks.lost en le texte manque" in said
    assert "2 constats ailleurs" in text_of(ada.get("/console/flows/home"))


@ON_SQLITE
def test_a_menu_with_other_lines_than_options_is_told_beside_each_text(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    source = fields(ada, NODES)["source"].replace("      2: {", "      2: {then: words}\n      3: {")
    save_nodes(ada, source)
    said = text_of(ada.get(TEXTS))
    spoken = sum("thanks.which" in words for words in open_book().texts.words.values())
    assert said.count("Il faut exactement les lignes numérotées 1, 2, 3") == spoken


def test_two_who_change_the_same_text_see_each_other(sign_in: SignIn) -> None:
    ada, other = sign_in("ada"), sign_in("ada")
    form = fields(other)
    save_text(ada, "De l'une.")
    form |= {"words:fr:thanks.thanked": "De l'autre.", "words:fr:thanks.which": form["words:fr:thanks.which"]}
    page = other.post(f"{TEXTS}/texts", **form)
    assert page.status_code == 409
    assert "L'autre texte : De l'une." in text_of(page)
    assert "De l&#39;autre.</textarea>" in page.text
    again = dict(re.findall(r'<input type="hidden" name="(seen[^"]*)" value="([^"]*)"', page.text))
    assert "Enregistré" in text_of(other.post(f"{TEXTS}/texts", **{**form, **again}))
    assert fields(ada)["words:fr:thanks.thanked"] == "De l'autre."


@ON_SQLITE
def test_two_who_change_the_same_flow_see_the_lines_that_differ(sign_in: SignIn) -> None:
    ada, other = sign_in("ada"), sign_in("ada")
    form = fields(other, NODES)
    save_nodes(ada, form["source"].replace("version: 1", "version: 5"))
    page = other.post(f"{TEXTS}/nodes", **{**form, "source": form["source"].replace("version: 1", "version: 7")})
    assert page.status_code == 409
    assert "− version: 5 + version: 7" in text_of(page)
    assert "version: 7" in fields_of(page.text)


def fields_of(page: str) -> str:
    found = re.search(r"(?s)<textarea[^>]*>\n(.*?)</textarea>", page)
    return found[1] if found else ""


@ON_SQLITE
def test_a_draft_that_changed_meanwhile_is_not_published(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_text(ada, "Une fois.")
    version = re.search(r'name="version" value="(\d+)"', ada.get("/console/flows").text)
    assert version
    save_text(ada, "Deux fois.")
    page = ada.post("/console/flows/publish-draft", version=version[1])
    assert page.status_code == 422
    assert "vient d'être changé par quelqu'un d'autre" in text_of(page)


@ON_SQLITE
def test_a_draft_is_thrown_away_when_that_is_said_twice(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_text(ada, "Une fois.")
    version = re.search(r'name="version" value="(\d+)"', ada.get("/console/flows").text)
    assert version
    assert "Brouillon abandonné." in text_of(ada.post("/console/flows/discard-draft", version=version[1]))
    assert "Ada a abandonné le brouillon" in text_of(ada.get("/console/flows"))
    assert ada.post("/console/flows/discard-draft", version=version[1]).status_code == 422


@pytest.mark.parametrize("number", ["0", "7", "x", "-1", "", "9" * 30, "9" * 5000, "\u0661"])
def test_one_cannot_go_back_to_what_is_in_force_or_never_was(sign_in: SignIn, number: str) -> None:
    assert sign_in("ada").post("/console/flows/go-back", number=number).status_code == 422


@ON_SQLITE
def test_the_changes_are_shown_line_by_line(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_nodes(ada, fields(ada, NODES)["source"].replace("about: Thanks", "about: Many thanks"))
    save_text(ada, "Grand merci.")
    page = ada.get("/console/flows/thanks?part=changes")
    assert re.search(r"<del>.*about: Thanks", page.text)
    assert re.search(r"<ins>.*about: Many thanks", page.text)
    assert "maintenant : Grand merci." in text_of(page)
    assert "Rien n'est changé ici" in text_of(ada.get("/console/flows/home?part=changes"))


@ON_SQLITE
def test_a_new_flow_is_begun_and_taken_away(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = ada.post("/console/flows/new-flow", name="Water")
    assert page.request.path == "/console/flows/water"
    assert "say: water.first" in page.text
    assert "Ce nom de parcours existe déjà." in text_of(ada.post("/console/flows/new-flow", name="water"))
    assert ada.post("/console/flows/new-flow", name="a b").status_code == 422
    form = fields(ada, "/console/flows/water?part=nodes")
    gone = ada.post("/console/flows/water/nodes", **form, undo="1")
    assert gone.request.path == "/console/flows"
    assert ada.get("/console/flows/water").status_code == 404


@ON_SQLITE
def test_a_shipped_flow_is_taken_back(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    before = fields(ada, NODES)["source"]
    save_nodes(ada, "flow: thanks")
    assert fields(ada, NODES)["source"] == "flow: thanks\n"
    save_nodes(ada, "flow: thanks", undo="1")
    assert fields(ada, NODES)["source"] == before


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("nodes", {"source": "x" * 65_537}, "64 ko au plus"),
        ("texts", {"words:fr:thanks.thanked": "x" * 1001}, "1 000 caractères au plus"),
        ("texts", {"words:xx:thanks.thanked": "x"}, "n'a pas de fichier de textes"),
        ("texts", {"words:fr:thanks thanked": "x"}, "Une clé de texte"),
    ],
)
def test_what_is_refused_is_explained_and_stays(sign_in: SignIn, path: str, form: dict[str, str], says: str) -> None:
    ada = sign_in("ada")
    page = ada.post(f"{TEXTS}/{path}", **{**fields(ada, NODES if path == "nodes" else TEXTS), **form})
    assert page.status_code == 422
    assert says in text_of(page)
    if "x" * 1001 in form.values():
        assert "x" * 1001 in page.text


@ON_SQLITE
def test_other_texts_are_those_that_no_flow_shows(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    shown = {name.split(":")[2] for name in fields(ada, f"/console/flows/{OTHER}") if name.startswith("words:fr")}
    assert {"back", "more", "sms.answer", "place.last"} <= shown
    assert not shown & {"home", "thanks.which"}
    form = {**fields(ada, f"/console/flows/{OTHER}"), "words:fr:back": "Arrière"}
    assert "Enregistré" in text_of(ada.post(f"/console/flows/{OTHER}/texts", **form))
    assert "− " not in text_of(ada.get(f"/console/flows/{OTHER}"))
    assert "maintenant : Arrière" in text_of(ada.get(f"/console/flows/{OTHER}?part=changes"))


@ON_SQLITE
@pytest.mark.parametrize("name", ["nothing", "Thanks", "thanks.svg.svg", "flows.svg"])
def test_a_flow_that_does_not_exist_is_not_found(sign_in: SignIn, name: str) -> None:
    ada = sign_in("ada")
    assert ada.get(f"/console/flows/{name}").status_code == 404
    assert ada.post(f"/console/flows/{name}/nodes", source="x").status_code == 404
    assert ada.post(f"/console/flows/{name}/texts").status_code == 404


@ON_SQLITE
def test_pictures_are_drawn_of_the_draft(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_text(ada, "Grand merci.")
    picture = ada.get("/console/flows/thanks.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "Grand merci." in picture.text
    assert "thanks" in ada.get("/console/flows.svg").text


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Bonjour", "7 septets, 1 SMS"),
        ("Reçu", "plié : 4 septets, 1 SMS · tel quel : 4 unités UCS-2, 1 SMS"),
        ("ç" * 80, "plié : 80 septets, 1 SMS · tel quel : 80 unités UCS-2, 2 SMS"),
        ("سلام", "4 unités UCS-2, 1 SMS"),
    ],
)
def test_a_text_is_measured_while_it_is_written(sign_in: SignIn, words: str, line: str) -> None:
    ada = sign_in("ada")
    assert ada.post("/console/flows/measure-text", text=words).json == {"line": line}


def test_everything_that_can_be_done_has_a_name(sign_in: SignIn) -> None:
    assert set(DONE) == set(FlowChange)


@ON_SQLITE
def test_the_pages_are_english_too(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_nodes(ada, fields(ada, NODES)["source"] + "  lost:\n    say: thanks.thanked\n")
    ada.post("/console/language", language="en", next="/console/flows")
    assert "nothing leads here" in text_of(ada.get("/console/flows"))


HOSTILE = [
    f"version: {'9' * 5000}",
    'version: 1\nabout: "\\UFFFFFFFF"',
    'version: 1\nabout: "\\ud800"',
    "%YAML 1." + "9" * 5000,
]


@ON_SQLITE
@pytest.mark.parametrize("lines", HOSTILE, ids=lambda lines: lines[:20])
def test_no_draft_locks_anybody_out(sign_in: SignIn, lines: str) -> None:
    ada = sign_in("ada")
    save_nodes(ada, f"{lines}\nflow: thanks\nstart: a\nnodes: {{a: {{say: thanks.thanked}}}}\n")
    assert "illisible" in text_of(ada.get("/console/flows"))
    for path in (TEXTS, NODES, "/console/flows/home", "/console/flows/home?part=changes"):
        assert ada.get(path).status_code == 200
    version = fields(ada, "/console/flows")["version"]
    assert "Brouillon abandonné." in text_of(ada.post("/console/flows/discard-draft", version=version))


def test_a_flow_that_makes_its_reader_fail_is_one_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(*_: object) -> None:
        raise KeyError("nobody has thought of this")

    monkeypatch.setattr("handlers.console.flow_view.read_flow", fall_over)
    assert read_or_none("flow: never_seen", "never_seen") is None


@ON_SQLITE
def test_a_fault_of_the_yaml_is_told_in_french_with_its_line(sign_in: SignIn) -> None:
    said = save_nodes(sign_in("ada"), "flow: thanks\nversion 1\nabout: x\n")
    assert "ligne 2 : il manque un deux-points" in said
    assert "scanning" not in said


@ON_SQLITE
def test_a_note_has_nothing_that_a_database_refuses(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    save_text(ada, "Merci bien.")
    publish(ada, note="Un\0 mot")
    with work.reading() as db:
        assert [edition.note for edition in editions.history(db).editions] == ["Un mot"]

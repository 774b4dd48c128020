"""The page of the lexicon: who may, finding and changing an entry, the whole file, trying a text, going back."""

import re
from collections.abc import Callable, Iterator
from functools import reduce

import pytest
from flask import Flask

from feedback_gateway import lexicon_editions, work
from feedback_gateway.classify.lexicon_text import put_row, rows_of
from feedback_gateway.classify.lexicons import shipped_lexicons, shipped_sources, use_lexicons
from tests import actors
from tests.conftest import House
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SignIn = Callable[[str], Browser]

FRENCH = shipped_sources()["fr"]
ROWS = {row["id"]: row for row in rows_of(FRENCH)}
KINDS = {frozenset(row): row for row in [*ROWS.values(), ROWS["water"]]}
"""An entry of each kind, that is, with each set of properties that there is."""
HEAD = FRENCH[: FRENCH.index("\nentries:\n") + len("\nentries:\n")]
SHORT = reduce(put_row, KINDS.values(), HEAD)
NEW = {"id": "neuf", "category": "EHA.EAU", "weight": "2,5", "patterns": "zorglub*\r\n\r\n pompe*  &  zorg \r\n"}


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_lexicons(tuple(shipped_lexicons().values()))


@pytest.fixture
def ada(sign_in: SignIn) -> Browser:
    return sign_in("ada")


@pytest.fixture
def short(house: House) -> None:
    """The French words in force are a few: a page reads them all, several times over."""
    with work.unit_of_work() as db:
        assert lexicon_editions.save(db, "fr", SHORT, "", by=actors.make("ada")) == []


def source(language: str = "fr") -> str:
    with work.reading() as db:
        return lexicon_editions.current(db, language).source


def fields(browser: Browser, path: str, **query: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    page = browser.get(path, **query).text.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
    form = page[page.index("<form", page.index("<main")) :]
    found = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrf_token")
    return found


def listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)<', page)


@pytest.mark.parametrize("name", ["alice", "marc", "dora"])
def test_only_administrators_see_and_change_the_words(app: Flask, sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/console/lexicon", "/console/languages")):
            path = rule.rule.replace("<language>", "fr").replace("<int:number>", "1").replace("<code>", "dag")
            for method, send in (("GET", browser.get), ("POST", browser.post)):
                if method in (rule.methods or ()):
                    assert send(path).status_code == 403, path
    assert source() == FRENCH


def test_the_settings_lead_to_the_lexicon(ada: Browser) -> None:
    page = ada.get("/console/admin").text
    assert 'href="/console/lexicon"' in page
    assert 'href="/console/languages"' in page


def test_every_entry_of_a_language_is_listed(ada: Browser) -> None:
    page = ada.get("/console/lexicon")
    assert listed(page.text) == list(ROWS)
    assert "tel que livré" in text_of(page)
    assert listed(ada.get("/console/lexicon", language="mos").text) == [row["id"] for row in rows_of(source("mos"))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "FORAGE"}, lambda row: "forage" in f"{row['id']} {row['patterns']}"),
        ({"q": "water-none"}, lambda row: row["id"] == "water-none"),
        ({"category": "EHA"}, lambda row: row.get("category", "").startswith("EHA.")),
        ({"category": "none"}, lambda row: "category" not in row),
        ({"q": "rien de tel"}, lambda _row: False),
    ],
)
def test_entries_are_found_by_their_words_and_their_category(
    ada: Browser, query: dict[str, str], expected: Callable[[dict[str, object]], bool]
) -> None:
    found = listed(ada.get("/console/lexicon", **query).text)
    assert found == [row["id"] for row in ROWS.values() if expected(dict(row))]


def test_the_sensitive_ones_can_be_looked_at_alone(ada: Browser) -> None:
    page = ada.get("/console/lexicon", category="sensitive").text
    assert 0 < len(listed(page)) < len(ROWS)
    assert page.count("badge-sealed") + page.count("badge-restricted") == len(listed(page))


@pytest.mark.parametrize("name", [row["id"] for row in KINDS.values()])
def test_an_entry_that_is_sent_back_as_it_stands_stays_the_same(short: None, ada: Browser, name: str) -> None:
    form = fields(ada, "/console/lexicon/fr/entry", id=name)
    assert "en force" in text_of(ada.post("/console/lexicon/fr/entry", **form))
    assert rows_of(source()) == list(KINDS.values())


def test_an_entry_is_added_changed_and_taken_out(short: None, ada: Browser) -> None:
    form = fields(ada, "/console/lexicon/fr/entry")
    page = ada.post("/console/lexicon/fr/entry", **{**form, **NEW, "note": "entendu à Kaya"})
    assert "Entrée neuf enregistrée" in text_of(page)
    assert "+ neuf · entendu à Kaya" in text_of(page)
    added = {"id": "neuf", "category": "EHA.EAU", "weight": 2.5, "patterns": ["zorglub*", "pompe* & zorg"]}
    assert rows_of(source())[-1] == added
    form = fields(ada, "/console/lexicon/fr/entry", id="neuf")
    changed = {"id": "plus-neuf", "category": "", "sensitive": "sealed", "urgent": "0,9", "longest": "4", "unless": "x"}
    ada.post("/console/lexicon/fr/entry", **{**form, **changed, "type": "question"})
    assert rows_of(source())[-1] == {
        "id": "plus-neuf",
        "weight": 2.5,
        "sensitive": "sealed",
        "urgent": 0.9,
        "type": "question",
        "longest": 4,
        "unless": ["x"],
        "patterns": ["zorglub*", "pompe* & zorg"],
    }
    form = fields(ada, "/console/lexicon/fr/entry", id="plus-neuf")
    assert "Entrée plus-neuf retirée" in text_of(ada.post("/console/lexicon/fr/entry/delete", **form))
    assert rows_of(source()) == list(KINDS.values())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "Eau en panne"}, "lettres minuscules"),
        ({"id": "water"}, "Deux entrées portent ce nom"),
        ({"patterns": "fo*"}, "« fo* » est trop court"),
        ({"patterns": "@rien eau"}, "Il n'y a pas d'ensemble de mots @rien"),
        ({"patterns": "l'eau-forage"}, "est plus d'un mot"),
        ({"patterns": "..."}, "Il n'y a pas de mot dans « ... »"),
        ({"patterns": " "}, "au moins un motif"),
        ({"weight": "0"}, "un poids au-dessus de 0"),
        ({"weight": "lourd"}, "Une valeur n'est pas permise"),
        ({"urgent": "2"}, "une urgence entre 0 et 1"),
        ({"category": "EHA.XXX"}, "Il n'y a pas de catégorie EHA.XXX"),
        ({"sensitive": "secret"}, "Une valeur n'est pas permise"),
        ({"original": "disparue"}, "Cela n'existe plus"),
    ],
)
def test_a_refused_entry_is_explained_and_what_was_typed_stays(
    short: None, ada: Browser, change: dict[str, str], says: str
) -> None:
    before, form = source(), fields(ada, "/console/lexicon/fr/entry")
    page = ada.post("/console/lexicon/fr/entry", **{**form, **NEW, **change, "note": "gardé"})
    assert page.status_code == 422
    assert says in text_of(page)
    assert 'value="gardé"' in page.text
    assert source() == before


def test_two_who_edit_at_once_lose_nothing(short: None, ada: Browser) -> None:
    first, second = (fields(ada, "/console/lexicon/fr/entry") for _ in range(2))
    whole = fields(ada, "/console/lexicon/fr/file")
    ada.post("/console/lexicon/fr/entry", **{**first, **NEW})
    page = ada.post("/console/lexicon/fr/entry", **{**second, **NEW, "id": "second"})
    assert page.status_code == 422
    assert "Ada a changé ce lexique entre-temps" in text_of(page)
    whole["source"] = put_row(whole["source"], {"id": "third", "patterns": ["x"]})
    page = ada.post("/console/lexicon/fr/file", **whole)
    assert page.status_code == 422
    assert "+ - id: third" in text_of(page)
    assert [row["id"] for row in rows_of(source())][-1] == "neuf"


def test_the_whole_file_can_be_edited(ada: Browser) -> None:
    form = fields(ada, "/console/lexicon/fr/file")
    assert form["source"] == FRENCH
    assert "Rien n'a changé." in text_of(ada.post("/console/lexicon/fr/file", **form))
    form["source"] = FRENCH.replace("\nentries:\n", "\nentries:\n  - {id: neuf, patterns: [zorglub]}\n").replace(
        "\n", "\r\n"
    )
    assert "Ce lexique est en force" in text_of(ada.post("/console/lexicon/fr/file", **form))
    assert rows_of(source())[0] == {"id": "neuf", "patterns": ["zorglub"]}


def test_each_fault_of_a_file_is_named_and_the_text_stays(ada: Browser) -> None:
    form = fields(ada, "/console/lexicon/fr/file")
    typed = form["source"].replace('"forag', '"fo* & forag').replace("category: EDU.ACC", "category: EDU.XXX")
    page = ada.post("/console/lexicon/fr/file", **{**form, "source": typed})
    assert page.status_code == 422
    assert "« fo* » est trop court" in text_of(page)
    assert "Il n'y a pas de catégorie EDU.XXX" in text_of(page)
    assert "EDU.XXX" in page.text[page.text.index("<textarea") :]
    page = ada.post("/console/lexicon/fr/file", **{**form, "source": "version: ["})
    assert "à la ligne 2" in text_of(page)
    assert source() == FRENCH


def test_a_text_is_tried_with_the_words_in_force_and_stored_nowhere(short: None, ada: Browser) -> None:
    ada.post("/console/lexicon/fr/entry", **{**fields(ada, "/console/lexicon/fr/entry"), **NEW})
    page = ada.post("/console/lexicon/fr/try", text="le zorglubeur du forage est en panne")
    said = text_of(page)
    assert "neuf fr Point d'eau en panne · poids 2.5" in said
    assert "Langue français" in said
    assert "le zorglubeur du forage est en panne</textarea>" in page.text
    assert "Aucune entrée ne reconnaît ce texte" in text_of(ada.post("/console/lexicon/fr/try", text="xyzzy plugh"))
    assert "entrées reconnues" not in text_of(ada.post("/console/lexicon/fr/try", text=" "))


def test_who_changed_what_is_shown_and_every_state_can_be_had_back(ada: Browser) -> None:
    ada.post("/console/lexicon/fr/entry", **{**fields(ada, "/console/lexicon/fr/entry"), **NEW})
    page = ada.get("/console/lexicon")
    assert "changé par Ada" in text_of(page)
    edition = re.search(r"/console/lexicon/fr/editions/(\d+)", page.text)
    assert edition
    assert '+ - "zorglub*"' in text_of(ada.get(edition[0]))
    assert "Retour fait." in text_of(ada.post("/console/lexicon/fr/go-back", number="0"))
    assert source() == FRENCH
    ada.post("/console/lexicon/fr/go-back", number=edition[1])
    assert rows_of(source())[-1]["id"] == "neuf"
    for number in ("99999", "", "9" * 30, "-1"):
        assert ada.post("/console/lexicon/fr/go-back", number=number).status_code == 422
    assert ada.get(f"/console/lexicon/mos/editions/{edition[1]}").status_code == 404
    assert ada.get(f"/console/lexicon/fr/editions/{'9' * 25}").status_code == 404


def test_a_language_without_words_is_begun_with_its_first_entry(ada: Browser) -> None:
    assert "Pas encore de mots dans cette langue" in text_of(ada.get("/console/lexicon", language="gux"))
    form = fields(ada, "/console/lexicon/gux/entry")
    page = ada.post("/console/lexicon/gux/entry", **{**form, **NEW})
    assert listed(page.text) == ["neuf"]
    page = ada.post("/console/lexicon/gux/go-back", number="0")
    assert listed(page.text) == []


@pytest.mark.parametrize("language", ["xx", "fra", "..", "fr.yaml"])
def test_a_language_that_nobody_knows_has_no_page(ada: Browser, language: str) -> None:
    assert ada.get("/console/lexicon", language=language).status_code == 404
    for path in ("entry", "file"):
        assert ada.get(f"/console/lexicon/{language}/{path}").status_code == 404
    assert ada.get("/console/lexicon/fr/entry", id="no-such").status_code == 404


def test_the_page_is_there_in_english_too(ada: Browser) -> None:
    ada.post("/console/language", language="en")
    assert "Try a text" in text_of(ada.get("/console/lexicon"))
    assert "Write a pattern" in text_of(ada.get("/console/lexicon/fr/entry", id="water"))

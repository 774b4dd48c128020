"""Bringing an agency's own history: four steps, nothing stored before the last, nothing lost by a mistake."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from feedback_gateway import work
from handlers.console.history import MOST_LETTERS
from models import Label
from models.words import LabelSource
from tests.handlers.console.browser import Browser, text_of

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
PAGE = "/console/model/history"
ROWS = [("la pompe est en panne", "Eau"), ("le forage est sec depuis trois jours", "Eau"), ("merci à vous", "Divers")]
SOURCE = "\n".join(["Message;Thème", *(f"{text};{label}" for text, label in ROWS)]) + "\n"


@pytest.fixture
def ada(sign_in: SignIn) -> Browser:
    browser = sign_in("ada")
    browser.get(PAGE)
    return browser


def send(browser: Browser, content: bytes) -> TestResponse:
    return browser.post(PAGE, step="columns", file=FileStorage(io.BytesIO(content), "passe.csv"))


def go_on(browser: Browser, page: TestResponse, step: str, **form: Any) -> TestResponse:
    """Sends what the page carries, as a browser does, with what is chosen on it."""
    source = re.search(r"<textarea name=\"source\"[^>]*>\n?(.*?)</textarea>", page.text, re.DOTALL)
    assert source
    carried: dict[str, Any] = {"source": html.unescape(source[1]).replace("\n", "\r\n")}
    for name in ("text", "label"):
        found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page.text)
        if found:
            carried[name] = html.unescape(found[1])
    codes = re.findall(r'type="hidden" name="code" value="([^"]*)"', page.text)
    return browser.post(PAGE, step=step, **{**carried, "code": codes, **form})


def choose(browser: Browser, codes: list[str]) -> TestResponse:
    """As far as the last step."""
    page = go_on(browser, send(browser, SOURCE.encode()), "labels", text="Message", label="Thème")
    return go_on(browser, page, "preview", code=codes)


def examples() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Label)) or 0


@pytest.mark.parametrize("name", ["alice", "dora", "marc"])
def test_only_an_administrator_brings_a_history(sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert browser.get(PAGE).status_code == 403
    form = {"step": "import", "source": SOURCE, "text": "Message", "label": "Thème", "code": ["EHA.EAU", "NONE"]}
    assert browser.post(PAGE, **form).status_code == 403
    assert examples() == 0


def test_it_needs_a_token_and_gives_the_text_back_without_one(ada: Browser) -> None:
    ada.token = "forged"
    page = ada.post(PAGE, step="labels", source=SOURCE)
    assert page.status_code == 400
    assert "le forage est sec" in text_of(page)


def test_four_steps_make_examples_and_nothing_is_stored_before_the_last(ada: Browser) -> None:
    page = send(ada, SOURCE.encode())
    assert re.findall(r'<option value="([^"]+)"', page.text).count("Message") == 2  # in both lists
    page = go_on(ada, page, "labels", text="Message", label="Thème")
    assert re.search(r"Eau</label></th>\s*<td>2</td>", page.text)
    assert re.search(r'value="EHA(\.EAU)?" selected', page.text)  # guessed from its name
    page = go_on(ada, page, "preview", code=["EHA.EAU", ""])
    assert "Point d'eau en panne 2" in text_of(page)
    assert "laissés de côté 1" in text_of(page)
    assert examples() == 0
    page = go_on(ada, page, "import")
    assert "2 exemples repris. Laissés de côté : 1 ; déjà connus : 0." in text_of(page)
    with work.reading() as db:
        kept = db.scalars(select(Label).order_by(Label.id)).all()
    assert [(label.text, label.category_code, label.source) for label in kept] == [
        (text, "EHA.EAU", LabelSource.HISTORY) for text, name in ROWS if name == "Eau"
    ]


def test_one_may_go_back_and_finds_the_choices_again(ada: Browser) -> None:
    page = go_on(ada, choose(ada, ["SIT.GAP", "NONE"]), "labels")
    assert re.findall(r'<option value="([^"]+)" selected', page.text) == ["SIT.GAP", "NONE"]
    page = go_on(ada, page, "columns")
    assert re.findall(r'<option value="([^"]+)" selected', page.text) == ["Message", "Thème"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_what_spreadsheets_write_is_read(ada: Browser, encoding: str) -> None:
    assert "Thème" in text_of(send(ada, SOURCE.encode(encoding)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00a\x00", "n'est pas un texte"),
        (b"%PDF\x81\x8d\x00", "n'est pas un texte"),
        (b"", "Le fichier est vide."),
        (b"Message\nla pompe\n", "au moins deux colonnes"),
    ],
)
def test_a_file_that_is_none_is_refused_in_plain_words(ada: Browser, content: bytes, says: str) -> None:
    page = send(ada, content)
    assert page.status_code == 422
    assert says in text_of(page)
    assert 'type="file"' in page.text


def test_a_file_that_is_too_large_is_refused(ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.console.history.MOST_LETTERS", len(SOURCE) - 1)
    page = send(ada, SOURCE.encode())
    assert page.status_code == 422
    assert "trop grand" in text_of(page)


def test_a_form_without_a_file_asks_for_one(ada: Browser) -> None:
    assert "Choisissez d'abord un fichier." in text_of(ada.post(PAGE, step="columns"))


@pytest.mark.parametrize("columns", [{}, {"text": "Message", "label": "Message"}, {"text": "Message", "label": "Nom"}])
def test_columns_that_make_no_sense_are_asked_again_and_the_text_is_kept(ada: Browser, columns: dict[str, str]) -> None:
    page = go_on(ada, send(ada, SOURCE.encode()), "labels", **columns)
    assert page.status_code == 422
    assert "Choisissez deux colonnes différentes." in text_of(page)
    assert "le forage est sec" in page.text


@pytest.mark.parametrize(
    ("codes", "says"), [(["", ""], "il n'y a rien à reprendre"), (["EHA.EAU"], "Choisissez pour chaque étiquette")]
)
@pytest.mark.parametrize("step", ["preview", "import"])
def test_a_mapping_that_keeps_nothing_is_asked_again(ada: Browser, codes: list[str], says: str, step: str) -> None:
    page = go_on(ada, choose(ada, ["EHA.EAU", ""]), step, code=codes)
    assert page.status_code == 422
    assert says in text_of(page)
    assert 'name="code"' in page.text
    assert examples() == 0


def test_what_a_file_says_stays_text(ada: Browser) -> None:
    source = "Message,Nom\n<script>alert(1)</script></textarea>,<b>x</b>\n"
    page = go_on(ada, send(ada, source.encode()), "labels", text="Message", label="Nom")
    assert "<script>alert" not in page.text
    assert "<b>x" not in page.text


def test_a_text_of_the_largest_size_travels_from_step_to_step(ada: Browser) -> None:
    lines = ["Message;Thème"] + [f"{'le forage est sec ' * 60}{number};Eau" for number in range(1200)]
    source = "\n".join(lines)
    assert 1_000_000 < len(source) < MOST_LETTERS
    page = ada.post(PAGE, step="labels", source=source, text="Message", label="Thème")
    assert page.status_code == 200
    assert re.search(r"Eau</label></th>\s*<td>1200</td>", page.text)

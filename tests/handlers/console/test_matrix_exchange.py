"""The rules as files: taken out, read in, shown row by row, and done as shown or not at all."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.lib.sheet import read_rows
from feedback_gateway.responsibility.rules import Subject
from models import Agency, Route
from tests.factories import agency_id
from tests.feedback_gateway.responsibility.house_rules import clear, history, set_rule
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
ROOT = "/console/responsibilities"
HEAD = b"category,place,sensitivity,agency,valid_from,valid_to\n"


def bring(browser: Browser, content: bytes) -> tuple[int, str, dict[str, str]]:
    page = browser.post(f"{ROOT}/exchange", file=(io.BytesIO(content), "r.csv"))
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.text)
    rows = re.search(r'<textarea name="rows"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    carried = {"stamp": stamp[1], "rows": rows[1].replace("&#39;", "'")} if stamp and rows else {}
    return page.status_code, text_of(page), carried


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_as_it_was(sign_in: SignIn, form: str) -> None:
    set_rule("GSAT")
    with work.unit_of_work() as db:
        db.get_one(Agency, agency_id("EHA")).name = "=HYPERLINK(1)"
    ada = sign_in("ada")
    taken = ada.get(f"{ROOT}/rules.{form}")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert len(read_rows(taken.data)) == 24
    status, text, carried = bring(ada, taken.data)
    assert status == 200
    assert "0 nouvelle 0 changée 23 inchangée 0 erreur" in text
    assert carried == {}, "there is nothing to confirm"


def test_a_preview_changes_nothing_and_one_click_does_all_of_it(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    content = HEAD + b"EHA.EAU,Kaya,,GSAT,,\nEHA,,,ACTION,,\n"
    status, text, carried = bring(ada, content)
    assert status == 200
    assert "ligne 2 nouvelle Point d'eau en panne · Kaya" in text
    assert "ligne 3 changée" in text
    assert history() == []
    page = ada.post(f"{ROOT}/exchange/apply", **carried)
    assert "2 règles reprises." in text_of(page)
    assert history() == [("GSAT", "..", "..")]


def test_wrong_rows_are_named_and_nothing_can_be_confirmed(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    status, text, carried = bring(ada, HEAD + b"EHA.EAU,Kaya,,GSAT,,\nEHA,Tombouctou,,GSAT,,\n")
    assert status == 200
    assert "ligne 3 erreur EHA · Tombouctou · GSAT Ce lieu n'existe pas." in text
    assert carried == {}


def test_what_has_changed_meanwhile_is_shown_anew_and_not_done(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    _status, _text, carried = bring(ada, HEAD + b"EHA.EAU,Kaya,,GSAT,,\n")
    set_rule("ACTION")
    page = ada.post(f"{ROOT}/exchange/apply", **carried)
    assert page.status_code == 422
    assert "Des règles ont changé entre-temps" in text_of(page)
    assert [row[0] for row in history()] == ["ACTION"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Le fichier est vide"),
        (b"a,b\n1,2\n", "doit nommer les colonnes"),
        (b"PK\x03\x04nothing", "ne se lit pas comme un tableau"),
    ],
)
def test_a_file_that_is_no_list_of_rules_is_refused(sign_in: SignIn, content: bytes, says: str) -> None:
    status, text, _carried = bring(sign_in("ada"), content)
    assert status == 422
    assert says in text


def test_forms_that_no_preview_made_change_nothing(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    assert ada.post(f"{ROOT}/exchange").status_code == 422
    assert ada.post(f"{ROOT}/exchange/apply", rows="x\n1\n", stamp="x").status_code == 400
    assert ada.post(f"{ROOT}/exchange/apply", rows="", stamp="").status_code == 422
    clear()
    ada.post(f"{ROOT}/exchange/apply", rows="row,category,place,agency\n2,EHA,,EHA\n", stamp="guessed")
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Route)) == 0
    assert history(Subject("EHA", None)) == []

"""Bringing in a register through the console."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.entry_import import FIELDS, TEMPLATE
from feedback_gateway.lib import clock, sheet
from handlers.console import entry_import
from models import Case, EntryImport
from models.words import ImportState, Medium
from tests import actors
from tests.handlers.console.browser import Browser, text_of
from tests.worker import work_off

SignIn = Callable[[str], Browser]
HEAD = "Date;Message;Lieu;Téléphone"


def csv_of(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines]).encode("utf-8-sig")


def yesterday() -> str:
    return (clock.now() - timedelta(days=1)).strftime("%d/%m/%Y")


def good(words: str = "la pompe est en panne") -> str:
    return f"{yesterday()};{words};Kaya;70 12 34 56"


def upload(browser: Browser, content: bytes, name: str = "registre.csv") -> Any:
    return browser.post("/console/enter/import", file=(io.BytesIO(content), name))


def act(browser: Browser, page: Any, verb: str, **form: str) -> Any:
    return browser.post(f"{page.request.path}/{verb}", **form)


def count_cases() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def finish() -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(50):
            work_off()
            traveller.shift(timedelta(seconds=5))
            with work.reading() as db:
                if db.scalar(select(EntryImport.id).where(EntryImport.state == ImportState.RUNNING)) is None:
                    return
    raise AssertionError("the import does not come to its end")


@pytest.mark.parametrize("name", ["alice", "dora"])
def test_focal_points_bring_no_files(sign_in: SignIn, app: Flask, name: str) -> None:
    browser = sign_in(name)
    assert "Reprendre un fichier" not in text_of(browser.get("/console/enter"))
    paths = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/console/enter/import")]
    assert len(paths) == 8
    for rule in paths:
        path = re.sub(r"<any[^>]+>", "csv", rule.rule)
        path = re.sub(r"<int[^>]+>", "1", path)
        method = browser.post if "POST" in (rule.methods or ()) else browser.get
        assert method(path).status_code == 403, path


@pytest.mark.parametrize("name", ["marc", "ada"])
def test_from_the_file_to_the_cases(sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert "Reprendre un fichier" in text_of(browser.get("/console/enter"))
    page = upload(browser, csv_of(good(), good("les latrines sont pleines")))
    said = text_of(page)
    assert "À reprendre 2" in said
    assert "+226 70 •• •• 56" in said
    assert "70 12 34 56" not in said
    assert count_cases() == 0
    page = act(browser, page, "confirm", all="1")
    assert "Reprise en cours" in text_of(page)
    finish()
    said = text_of(browser.get(page.request.path))
    assert "2 dossiers ouverts" in said
    assert count_cases() == 2
    assert "registre.csv" in text_of(browser.get("/console/enter/import"))


def test_what_is_wrong_is_said_row_by_row_in_plain_words(sign_in: SignIn) -> None:
    rows = [good(), f"hier;{'la pompe'};Kaya;", f"{yesterday()};;Kayaa;7012", good()]
    page = upload(sign_in("marc"), csv_of(*rows))
    said = text_of(page)
    assert "3 lignes à corriger" in said
    assert "« hier » : cette date ne se lit pas" in said
    assert "il n'y a pas de texte" in said
    assert "« Kayaa » : ce lieu n'est pas connu ici. Peut-être : Kaya (BF490304)." in said
    assert "ce n'est pas un numéro de téléphone" in said
    assert "7012" not in said
    assert "déjà dans ce fichier, à la ligne 2" in said


def test_the_rest_comes_back_with_what_is_wrong_and_can_be_brought_again(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    page = upload(browser, csv_of(good(), "hier;la pompe fuit;Kaya;"))
    for kind in ("csv", "xlsx"):
        rest = browser.client.get(f"{page.request.path}/rest.{kind}")
        rows = sheet.read_rows(rest.data)
        assert rows[0] == ["Date", "Message", "Lieu", "Téléphone", "À corriger"]
        assert rows[1][:3] == ["hier", "la pompe fuit", "Kaya"]
        assert "ne se lit pas" in rows[1][4]
        assert len(rows) == 2
    act(browser, page, "confirm")
    finish()
    assert count_cases() == 1
    rest = browser.client.get(f"{page.request.path}/rest.csv").data.decode("utf-8-sig")
    page = upload(browser, rest.replace("hier", yesterday()).encode(), "corrigé.csv")
    act(browser, page, "confirm")
    finish()
    assert count_cases() == 2


def test_all_or_none_is_refused_when_a_row_is_wrong(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    page = upload(browser, csv_of(good(), "hier;la pompe fuit;Kaya;"))
    refused = act(browser, page, "confirm", all="1")
    assert refused.status_code == 422
    assert "rien n'a été repris" in text_of(refused)
    work_off()
    assert count_cases() == 0


def test_a_file_brought_twice_makes_nothing_twice(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    act(browser, upload(browser, csv_of(good())), "confirm")
    finish()
    page = upload(browser, csv_of(good()))
    assert "Déjà reprises 1" in text_of(page)
    assert act(browser, page, "confirm").status_code == 422
    assert count_cases() == 1


def test_columns_of_other_names_are_chosen_by_hand(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    page = upload(browser, csv_of("la pompe est en panne,Kaya", head="Quoi,Endroit"))
    assert "À corriger 1" in text_of(page)
    assert act(browser, page, "confirm").status_code == 422
    chosen = {"column-text": "0", "column-site": "1", "medium": "box", "may_contact": "1", "register": "Cahier"}
    page = act(browser, page, "columns", **chosen)
    assert "À reprendre 1" in text_of(page)
    act(browser, page, "confirm")
    finish()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
    assert (case.medium, case.may_contact, case.place_code) == (Medium.BOX, True, "BF490304")


def test_unknown_categories_are_left_to_the_machine_on_demand(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    page = upload(browser, csv_of("la pompe;Zorglub", head="Message;Catégorie"))
    assert "cette catégorie n'est pas connue ici" in text_of(page)
    page = act(browser, page, "columns", **{"column-text": "0", "column-category": "1", "machine_sorts": "1"})
    assert "À reprendre 1" in text_of(page)


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"column-text": "99999"}, {}),
        ({"column-text": "-1"}, {}),
        ({"column-text": "999"}, {"text": 999}),
        ({"medium": "sms"}, {}),
    ],
)
def test_a_made_up_form_breaks_nothing(sign_in: SignIn, form: dict[str, str], fields: dict[str, int]) -> None:
    browser = sign_in("marc")
    page = act(browser, upload(browser, csv_of(good())), "columns", **form)
    assert page.status_code == 200
    with work.reading() as db:
        assert db.scalars(select(EntryImport)).one().choices["columns"] == fields


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def test_a_workbook_is_read_with_its_dates_and_numbers(sign_in: SignIn) -> None:
    day = (clock.now() - timedelta(days=3)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    browser = sign_in("marc")
    page = upload(browser, workbook([HEAD.split(";"), [day, "la pompe", "Kaya", 70123456]]), "registre.xlsx")
    assert "À reprendre 1" in text_of(page)
    act(browser, page, "confirm")
    finish()
    with work.reading() as db:
        assert db.scalars(select(Case.opened_at)).one().date() == day.date()


@time_machine.travel("2026-12-01T09:00:00+00:00", tick=False)
def test_the_template_can_be_brought_back_as_it_is(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    for kind in ("csv", "xlsx"):
        template = browser.client.get(f"/console/enter/import/template.{kind}")
        assert sheet.read_rows(template.data)[0] == list(TEMPLATE)
        assert "attachment" in template.headers["Content-Disposition"]
        assert "À reprendre 1" in text_of(upload(browser, template.data, f"modele.{kind}"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Le fichier est vide"),
        (HEAD.encode(), "pas de ligne sous les titres"),
        (b"PK\x03\x04 not a workbook", "ne se lit pas comme un tableau"),
        (csv_of(*["x;y;z;"] * 5001), "plus de 5 000 lignes"),
    ],
)
def test_a_file_that_is_none_is_refused_in_plain_words(sign_in: SignIn, content: bytes, said: str) -> None:
    page = upload(sign_in("marc"), content)
    assert page.status_code == 422
    assert said in text_of(page)


def test_no_file_is_refused(sign_in: SignIn) -> None:
    page = sign_in("marc").post("/console/enter/import")
    assert page.status_code == 422
    assert "Choisissez d'abord un fichier" in text_of(page)


def test_nobody_opens_the_file_of_another(sign_in: SignIn) -> None:
    path = upload(sign_in("marc"), csv_of(good())).request.path
    ada = sign_in("ada")
    for part in ("", "/rest.csv", "/rest.xlsx"):
        assert ada.get(f"{path}{part}").status_code == 404
    for verb in ("columns", "confirm", "discard"):
        assert ada.post(f"{path}/{verb}").status_code == 404
    assert "registre.csv" not in text_of(ada.get("/console/enter/import"))


def test_a_file_is_forgotten_on_demand_and_not_while_it_runs(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    page = upload(browser, csv_of(good()))
    assert "Le fichier est oublié" in text_of(act(browser, page, "discard"))
    assert browser.get(page.request.path).status_code == 404
    page = upload(browser, csv_of(good()))
    act(browser, page, "confirm")
    assert act(browser, page, "discard").status_code == 422
    assert act(browser, page, "confirm").status_code == 422


def test_what_is_imported_is_named_on_the_page_of_its_case(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    act(browser, upload(browser, csv_of(good())), "confirm")
    finish()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
    said = text_of(browser.get(f"/console/cases/{case.id}"))
    assert "Reprise d'un fichier" in said
    assert "saisi par Marc" in said
    assert case.entered_by_id == actors.make("marc").id


def test_every_fault_has_its_words(sign_in: SignIn) -> None:
    assert list(entry_import.FIELDS) == list(FIELDS)


def test_the_pages_are_in_english_too(sign_in: SignIn) -> None:
    browser = sign_in("marc")
    browser.post("/console/language", language="en", next="/console/enter/import")
    assert "Bring in a register" in text_of(browser.get("/console/enter/import"))
    said = text_of(upload(browser, csv_of(good(), "hier;;Kayaa;7")))
    assert "1 row to correct" in said
    assert "this place is not known here" in said

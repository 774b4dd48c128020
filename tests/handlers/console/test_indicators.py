import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from feedback_gateway import cases, work
from feedback_gateway.lib import clock
from models import Case
from models.words import Outcome
from tests import actors
from tests.conftest import House
from tests.databases import ON_SQLITE
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.test_queue import shown

SignIn = Callable[[str], Browser]


def live(case: Case, *, told: bool = True, helped: bool | None = None) -> None:
    """A case taken, answered and closed."""
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.respond(db, stored, "Bonjour", by=alice)
        if told:
            cases.mark_told(db, stored, "visit", by=alice)
            cases.close(db, stored, Outcome.RESOLVED, by=alice)
        if helped is not None:
            stored.satisfaction_asked_at = clock.now()
            cases.record_satisfaction(db, stored, helped=helped)


@pytest.fixture
def six_cases(house: House) -> None:
    with time_machine.travel(clock.now() - timedelta(days=20), tick=False):
        make_case("EHA.EAU", place="BF490304")
        late = make_case("FSL.MIS", text="vivres non recus", place="BF5601")
    live(make_case("EHA.EAU", place="BF490304"), helped=True)
    live(make_case("EHA.LAT", text="latrines pleines", place=None), helped=False)
    live(make_case("EHA.EAU", place="BF5601"), told=False)
    make_case("PRO.VIE", text="on nous menace")
    assert late.id


@pytest.mark.parametrize(
    ("db_url", "name"),
    [("postgresql", "marc"), ("sqlite", "marc"), ("sqlite", "alice"), ("sqlite", "dora")],
    indirect=["db_url"],
)
def test_every_number_leads_to_the_list_that_makes_it_up(sign_in: SignIn, six_cases: None, name: str) -> None:
    browser = sign_in(name)
    page = browser.get("/console/indicators", days=30)
    links = re.findall(
        r'href="(/console/\?[^"]*)"[^>]*>([^<]+)</a>(?:\s*<span class="quiet fraction">(\d+))?', page.text
    )
    counted = [
        (path.replace("&amp;", "&"), int(count or number))
        for path, number, count in links
        if count or re.fullmatch(r"\d+", number)
    ]
    assert counted
    for path, count in counted:
        if "answered&" not in path and "tab=answered" not in path.split("&")[0].split("?")[1]:
            assert len(shown(browser.get(path))) == count, path


def test_a_sealed_case_is_counted_only_for_those_who_may_read_it(sign_in: SignIn, six_cases: None) -> None:
    def received(name: str) -> str:
        page = sign_in(name).get("/console/indicators").text
        found = re.search(r'number-received">.*?<dd>\s*(?:<a[^>]*>)?\s*(\d+)', page, re.S)
        assert found
        return found[1]

    assert {name: received(name) for name in ("marc", "alice", "dora", "ada")} == {
        "marc": "5",
        "alice": "4",
        "dora": "1",
        "ada": "0",
    }


@ON_SQLITE
def test_the_period_stands_in_the_address(sign_in: SignIn, six_cases: None) -> None:
    browser = sign_in("marc")
    assert "3" in re.findall(r'number-received">.*?(\d+)</a>', browser.get("/console/indicators", days=7).text, re.S)
    assert "5" in re.findall(
        r'number-received">.*?(\d+)</a>', browser.get("/console/indicators", days="all").text, re.S
    )
    assert browser.get("/console/indicators", days="nonsense").status_code == 200


@ON_SQLITE
def test_the_file_holds_the_numbers_of_the_page(sign_in: SignIn, six_cases: None) -> None:
    browser = sign_in("marc")
    page = text_of(browser.get("/console/indicators", days=30))
    for by, groups in (("category", ["Eau, hygiène, assainissement", "Vivres"]), ("region", ["Centre-Nord", "Sahel"])):
        answer = browser.get(f"/console/indicators/{by}.csv", days=30)
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        for group in groups:
            row = next(row for row in rows if row["Groupe"] == group)
            assert f"{group} {row['Reçus']} {row['Ouverts']} {row['En retard']}" in page
    total = browser.get("/console/indicators/total.csv", days=30).text
    assert "Total,5," in total


@ON_SQLITE
def test_there_is_no_other_file(sign_in: SignIn) -> None:
    assert sign_in("marc").get("/console/indicators/persons.csv").status_code == 404


@ON_SQLITE
def test_every_bar_has_its_row_in_the_table(sign_in: SignIn, six_cases: None) -> None:
    page = sign_in("marc").get("/console/indicators", days=30).text
    for chart in page.split('class="breakdown"')[1:]:
        assert chart.count('class="bar-row"') == chart.count('<th scope="row">') > 0


@ON_SQLITE
def test_the_page_is_shown_in_english(sign_in: SignIn, six_cases: None) -> None:
    browser = sign_in("marc")
    browser.post("/console/language", language="en")
    page = text_of(browser.get("/console/indicators"))
    assert "Answered in time" in page
    assert "Water, hygiene, sanitation" in page
    assert "%" in page


@ON_SQLITE
def test_an_empty_house_has_a_page_too(sign_in: SignIn) -> None:
    assert "Aucun dossier pendant cette période." in text_of(sign_in("marc").get("/console/indicators"))


def test_the_page_takes_few_statements(house: House, sign_in: SignIn, six_cases: None) -> None:
    browser = sign_in("marc")
    browser.get("/console/indicators")
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    browser.get("/console/indicators")
    event.remove(house.engine, "before_cursor_execute", note)
    assert len(seen) <= 4

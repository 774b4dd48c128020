"""The pages on who answers, people and times, on a phone and on a desk: accessible, and no wider than the screen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from feedback_gateway import cases, work
from feedback_gateway.lib import clock, sheet
from feedback_gateway.responsibility import rules, times
from feedback_gateway.responsibility.rules import Subject
from models import Agency, Case, Route, User
from models.words import Rejection, Step
from tests import actors
from tests.browser.axe import look_closely
from tests.browser.test_pages import visit
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import set_rule

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]
ROOT = "/console/responsibilities"

PAGES = [
    ("ada", ROOT),
    ("ada", f"{ROOT}?group=all"),
    ("marc", f"{ROOT}?place=BF49&group=EHA"),
    ("ada", f"{ROOT}/cell"),
    ("ada", f"{ROOT}/cell?category=EHA.EAU&place=BF490304"),
    ("ada", f"{ROOT}/rules"),
    ("marc", f"{ROOT}/rules?show=due"),
    ("alice", f"{ROOT}/own"),
    ("ada", f"{ROOT}/lessons"),
    ("ada", f"{ROOT}/exchange"),
    ("ada", f"{ROOT}/try?category=EHA.EAU&place=Kaya"),
    ("ada", "/console/team"),
    ("mona", "/console/team"),
    ("ada", "person"),
    ("alice", "/console/absence"),
    ("ada", "/console/times"),
    ("ada", "/console/admin"),
]


@pytest.fixture
def ruled_house(open_browser: OpenBrowser) -> dict[str, str]:
    """A house with rules of every kind, gaps, lessons and people who are away."""
    alice, bob, ada = actors.make("alice"), actors.make("bob"), actors.make("ada")
    today = clock.now().date()
    for number in range(2):
        case = make_case("EHA.EAU", phone=f"+2267000000{number}")
        with work.unit_of_work() as db:
            gsat = db.scalars(select(Agency).where(Agency.code == "GSAT")).one()
            if case.agency_id == agency_id("EHA"):
                cases.reject(db, db.get_one(Case, case.id), Rejection.NOT_RESPONSIBLE, by=alice, but=gsat)
    set_rule("GSAT", Subject("EHA.EAU", "BF490304"))
    set_rule("ACTION", Subject("EHA.EAU", "BF490304"), since=str(today + timedelta(days=20)))
    set_rule("VIVRES", Subject("FSL", "BF5603"), until=str(today + timedelta(days=90)))
    with work.unit_of_work() as db:
        for rule in db.scalars(select(Route).where(Route.category.in_(["REG", "EDU"]))):
            rules.end_rule(db, rule.id, by=ada)
        for days, category in ((160, "SUG"), (190, "RUM")):
            confirmed = clock.now() - timedelta(days=days)
            db.execute(update(Route).where(Route.category == category).values(confirmed_at=confirmed))
        stored = db.get_one(User, alice.id)
        stored.absent_from, stored.absent_until, stored.phone = today, today + timedelta(days=9), "+22670112233"
        stored.deputy_id = bob.id
        db.get_one(User, bob.id).absent_until = today
        times.add_policy(db, step=Step.ANSWER, minutes=2880, working=True, category="EHA", by=ada)
        times.set_day_off(db, today + timedelta(days=3), off=True, name="Journée d'hommage", by=ada)
    return {"person": f"/console/team/person/{alice.id}"}


def test_every_page_is_accessible_and_fits(ruled_house: dict[str, str], open_browser: OpenBrowser) -> None:
    browsers = {name: open_browser(name) for name in {name for name, _ in PAGES}}
    for name, path in PAGES:
        page = browsers[name]
        visit(page, ruled_house.get(path, path))
        look_closely(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)  # the narrower one
def test_every_page_fits_in_english_too(ruled_house: dict[str, str], open_browser: OpenBrowser) -> None:
    browsers = {name: open_browser(name) for name in {name for name, _ in PAGES}}
    for page in browsers.values():
        page.goto("/console/")
        page.click(".languages button")
    for name, path in PAGES:
        visit(browsers[name], ruled_house.get(path, path))


def test_a_field_changes_hands_with_keys_and_taps_alone(ruled_house: dict[str, str], open_browser: OpenBrowser) -> None:
    page = open_browser("ada", scripts=False)
    page.goto(f"{ROOT}?group=EHA")
    page.locator('a:visible[href*="category=EHA.LAT"]').first.click()
    page.fill("#rule-place", "Centre-Nord")
    page.select_option("#rule-agency", label="[Exemple] Gestion des sites (GSAT)")
    page.click("text=Enregistrer la règle")
    assert page.locator(".notice-success").inner_text() == "Règle enregistrée."
    assert page.locator("h1").inner_text().endswith("Centre-Nord")
    assert page.locator(".rule strong").first.inner_text() == "[Exemple] Gestion des sites (GSAT)"


def test_a_file_is_previewed_and_confirmed(
    ruled_house: dict[str, str], open_browser: OpenBrowser, tmp_path: Path
) -> None:
    file = tmp_path / "rules.xlsx"
    head = ["category", "place", "sensitivity", "agency", "valid_from", "valid_to"]
    file.write_bytes(sheet.write_xlsx([head, ["EDU", "", "", "EDUC"], ["EHA", "Kaya", "", "GSAT"]], "x"))
    page = open_browser("ada")
    page.goto(f"{ROOT}/exchange")
    page.set_input_files("#rules-file", str(file))
    page.click("text=Voir ce qui changerait")
    look_closely(page)
    expect(page.locator(".plan-row")).to_have_count(2)
    page.click("text=Enregistrer ces 2 règles")
    assert page.locator(".notice-success").first.inner_text() == "2 règles reprises."
    with work.reading() as db:
        kept = db.scalars(select(Route.agency_id).where(Route.category == "EHA", Route.place_code == "BF490304")).all()
    assert kept == [agency_id("GSAT")]


def test_the_matrix_prints_whole(ruled_house: dict[str, str], open_browser: OpenBrowser) -> None:
    page = open_browser("marc")
    page.goto(f"{ROOT}?group=all")
    page.emulate_media(media="print")
    expect(page.locator(".matrix-wide")).to_be_visible()
    expect(page.locator(".matrix-narrow")).to_be_hidden()
    expect(page.locator(".matrix-tools")).to_be_hidden()

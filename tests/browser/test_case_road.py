"""The page of a case on its road: asked, come back, refused, above the agency; with keys, and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from feedback_gateway import cases, work
from models import Agency, Case, Message, User
from models.words import CaseState, Delivery, Needed, Outcome, Purpose, Rejection, Sensitivity, WhyNot
from tests import actors
from tests.browser.axe import look_closely
from tests.browser.test_pages import LONG, UNBROKEN, visit
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]


@pytest.fixture
def road_house(open_browser: OpenBrowser) -> dict[str, str]:
    """Cases at every turn of the road; returns their paths by name."""
    alice, bob, charlie, marc = (actors.make(name) for name in ("alice", "bob", "charlie", "marc"))
    names = ("asked", "back", "unhelped", "above", "undelivered", "taken", "restricted")
    made = {name: make_case(text=LONG, phone=f"+2267000000{at}") for at, name in enumerate(names)}
    with work.unit_of_work() as db:
        at = {name: db.get_one(Case, case.id) for name, case in made.items()}
        food = db.get_one(Agency, charlie.agency_id)
        cases.accept(db, at["asked"], by=alice)
        cases.wait_for_person(db, at["asked"], LONG[:300], by=alice)
        cases.refer(db, at["back"], food, by=alice, note=UNBROKEN, service=Needed.WATER)
        sites = db.scalars(select(Agency).where(Agency.code == "GSAT")).one()
        cases.reject(db, at["back"], Rejection.NOT_RESPONSIBLE, by=charlie, note=LONG[:200], but=sites)
        for name in ("unhelped", "above"):
            cases.accept(db, at[name], by=alice)
            cases.close(db, at[name], Outcome.WITHDRAWN, by=alice)
        at["above"].times_unhelped = 1
        for name in ("unhelped", "above"):
            cases.record_satisfaction(db, at[name], helped=False, why=WhyNot.NOTHING_CHANGED)
        cases.respond(db, at["undelivered"], "Une équipe vient jeudi.", by=alice)
        cases.accept(db, at["taken"], by=alice)
        cases.record_consent(db, at["restricted"], given=False, how="call", by=marc)
    with work.unit_of_work() as db:
        sent = select(Message).where(Message.case_id == made["undelivered"].id, Message.purpose == Purpose.ANSWER)
        db.scalars(sent).one().delivery = Delivery.UNDELIVERED
        db.get_one(Case, made["restricted"].id).sensitivity = Sensitivity.RESTRICTED
        db.get_one(User, bob.id).may_read_restricted = True
    return {name: f"/console/cases/{case.id}" for name, case in made.items()}


PAGES = [
    ("alice", "asked"),
    ("alice", "back"),
    ("alice", "unhelped"),
    ("alice", "above"),
    ("marc", "above"),
    ("alice", "undelivered"),
    ("bob", "taken"),
    ("marc", "taken"),
    ("bob", "restricted"),
    ("tina", "restricted"),
    ("alice", "/console/"),
    ("alice", "/console/?tab=all"),
    ("marc", "/console/?tab=all"),
]


def test_every_turn_of_the_road_is_accessible_and_fits(road_house: dict[str, str], open_browser: OpenBrowser) -> None:
    browsers = {name: open_browser(name) for name in {name for name, _ in PAGES}}
    for name, path in PAGES:
        visit(browsers[name], road_house.get(path, path))
        look_closely(browsers[name])


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_one_key_refers_on_what_came_back(road_house: dict[str, str], open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    page.goto(road_house["back"])
    expect(page.locator("#back-title")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator(".notice-success")).to_contain_text("confié à une autre agence")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_the_key_of_the_banner_is_a_letter_while_something_is_typed(
    road_house: dict[str, str], open_browser: OpenBrowser
) -> None:
    page = open_browser("alice")
    page.goto(road_house["unhelped"])
    page.click("text=Refuser la réouverture")
    page.locator("#decline-text").press_sequentially("on y va encore")
    expect(page.locator("#decline-text")).to_have_value("on y va encore")
    page.click("#reopening-title")
    page.keyboard.press("o")
    expect(page.locator(".notice-success")).to_contain_text("Dossier rouvert")


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_without_a_script_everything_can_be_done(road_house: dict[str, str], open_browser: OpenBrowser) -> None:
    page = open_browser("marc", scripts=False)
    page.goto(road_house["taken"])
    page.click("text=Attribuer à quelqu'un de l'agence")
    page.select_option("#assign-user", label="Bob")
    page.click("button:text-is('Attribuer')")
    expect(page.locator(".notice-success")).to_contain_text("Dossier attribué")
    page.click("text=Dire sur qui porte la plainte")
    page.check("text=Bob")
    page.click("text=Voir qui le perdra de vue")
    expect(page.locator(".sms-preview")).to_contain_text("1 personne le perdra de vue : Bob")
    expect(page.get_by_label("Bob")).to_be_checked()
    page.click("button:text-is('Enregistrer')")
    expect(page.locator(".notice-success")).to_contain_text("ne voient plus le dossier")
    with work.reading() as db:
        case = db.scalars(select(Case).where(Case.state == CaseState.ACCEPTED, Case.waiting_since.is_(None))).one()
    assert case.focal_point_id != actors.make("bob").id

"""Every page, on a phone and on a desk: accessible (axe), no wider than the screen, nothing blocked by the policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from feedback_gateway import cases, directory, work
from feedback_gateway.lib import clock
from models import Case, PausedChannel
from models.words import Hold, Noise, Outcome, Sensitivity, ServiceKind
from tests import actors
from tests.browser.axe import look_closely
from tests.factories import make_case
from tests.feedback_gateway.issues.pump import make_issue
from tests.handlers.console.learnt import change_case, guess_case, label_case, make_version
from tests.worker import work_off

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]

LONG = "Bonjour, la pompe du secteur quatre est en panne depuis trois jours et les femmes marchent cinq km. " * 3
UNBROKEN = "https" + "a" * 180


@pytest.fixture
def busy_house(open_browser: OpenBrowser) -> dict[str, str]:
    """A house with cases in every state of a life; returns the paths of some of them by name."""
    alice = actors.make("alice")
    waiting = [make_case(text=text) for text in (LONG, UNBROKEN, "Koom ka be ye", "le forage")]
    answered, closed = make_case("EHA.LAT", text="latrines pleines", place=None), make_case()
    sealed = make_case("PRO.VIE", text="on nous menace la nuit")
    make_case(None, text="bonjour")
    call = make_case("PAR.RAP", text="", sealed=True, contact_by="call", safe_time="afternoon")
    proposed, again = guess_case(text=LONG), guess_case(text=LONG)
    label_case(again, "alice")
    make_version()
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, answered.id), LONG, by=alice)
        stored = db.get_one(Case, closed.id)
        cases.respond(db, stored, "Une équipe vient jeudi.", by=alice)
        cases.add_note(db, stored, UNBROKEN, by=alice)
    work_off()
    with work.unit_of_work() as db:
        stored = db.get_one(Case, closed.id)
        cases.close(db, stored, Outcome.RESOLVED, by=alice)
        cases.ask_reopening(db, stored)
        line = directory.Entry(ServiceKind.HOTLINE, UNBROKEN[:120], "80 00 11 11", UNBROKEN[:80], "BF490304")
        directory.add_service(db, line, verified=True, by=alice)
        directory.add_service(db, line._replace(phone="116"), verified=False, by=alice)
        db.add(PausedChannel(channel="africastalking", reason="InvalidCredentials", at=clock.now()))
    make_issue([case.id for case in waiting[2:]], title=LONG[:120])
    change_case(waiting[1], hold=None, sensitivity=Sensitivity.NORMAL)  # held: it is in no language
    change_case(proposed, hold=Hold.LANGUAGE, noise=Noise.SPAM)
    named = {
        "waiting": waiting[0],
        "unbroken": waiting[1],
        "answered": answered,
        "closed": closed,
        "sealed": sealed,
        "call": call,
        "proposed": proposed,
    }
    return {name: f"/console/cases/{case.id}" for name, case in named.items()}


PAGES = [
    (None, "/console/login"),
    (None, "/console/simulator"),
    (None, "/console/simulator?tab=sms"),
    (None, "/console/simulator?pure=1&language=fr"),
    ("alice", "/console/simulator?number=%2B22670123456"),
    ("alice", "/console/"),
    ("alice", "/console/?tab=reopening"),
    ("alice", "/console/?tab=all&region=BF49&category=EHA"),
    ("alice", "/console/?tab=late&language=ar"),
    ("alice", "waiting"),
    ("alice", "unbroken"),
    ("alice", "answered"),
    ("alice", "closed"),
    ("dora", "sealed"),
    ("marc", "/console/?tab=unowned"),
    ("marc", "/console/indicators"),
    ("alice", "/console/indicators?days=7"),
    ("ada", "/console/admin"),
    ("alice", "/console/coding"),
    ("alice", "proposed"),
    ("bob", "/console/coding?part=second"),
    ("marc", "/console/coding/agreement"),
    ("ada", "/console/model"),
    ("ada", "/console/model/history"),
    ("ada", "/console/directory"),
    ("alice", "/console/directory?tab=retired"),
    ("alice", "/console/directory/new"),
    ("alice", "/console/issues"),
    ("alice", "/console/issues/1"),
    ("alice", "/console/issues/1/answer"),
    ("marc", "/console/issues/new?category=EHA.EAU&place=BF490304"),
    ("alice", "/console/enter"),
    ("marc", "/console/enter/import"),
    ("dora", "call"),
    ("dora", "/console/calls"),
    ("alice", "/console/calls/sheet"),
    ("ada", "/console/answers"),
    ("ada", "/console/answers/new"),
]


def visit(page: Page, path: str) -> None:
    """Opens a page with all its closed parts open; fails when it is wider than the screen."""
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{path} is {wider} px wider than the screen"


def test_every_page_is_accessible_and_fits(busy_house: dict[str, str], open_browser: OpenBrowser) -> None:
    browsers = {name: open_browser(name) for name in {name for name, _ in PAGES}}
    for name, path in PAGES:
        page = browsers[name]
        visit(page, busy_house.get(path, path))
        look_closely(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)  # the narrower one
def test_every_page_fits_in_english_too(busy_house: dict[str, str], open_browser: OpenBrowser) -> None:
    browsers = {name: open_browser(name) for name in {name for name, _ in PAGES}}
    for name, page in browsers.items():
        page.goto("/console/" if name else "/console/login")
        page.click(".languages button")
    for name, path in PAGES:
        visit(browsers[name], busy_house.get(path, path))
        assert browsers[name].locator("html").get_attribute("lang") == "en"


def test_every_page_prints_without_its_buttons(busy_house: dict[str, str], open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    page.goto(busy_house["answered"])
    page.emulate_media(media="print")
    expect(page.locator(".verbs")).to_be_hidden()
    expect(page.locator(".timeline")).to_be_visible()

"""Entering on a phone without network: nothing is lost, nothing comes twice, and nobody else on the phone sees it."""

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from feedback_gateway import work
from flows import reference as references
from handlers.console.visitor import Visitor
from models import Case, Event, ReservedReference
from tests import actors
from tests.browser.axe import look_closely
from tests.browser.serving import Serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("db_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("size", ["phone"], indirect=True),
]
OpenBrowser = Callable[..., Page]
SUBMIT = "#entry-form [type=submit]"


@dataclass
class Server:
    """A web server that can be killed and started again at the same address, or lose its answers to forms."""

    app: Flask
    port: int = 0
    loses_answers: bool = False
    posts: int = 0
    running: list[Serving] = field(default_factory=list)

    def start(self) -> None:
        self.running.append(Serving(self, self.port))
        self.port = self.running[-1].port

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_entry = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == "/console/enter"
        self.posts += is_entry
        answer = self.app(environ, start_response)
        if is_entry and self.loses_answers:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    def stop(self) -> None:
        while self.running:
            self.running.pop().stop()


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    server = Server(app)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture
def expected() -> tuple[str, ...]:
    return ("Failed to load resource",)


def wait_until(page: Page, promise: str) -> None:
    """Waits until what the promise gives is true; Playwright's own waiting takes the promise itself for an answer."""
    for _ in range(100):
        if page.evaluate(promise):
            return
        page.wait_for_timeout(50)
    raise AssertionError(promise)


def expect_ready(page: Page) -> None:
    expect(page.locator("#entry-app[data-ready]")).to_be_attached()


def open_form(page: Page) -> None:
    """Opens the form, until the page is kept and references are in hand."""
    page.goto("/console/enter")
    expect_ready(page)
    wait_until(page, "caches.match('/console/enter/shell').then(Boolean)")


def fill(page: Page, text: str, **more: str) -> None:
    page.check("#medium-face_to_face")
    page.fill("#entry-text", text)
    for name, value in more.items():
        page.fill(f"[name={name}]", value)


def enter(page: Page, text: str, **more: str) -> str:
    """Fills in the form and sends it; returns the reference that the page shows."""
    fill(page, text, **more)
    page.click(SUBMIT)
    expect(page.locator("#entry-given")).to_be_visible()
    return page.locator("#slip-reference").inner_text().replace(" ", "")


def stored() -> dict[str, str]:
    """The words of each case by its reference."""
    with work.reading() as db:
        rows = db.execute(select(Case.reference, Event.text).join(Event, Event.case_id == Case.id))
        return {reference: text for reference, text in rows if text}


def expect_waiting(page: Page, count: int) -> None:
    expect(page.locator("#outbox-title")).to_have_text(f"En attente d'envoi : {count}")


def test_with_network_an_entry_is_there_at_once(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    reference = enter(page, "la pompe est en panne")
    expect(page.locator("#given-note")).to_contain_text("Enregistré")
    assert stored() == {reference: "la pompe est en panne"}
    assert references.is_valid(reference)
    look_closely(page)
    page.click("#given-next")
    look_closely(page)


def test_two_entries_without_network_survive_the_browser_and_arrive_once(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    context = page.context
    context.set_offline(True)
    first = enter(page, "la pompe est en panne")
    expect(page.locator("#given-note")).to_contain_text("Gardé sur ce téléphone")
    page.click("#given-next")
    second = enter(page, "les latrines sont pleines")
    expect_waiting(page, 2)
    page.close()

    page = context.new_page()
    page.goto("/console/enter")  # from what the phone has kept
    expect(page.locator("#entry-note")).to_contain_text("Sans réseau")
    expect_waiting(page, 2)
    assert stored() == {}
    look_closely(page)

    context.set_offline(False)
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(2)
    assert stored() == {first: "la pompe est en panne", second: "les latrines sont pleines"}
    page.reload()
    expect_ready(page)
    assert len(stored()) == 2


def test_the_server_dies_in_between(open_browser: OpenBrowser, server: Server) -> None:
    page = open_browser("alice")
    open_form(page)
    server.stop()
    reference = enter(page, "la pompe est en panne")
    expect(page.locator("#outbox-note")).to_contain_text("Pas de réseau")
    page.reload()
    expect_ready(page)
    expect_waiting(page, 1)
    server.start()
    page.click("#outbox-send")
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    assert stored() == {reference: "la pompe est en panne"}


def test_an_answer_that_is_lost_makes_no_second_case(open_browser: OpenBrowser, server: Server) -> None:
    page = open_browser("alice")
    open_form(page)
    server.loses_answers = True
    reference = enter(page, "la pompe est en panne")
    expect(page.locator("#outbox-note")).to_contain_text("Pas de réseau")
    assert stored() == {reference: "la pompe est en panne"}  # the phone does not know it yet
    expect_waiting(page, 1)
    server.loses_answers = False
    page.click("#outbox-send")
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    assert server.posts == 2
    assert stored() == {reference: "la pompe est en panne"}


def test_two_pages_of_one_phone_send_each_entry_once(open_browser: OpenBrowser, server: Server) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.set_offline(True)
    enter(page, "la pompe est en panne")
    other = page.context.new_page()
    other.goto("/console/enter")
    page.context.set_offline(False)  # both hear of it
    for each in (page, other):
        each.evaluate("document.getElementById('outbox-send').click()")
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    assert len(stored()) == 1
    assert server.posts == 1


def test_an_expired_session_keeps_all_until_somebody_signs_in(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.clear_cookies()
    reference = enter(page, "la pompe est en panne")
    expect(page.locator("#outbox-note")).to_contain_text("Connectez-vous pour envoyer")
    look_closely(page)
    page.click("#outbox-sign-in")
    page.fill("#login", "alice")
    page.fill("#password", actors.PASSWORD)
    page.click("form .btn-primary")
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    assert stored() == {reference: "la pompe est en panne"}


def test_what_the_server_refuses_is_kept_and_can_be_mended(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.set_offline(True)
    reference = enter(page, "la pompe est en panne", place="Kayaa", phone="70 12")
    page.reload()
    page.context.set_offline(False)
    expect(page.locator(".outbox-row[data-state=refused]")).to_have_count(1)
    assert stored() == {}
    page.click("[data-mend]")
    expect(page.locator("#fault-phone")).to_contain_text("Huit chiffres")
    look_closely(page)
    assert page.locator("#entry-text").input_value() == "la pompe est en panne"
    page.check("#place-BF490304")
    page.fill("#entry-phone", "70 12 34 56")
    page.click(SUBMIT)
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    assert stored() == {reference: "la pompe est en panne"}
    with work.reading() as db:
        assert db.scalars(select(Case.place_code)).one() == "BF490304"


def test_a_mistake_with_network_is_shown_at_once(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    fill(page, "la pompe", phone="12")
    page.click(SUBMIT)
    expect(page.locator("#fault-phone")).to_be_visible()
    assert page.locator("#entry-text").input_value() == "la pompe"
    assert stored() == {}


def test_another_user_of_the_phone_sees_nothing_and_sends_nothing(open_browser: OpenBrowser, app: Flask) -> None:
    page = open_browser("alice")
    open_form(page)
    context = page.context
    context.set_offline(True)
    enter(page, "la pompe est en panne")
    page = reopen_as(page, app, "bob")
    expect(page.locator("#entry-outbox")).to_be_hidden()
    context.set_offline(True)
    page.reload()
    expect_ready(page)
    expect(page.locator("#entry-outbox")).to_be_hidden()
    assert "pompe" not in page.content()
    assert stored() == {}
    page = reopen_as(page, app, "alice")
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    with work.reading() as db:
        assert db.scalars(select(Case.entered_by_id)).one() == actors.make("alice").id


def reopen_as(page: Page, app: Flask, name: str) -> Page:
    """Closes the page, and opens it again with network once somebody else has signed in on the same phone."""
    context, origin = page.context, page.url.split("/console")[0]
    page.close()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = Visitor(actors.make(name)).get_id()
        session["_fresh"] = True
    cookie = client.get_cookie("feedback_session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": origin}])
    context.set_offline(False)
    page = context.new_page()
    page.goto("/console/enter")
    expect_ready(page)
    return page


def test_who_signs_out_is_told_of_what_is_unsent_and_leaves_nothing_to_see(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.set_offline(True)
    enter(page, "la pompe est en panne")
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:  # it is asked once what is kept has been counted
        page.click("text=Quitter")
    assert "restent sur ce téléphone" in asked.value.message
    expect(page.locator("#entry-given")).to_be_visible()  # still there


def test_after_signing_out_the_kept_page_opens_for_nobody(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.click("text=Quitter")
    expect(page).to_have_url("/console/login")
    page.context.set_offline(True)
    page.goto("/console/enter")
    expect(page.locator("#entry-note")).to_contain_text("ne sait pas encore qui vous êtes")
    expect(page.locator("#entry-form")).to_be_hidden()
    assert "alice" not in page.content()


def test_words_do_not_stand_in_clear_on_the_phone(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.set_offline(True)
    enter(page, "motsecret", phone="70123456")
    kept = page.evaluate(
        """async () => {
          const db = await EntryStore.open();
          const read = (name) => new Promise((resolve) => {
            const asked = db.transaction(name).objectStore(name).getAll();
            asked.onsuccess = () => resolve(asked.result);
          });
          const [row] = await read("entries");
          const [{ key }] = await read("keys");
          const inside = new TextDecoder("latin1").decode(row.sealed);
          const exported = await crypto.subtle.exportKey("raw", key).then(() => "yes", (error) => error.name);
          return { names: Object.keys(row).sort(), inside, exported, storage: JSON.stringify({ ...localStorage }) };
        }"""
    )
    assert kept["names"] == ["at", "id", "iv", "key", "sealed", "state", "user"]
    assert "motsecret" not in kept["inside"] + kept["storage"]
    assert kept["exported"] == "InvalidAccessError"


def test_what_is_half_typed_survives_the_browser(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    fill(page, "la pompe est en")
    wait_until(page, "EntryStore.list(localStorage.getItem('entry.user')).then((all) => all.length)")
    page.reload()
    expect(page.locator("#entry-note")).to_contain_text("commencé à écrire")
    assert page.locator("#entry-text").input_value() == "la pompe est en"
    page.click(SUBMIT)
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    page.reload()
    expect_ready(page)
    assert page.locator("#entry-text").input_value() == ""


def test_when_the_references_are_used_up_one_is_given_at_the_sending(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.context.set_offline(True)
    page.evaluate(
        """async () => {
          const user = localStorage.getItem("entry.user");
          while (await EntryStore.takeReference(user));
        }"""
    )
    assert enter(page, "la pompe est en panne") == ""
    expect(page.locator("#given-note")).to_contain_text("La référence sera donnée à l'envoi")
    page.context.set_offline(False)
    expect(page.locator(".outbox-row[data-state=sent]")).to_have_count(1)
    (reference,) = stored()
    assert references.show(reference) == page.locator(".outbox-row [data-reference]").inner_text()
    assert page.locator("#slip-reference").inner_text() == references.show(reference)


def test_references_are_fetched_once_and_used_one_by_one(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    page.reload()
    expect_ready(page)
    with work.reading() as db:
        reserved = set(db.scalars(select(ReservedReference.reference)))
    assert len(reserved) == 20
    first = enter(page, "la pompe")
    page.click("#given-next")
    second = enter(page, "les latrines")
    assert first != second
    assert {first, second} <= reserved


def test_without_scripts_it_is_a_plain_form(open_browser: OpenBrowser) -> None:
    page = open_browser("alice", scripts=False)
    page.goto("/console/enter")
    fill(page, "la pompe est en panne", place="Kayaa")
    page.click(SUBMIT)
    expect(page.locator("#fault-place")).to_be_visible()
    page.check("#place-BF490304")
    page.click(SUBMIT)
    assert page.url.endswith("/console/enter/done")
    reference = page.locator("#slip-reference").inner_text().replace(" ", "")
    assert stored() == {reference: "la pompe est en panne"}
    assert page.locator("[data-print]").is_hidden()


def test_the_slip_alone_is_printed_on_a6_and_says_nothing(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    open_form(page)
    reference = enter(page, "la pompe est en panne")
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    assert references.show(reference) in seen
    assert "pompe" not in seen
    assert "alice" not in seen
    expect(page.locator("#outbox-list")).to_be_hidden()
    expect(page.locator("#slip")).to_be_visible()

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import Case, Contact, Message
from models.words import Direction, Medium
from tests.handlers.console.browser import Browser, text_of
from tests.phone import Phone
from tests.worker import work_off

SignIn = Callable[[str], Browser]
PAGES = ["/console/simulator", "/console/simulator?tab=sms", "/console/simulator/inbox"]


@pytest.mark.parametrize("path", PAGES)
def test_the_phone_is_open_to_all(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status_code == 200


def test_the_short_address_leads_there(stranger: Browser) -> None:
    assert stranger.get("/simulator").request.path == "/console/simulator"


class TestSwitchedOff:
    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"SIMULATOR": "0"}

    @pytest.mark.parametrize("path", PAGES)
    def test_no_page(self, stranger: Browser, path: str) -> None:
        assert stranger.get(path).status_code == 404

    @pytest.mark.parametrize("verb", ["dial", "press", "sms", "end", "number"])
    def test_no_verb(self, stranger: Browser, verb: str) -> None:
        assert stranger.post(f"/console/simulator/{verb}", text="x", number="+22670000000").status_code == 404
        with work.reading() as db:
            assert db.scalars(select(Message)).all() == []

    def test_no_link(self, sign_in: SignIn) -> None:
        assert "simulator" not in sign_in("alice").get("/console/").text


def test_dialling_shows_a_screen_and_a_choice_the_next(stranger: Browser) -> None:
    first = stranger.post("/console/simulator/dial")
    assert "1 Francais" in text_of(first)
    second = stranger.post("/console/simulator/press", text="1")
    assert text_of(second) != text_of(first)
    with work.reading() as db:
        turns = db.scalars(select(Message).where(Message.medium == Medium.USSD)).all()
    assert len(turns) == 2
    assert {turn.channel for turn in turns} == {"simulator"}


def test_hanging_up_and_a_session_that_is_over_send_nothing(stranger: Browser) -> None:
    stranger.post("/console/simulator/dial")
    assert "Composer *384*1#" in text_of(stranger.post("/console/simulator/end"))
    stranger.post("/console/simulator/press", text="1")
    with work.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 1


def test_an_sms_becomes_a_case_and_its_answer_stands_on_the_phone(stranger: Browser, sign_in: SignIn) -> None:
    stranger.post("/console/simulator/number", number="70 00 00 42")
    stranger.post("/console/simulator/sms", text="la pompe de Barsalogho est en panne")
    work_off()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
        contact = db.get_one(Contact, case.contact_id)
    assert contact.phone == "+22670000042"
    sign_in("alice").act(case.id, "answer", text="Une equipe vient jeudi.")
    work_off()
    inbox = stranger.get("/console/simulator/inbox")
    assert "Une equipe vient jeudi." in text_of(inbox)
    assert "septets, 1 SMS" in text_of(inbox)
    assert "<html" not in inbox.text


def test_an_empty_sms_is_not_sent(stranger: Browser) -> None:
    stranger.post("/console/simulator/sms", text="  ")
    with work.reading() as db:
        assert db.scalars(select(Message)).all() == []


@pytest.mark.parametrize("number", ["", "bonjour", "12", "<b>"])
def test_a_number_that_is_none_is_refused(stranger: Browser, number: str) -> None:
    before = stranger.get("/console/simulator")
    page = stranger.post("/console/simulator/number", number=number)
    assert "pas un numéro de téléphone" in text_of(page)
    assert before.text.split('name="number"')[1][:80] == page.text.split('name="number"')[1][:80]


def test_the_messages_of_a_real_line_are_not_shown_to_whoever_types_the_number(stranger: Browser) -> None:
    Phone("+22670000042", channel="africastalking").sms("la pompe est en panne")
    stranger.post("/console/simulator/number", number="+22670000042")
    page = text_of(stranger.get("/console/simulator?tab=sms"))
    assert "la pompe" not in page
    with work.reading() as db:
        assert db.scalars(select(Message).where(Message.direction == Direction.OUT)).all()


def test_a_session_of_an_older_version_is_begun_anew(stranger: Browser) -> None:
    with stranger.client.session_transaction() as session:
        session["phone"] = {"nothing": "known"}
    assert stranger.get("/console/simulator").status_code == 200


def test_a_star_and_accents_pass_through_the_menu(stranger: Browser) -> None:
    stranger.post("/console/simulator/dial")
    page = stranger.post("/console/simulator/press", text="é*9")
    assert page.status_code == 200

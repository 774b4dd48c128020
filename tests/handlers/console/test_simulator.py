"""The simulator's page: who may use it, phones on the line, and the token that a phone stands in."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.simulate import LivePhone
from handlers.console import simulator, trial_phone
from handlers.console.trial_phone import Trial
from models import Case, Contact, Message
from models.words import Direction, Medium
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.handset import LANGUAGES_SCREEN, Handset, count, take
from tests.phone import Phone
from tests.worker import work_off

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
PAGES = ["/console/simulator", "/console/simulator?tab=sms", "/console/simulator?pure=1"]
VERBS = ["phone", "look", "record"]


@pytest.fixture
def live(stranger: Browser) -> Handset:
    return take(stranger)


@pytest.fixture
def pure(stranger: Browser) -> Handset:
    return take(stranger, "?pure=1&language=fr")


# --- Who may use it ---


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

    @pytest.mark.parametrize("verb", VERBS)
    def test_no_verb(self, app: Flask, stranger: Browser, verb: str) -> None:
        with app.test_request_context():
            token = trial_phone.seal(Trial(LivePhone("+22670000001"), "k"))
        answer = stranger.post(f"/console/simulator/{verb}", phone=token, action="sms", text="x")
        assert answer.status_code == 404
        assert count(Message) == 0

    def test_no_link(self, sign_in: SignIn) -> None:
        assert "simulator" not in sign_in("alice").get("/console/").text


# --- A phone on the line ---


def test_dialling_shows_a_screen_and_a_choice_the_next(live: Handset) -> None:
    assert LANGUAGES_SCREEN in live.do("dial")
    assert LANGUAGES_SCREEN not in live.press("1")
    with work.reading() as db:
        turns = db.scalars(select(Message).where(Message.medium == Medium.USSD)).all()
    assert [turn.channel for turn in turns] == ["simulator"] * 2


def test_the_screen_says_how_much_of_it_is_taken(live: Handset) -> None:
    shown = re.search(r"(\d+)/156 septets, reste (\d+)", live.do("dial"))
    assert shown
    assert int(shown[1]) + int(shown[2]) == 156


@pytest.mark.parametrize(
    ("dialled", "shown"),
    [
        ("", "1 Question"),
        ("*384*1#", "1 Question"),
        ("*384*1*3#", "1 Eau"),
        ("*384*1*3*1", "région"),
        ("*384*12#", "code MMI non valide"),
        ("110", "code MMI non valide"),
    ],
)
def test_a_code_may_carry_keys_and_another_code_is_refused(pure: Handset, dialled: str, shown: str) -> None:
    assert shown in pure.do("dial", dialled)


def test_keys_that_a_code_carries_reach_the_line(live: Handset) -> None:
    assert LANGUAGES_SCREEN in live.do("dial", "*384*1*3#")
    assert "1 Eau" in live.press("1")
    assert "région" in live.press("1")


def test_hanging_up_an_empty_answer_and_a_session_that_is_over_send_nothing(live: Handset) -> None:
    live.do("dial")
    live.do("press", "   ")
    assert "puis la touche verte" in live.do("end")
    live.do("press", "1")
    assert count(Message) == 1


def test_a_dropped_session_is_offered_again(live: Handset) -> None:
    live.do("dial")
    live.press("1", "3", "1")
    assert "Connexion perdue" in live.do("drop")
    assert "1 Continuer" in live.do("dial")
    assert "région" in live.press("1")


def test_a_repeated_request_gives_the_same_screen_and_nothing_else(live: Handset) -> None:
    live.do("dial")
    live.press("1")
    before = count(Message)
    said = live.do("again")
    assert "Même écran" in said
    assert "1 Question" in said
    assert count(Message) == before


def test_a_star_and_accents_pass_through_the_menu(live: Handset) -> None:
    live.do("dial")
    live.press("é*9", "1")
    assert "1 Question" in text_of(live.page)


def test_an_sms_becomes_a_case_and_its_answer_stands_on_the_phone(live: Handset, sign_in: SignIn) -> None:
    live.do("number", "70 00 00 42")
    live.do("sms", "la pompe de Barsalogho est en panne")
    work_off()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
        contact = db.get_one(Contact, case.contact_id)
    assert contact.phone == "+22670000042"
    sign_in("alice").act(case.id, "answer", text="Une equipe vient jeudi.")
    work_off()
    answer = live.browser.post("/console/simulator/look", phone=live.token)
    assert "Une equipe vient jeudi." in text_of(answer)
    assert "septets, 1 SMS" in text_of(answer)
    assert "<html" not in answer.text


def test_what_came_is_counted_until_it_is_looked_at(live: Handset) -> None:
    live.do("sms", "la pompe est en panne")
    live.do("home")
    Phone(live.number).sms("AIDE")
    assert "1 nouveau" in live.do("show")
    live.do("inbox")
    assert "nouveau" not in live.do("home")


def test_an_empty_sms_is_not_sent(live: Handset) -> None:
    live.do("sms", "  ")
    assert count(Message) == 0


@pytest.mark.parametrize("number", ["", "bonjour", "12", "<b>"])
def test_a_number_that_is_none_is_refused(live: Handset, number: str) -> None:
    before = live.number
    assert "pas un numéro de téléphone" in live.do("number", number)
    assert live.number == before


def test_the_messages_of_a_real_line_are_not_shown_to_whoever_types_the_number(stranger: Browser) -> None:
    Phone("+22670000042", channel="africastalking").sms("la pompe est en panne")
    phone = take(stranger, "?number=%2B22670000042&tab=sms")
    assert phone.number == "+22670000042"
    assert "la pompe" not in text_of(phone.page)
    with work.reading() as db:
        assert db.scalars(select(Message).where(Message.direction == Direction.OUT)).all()


def test_a_session_of_another_phone_is_lost(app: Flask, live: Handset) -> None:
    other = Phone("+22670000077")
    other.dial()
    stolen = LivePhone(live.number, session_id=other.session, screen="?", ended=False)
    with app.test_request_context():
        token = trial_phone.seal(Trial(stolen, "k", view="session"))
    page = live.browser.post("/console/simulator/phone", phone=token, action="press", text="1")
    assert "La session est perdue" in text_of(page)


# --- The phone is in its token ---


def test_a_script_is_given_the_phone_alone(live: Handset) -> None:
    form = {"phone": live.token, "action": "dial", "csrf_token": live.browser.token}
    answer = live.browser.client.post("/console/simulator/phone", data=form, headers={"X-Fragment": "1"})
    assert answer.text.lstrip().startswith("<article")
    assert LANGUAGES_SCREEN in answer.text


@pytest.mark.parametrize("spoil", [lambda token: "", lambda token: token[:-1] + "~", lambda token: "e30." + token])
def test_a_token_that_is_not_ours_gives_another_phone(live: Handset, spoil: Callable[[str], str]) -> None:
    live.do("dial")
    page = live.browser.post("/console/simulator/phone", phone=spoil(live.token), action="press", text="1")
    assert "n'est plus connu" in text_of(page)
    assert count(Message) == 1


@pytest.mark.parametrize("kept", [{}, [], {"key": "k", "live": {"number": 3}}, {"key": "k", "draft": False, "pure": 1}])
def test_a_token_of_another_release_gives_another_phone(app: Flask, live: Handset, kept: object) -> None:
    with app.test_request_context():
        token = trial_phone._sealer().dumps(kept)
    assert "n'est plus connu" in text_of(live.browser.post("/console/simulator/phone", phone=token, action="show"))


@pytest.mark.parametrize("action", ["", "nothing", "wait", "wait 5", "dial 600"])
def test_what_a_phone_cannot_do_is_refused(live: Handset, action: str) -> None:
    assert live.browser.post("/console/simulator/phone", phone=live.token, action=action).status_code == 400


def test_a_phone_that_has_kept_too_much_asks_for_another(pure: Handset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "MOST_STEPS", 2)
    pure.do("dial")
    pure.press("3")
    assert "Ajoutez-en un autre" in pure.do("press", "1")
    assert "puis la touche verte" in pure.do("end")

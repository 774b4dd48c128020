import pytest

from handlers.app import create_app
from tests.conftest import House
from tests.handlers.console.browser import Browser, text_of


@pytest.mark.parametrize(("language", "says"), [("fr", "Cette page n'existe pas"), ("en", "This page does not exist")])
def test_an_unknown_page_says_so_in_the_language_of_the_browser(stranger: Browser, language: str, says: str) -> None:
    stranger.post("/console/language", language=language)
    page = stranger.get("/console/nothing")
    assert page.status_code == 404
    assert says in text_of(page)


def test_a_page_that_takes_forms_only_says_so(stranger: Browser) -> None:
    assert stranger.get("/console/logout").status_code == 405


def test_a_fault_says_that_the_work_was_not_saved_and_nothing_of_what_broke(house: House) -> None:
    app = create_app(house.settings)

    @app.get("/console/broken")
    def broken() -> str:
        raise ZeroDivisionError("a secret of the inside")

    page = Browser(app.test_client()).get("/console/broken")
    assert page.status_code == 500
    assert "n'est pas enregistré" in text_of(page)
    assert "secret" not in page.text


def test_a_machine_gets_a_plain_answer(stranger: Browser) -> None:
    answer = stranger.client.get("/webhooks/nobody/sms")
    assert answer.status_code == 405
    assert "Ligne de plaintes" not in answer.text


def test_a_form_without_a_token_does_nothing(stranger: Browser) -> None:
    answer = stranger.client.post("/console/login", data={"login": "alice", "password": "x"})
    assert answer.status_code == 400

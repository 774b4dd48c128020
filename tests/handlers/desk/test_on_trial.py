"""A focal point's phone at the simulator: commands are written there, and their answers are read there."""

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import Case
from models.words import CaseState
from tests.conftest import House
from tests.desk import NUMBER, open_desk
from tests.factories import make_case
from tests.handlers.console.browser import Browser
from tests.handlers.console.conftest import stranger
from tests.handlers.console.handset import take

__all__ = ["stranger"]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SIMULATOR": "1"}


def test_a_command_is_answered_on_its_phone(house: House, stranger: Browser) -> None:
    alice, case = open_desk(), make_case()
    phone = take(stranger, f"?number={NUMBER.replace('+', '%2B')}&tab=sms")
    assert "Envoyez votre code PIN" in phone.do("sms", f"OK {case.reference}")
    said = phone.do("sms", alice.pin)
    assert f"{case.reference} : pris en charge" in said
    assert alice.pin not in said, "what was sent stands there without the digits"
    with work.reading() as db:
        assert db.scalars(select(Case.state)).one() == CaseState.ACCEPTED


def test_another_phone_does_not_show_it(house: House, stranger: Browser) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"OK {case.reference} {alice.pin}")
    phone = take(stranger, "?number=%2B22676999999&tab=sms")
    assert case.reference not in phone.look()

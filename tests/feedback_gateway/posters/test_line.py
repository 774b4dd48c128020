"""How the line is reached: from the settings or the operator, and never a guess."""

from pathlib import Path

import pytest

from feedback_gateway.posters import NONE, Line, PosterError, read_line
from feedback_gateway.settings import Settings
from tests.settings import make_settings


def settings(**more: str) -> Settings:
    return make_settings(Path("var"), "sqlite://", **more)


@pytest.mark.parametrize(
    ("set_up", "sms"),
    [
        ({"AT_SHORT_CODE": "21512", "AT_SENDER": "34343"}, "21512"),
        ({"AT_SENDER": "34343", "TWILIO_SENDER": "+15005550006"}, "34343"),
        ({"AT_SENDER": "PLAINTES", "TWILIO_SENDER": "+15005550006"}, "+15005550006"),
    ],
)
def test_the_settings_know_the_line(set_up: dict[str, str], sms: str) -> None:
    assert read_line(settings(AT_SERVICE_CODE="*384*44135#", **set_up)) == Line("*384*44135#", sms, free=True)


def test_the_operator_has_the_last_word() -> None:
    known = settings(AT_SERVICE_CODE="*384*44135#", AT_SHORT_CODE="21512")
    assert read_line(known, code="*123#", sms="3434", free=False) == Line("*123#", "3434", free=False)
    assert read_line(known, code=NONE) == Line("", "21512")
    assert read_line(known, sms=NONE) == Line("*384*44135#", "")


@pytest.mark.parametrize(
    ("set_up", "said", "why"),
    [
        ({}, {}, "set AT_SERVICE_CODE, or give --code, or --no-code"),
        ({"AT_SHORT_CODE": "21512"}, {}, "--code"),
        ({"AT_SERVICE_CODE": "*123#"}, {}, "or give --sms, or --no-sms"),
        ({"AT_SERVICE_CODE": "*123#", "AT_SENDER": "PLAINTES", "TWILIO_SENDER": "MG0123"}, {}, "--sms"),
        ({}, {"code": "384", "sms": "21512"}, "'384' is no code"),
        ({}, {"code": "*384", "sms": "21512"}, "is no code"),
        ({}, {"code": "*384#", "sms": "PLAINTES"}, "'PLAINTES' is no number"),
        ({}, {"code": "*384#", "sms": "70 00 00 00"}, "is no number"),
        ({}, {"code": NONE, "sms": NONE}, "cannot be reached"),
    ],
)
def test_no_poster_with_a_hole(set_up: dict[str, str], said: dict[str, str], why: str) -> None:
    with pytest.raises(PosterError, match=why):
        read_line(settings(**set_up), **said)

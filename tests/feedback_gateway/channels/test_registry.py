"""Which channels an installation has, which one sends, and the addresses it gives out."""

from pathlib import Path

import pytest

from feedback_gateway.channels.registry import addresses, open_channels, sender_for
from feedback_gateway.settings import Settings, load

AT_READY = {"AT_API_KEY": "k"}
TWILIO_READY = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_SENDER": "+12028831111"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def settings(home: Path, **environ: str) -> Settings:
    required = {
        "FEEDBACK_HOME": str(home),
        "FEEDBACK_KEYS": "k",
        "FEEDBACK_LOOKUP_KEY": "l",
        "SECRET_KEY": "s",
        "AT_WEBHOOK_TOKEN": "token",
        "PUBLIC_BASE_URL": "https://plaintes.example.org/",
    }
    return load({**required, **environ})


def test_the_simulator_is_there_only_when_it_is_switched_on(home: Path) -> None:
    assert list(open_channels(settings(home))) == ["africastalking", "twilio", "simulator"]
    assert list(open_channels(settings(home, SIMULATOR="0"))) == ["africastalking", "twilio"]


@pytest.mark.parametrize(
    ("environ", "preferred", "expected"),
    [
        ({"SIMULATOR": "1"}, "simulator", "simulator"),
        ({"SIMULATOR": "1"}, "africastalking", "simulator"),
        ({"SIMULATOR": "1", **AT_READY}, "africastalking", "africastalking"),
        ({"SIMULATOR": "1", **AT_READY}, "twilio", "simulator"),
        ({"SIMULATOR": "0", **AT_READY}, "twilio", "africastalking"),
        ({"SIMULATOR": "0", **TWILIO_READY}, "africastalking", "twilio"),
        ({"SIMULATOR": "0", **AT_READY, **TWILIO_READY}, "twilio", "twilio"),
        ({"SIMULATOR": "0", **TWILIO_READY}, "simulator", "twilio"),
        ({"SIMULATOR": "0"}, "africastalking", None),
        ({"SIMULATOR": "0", **AT_READY}, "one that is gone", "africastalking"),
    ],
)
def test_who_sends(home: Path, environ: dict[str, str], preferred: str, expected: str | None) -> None:
    sender = sender_for(open_channels(settings(home, **environ)), preferred)
    assert (sender.name if sender else None) == expected


def test_the_addresses_are_whole(home: Path) -> None:
    base = "https://plaintes.example.org/webhooks"
    assert [(a.channel, a.kind.value, a.url, a.method) for a in addresses(settings(home))] == [
        ("africastalking", "sms", f"{base}/africastalking/token/sms", "POST"),
        ("africastalking", "status", f"{base}/africastalking/token/status", "POST"),
        ("africastalking", "ussd", f"{base}/africastalking/token/ussd", "POST"),
        ("africastalking", "ussd-events", f"{base}/africastalking/token/ussd-events", "POST"),
        ("africastalking", "opt-out", f"{base}/africastalking/token/opt-out", "POST"),
        ("twilio", "sms", f"{base}/twilio/sms", "POST"),
        ("twilio", "status", f"{base}/twilio/status", "POST"),
        ("simulator", "sms", f"{base}/simulator/sms", "POST"),
        ("simulator", "ussd", f"{base}/simulator/ussd", "POST"),
    ]


def test_the_token_is_not_in_what_a_log_would_show(home: Path) -> None:
    channels = open_channels(settings(home, AT_WEBHOOK_TOKEN="s3cret-token", AT_API_KEY="s3cret-key"))
    assert "s3cret" not in repr(channels)

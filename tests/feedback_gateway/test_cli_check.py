"""`feedback flows check`, as an operator types it: with no installation, and with one whose channels differ."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback_gateway.cli import main


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"FEEDBACK_HOME": str(tmp_path / "none")}


def check(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["flows", "check", *arguments])


def test_it_needs_no_installation(environment: dict[str, str]) -> None:
    result = check(environment)
    assert result.exit_code == 0
    assert "Screens of 156 septets, folded." in result.output
    assert not Path(environment["FEEDBACK_HOME"]).exists()


def test_every_channel_counts(environment: dict[str, str]) -> None:
    environment |= {"USSD_LIMIT": "156,africastalking=182", "USSD_LETTERS": "fold,simulator=keep"}
    result = check(environment, "--language", "fr")
    assert "Screens of 182 septets, folded; 156 septets, folded; 156 septets, letters kept." in result.output


def test_a_channel_whose_screens_are_too_small_is_refused(environment: dict[str, str]) -> None:
    result = check({**environment, "USSD_LIMIT": "156,africastalking=70"}, "--language", "fr")
    assert result.exit_code == 1
    assert "does not fit 70 septets" in result.output
    assert "does not fit 156 septets" not in result.output


@pytest.mark.parametrize(
    ("arguments", "rooms"),
    [
        (["--limit", "182"], "182 septets, folded"),
        (["--limit", "182", "--limit", "160"], "182 septets, folded; 160 septets, folded"),
        (["--keep"], "156 septets, letters kept"),
        (["--limit", "182", "--keep"], "182 septets, letters kept"),
        (["--fold"], "156 septets, folded"),
    ],
)
def test_limits_and_letters_can_be_told(environment: dict[str, str], arguments: list[str], rooms: str) -> None:
    result = check({**environment, "USSD_LETTERS": "fold"}, *arguments, "--language", "fr")
    assert f"Screens of {rooms}." in result.output


def test_kept_letters_are_paid_and_how_much_can_be_told(environment: dict[str, str]) -> None:
    result = check(environment, "--keep", "--language", "fr")
    assert result.exit_code == 0
    result = check(environment, "--keep", "--language", "fr", "--parts", "1")
    assert result.exit_code == 1
    assert "intake/done [fr]: costs 2 SMS" in result.output


@pytest.mark.parametrize(
    ("letters", "arguments", "paid"),
    [
        ("fold", [], False),
        ("keep", [], True),
        ("fold,twilio=keep", [], True),
        ("keep", ["--fold"], False),
        ("fold", ["--keep"], True),
    ],
)
def test_letters_are_paid_as_the_channels_send_them(
    environment: dict[str, str], letters: str, arguments: list[str], paid: bool
) -> None:
    result = check({**environment, "SMS_LETTERS": letters}, *arguments, "--language", "fr", "--parts", "1")
    assert ("costs 2 SMS" in result.output) == paid


def test_drafts_are_listed_instead_of_the_table(environment: dict[str, str]) -> None:
    result = check(environment, "--drafts", "--language", "mos", "--language", "fr")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert {line.split()[0] for line in lines} == {"mos"}
    assert any(line.startswith("mos  home ") for line in lines)


@pytest.mark.parametrize(
    ("environ", "arguments", "fault"),
    [
        ({}, ["--language", "xx"], "no texts in xx: dyu, en, ff, fr, gux, mos"),
        ({"USSD_LIMIT": "156,orange=182"}, [], "USSD_LIMIT names no channel with 'orange'"),
        ({}, ["--limit", "big"], "'big' is not a valid integer"),
    ],
)
def test_what_makes_no_sense_is_named(
    environment: dict[str, str], environ: dict[str, str], arguments: list[str], fault: str
) -> None:
    result = check({**environment, **environ}, *arguments)
    assert result.exit_code != 0
    assert fault in result.output

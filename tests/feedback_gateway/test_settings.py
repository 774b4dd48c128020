"""What the channels carry, as the environment says it: values for all, exceptions, and faults that are named."""

from pathlib import Path

import pytest

from feedback_gateway.channels.registry import open_channels
from feedback_gateway.settings import CHANNELS, Settings, SettingsError, load_carriage
from flows.gsm7 import SmsPolicy
from flows.screens import Limits
from tests.settings import make_settings


def read(tmp_path: Path, **environ: str) -> Settings:
    return make_settings(tmp_path, "sqlite://", **environ)


def test_the_channels_of_the_settings_are_those_of_the_registry(tmp_path: Path) -> None:
    assert set(CHANNELS) == set(open_channels(read(tmp_path, SIMULATOR="1")))


def test_what_is_usual(tmp_path: Path) -> None:
    settings = read(tmp_path)
    for channel in CHANNELS:
        assert settings.ussd_limit_for(channel) == 156
        assert settings.ussd_folds_for(channel)
        assert settings.sms_policy_for(channel) == SmsPolicy("fold", None)
    assert settings.carriage.screens() == (Limits(156, folds=True),)


def test_one_value_counts_for_every_channel(tmp_path: Path) -> None:
    settings = read(tmp_path, USSD_LIMIT="140", USSD_LETTERS="keep", SMS_LETTERS="keep", LONG_SMS="shorten:2")
    for channel in CHANNELS:
        assert (settings.ussd_limit_for(channel), settings.ussd_folds_for(channel)) == (140, False)
        assert settings.sms_policy_for(channel) == SmsPolicy("keep", 2)


def test_channels_may_differ(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        USSD_LIMIT="156,africastalking=182",
        USSD_LETTERS="fold,simulator=keep",
        SMS_LETTERS="fold,twilio=keep",
        LONG_SMS="shorten:3,twilio=split",
    )
    assert [settings.ussd_limit_for(channel) for channel in CHANNELS] == [182, 156, 156]
    assert [settings.ussd_folds_for(channel) for channel in CHANNELS] == [True, True, False]
    assert settings.sms_policy_for("africastalking") == SmsPolicy("fold", 3)
    assert settings.sms_policy_for("twilio") == SmsPolicy("keep", None)
    assert settings.carriage.screens() == (Limits(182), Limits(156), Limits(156, folds=False))


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("USSD_LIMIT", "59", "USSD_LIMIT must be a whole number of at least 60, not '59'"),
        ("USSD_LIMIT", "156,twilio=big", "USSD_LIMIT for twilio must be a whole number of at least 60, not 'big'"),
        ("USSD_LETTERS", "plain", "USSD_LETTERS must be keep or fold, not 'plain'"),
        ("SMS_LETTERS", "fold,orange=keep", "SMS_LETTERS names no channel with 'orange'"),
        ("SMS_LETTERS", "fold,twilio=both", "SMS_LETTERS for twilio must be keep or fold, not 'both'"),
        ("LONG_SMS", "shorten", "LONG_SMS must be split, or shorten: and the most parts from 1 to 9"),
        ("LONG_SMS", "split,twilio=shorten:0", "LONG_SMS for twilio must be split, or shorten:"),
    ],
)
def test_a_bad_value_is_named_with_its_channel(tmp_path: Path, name: str, value: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, **{name: value})
    assert str(raised.value).startswith(fault)


def test_what_the_channels_carry_is_known_without_an_installation(tmp_path: Path) -> None:
    carriage = load_carriage({"FEEDBACK_HOME": str(tmp_path / "none"), "USSD_LIMIT": "120"})
    assert carriage.screens() == (Limits(120),)
    assert not (tmp_path / "none").exists()


def test_what_the_channels_carry_may_stand_in_the_home(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("USSD_LETTERS=keep\n")
    assert load_carriage({"FEEDBACK_HOME": str(tmp_path)}).screens() == (Limits(156, folds=False),)

"""A setting by channel is read whole or refused with the channel's name."""

import re

import pytest

from feedback_gateway.lib.by_channel import ByChannel, read_by_channel

CHANNELS = ("africastalking", "twilio", "simulator")


def read_small(value: str) -> int:
    if value not in {"1", "2", "3"}:
        raise ValueError("1, 2 or 3")
    return int(value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2", ByChannel(2)),
        ("2,twilio=3", ByChannel(2, {"twilio": 3})),
        (" 2 , twilio = 3 , simulator=1", ByChannel(2, {"twilio": 3, "simulator": 1})),
        ("twilio=3, 2", ByChannel(2, {"twilio": 3})),
        ("twilio=3", ByChannel(1, {"twilio": 3})),
    ],
)
def test_one_value_and_its_exceptions(written: str, read: ByChannel[int]) -> None:
    assert read_by_channel(written, "1", CHANNELS, read_small) == read


def test_a_channel_that_is_not_named_has_the_usual_value() -> None:
    read = read_by_channel("2,twilio=3", "1", CHANNELS, read_small)
    assert (read["twilio"], read["africastalking"], read["sms"]) == (3, 2, 2)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("4", "must be 1, 2 or 3, not '4'"),
        ("2,twilio=4", "for twilio must be 1, 2 or 3, not '4'"),
        ("2,twilio=", "for twilio must be 1, 2 or 3, not ''"),
        ("2,orange=3", "names no channel with 'orange': they are africastalking, twilio, simulator"),
        ("2,=3", "names no channel with '': they are africastalking, twilio, simulator"),
        ("twilio=3,twilio=2", "names twilio twice"),
        ("2,3", "has two values for all channels, '2' and '3': write CHANNEL=VALUE for one"),
        ("2,", "has two values for all channels, '2' and '': write CHANNEL=VALUE for one"),
    ],
)
def test_what_makes_no_sense_is_named(written: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        read_by_channel(written, "1", CHANNELS, read_small)

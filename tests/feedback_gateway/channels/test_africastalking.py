"""Africa's Talking: who is believed, and what its forms mean."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_gateway.channels.contract import (
    BadPayloadError,
    Inbound,
    Kind,
    OptOutNotice,
    RefusedError,
    Reply,
    Report,
    SessionEnd,
)
from feedback_gateway.lib import clock
from models.words import Delivery
from tests.feedback_gateway.channels.wire import africastalking, at

AT = africastalking()
STRICT = africastalking(service_code="*384*44135#", short_code="21512")


def parse_sms(name: str) -> Inbound:
    inbound = AT.parse(at(name, Kind.SMS))
    assert isinstance(inbound, Inbound)
    return inbound


def parse_ussd(name: str) -> Inbound:
    inbound = AT.parse(at(name, Kind.USSD))
    assert isinstance(inbound, Inbound)
    return inbound


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("token", [None, "", "a-long-random-toke", "A-LONG-RANDOM-TOKEN", "jeton-é"])
def test_a_wrong_token_is_refused(kind: Kind, token: str | None) -> None:
    with pytest.raises(RefusedError, match="token"):
        AT.verify(at("sms", kind, token=token))


def test_an_empty_token_in_the_settings_opens_no_door() -> None:
    with pytest.raises(RefusedError):
        africastalking(webhook_token="").verify(at("sms", Kind.SMS, token=""))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sms", Kind.SMS),
        ("ussd-first", Kind.USSD),
        ("report-success", Kind.STATUS),
        ("opt-out", Kind.OPT_OUT),
    ],
)
def test_the_right_token_and_codes_are_believed(name: str, kind: Kind) -> None:
    STRICT.verify(at(name, kind))


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("ussd-other-code", Kind.USSD, "serviceCode"),
        ("ussd-end-success", Kind.USSD_EVENTS, "serviceCode"),
        ("opt-out", Kind.USSD, "serviceCode"),
        ("ussd-first", Kind.SMS, "to"),
    ],
)
def test_a_code_of_somebody_else_is_refused(name: str, kind: Kind, field: str) -> None:
    AT.verify(at(name, kind))  # nothing is configured: the token alone decides
    with pytest.raises(RefusedError, match=field):
        STRICT.verify(at(name, kind))


@pytest.mark.parametrize("name", ["sms", "sms-iso-date", "sms-bare", "sms-unknown-fields"])
def test_both_date_forms_are_utc(name: str) -> None:
    assert parse_sms(name).received_at == datetime(2026, 11, 21, 20, 31, 7, tzinfo=UTC)


@pytest.mark.parametrize("name", ["sms-odd-date", "sms-no-date"])
def test_no_message_is_lost_for_its_date(name: str) -> None:
    assert abs(clock.now() - parse_sms(name).received_at) < timedelta(minutes=1)


def test_a_whole_message() -> None:
    assert parse_sms("sms") == Inbound(
        channel="africastalking",
        medium=parse_sms("sms").medium,
        provider_id="ec9adc86-51d5-4bc8-8eb0-d8ab0bb53dc3",
        sender="+22670123456",
        text="La pompe est cassée",
        received_at=datetime(2026, 11, 21, 20, 31, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "sender", "text"),
    [
        ("sms-bare", "+22670123456", "La pompe est cassée"),
        ("sms-empty-link-and-text", "+22670123456", ""),
        ("sms-unknown-fields", "+22670123456", "La pompe est cassée"),
        ("sms-lost-plus", "+22670123456", "Plus d'eau"),
        ("sms-no-plus", "+22670123456", "Plus d'eau"),
        ("sms-alphanumeric", "Orange", "Bonus ! 100% ce soir"),
    ],
)
def test_who_wrote_and_what(name: str, sender: str, text: str) -> None:
    inbound = parse_sms(name)
    assert (inbound.sender, inbound.text) == (sender, text)


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("sms-no-from", Kind.SMS, "from"),
        ("sms-no-id", Kind.SMS, "id"),
        ("sms-no-text", Kind.SMS, "text"),
        ("ussd-no-session", Kind.USSD, "sessionId"),
        ("report-no-status", Kind.STATUS, "status"),
        ("opt-out-no-phone", Kind.OPT_OUT, "phoneNumber"),
    ],
)
def test_what_is_missing_is_named(name: str, kind: Kind, field: str) -> None:
    with pytest.raises(BadPayloadError, match=f"^{field}$"):
        AT.parse(at(name, kind))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ussd-first", ""),
        ("ussd-first-no-text", ""),
        ("ussd-deep-dial", "2"),
        ("ussd-star-in-text", "1*2*La pompe *du marche* est cassée"),
        ("ussd-lost-plus", "1"),
        ("ussd-no-network", "1"),
    ],
)
def test_a_ussd_turn_keeps_all_that_was_keyed(name: str, text: str) -> None:
    inbound = parse_ussd(name)
    assert (inbound.sender, inbound.text) == ("+22670123456", text)
    assert inbound.session_id == inbound.provider_id == "ATUid_7c898d72eb11f723ed8ea05ef232f279"
    assert inbound.service_code == "*384*44135#"


@pytest.mark.parametrize(
    ("name", "completed", "error"),
    [
        ("ussd-end-success", True, None),
        ("ussd-end-incomplete", False, None),
        ("ussd-end-failed", False, "Invalid application response"),
    ],
)
def test_the_end_of_a_session(name: str, completed: bool, error: str | None) -> None:
    assert AT.parse(at(name, Kind.USSD_EVENTS)) == SessionEnd(
        channel="africastalking",
        session_id="ATUid_f219bf23880979c479e835cb4d640287",
        sender="+254000000001",
        completed=completed,
        error=error,
    )


@pytest.mark.parametrize(
    ("name", "status", "raw", "reason", "opted_out"),
    [
        ("report-success", Delivery.DELIVERED, "Success", None, False),
        ("report-submitted", Delivery.SENT, "Submitted", None, False),
        ("report-blacklisted", Delivery.FAILED, "Failed", "UserInBlackList", True),
        ("report-absent", Delivery.UNDELIVERED, "AbsentSubscriber", None, False),
        ("report-unknown-status", None, "HandsetAsleep", None, False),
        ("report-bare", Delivery.DELIVERED, "success", None, False),
    ],
)
def test_a_delivery_report(name: str, status: Delivery | None, raw: str, reason: str | None, opted_out: bool) -> None:
    assert AT.parse(at(name, Kind.STATUS)) == Report(
        channel="africastalking",
        provider_id="ATXid_dda018a640edfcc5d2ce455de3e4a6e7",
        status=status,
        raw_status=raw,
        reason=reason,
        recipient=None if name == "report-bare" else "+22670123456",
        opted_out=opted_out,
    )


def test_a_bulk_opt_out() -> None:
    assert AT.parse(at("opt-out", Kind.OPT_OUT)) == OptOutNotice(channel="africastalking", sender="+22670123456")


def test_only_a_number_can_opt_out() -> None:
    with pytest.raises(BadPayloadError, match="phoneNumber"):
        AT.parse(at("opt-out", Kind.OPT_OUT, form={"phoneNumber": "PLAINTE"}))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.USSD])
def test_everything_but_ussd_is_answered_with_nothing(kind: Kind) -> None:
    response = AT.render(kind, Reply("Merci"))
    assert (response.status, response.body) == (200, "")

"""Reading what a provider posted, loudly where a field is needed and mildly where it is not."""

from collections.abc import Mapping
from datetime import UTC, datetime

from feedback_gateway.channels.contract import BadPayloadError, Reply, WebhookResponse
from feedback_gateway.lib import clock, phone

ID_LIMIT = 120  # what models.message and models.contact can keep


def read_id(form: Mapping[str, str], name: str) -> str:
    """An identifier. Raises BadPayloadError when it is missing, blank, too long to keep or not printable."""
    value = form.get(name, "").strip()
    if not value or len(value) > ID_LIMIT or not value.isprintable():
        raise BadPayloadError(name)
    return value


def read_phone(form: Mapping[str, str], name: str, country_code: str) -> str:
    """Who it is, E.164 where it is a number. The leading space of a lost `+` is still there to be repaired."""
    read_id(form, name)
    return phone.normalise(form[name], country_code)


def read_text(form: Mapping[str, str], name: str) -> str:
    """What was written, untouched; it may be empty. Raises BadPayloadError when the field itself is missing."""
    if name not in form:
        raise BadPayloadError(name)
    return form[name]


def read_moment(form: Mapping[str, str], name: str) -> datetime:
    """When it was received. Without a zone it is UTC; a missing or odd date is now: no message is lost for a date."""
    try:
        moment = datetime.fromisoformat(form.get(name, "").strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return clock.now()


def ussd_answer(reply: Reply) -> WebhookResponse:
    """The answer that USSD gateways of the Africa's Talking kind read: `CON ` goes on, `END ` ends the session.

    Anything before the prefix, a blank or a byte order mark too, kills the session.
    """
    return WebhookResponse(("END " if reply.ends else "CON ") + reply.text)

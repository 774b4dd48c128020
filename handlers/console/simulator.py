"""The phone in the browser: dials and writes through the same road as a real phone, without a provider."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import receive, work
from feedback_gateway.channels.contract import BadPayloadError, Inbound
from feedback_gateway.lib import clock, phone
from handlers.console.blueprint import bp
from handlers.console.case_page import Sms, measure
from models import Contact, Message, vault
from models.words import Direction, Medium

CHANNEL = "simulator"
SERVICE_CODE = "*384*1#"
_SHOWN = 40
_LONGEST = {Medium.USSD: 182, Medium.SMS: 1000}


@dataclass
class Phone:
    """The phone as the browser's session keeps it. `keyed` is all that was keyed in the USSD session so far."""

    number: str
    session_id: str = ""
    keyed: list[str] = field(default_factory=list)
    screen: str = ""
    over: bool = True


@dataclass(frozen=True)
class Bubble:
    """One SMS on the phone."""

    message: Message
    mine: bool
    sms: Sms


@bp.before_request
def _only_when_on() -> None:
    if (request.endpoint or "").startswith("console.simulator") and not work.settings().simulator:
        abort(404)


@bp.get("/simulator")
def simulator() -> ResponseReturnValue:
    """The phone: its USSD screen, or its SMS."""
    handset = _handset()
    tab = "sms" if request.args.get("tab") == "sms" else "ussd"
    with work.reading() as db:
        bubbles = read_inbox(db, handset.number) if tab == "sms" else []
    return render_template("console/simulator.html", handset=handset, tab=tab, bubbles=bubbles, code=SERVICE_CODE)


@bp.get("/simulator/inbox")
def simulator_inbox() -> ResponseReturnValue:
    """The SMS of the phone alone, for the page to look again without loading itself anew."""
    with work.reading() as db:
        bubbles = read_inbox(db, _handset().number)
    return render_template("console/_bubbles.html", bubbles=bubbles)


@bp.post("/simulator/number")
def simulator_number() -> ResponseReturnValue:
    """Another phone. The one before keeps its conversations."""
    number = phone.normalise(request.form.get("number", "")[:30], work.settings().country_code)
    if not phone.is_number(number):
        flash(_("Ce n'est pas un numéro de téléphone."), "error")
        return _back("ussd")
    _keep(Phone(number))
    return _back("ussd")


@bp.post("/simulator/dial")
def simulator_dial() -> ResponseReturnValue:
    """Dials the short code: a new USSD session."""
    handset = Phone(_handset().number, session_id=f"sim-{secrets.token_hex(8)}")
    _press(handset)
    return _back("ussd")


@bp.post("/simulator/press")
def simulator_press() -> ResponseReturnValue:
    """Sends what was typed on the USSD screen. Like a phone, it sends nothing once the session is over."""
    handset = _handset()
    if not handset.over:
        handset.keyed.append(request.form.get("text", "").strip()[: _LONGEST[Medium.USSD]])
        _press(handset)
    return _back("ussd")


@bp.post("/simulator/end")
def simulator_end() -> ResponseReturnValue:
    """Hangs up: the line is told nothing, as when a person walks out of reach."""
    _keep(Phone(_handset().number))
    return _back("ussd")


@bp.post("/simulator/sms")
def simulator_sms() -> ResponseReturnValue:
    """Sends an SMS to the line."""
    text = request.form.get("text", "").strip()[: _LONGEST[Medium.SMS]]
    if text:
        receive.take(_inbound(_handset(), Medium.SMS, f"sim-{secrets.token_hex(12)}", text))
    return _back("sms")


def _press(handset: Phone) -> None:
    try:
        reply = receive.take(_inbound(handset, Medium.USSD, handset.session_id, "*".join(handset.keyed)))
    except BadPayloadError:
        flash(_("La session est perdue ; composez de nouveau."), "error")
        _keep(Phone(handset.number))
        return
    handset.screen, handset.over = reply.text, reply.ends
    _keep(handset)


def _inbound(handset: Phone, medium: Medium, provider_id: str, text: str) -> Inbound:
    ussd = medium == Medium.USSD
    return Inbound(
        channel=CHANNEL,
        medium=medium,
        provider_id=provider_id,
        sender=handset.number,
        text=text,
        received_at=clock.now(),
        session_id=provider_id if ussd else None,
        service_code=SERVICE_CODE if ussd else None,
    )


def _handset() -> Phone:
    """The phone of this browser; a new one with a made-up number when there is none."""
    kept: dict[str, Any] = session.get("phone", {})
    try:
        return Phone(**kept)
    except TypeError:  # none yet, or one of an older version
        handset = Phone(f"+226700000{secrets.randbelow(100):02d}")
        _keep(handset)
        return handset


def _keep(handset: Phone) -> None:
    session["phone"] = asdict(handset)


def _back(tab: str) -> ResponseReturnValue:
    return redirect(url_for("console.simulator", tab=tab))


def read_inbox(db: Session, number: str) -> list[Bubble]:
    """The SMS between this phone and the line, oldest first. Only what went through the simulator: a real person's
    messages are not shown to whoever types their number."""
    found = db.scalars(
        select(Message)
        .join(Contact, Contact.id == Message.contact_id)
        .where(
            Contact.phone_hash == vault.lookup("phone", number),
            Message.channel == CHANNEL,
            Message.medium == Medium.SMS,
        )
        .order_by(Message.id.desc())
        .limit(_SHOWN)
    ).all()
    return [Bubble(message, message.direction == Direction.IN, measure(message.text)) for message in reversed(found)]

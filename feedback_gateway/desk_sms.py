"""Commands by SMS from the registered phones of focal points (feedback_gateway/lib/desk_command.py), behind a PIN.

Only a keyed hash of the PIN is kept; the digits stand in no stored message, event or log. A command without them waits
for WAITS_FOR. Against guessing: WRONG_IN_A_ROW wrong ones close the phone's commands for LOCKED_FOR, and a number at
the end of the words, which may be text, is tried as a PIN only TRAILING_TRIES times in a row.
"""

import hmac
import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, desk, notices, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.channels.contract import Inbound
from feedback_gateway.desk import Deed
from feedback_gateway.lib import clock, desk_command
from feedback_gateway.lib.desk_command import Act, Command
from feedback_gateway.lib.desk_texts import say
from feedback_gateway.outgoing import queue_notice
from models import Case, Message, Referral, User, vault
from models.words import CaseState, Direction, NoticeKind, Purpose, Rejection, Sensitivity

log = logging.getLogger(__name__)

WRONG_IN_A_ROW = 5
LOCKED_FOR = timedelta(hours=24)
WAITS_FOR = timedelta(minutes=15)
TRAILING_TRIES = 5
MOST_LISTED = 5

_DEEDS = {Act.ACCEPT: Deed.ACCEPT, Act.DONE: Deed.DONE, Act.REJECT: Deed.REJECT, Act.ASK: Deed.ASK}
_SPOKEN = {
    "fr": {Act.ACCEPT: "OK", Act.DONE: "FAIT", Act.REJECT: "NON", Act.ASK: "QUESTION"},
    "en": {Act.ACCEPT: "OK", Act.DONE: "DONE", Act.REJECT: "NO", Act.ASK: "ASK"},
}
_IN_HAND = frozenset({CaseState.ACCEPTED, CaseState.IN_ACTION})


class _Proof(Enum):
    """What the digits of a command prove."""

    RIGHT = "right"
    RIGHT_LAST = "right_last"  # the number at the end of the words was the PIN
    WRONG = "wrong"
    NONE = "none"
    LOCKED = "locked"
    NO_PIN = "no_pin"
    CLOSED = "closed"


def set_pin(db: Session, user: User, *, by: User | None) -> str:
    """Gives a user a new PIN and returns it, once; ends the lock. `by` None is the operator's command line."""
    db.flush()
    db.refresh(user, with_for_update=True)  # a wrong PIN may be counted at this moment
    pin = _draw()
    user.sms_pin_hash = _hash(user, pin)
    user.wrong_sms_pins, user.sms_locked_until, user.sms_waiting = 0, None, None
    log.info("user %s gave user %s a PIN for commands by SMS", by.id if by else "-", user.id)
    return pin


def _draw() -> str:
    """Digits that nobody tries first: never fewer than three different ones."""
    while len(set(pin := f"{secrets.randbelow(10**desk_command.PIN_DIGITS):0{desk_command.PIN_DIGITS}d}")) < 3:
        pass
    return pin


def _hash(user: User, pin: str) -> str:
    return vault.lookup("desk pin", str(user.id), pin)


def take(db: Session, inbound: Inbound) -> bool:
    """Takes an SMS that is a command from a registered phone: stores it, does it, answers it. False for any other SMS,
    of which nothing is kept here.

    A provider's retry meets the unique key of the messages and is taken without doing anything again.
    """
    command = desk_command.parse(inbound.text)
    if command is None:
        return False
    by_phone = select(User).where(User.phone_hash == vault.lookup("phone", inbound.sender))
    user = db.scalar(by_phone.with_for_update())
    if user is None or not _is_for_the_desk(user, command):
        return False
    proof = _prove(user, command)
    stored = work.insert_if_new(
        db,
        Message,
        channel=inbound.channel,
        direction=Direction.IN,
        medium=inbound.medium,
        provider_id=inbound.provider_id,
        user_id=user.id,
        text=_conceal(user, inbound.text, command, proof),
        language=user.language,
        at=inbound.received_at,
    )
    if stored is not None:
        answer = _answer(db, user, command, proof)
        queue_notice(db, answer, user=user, channel=inbound.channel, purpose=Purpose.DESK)
    return True


def _is_for_the_desk(user: User, command: Command) -> bool:
    """Whether it is a command at all: digits alone are one only on a phone that has a PIN, and those that are not as
    many as a PIN has, only while a command waits. A PIN must never become a complaint that others read."""
    if command.act != Act.PIN:
        return True
    whole = len(command.pin or "") == desk_command.PIN_DIGITS
    return user.sms_pin_hash is not None and (whole or _waiting(user) is not None)


def _prove(user: User, command: Command) -> _Proof:
    """Compares digits; changes nothing."""
    if not user.active:
        return _Proof.CLOSED
    if command.act in (Act.LIST, Act.HELP):
        return _Proof.NONE
    if user.sms_pin_hash is None:
        return _Proof.NO_PIN
    if user.sms_locked_until is not None and user.sms_locked_until > clock.now():
        return _Proof.LOCKED
    if command.act == Act.PIN and _waiting(user) is None:
        return _Proof.NONE  # whether it is the PIN is told to nobody who does not ask for anything
    if command.pin and hmac.compare_digest(user.sms_pin_hash, _hash(user, command.pin)):
        return _Proof.RIGHT
    if command.last and _may_try_last(user) and hmac.compare_digest(user.sms_pin_hash, _hash(user, command.last)):
        return _Proof.RIGHT_LAST
    return _Proof.WRONG if command.pin else _Proof.NONE


def _may_try_last(user: User) -> bool:
    """Whether a number at the end of the words may still be tried: it is not counted as wrong, and must not be a way
    to guess for ever."""
    return bool((user.sms_waiting or {}).get("numbers", 0) < TRAILING_TRIES)


def _conceal(user: User, text: str, command: Command, proof: _Proof) -> str:
    """What is stored of an SMS: without a PIN, nor what stands in a PIN's place or could be one that was not tried."""
    is_text = proof == _Proof.RIGHT or (proof in (_Proof.WRONG, _Proof.NONE) and _may_try_last(user))
    hidden = desk_command.hide(text, command.pin_at, None if is_text else command.last_at)
    proven = {_Proof.RIGHT: command.pin, _Proof.RIGHT_LAST: command.last}.get(proof)
    return desk_command.without(hidden, proven) if proven else hidden


def _answer(db: Session, user: User, command: Command, proof: _Proof) -> str:
    """Does what the command asks for, as far as its digits allow, and returns what is answered."""
    tongue, minutes = user.language, int(WAITS_FOR.total_seconds() // 60)
    if proof == _Proof.CLOSED:
        return say(tongue, "closed")
    if command.act == Act.HELP:
        return say(tongue, "help")
    if command.act == Act.LIST:
        return _list(db, user)
    if proof == _Proof.NO_PIN:
        return say(tongue, "no_pin")
    if proof == _Proof.LOCKED:
        return _say_locked(user)
    if proof == _Proof.WRONG:
        return _count_wrong(db, user, command)
    if proof in (_Proof.RIGHT, _Proof.RIGHT_LAST):
        asked = _waited_for(user) if command.act == Act.PIN else command
        pin = (command.last if proof == _Proof.RIGHT_LAST else command.pin) or ""
        user.wrong_sms_pins, user.sms_waiting = 0, None
        return _perform(db, user, _without_pin(asked, pin, proof))
    if command.act == Act.PIN:
        key = "too_late" if (user.sms_waiting or {}).get("act") else "nothing"
        _wait(user, None)
        return say(tongue, key, minutes=minutes)
    _wait(user, command)
    return say(tongue, "wait", minutes=minutes, word=_word(tongue, command.act), ref=command.reference)


def _without_pin(command: Command, pin: str, proof: _Proof) -> Command:
    """The command with words in which the PIN does not stand, wherever it was typed."""
    ends = proof == _Proof.RIGHT_LAST or command.last == pin
    return replace(command, words=desk_command.without(command.words_before if ends else command.words, pin))


def _word(language: str, act: Act) -> str:
    return _SPOKEN["en" if language == "en" else "fr"][act]


def _wait(user: User, command: Command | None) -> None:
    """A command waits for its PIN, in place of one that waited before; None: nothing waits.

    How many numbers at the end of words were tried in a row is remembered until the PIN was right.
    """
    numbers = (user.sms_waiting or {}).get("numbers", 0)
    if command is None:
        user.sms_waiting = {"numbers": numbers} if numbers else None
        return
    user.sms_waiting = {
        "act": command.act,
        "reference": command.reference,
        "words": command.words,
        "last": command.last,
        "words_before": command.words_before,
        "until": (clock.now() + WAITS_FOR).isoformat(),
        "numbers": numbers + (command.last is not None),
    }


def _waiting(user: User) -> dict[str, Any] | None:
    """The command that waits for its PIN; None when nothing does, or its time is over."""
    kept = user.sms_waiting
    return kept if kept and "until" in kept and datetime.fromisoformat(kept["until"]) > clock.now() else None


def _waited_for(user: User) -> Command:
    kept = user.sms_waiting or {}
    return Command(
        Act(kept["act"]), kept["reference"], kept["words"], last=kept["last"], words_before=kept["words_before"]
    )


def _count_wrong(db: Session, user: User, command: Command) -> str:
    """A wrong PIN; the last one of a row closes the commands, and those hear of it who look after this phone."""
    user.wrong_sms_pins += 1
    if user.wrong_sms_pins >= WRONG_IN_A_ROW:
        user.wrong_sms_pins, user.sms_waiting = 0, None
        user.sms_locked_until = clock.now() + LOCKED_FOR
        log.warning("user %s: too many wrong PINs by SMS; commands are closed for a day", user.id)
        notices.tell(db, _who_looks_after(db, user), NoticeKind.WRONG_PINS)
        return _say_locked(user)
    if command.act != Act.PIN:
        _wait(user, command)
    return say(user.language, "wrong", tried=user.wrong_sms_pins, most=WRONG_IN_A_ROW)


def _say_locked(user: User) -> str:
    until = user.sms_locked_until or clock.now()
    return say(user.language, "locked", until=f"{until:%d/%m %H:%M}")


def _who_looks_after(db: Session, user: User) -> list[User]:
    """Coordination, and the user's agency: its managers and colleagues, not whoever holds that phone."""
    theirs = select(User).where(User.agency_id == user.agency_id, User.agency_id.is_not(None), User.active)
    return [each for each in [*access.coordination(db), *db.scalars(theirs)] if each.id != user.id]


def _perform(db: Session, user: User, command: Command) -> str:
    """Does a command whose PIN was right, and says what was done or why not."""
    tongue, ref = user.language, command.reference
    case = db.scalar(select(Case).where(Case.reference == ref))
    if case is None or case.sensitivity == Sensitivity.SEALED or not access.may_see(db, user, case):
        return say(tongue, "not_yours" if case is not None and _was_theirs(db, user, case) else "unknown", ref=ref)
    deed = _DEEDS[command.act]
    if not desk.may_act(user, case):
        return say(tongue, "not_yours", ref=ref)
    reason = Rejection(desk_command.reason_of(command.words)) if deed == Deed.REJECT else None
    try:
        with db.begin_nested():
            desk.do(db, user, case, deed, words=command.words, reason=reason)
    except NotAllowedError as refusal:
        return _refuse(tongue, case, deed, refusal)
    return _say_done(db, tongue, case, deed, reason)


def _was_theirs(db: Session, user: User, case: Case) -> bool:
    """Whether the agency of this user knows the reference because it once had the case, and may know where it went.

    Not of what is sealed or restricted, nor of a complaint about them: that is as good as unknown.
    """
    if case.sensitivity != Sensitivity.NORMAL or user.agency_id is None or desk.is_about(db, user, case):
        return False
    given = select(Referral.id).where(Referral.case_id == case.id, Referral.to_agency_id == user.agency_id)
    return db.scalar(given.limit(1)) is not None


def _refuse(tongue: str, case: Case, deed: Deed, refusal: NotAllowedError) -> str:
    ref = case.reference
    if refusal.code == "empty":
        return say(tongue, f"empty_{deed}", ref=ref)
    if refusal.code in ("too_long", "empty_variable"):
        return say(tongue, "too_long" if refusal.code == "too_long" else "braces", ref=ref)
    if deed == Deed.ASK and case.waiting_since is not None:
        return say(tongue, "asked", ref=ref)
    return say(tongue, "state", ref=ref, state=say(tongue, f"state_{case.state}"))


def _say_done(db: Session, tongue: str, case: Case, deed: Deed, reason: Rejection | None) -> str:
    key = str(deed)
    if deed in (Deed.DONE, Deed.ASK) and not desk.hears_by_sms(db, case):
        key = f"{deed}_unwritten"
    due = case.answer_due_at
    if deed == Deed.ACCEPT and due is None:
        key = "accept_undated"
    return say(
        tongue,
        key,
        ref=case.reference,
        due=f"{due:%d/%m}" if due else "",
        reason=say(tongue, reason) if reason else "",
    )


def _list(db: Session, user: User) -> str:
    """The references that wait for this user, the one due first at the head."""
    found = desk.waiting_for(db, user)
    if not found:
        return say(user.language, "list_none")
    shown = found[:MOST_LISTED]
    said = []
    for key, those in (
        ("to_take", [case for case in shown if case.state not in _IN_HAND]),
        ("in_hand", [case for case in shown if case.state in _IN_HAND]),
    ):
        if those:
            said.append(say(user.language, key, refs=", ".join(case.reference for case in those)))
    if len(found) > len(shown):
        said.append(say(user.language, "more", n=len(found) - len(shown)))
    return " ".join(said)

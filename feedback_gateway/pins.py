"""The four digits that open the state of a case that is not normal, on a phone that others may hold.

Only a keyed hash of them is kept. Neither the digits nor how many were wrong stands in an event, a log or an export.
Against guessing: after WRONG_IN_A_ROW nothing opens the case for LOCKED_FOR, so ten thousand PINs take years.
"""

import hmac
from datetime import timedelta

from sqlalchemy.orm import Session

from feedback_gateway import cases
from feedback_gateway.lib import clock
from models import Case, vault
from models.words import Actor

WRONG_IN_A_ROW = 5
LOCKED_FOR = timedelta(hours=24)
SETTABLE_FOR = timedelta(hours=1)
"""How long after opening its case a phone may make up a PIN, or another one."""


def _hash(case: Case, pin: str) -> str:
    return vault.lookup("pin", case.reference + pin)


def is_locked(case: Case) -> bool:
    """Whether too many wrong PINs have closed the case to those who ask for its state."""
    return case.pin_locked_until is not None and case.pin_locked_until > clock.now()


def opens(case: Case, pin: str) -> bool:
    """Whether this is the case's PIN. False while it is locked, and for a case that has none."""
    if case.pin_hash is None or is_locked(case):
        return False
    return hmac.compare_digest(case.pin_hash, _hash(case, pin))


def set_pin(db: Session, case: Case, pin: str, *, contact_id: int | None) -> None:
    """The person has made up a PIN. Changes nothing unless it is the case's own phone, soon after the opening.

    Otherwise whoever knows a reference could give the case a PIN of their own, and read it from then on.
    """
    own = contact_id is not None and contact_id == case.contact_id
    if not own or clock.now() - case.opened_at > SETTABLE_FOR:
        return
    case.pin_hash = _hash(case, pin)
    case.wrong_pins = 0
    case.pin_locked_until = None
    cases.record(db, case, "pin_set", actor=Actor.PERSON)


def record_wrong_pin(db: Session, case: Case) -> None:
    """Counts a wrong PIN; the last one of a row locks the case and tells the focal points that somebody guesses.

    What is tried while it is locked does not count: a stranger cannot keep the person out for ever by going on.
    """
    if case.pin_hash is None or is_locked(case):
        return
    case.wrong_pins += 1
    if case.wrong_pins >= WRONG_IN_A_ROW:
        case.wrong_pins = 0
        case.pin_locked_until = clock.now() + LOCKED_FOR
        cases.record(db, case, "pin_locked")


def record_right_pin(case: Case) -> None:
    """The row of wrong PINs is broken. Writes nothing when there was none."""
    case.wrong_pins = 0

"""Links that open one case for one person of an agency without a log-in: signed, expiring, and dead once the case
moves on. Never for a sealed case.

The form on such a page carries a token of its own, bound to the link and to what had happened to the case by then.
"""

from datetime import timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, cases, work
from feedback_gateway.lib import clock
from models import Case, CaseLink, Referral, User
from models.words import CaseState, Sensitivity


class Opened(NamedTuple):
    """What a link opens, and for whom."""

    link: CaseLink
    user: User
    case: Case


def _signer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(work.settings().secret_key, salt=salt)


def make_link(db: Session, user: User, case: Case) -> str | None:
    """The address of the case for this user, valid for LINK_DAYS, or the one that they have, if it holds a day more.

    None when there may be none: a sealed case, one that they may not see, or one that was never referred to anybody.
    """
    referral = _referral_for(db, user, case)
    if referral is None or case.sensitivity == Sensitivity.SEALED or not access.may_see(db, user, case):
        return None
    now = clock.now()
    link = db.scalar(
        select(CaseLink)
        .where(
            CaseLink.referral_id == referral.id,
            CaseLink.user_id == user.id,
            CaseLink.revoked_at.is_(None),
            CaseLink.expires_at > now + timedelta(days=1),
        )
        .order_by(CaseLink.id.desc())
        .limit(1)
    )
    if link is None:
        link = CaseLink(
            case_id=case.id,
            user_id=user.id,
            referral_id=referral.id,
            expires_at=now + timedelta(days=work.settings().link_days),
            at=now,
        )
        db.add(link)
        db.flush()
    return f"{work.settings().public_base_url}/dossier/{_signer('case link').dumps(link.id)}"


def _referral_for(db: Session, user: User, case: Case) -> Referral | None:
    """The referral under way; where none is (the case was answered, reopened, or came back), the last one to the
    user's agency."""
    under_way = cases.find_referral(db, case)
    if under_way is not None:
        return under_way
    theirs = select(Referral).where(Referral.case_id == case.id, Referral.to_agency_id == user.agency_id)
    return db.scalar(theirs.order_by(Referral.id.desc()).limit(1))


def open_link(db: Session, token: str) -> Opened | None:
    """Whose link this is and to which case; None when it is forged, has expired or opens nothing any more."""
    link = _find_link(db, token)
    if link is None or link.revoked_at is not None or link.expires_at <= clock.now():
        return None
    case = access.find_case(db, link.user, link.case_id)
    if case is None or case.sensitivity == Sensitivity.SEALED or _is_over(case):
        return None
    return Opened(link, link.user, case)


def _is_over(case: Case) -> bool:
    """Whether a case is closed and nobody asks for its reopening."""
    return case.state == CaseState.CLOSED and case.reopening_asked_at is None


def _find_link(db: Session, token: str) -> CaseLink | None:
    try:
        link_id = _signer("case link").loads(token)
    except BadSignature:
        return None
    link = db.get(CaseLink, link_id)
    return link if link is not None and link.user.active else None


def make_form(link: CaseLink, last_event: int) -> str:
    """The token of a form on the page of this link, made when `last_event` was the newest event of the case."""
    return str(_signer("case form").dumps([link.id, last_event]))


def read_form(db: Session, token: str, form: str) -> tuple[CaseLink, int] | None:
    """The link of a form, be it dead by now, and the event it was made after; None unless both tokens belong together.

    Who sends a form twice must get the same answer twice, although the first time may have ended the link.
    """
    link = _find_link(db, token)
    try:
        link_id, last_event = _signer("case form").loads(form)
    except BadSignature:
        return None
    return (link, int(last_event)) if link is not None and link.id == link_id else None

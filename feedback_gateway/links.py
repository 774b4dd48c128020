"""Links that open one case for one person of an agency without a log-in: signed, expiring, and dead once the case
moves on. Never for a sealed case.
"""

from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, cases, work
from feedback_gateway.lib import clock
from models import Case, CaseLink, User
from models.words import Sensitivity


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(work.settings().secret_key, salt="case link")


def make_link(db: Session, user: User, case: Case) -> str | None:
    """The address of the case for this user, valid for LINK_DAYS, or the one that they have, if it holds a day more.

    None when there may be none: a sealed case, one that they may not see, or one that is not referred to anybody.
    """
    referral = cases.find_referral(db, case)
    if referral is None or case.sensitivity == Sensitivity.SEALED or not access.may_see(db, user, case):
        return None
    now = clock.now()
    link = db.scalar(
        select(CaseLink).where(
            CaseLink.referral_id == referral.id,
            CaseLink.user_id == user.id,
            CaseLink.revoked_at.is_(None),
            CaseLink.expires_at > now + timedelta(days=1),
        )
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
    return f"{work.settings().public_base_url}/dossier/{_signer().dumps(link.id)}"


def open_link(db: Session, token: str) -> tuple[User, Case] | None:
    """Whose link this is and to which case; None when it is forged, has expired or opens nothing any more."""
    try:
        link_id = _signer().loads(token)
    except BadSignature:
        return None
    link = db.get(CaseLink, link_id)
    if link is None or link.revoked_at is not None or link.expires_at <= clock.now() or not link.user.active:
        return None
    case = access.find_case(db, link.user, link.case_id)
    if case is None or case.sensitivity == Sensitivity.SEALED:
        return None
    return link.user, case

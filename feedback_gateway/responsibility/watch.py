"""Keeping the rules true: who may confirm them is asked before they grow stale, and told when a case met one that had.

Nobody is asked twice in a week, and what is asked is one line of a digest.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import access, notices
from feedback_gateway.lib import clock
from feedback_gateway.responsibility.matrix import gaps
from feedback_gateway.responsibility.rules import Standing, all_rules, standing
from feedback_gateway.routing import Decision, Objection
from models import Notice, Route, User
from models.words import NoticeKind, Role

ASK_AGAIN = timedelta(days=7)
DUE = (Standing.AGEING, Standing.STALE)


def to_confirm(db: Session, now: datetime, agency_id: int | None = None) -> list[Route]:
    """The rules that are stale or soon will be; of one agency, or of all."""
    rules = [rule for rule in all_rules(db) if standing(rule, now) in DUE]
    return [rule for rule in rules if agency_id in (None, rule.agency_id)]


def ask_for_confirmation(db: Session) -> list[User]:
    """Has everybody asked who may confirm a rule that is stale or soon will be; returns whom."""
    now = clock.now()
    agencies = {rule.agency_id for rule in to_confirm(db, now)}
    return _tell(db, _keepers(db, agencies), NoticeKind.CONFIRM_ROUTES, now - ASK_AGAIN) if agencies else []


def tell_of_stale(db: Session, decision: Decision) -> None:
    """A case would have gone by a rule that is stale: those who may confirm it hear so at once, once a day."""
    stale = {each.agency_id for each in decision.passed_over if each.objection == Objection.STALE}
    if stale:
        _tell(db, _keepers(db, stale), NoticeKind.STALE_ROUTE, clock.now() - timedelta(days=1))


def _keepers(db: Session, agencies: Collection[int]) -> list[User]:
    """Coordination, and who answers for these agencies and can log in."""
    own = select(User).where(
        User.agency_id.in_(agencies), User.role.in_([Role.FOCAL_POINT, Role.MANAGER]), User.active, User.may_log_in
    )
    return [*access.coordination(db), *db.scalars(own.order_by(User.id))]


def _tell(db: Session, users: Iterable[User], kind: NoticeKind, since: datetime) -> list[User]:
    told = set(db.scalars(select(Notice.user_id).where(Notice.kind == kind, Notice.at > since)))
    return notices.tell(db, [user for user in users if user.id not in told], kind)


def health(db: Session) -> tuple[bool, str]:
    """Whether the rules are in order, and how they stand, for whoever runs the house. Names codes only."""
    now = clock.now()
    total = db.scalar(select(func.count()).select_from(Route)) or 0
    kinds = [standing(rule, now) for rule in all_rules(db)]
    bare = gaps(db)
    text = f"{total - kinds.count(Standing.ENDED)} rules, {kinds.count(Standing.STALE)} stale"
    text += f", {kinds.count(Standing.AGEING)} to confirm within 30 days"
    if bare:
        text += f"; nobody answers for {', '.join(gap.category for gap in bare)}"
    return not bare and Standing.STALE not in kinds, text

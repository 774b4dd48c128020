"""Notices: who is to hear of a case, when, and how; gathered into one message instead of a flood.

A notice is a row. It waits for the working hours of whoever it is for, unless it is urgent, and for the end of the last
digest's DIGEST_MINUTES; then all that waits goes out together and each stands in its case's log. What is no longer true
by then is dropped. No notice says what a case is about.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import case as case_
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing, work
from feedback_gateway.lib import clock
from feedback_gateway.timetable import timetable
from models import Case, Clock, Notice, OutboxRow, User
from models.words import (
    CaseState,
    Duty,
    Means,
    NoticeKind,
    OutboxState,
    Priority,
    Recipient,
    Role,
    Sensitivity,
    Step,
)

log = logging.getLogger(__name__)

_STILL_NEW = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED, CaseState.REOPENED})
_FOR_TAKING = frozenset({NoticeKind.NEW, NoticeKind.RETURNED})


def tell(
    db: Session,
    users: Iterable[User],
    kind: NoticeKind,
    case: Case | None = None,
    *,
    step: Step | None = None,
    means: Means = Means.AS_WISHED,
    urgent: bool | None = None,
) -> list[User]:
    """Has these users hear of something; returns those who had not been told the same without having heard it yet.

    `urgent` (as the case, when None) does not wait for working hours.
    """
    now = clock.now()
    found = {user.id: user for user in users}
    if not found:
        return []
    waiting = select(Notice.user_id).where(
        Notice.user_id.in_(list(found)),
        Notice.kind == kind,
        Notice.case_id == (case.id if case else None),
        Notice.step == step,
        Notice.sent_at.is_(None),
        Notice.dropped_at.is_(None),
    )
    known = set(db.scalars(waiting))
    told = [user for user in found.values() if user.id not in known]
    for user in told:
        db.add(
            Notice(
                user_id=user.id,
                case_id=case.id if case else None,
                kind=kind,
                step=step,
                means=means,
                urgent=is_urgent(case) if urgent is None else urgent,
                at=now,
            )
        )
    return told


OLD_NEWS = timedelta(days=7)


def is_urgent(case: Case | None) -> bool:
    """Whether a case does not wait for the morning: a matter of hours, or sealed.

    What somebody has written down long after it was said, out of an old register, wakes nobody.
    """
    if case is None or (case.entered_by_id is not None and clock.now() - case.opened_at > OLD_NEWS):
        return False
    return case.priority == Priority.P0 or case.sensitivity == Sensitivity.SEALED


def announce(db: Session, case: Case) -> None:
    """Something has happened to a case: whoever is to act hears of it."""
    kind = _what_happened(case)
    users = recipients(db, case, Recipient.COORDINATION if kind == NoticeKind.ABOVE else Recipient.FOCAL_POINT)
    if not users:
        log.error("nobody may be told of case %s: `feedback doctor` says who is missing", case.id)
    tell(db, users, kind, case)


def _what_happened(case: Case) -> NoticeKind:
    if case.reopening_asked_at is not None:
        return NoticeKind.ABOVE if case.above_agency else NoticeKind.REOPENING
    if case.agency_id is None:
        return NoticeKind.NO_OWNER
    if case.state == CaseState.REJECTED:
        return NoticeKind.RETURNED
    return NoticeKind.NEW if case.state in _STILL_NEW else NoticeKind.MESSAGE


def recipients(db: Session, case: Case, recipient: Recipient) -> list[User]:
    """Who that is for this case. Nobody who may not see it; where nobody is left, the next above.

    Of a sealed case all are its named readers: it does not leave that list, however late it is.
    """
    day = clock.now().date()
    if case.sensitivity == Sensitivity.SEALED:
        readers = routing.sealed_readers(db, case)
        return routing.present(db, readers, day, case) or readers
    found: list[User] = []
    if recipient == Recipient.FOCAL_POINT:
        found = _focal_points(db, case, day)
    elif recipient == Recipient.DEPUTY:
        found = _deputies(db, case, day)
    if not found and recipient != Recipient.COORDINATION and case.agency_id is not None:
        managers = select(User).where(User.role == Role.MANAGER, User.agency_id == case.agency_id, User.active)
        found = access.who_may_see(db, db.scalars(managers.order_by(User.id)).all(), case)
    return found or access.coordination(db, case)


def _focal_points(db: Session, case: Case, day: date) -> list[User]:
    """Who has the case, or their deputy; where neither is there, or nobody was given it, all who may take it."""
    chosen = _chosen(db, case)
    found = routing.present(db, [chosen], day, case) if chosen else []
    return found or routing.present(db, routing.candidates(db, case), day, case)


def _deputies(db: Session, case: Case, day: date) -> list[User]:
    """The deputy of who has the case; without one, the colleagues, so that no manager is called before their time."""
    chosen = _chosen(db, case)
    deputy = db.get(User, chosen.deputy_id) if chosen and chosen.deputy_id else None
    if deputy is not None and (found := routing.present(db, access.who_may_see(db, [deputy], case), day, case)):
        return found
    there = routing.present(db, routing.candidates(db, case), day, case)
    return [user for user in there if user is not chosen] or there


def _chosen(db: Session, case: Case) -> User | None:
    chosen = db.get(User, case.focal_point_id) if case.focal_point_id else None
    return chosen if chosen is not None and access.may_see(db, chosen, case) else None


def users_due(db: Session, now: datetime) -> list[int]:
    """Whose notices are to go out now, and who has no digest under way."""
    under_way = select(OutboxRow.user_id).where(
        OutboxRow.duty == Duty.SEND_DIGEST,
        OutboxRow.state.in_([OutboxState.PENDING, OutboxState.QUEUED, OutboxState.RUNNING]),
    )
    urgent = func.max(case_((Notice.urgent, 1), else_=0))
    waiting = (
        select(User, urgent)
        .join(Notice, Notice.user_id == User.id)
        .where(Notice.sent_at.is_(None), Notice.dropped_at.is_(None), Notice.at <= now)
        .group_by(User.id)
        .order_by(User.id)
    )
    found = [(user, bool(at_once)) for user, at_once in db.execute(waiting)]
    busy = set(db.scalars(under_way)) if found else set()
    return [user.id for user, at_once in found if user.id not in busy and (at_once or _in_hours(db, user, now))]


def _in_hours(db: Session, user: User, now: datetime) -> bool:
    pause = timedelta(minutes=work.settings().digest_minutes)
    rested = user.digest_at is None or now - user.digest_at >= pause
    return rested and timetable(db).at_work(user, now).is_open(now)


def gather(db: Session, user: User) -> list[tuple[Notice, Case | None]]:
    """What waits for this user and is still true, with its cases, the oldest first; the rest is dropped.

    What is not urgent comes along with what is. What waits for somebody who has gone on leave meanwhile is given to
    their deputy, as far as that one may see it. One statement, however many cases there are.
    """
    now = clock.now()
    other = routing.stand_in(db, user, now.date()) or user
    owed = exists().where(
        Clock.case_id == Case.id, Clock.step == Notice.step, Clock.stopped_at.is_(None), Clock.due_at.is_not(None)
    )
    rows = db.execute(
        select(Notice, Case, access.accessible_to(user), access.accessible_to(other), owed)
        .outerjoin(Case, Case.id == Notice.case_id)
        .where(Notice.user_id == user.id, Notice.sent_at.is_(None), Notice.dropped_at.is_(None))
        .order_by(Notice.urgent.desc(), Notice.id)
    ).all()
    found: list[tuple[Notice, Case | None]] = []
    for notice, case, mine, theirs, is_owed in rows:
        still_true = case is None or _still_true(notice, case, is_owed=is_owed)
        if still_true and theirs and other is not user:
            notice.user_id = other.id
        elif still_true and user.active and (case is None or mine):
            found.append((notice, case))
        else:
            notice.dropped_at = now
    return found


def _still_true(notice: Notice, case: Case, *, is_owed: bool) -> bool:
    if notice.kind in _FOR_TAKING:
        return case.state in _STILL_NEW
    if notice.kind in (NoticeKind.REOPENING, NoticeKind.ABOVE):
        return case.reopening_asked_at is not None
    if notice.kind == NoticeKind.ASSIGNED:
        return case.focal_point_id == notice.user_id and case.state != CaseState.CLOSED
    if notice.kind == NoticeKind.UNDELIVERED:
        return case.told_at is None and case.state != CaseState.CLOSED
    if notice.kind == NoticeKind.NO_OWNER:
        return case.agency_id is None and case.state != CaseState.CLOSED
    return is_owed or notice.step is None

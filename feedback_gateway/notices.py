"""Notices: who is to hear of a case, when, and how; gathered into one message instead of a flood.

A notice is a row. It waits for the working hours of whoever it is for, unless it is urgent, and for the end of the last
digest's DIGEST_MINUTES; then all that waits goes out together and each stands in its case's log. What is no longer true
by then is dropped. No notice says what a case is about.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing, work
from feedback_gateway.lib import clock
from feedback_gateway.timetable import timetable
from models import Case, Notice, OutboxRow, SealedReader, User
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

_STILL_NEW = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})
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
    told = []
    for user in {user.id: user for user in users}.values():
        waiting = select(Notice.id).where(
            Notice.user_id == user.id,
            Notice.kind == kind,
            Notice.case_id == (case.id if case else None),
            Notice.step == step,
            Notice.sent_at.is_(None),
            Notice.dropped_at.is_(None),
        )
        if db.scalar(waiting.limit(1)) is not None:
            continue
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
        told.append(user)
    return told


def is_urgent(case: Case | None) -> bool:
    """Whether a case does not wait for the morning: a matter of hours, or sealed."""
    return case is not None and (case.priority == Priority.P0 or case.sensitivity == Sensitivity.SEALED)


def announce(db: Session, case: Case) -> None:
    """Something has happened to a case: whoever is to act hears of it."""
    kind = _what_happened(case)
    users = recipients(db, case, Recipient.COORDINATION if kind == NoticeKind.ABOVE else Recipient.FOCAL_POINT)
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
        return routing.present(db, _sealed_readers(db, case), day, case) or _sealed_readers(db, case)
    if recipient in (Recipient.FOCAL_POINT, Recipient.DEPUTY):
        found = _focal_points(db, case)
        if recipient == Recipient.DEPUTY:
            found = [user for focal in found if (user := _deputy(db, focal, case)) is not None]
            return found or recipients(db, case, Recipient.MANAGER)
        found = routing.present(db, found, day, case)
        if not found:  # the one who has it is away without a deputy, or nobody was given it
            found = routing.present(db, routing.candidates(db, case), day, case)
        return found or recipients(db, case, Recipient.MANAGER)
    if recipient == Recipient.MANAGER and case.agency_id is not None:
        managers = select(User).where(User.role == Role.MANAGER, User.agency_id == case.agency_id, User.active)
        found = [user for user in db.scalars(managers.order_by(User.id)) if access.may_see(db, user, case)]
        if found:
            return found
    return access.coordination(db, case)


def _focal_points(db: Session, case: Case) -> list[User]:
    chosen = db.get(User, case.focal_point_id) if case.focal_point_id else None
    if chosen is not None and chosen.active and access.may_see(db, chosen, case):
        return [chosen]
    return routing.candidates(db, case)


def _deputy(db: Session, user: User, case: Case) -> User | None:
    deputy = db.get(User, user.deputy_id) if user.deputy_id else None
    usable = deputy is not None and deputy.active and access.may_see(db, deputy, case)
    return deputy if usable else None


def _sealed_readers(db: Session, case: Case) -> list[User]:
    named = select(SealedReader.user_id).where(SealedReader.category_code.in_(["*", case.category_code or "*"]))
    users = db.scalars(select(User).where(User.id.in_(named), User.active).order_by(User.id))
    return [user for user in users if access.may_see(db, user, case)]


def users_due(db: Session, now: datetime) -> list[int]:
    """Whose notices are to go out now, and who has no digest under way."""
    under_way = select(OutboxRow.user_id).where(
        OutboxRow.duty == Duty.SEND_DIGEST,
        OutboxRow.state.in_([OutboxState.PENDING, OutboxState.QUEUED, OutboxState.RUNNING]),
    )
    waiting = select(Notice.user_id, Notice.urgent).where(
        Notice.sent_at.is_(None), Notice.dropped_at.is_(None), Notice.at <= now
    )
    urgent: dict[int, bool] = {}
    for user_id, is_it in db.execute(waiting.distinct()):
        urgent[user_id] = urgent.get(user_id, False) or is_it
    busy = set(db.scalars(under_way)) if urgent else set()
    return [
        user_id
        for user_id, at_once in sorted(urgent.items())
        if user_id not in busy and (at_once or _in_hours(db, db.get_one(User, user_id), now))
    ]


def _in_hours(db: Session, user: User, now: datetime) -> bool:
    pause = timedelta(minutes=work.settings().digest_minutes)
    rested = user.digest_at is None or now - user.digest_at >= pause
    return rested and timetable(db).at_work(user, now).is_open(now)


def gather(db: Session, user: User) -> list[tuple[Notice, Case | None]]:
    """What waits for this user and is still true, with its cases, the oldest first; the rest is dropped.

    What is not urgent comes along with what is.
    """
    now = clock.now()
    rows = db.execute(
        select(Notice, Case)
        .outerjoin(Case, Case.id == Notice.case_id)
        .where(Notice.user_id == user.id, Notice.sent_at.is_(None), Notice.dropped_at.is_(None))
        .order_by(Notice.urgent.desc(), Notice.id)
    ).all()
    found: list[tuple[Notice, Case | None]] = []
    for notice, case in rows:
        if user.active and _still_true(db, notice, case, user):
            found.append((notice, case))
        else:
            notice.dropped_at = now
    return found


def _still_true(db: Session, notice: Notice, case: Case | None, user: User) -> bool:
    if case is None:
        return True
    if not access.may_see(db, user, case):
        return False
    if notice.kind in _FOR_TAKING:
        return case.state in _STILL_NEW
    if notice.kind in (NoticeKind.REOPENING, NoticeKind.ABOVE):
        return case.reopening_asked_at is not None
    if notice.kind == NoticeKind.NO_OWNER:
        return case.agency_id is None and case.state != CaseState.CLOSED
    if notice.step is not None:
        return case.next_step == notice.step or notice.kind == NoticeKind.LATE
    return True

"""The outbox: who may work on a row, and what became of it. The database is the truth; Redis only rings the bell.

pending --(dispatcher rings)--> queued --(worker claims)--> running --> done | failed | pending with a later time.
A queued or running row whose lease ran out is due again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import OutboxRow
from models.words import Duty, OutboxState

BATCH = 200
MOST_ATTEMPTS = 10
BACKOFF = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14400)
"""Seconds to wait after the first, second, ... failed attempt: about eight hours in all."""


def lease() -> timedelta:
    """How long a rung bell may go unheard, or a worker may take, before the row is due again.

    Longer than any provider call, which is cut at about ten seconds.
    """
    return timedelta(seconds=work.settings().lease_seconds)


@dataclass(frozen=True)
class Task:
    """A claimed row. `attempt` counts from 1."""

    id: int
    duty: Duty
    attempt: int
    message_id: int | None
    case_id: UUID | None
    alarm_id: int | None = None
    user_id: int | None = None
    issue_answer_id: int | None = None


_SUBJECTS = (
    OutboxRow.message_id,
    OutboxRow.case_id,
    OutboxRow.alarm_id,
    OutboxRow.user_id,
    OutboxRow.issue_answer_id,
)


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(OutboxRow.state == OutboxState.PENDING, OutboxRow.next_attempt_at <= now),
        and_(OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.RUNNING]), OutboxRow.lease_until < now),
    )


def any_due(db: Session) -> bool:
    """Whether there is anything to ring for: a look that takes no lock."""
    return db.scalar(select(OutboxRow.id).where(_due(clock.now())).limit(1)) is not None


def ring_due(db: Session, most: int = BATCH) -> list[tuple[int, str, int]]:
    """Marks the rows that are due as queued and returns (id, queue, attempts so far) of each.

    Two dispatchers never take the same row: the rows are locked, and those that another one holds are passed over.
    """
    now = clock.now()
    found = db.execute(
        select(OutboxRow.id, OutboxRow.queue, OutboxRow.attempts)
        .where(_due(now))
        .order_by(OutboxRow.next_attempt_at, OutboxRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if found:
        db.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([row.id for row in found]))
            .values(state=OutboxState.QUEUED, lease_until=now + lease())
        )
    return [(row.id, row.queue, row.attempts) for row in found]


def unring(db: Session, ids: list[int]) -> None:
    """The bell could not be rung (Redis is away): the rows are due again in a moment."""
    db.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids), OutboxRow.state == OutboxState.QUEUED)
        .values(state=OutboxState.PENDING, lease_until=None, next_attempt_at=clock.now() + timedelta(seconds=2))
    )


def claim(db: Session, row_id: int) -> Task | None:
    """Takes a row for this worker, or None when it is not due, done, or somebody else's. One conditional UPDATE."""
    now = clock.now()
    free = or_(
        OutboxRow.state.in_([OutboxState.PENDING, OutboxState.QUEUED]),
        and_(OutboxRow.state == OutboxState.RUNNING, OutboxRow.lease_until < now),
    )
    row = db.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, free, OutboxRow.next_attempt_at <= now)
        .values(state=OutboxState.RUNNING, attempts=OutboxRow.attempts + 1, lease_until=now + lease())
        .returning(OutboxRow.duty, OutboxRow.attempts, *_SUBJECTS)
    ).first()
    return Task(row_id, *row) if row else None


def _close(db: Session, task: Task, values: dict[str, Any]) -> bool:
    """Ends this attempt, unless the lease ran out and another worker holds the row now."""
    result = db.execute(
        update(OutboxRow)
        .where(OutboxRow.id == task.id, OutboxRow.attempts == task.attempt, OutboxRow.state == OutboxState.RUNNING)
        .values(lease_until=None, **values)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def finish(db: Session, task: Task) -> bool:
    """The duty is done. In the transaction that records the result, so that both stand or neither."""
    return _close(db, task, {"state": OutboxState.DONE, "finished_at": clock.now(), "last_error": None})


def give_up(db: Session, task: Task, error: str) -> bool:
    """It will never work: a person has to look."""
    return _close(db, task, {"state": OutboxState.FAILED, "finished_at": clock.now(), "last_error": error[:200]})


def wait(db: Session, task: Task, reason: str, at: datetime) -> bool:
    """It cannot be tried now through no fault of its own (a paused channel): that is no attempt, and never the last."""
    values = {"state": OutboxState.PENDING, "attempts": task.attempt - 1, "next_attempt_at": at}
    return _close(db, task, {**values, "last_error": reason[:200]})


def postpone(db: Session, task: Task, error: str, *, at: datetime | None = None, most: int = MOST_ATTEMPTS) -> bool:
    """Try again later: at `at`, or after the backoff of this attempt; False when the attempts are used up."""
    if task.attempt >= most:
        give_up(db, task, error)
        return False
    later = at or clock.now() + timedelta(seconds=BACKOFF[min(task.attempt, len(BACKOFF)) - 1])
    _close(db, task, {"state": OutboxState.PENDING, "next_attempt_at": later, "last_error": error[:200]})
    return True

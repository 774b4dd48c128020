"""The jobs: what an RQ worker runs. A job's argument is the id of an outbox row and nothing else.

Each job claims its row with one conditional UPDATE, so that a bell rung twice does the work once.
"""

import logging
import smtplib
from collections.abc import Callable

from sqlalchemy.orm import Session

from feedback_gateway import follow_up, outbox, work
from feedback_gateway.lib.fault import describe
from feedback_gateway.outbox import Task
from feedback_gateway.partners import mail
from feedback_gateway.sending import send_message
from models import Case
from models.words import Duty

log = logging.getLogger(__name__)


def run(row_id: int) -> None:
    """Does the duty of one outbox row, if it is due and free. Never raises: what went wrong stands in the row."""
    with work.unit_of_work() as db:
        task = outbox.claim(db, row_id)
    if task is None:
        return
    try:
        PERFORM[task.duty](task)
    except Exception as error:
        log.error("outbox row %s (%s) failed: %s", task.id, task.duty, describe(error))
        with work.unit_of_work() as db:
            if not outbox.postpone(db, task, type(error).__name__):
                _abandon(db, task)


def _abandon(db: Session, task: Task) -> None:
    case = db.get(Case, task.case_id) if task.case_id else None
    if task.duty == Duty.CLASSIFY_CASE and case is not None:
        follow_up.classify_failed(db, case)


def _on_case(verb: Callable[[Session, Case], None]) -> Callable[[Task], None]:
    """A duty that only touches the database: the work and the end of the row are one transaction."""

    def perform(task: Task) -> None:
        with work.unit_of_work() as db:
            case = db.get(Case, task.case_id, with_for_update=True)
            if case is not None:
                verb(db, case)
            if not outbox.finish(db, task):
                db.rollback()  # the lease ran out and another worker has it: this work must not stand twice

    return perform


def _notify(task: Task) -> None:
    with work.unit_of_work() as db:
        case = db.get(Case, task.case_id)
        letters = follow_up.notices_for(db, case) if case else []
        if not letters:
            outbox.finish(db, task)
            return
    try:
        mail.post(work.settings().mail, letters)
    except (OSError, smtplib.SMTPException) as error:
        with work.unit_of_work() as db:
            outbox.postpone(db, task, type(error).__name__)
        return
    with work.unit_of_work() as db:
        outbox.finish(db, task)


PERFORM: dict[Duty, Callable[[Task], None]] = {
    Duty.SEND_MESSAGE: send_message,
    Duty.CLASSIFY_CASE: _on_case(follow_up.classify_case),
    Duty.NOTIFY_FOCAL_POINTS: _notify,
    Duty.ASK_SATISFACTION: _on_case(follow_up.ask_satisfaction),
}

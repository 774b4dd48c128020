"""The jobs: what an RQ worker runs. A job's argument is the id of an outbox row and nothing else.

Each job claims its row with one conditional UPDATE, so that a bell rung twice does the work once. What only touches
the database is done in that same transaction: it stands together with the end of the row, or not at all. What calls
somebody outside is returned by the duty and done after the commit.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_gateway import (
    alarms,
    digest,
    entry_import,
    follow_up,
    informing,
    issues,
    notices,
    outbox,
    reminders,
    sending,
    work,
)
from feedback_gateway.lib import clock
from feedback_gateway.lib.fault import describe
from feedback_gateway.outbox import Task
from feedback_gateway.partners import mail
from feedback_gateway.partners.mail import Letter
from models import Alarm, Case, Contact
from models.words import Duty

log = logging.getLogger(__name__)

After = Callable[[], None]
TOMORROW = timedelta(days=1)


def run(row_id: int) -> None:
    """Does the duty of one outbox row, if it is due and free. What went wrong stands in the row, by its class only.

    When the database itself is away, the row is rung for again as soon as its lease is over.
    """
    try:
        _run(row_id)
    except SQLAlchemyError as error:
        log.error("outbox row %s: the database is away: %s", row_id, describe(error))


def _run(row_id: int) -> None:
    with work.unit_of_work() as db:
        task = outbox.claim(db, row_id)
        if task is None:
            return
        try:
            with db.begin_nested():
                after = PERFORM[task.duty](db, task)
                work.settle(db)
        except Exception as error:
            db.info.clear()  # what the duty had asked to be done before the commit has gone with it
            _record_fault(db, task, error)
            return
    if after is None:
        return
    try:
        after()
    except Exception as error:
        with work.unit_of_work() as db:
            _record_fault(db, task, error)


def _record_fault(db: Session, task: Task, error: Exception) -> None:
    log.error("outbox row %s (%s) failed: %s", task.id, task.duty, describe(error))
    if not outbox.postpone(db, task, type(error).__name__):
        case = db.get(Case, task.case_id) if task.case_id else None
        if task.duty == Duty.CLASSIFY_CASE and case is not None:
            follow_up.classify_failed(db, case)
        if task.duty == Duty.FOLLOW_CASE and case is not None:
            case.follow_at = clock.now() + TOMORROW  # nobody is left waiting because a worker could not


def _on_case(verb: Callable[[Session, Case], None]) -> Callable[[Session, Task], None]:
    """A duty that only touches the database."""

    def perform(db: Session, task: Task) -> None:
        # The contact before its case, as a webhook does: two who lock in another order wait for each other for ever.
        holder = select(Contact.id).join(Case, Case.contact_id == Contact.id).where(Case.id == task.case_id)
        db.execute(holder.with_for_update(of=Contact))
        # Others may point at this case meanwhile (a likeness does), so its key is not locked.
        case = db.get(Case, task.case_id, with_for_update={"key_share": True})
        if case is not None:
            verb(db, case)
        outbox.finish(db, task)

    return perform


def _tell_coordination(db: Session, task: Task) -> After | None:
    alarm = db.get(Alarm, task.alarm_id)
    return _post(db, task, alarms.letters_for(db, alarm) if alarm else [])


def _post(db: Session, task: Task, letters: list[Letter]) -> After | None:
    """Letters leave after the commit; without any the duty is done."""
    if not letters:
        outbox.finish(db, task)
        return None

    def post() -> None:
        try:
            mail.post(work.settings().mail, letters)
        except (OSError, smtplib.SMTPException) as error:
            with work.unit_of_work() as after:
                outbox.postpone(after, task, type(error).__name__)
            return
        with work.unit_of_work() as after:
            outbox.finish(after, task)

    return post


PERFORM: dict[Duty, Callable[[Session, Task], After | None]] = {
    Duty.SEND_MESSAGE: sending.send_message,
    Duty.CLASSIFY_CASE: _on_case(follow_up.classify_case),
    Duty.NOTIFY_FOCAL_POINTS: _on_case(notices.announce),
    Duty.FOLLOW_CASE: _on_case(reminders.follow_case),
    Duty.SEND_DIGEST: digest.send_digest,
    Duty.ANSWER_ISSUE: issues.give_answer,
    Duty.GIVE_TO_ISSUE_OWNER: _on_case(issues.give_to_owner),
    Duty.TELL_COORDINATION: _tell_coordination,
    Duty.IMPORT_ENTRIES: entry_import.take_some,
    Duty.INFORM_PERSON: _on_case(informing.inform),
    Duty.ASK_SATISFACTION: _on_case(follow_up.ask_satisfaction),
}

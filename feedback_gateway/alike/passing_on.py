"""Between a case that was closed as a duplicate and the one that goes on: later words, and the answer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, cases, notices, work
from feedback_gateway.alike.finding import may_meet
from feedback_gateway.alike.linking import follow_duplicates
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.classify import read
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import write_message
from models import Case, Event, User
from models.words import Actor, CaseState, Duty, FeedbackType, Purpose, Recipient


def pass_message(db: Session, case: Case) -> None:
    """The person of a closed duplicate has written again: whoever works on the case that goes on hears of it.

    Its timeline names this case and none of the words: who may read them finds them here. Where nobody there may, or
    the other case is closed as well, the person asks for the reopening of this one, as anybody else would. Called when
    the new words have been read, since they may have made this case too sensitive to be named beside the other.
    """
    if case.state != CaseState.CLOSED or case.duplicate_of_id is None:
        return
    text = _new_words(db, case)
    if text is None or read(text).type == FeedbackType.PRAISE:
        return
    goes_on = follow_duplicates(db, case)
    if goes_on is None or goes_on.state not in OPEN or not may_meet(case, goes_on) or not _is_heard(db, case, goes_on):
        cases.ask_reopening(db, case)
        return
    cases.record(db, case, "message_passed", other=str(goes_on.id))
    cases.record(db, goes_on, "duplicate_wrote", other=str(case.id))
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=goes_on.id)


def _new_words(db: Session, case: Case) -> str | None:
    """What the person has written since the case was closed, the newest; None once it was passed on."""
    newest = select(Event.kind, Event.text).where(
        Event.case_id == case.id, Event.kind.in_(["message_added", "message_passed", "closed"])
    )
    row = db.execute(newest.order_by(Event.id.desc()).limit(1)).first()
    return row.text if row is not None and row.kind == "message_added" else None


def _is_heard(db: Session, case: Case, goes_on: Case) -> bool:
    """Whether somebody who works on the case that goes on may read this one."""
    users = notices.recipients(db, goes_on, Recipient.FOCAL_POINT)
    return any(access.may_see(db, user, case) for user in users)


def untold_duplicates(db: Session, user: User, case: Case) -> list[Case]:
    """The closed duplicates of other phones whose people have not had the answer of this case, as this user may see."""
    untold = select(Case).where(
        access.accessible_to(user),
        cases.may_stand_open(),
        Case.duplicate_of_id == case.id,
        Case.contact_id.is_not(None),
        Case.contact_id.is_distinct_from(case.contact_id),
        Case.responded_at.is_(None),
    )
    return list(db.scalars(untold.order_by(Case.opened_at, Case.id)))


def pass_answer_on(db: Session, case: Case, *, by: User) -> int:
    """Sends the last answer of a case to those whose cases were closed as its duplicates; returns how many SMS leave.

    A person decides on it, since an answer may hold what is meant for one person only. Raises NotAllowedError("state")
    when there is no answer yet, or nobody to send it to.
    """
    text = cases.last_answer(db, case) if case.responded_at is not None else None
    found = untold_duplicates(db, by, case)
    if not text or not found or not access.may_see(db, by, case):
        raise NotAllowedError("state")
    sent = 0
    for duplicate in found:
        message = write_message(db, duplicate, Purpose.ANSWER, text)
        duplicate.responded_at = clock.now()
        said = {"other": str(case.id), "message": message.id if message else None}
        cases.record(db, duplicate, "answer_passed_on", by=by, actor=Actor.USER, text=text, **said)
        sent += message is not None
    return sent

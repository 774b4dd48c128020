"""One answer to all: ordered once, given by a worker to some cases at a time.

What has become of each case is a row; a batch and its rows stand together or not at all, so neither a worker that dies
nor a bell that rings twice gives the answer to anybody a second time. What fails with one case is written down with
it and holds up no other.
"""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, defer, joinedload

from feedback_gateway import cases, outbox, wording, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.issues.keeping import note_change
from feedback_gateway.issues.owning import give_to_owner
from feedback_gateway.issues.planning import MAIN, cases_to_answer, text_for, way_to
from feedback_gateway.issues.sight import may_work, members
from feedback_gateway.lib import clock
from feedback_gateway.lib.fault import describe
from feedback_gateway.outbox import Task
from feedback_gateway.outgoing import language_for
from models import Case, Contact, Issue, IssueAnswer, IssueAnswerCase, Message, User
from models.words import CaseState, Delivery, Duty, Given, IssueState, Outcome

log = logging.getLogger(__name__)

BATCH = 25
MOST_LETTERS = 1000

_KNOWN = frozenset(wording.VARIABLES) - {"answer"}
"""The variables that an answer to all may hold."""

_TO_TAKE = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})


def order_answer(
    db: Session, issue: Issue, texts: Mapping[str, str], *, by: User, key: str, outcome: Outcome | None = None
) -> IssueAnswer:
    """Writes down an answer for all open cases of an issue that its author may see, and has a worker give it.

    `texts` by language, French at least; `outcome`: how each case is closed once its person is told; `key`: of the
    page that was confirmed, so that confirming it twice orders it once. Raises NotAllowedError: "not_yours", "state",
    "empty", "too_long", "unknown_variable", "choose" (an outcome that needs no telling), "under_way" (another one is),
    "no_cases".
    """
    known = db.scalar(select(IssueAnswer).where(IssueAnswer.order_key == key))
    if known is not None and known.issue_id == issue.id and known.user_id == by.id:
        return known
    _check(db, issue, by)
    written = {language: text.strip() for language, text in texts.items() if text.strip()}
    check_texts(written)
    if outcome is not None and outcome not in cases.NEEDS_TELLING:
        raise NotAllowedError("choose")
    ids = [case.id for case, _ in cases_to_answer(db, issue, by)]
    if not ids:
        raise NotAllowedError("no_cases")
    answer = IssueAnswer(
        issue_id=issue.id,
        order_key=key,
        texts=written,
        outcome=outcome,
        user_id=by.id,
        total=len(ids),
        at=clock.now(),
    )
    db.add(answer)
    db.flush()
    db.execute(insert(IssueAnswerCase), [{"answer_id": answer.id, "case_id": case_id} for case_id in ids])
    note_change(db, issue, "answered", by=by, answer=answer.id, cases=len(ids))
    work.enqueue(db, Duty.ANSWER_ISSUE, issue_answer_id=answer.id)
    return answer


def check_texts(texts: Mapping[str, str]) -> None:
    """Raises NotAllowedError unless an answer may be given in these words: "empty", "too_long", "unknown_variable"."""
    if MAIN not in texts:
        raise NotAllowedError("empty")
    if any(len(text) > MOST_LETTERS for text in texts.values()):
        raise NotAllowedError("too_long")
    if any(not _KNOWN.issuperset(wording.holes(text)) for text in texts.values()):
        raise NotAllowedError("unknown_variable")


def _check(db: Session, issue: Issue, by: User) -> None:
    if not may_work(by, issue):
        raise NotAllowedError("not_yours")
    if issue.state != IssueState.OPEN:
        raise NotAllowedError("state")
    db.execute(select(Issue.id).where(Issue.id == issue.id).with_for_update())  # one order at a time
    under_way = select(IssueAnswer.id).where(IssueAnswer.issue_id == issue.id, IssueAnswer.ended_at.is_(None))
    if db.scalar(under_way.limit(1)) is not None:
        raise NotAllowedError("under_way")


def list_answers(db: Session, issue: Issue) -> list[IssueAnswer]:
    """The answers to all of an issue, the newest first."""
    answers = select(IssueAnswer).where(IssueAnswer.issue_id == issue.id).options(joinedload(IssueAnswer.user))
    return list(db.scalars(answers.order_by(IssueAnswer.id.desc())))


def list_failures(db: Session, answer: IssueAnswer, user: User) -> list[tuple[Case, str]]:
    """The cases that an answer could not be given to, as far as this user may see them, and why: a code."""
    failed = (
        select(Case, IssueAnswerCase.reason)
        .join(IssueAnswerCase, IssueAnswerCase.case_id == Case.id)
        .where(IssueAnswerCase.answer_id == answer.id, IssueAnswerCase.given == Given.FAILED, members(user))
        .order_by(IssueAnswerCase.id)
    )
    return [(case, reason or "") for case, reason in db.execute(failed)]


def give_answer(db: Session, task: Task) -> None:
    """The duty ANSWER_ISSUE: gives the answer to the next BATCH cases, and asks for the next round while any waits."""
    answer = db.get(IssueAnswer, task.issue_answer_id, with_for_update=True)
    if answer is None or answer.ended_at is not None:
        outbox.finish(db, task)
        return
    waiting = select(IssueAnswerCase).where(
        IssueAnswerCase.answer_id == answer.id, IssueAnswerCase.given == Given.WAITING
    )
    rows = list(db.scalars(waiting.order_by(IssueAnswerCase.id).limit(BATCH)))
    issue, user = db.get_one(Issue, answer.issue_id), db.get_one(User, answer.user_id)
    taker = _taker(db, issue, user)
    found, contacts = _lock(db, issue, user, [row.case_id for row in rows])
    sent = _sent_before(db, answer, contacts)
    for row in rows:
        case = found.get(row.case_id)
        contact = contacts.get(case.contact_id) if case is not None and case.contact_id else None
        row.given, row.reason = _give_one(db, answer, row, case, contact, sent, by=user, taker=taker)
        if row.given == Given.FAILED:
            answer.failed += 1
        else:
            answer.done += 1
    if answer.done + answer.failed >= answer.total:
        answer.ended_at = clock.now()
        note_change(db, issue, "answer_ended", by=None, answer=answer.id, done=answer.done, failed=answer.failed)
    else:
        work.enqueue(db, Duty.ANSWER_ISSUE, issue_answer_id=answer.id)
    outbox.finish(db, task)


def _taker(db: Session, issue: Issue, user: User) -> User:
    """Who answers for what nobody has taken yet: the issue's owner, or else whoever answers to all."""
    owner = db.get(User, issue.owner_id) if issue.owner_id else None
    return owner if owner is not None and owner.active and owner.agency_id == issue.agency_id else user


def _lock(
    db: Session, issue: Issue, user: User, ids: Sequence[UUID]
) -> tuple[Mapping[UUID, Case], Mapping[int, Contact]]:
    """The cases of a batch that are still of the issue and may still be seen by its author, and their phones."""
    # The contacts before their cases, as a webhook does: two who lock in another order wait for each other for ever.
    holders = select(Contact).join(Case, Case.contact_id == Contact.id).where(Case.id.in_(ids)).order_by(Contact.id)
    contacts = db.scalars(holders.options(defer(Contact.phone)).with_for_update(of=Contact)).unique()
    by_id = {contact.id: contact for contact in contacts}
    chosen = select(Case).where(Case.id.in_(ids), Case.issue_id == issue.id, members(user)).order_by(Case.id)
    found = db.scalars(chosen.with_for_update(of=Case, key_share=True).execution_options(populate_existing=True))
    return {case.id: case for case in found}, by_id


def _sent_before(db: Session, answer: IssueAnswer, contacts: Mapping[int, Contact]) -> dict[int, Message]:
    """The SMS by which these phones have this answer already, from an earlier batch."""
    messages = (
        select(Message)
        .join(IssueAnswerCase, IssueAnswerCase.message_id == Message.id)
        .where(
            IssueAnswerCase.answer_id == answer.id,
            IssueAnswerCase.given == Given.SMS,
            Message.contact_id.in_(list(contacts)),
        )
    )
    return {message.contact_id: message for message in db.scalars(messages) if message.contact_id is not None}


def _give_one(
    db: Session,
    answer: IssueAnswer,
    row: IssueAnswerCase,
    case: Case | None,
    contact: Contact | None,
    sent: dict[int, Message],
    *,
    by: User,
    taker: User,
) -> tuple[Given, str | None]:
    """What has become of one case, and why where it failed. `sent` grows by the SMS that was written."""
    if case is None:
        return Given.FAILED, "gone"
    try:
        with db.begin_nested():
            given, message = _give(db, answer, case, contact, sent.get(contact.id) if contact else None, by, taker)
            row.message_id = message.id if message else None
    except NotAllowedError as refusal:
        return Given.FAILED, refusal.code[:60]
    except OperationalError:
        raise  # the database itself: the batch is done again
    except Exception as error:
        log.error("answer %s could not be given to case %s: %s", answer.id, row.case_id, describe(error))
        return Given.FAILED, "fault"
    if given == Given.SMS and message is not None and contact is not None:
        sent[contact.id] = message
    return given, None


def _give(
    db: Session,
    answer: IssueAnswer,
    case: Case,
    contact: Contact | None,
    sent: Message | None,
    by: User,
    taker: User,
) -> tuple[Given, Message | None]:
    give_to_owner(db, case)
    if case.state in _TO_TAKE:
        cases.accept(db, case, by=taker)
    text, _ = text_for(answer.texts, language_for(contact, case))
    way = way_to(case, contact)
    if way != Given.SMS:
        cases.respond(db, case, text, by=by, issue_answer=answer.id)
        return way, None
    message = cases.respond(db, case, text, by=by, sent=sent, issue_answer=answer.id)
    if sent is None:
        return Given.SMS if message else Given.ON_ASKING, message
    if sent.delivery == Delivery.DELIVERED:
        cases.mark_told(db, case, "sms")
    return Given.SAME_PHONE, sent

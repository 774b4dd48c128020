"""Digests: one message to one user about all that waits for them. It says how much and where, never what about.

Letters leave after the transaction, and their notices count as sent when the mail server has taken them; an SMS is
queued in the transaction, with its notices. So neither goes out twice because the other failed.
"""

import smtplib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import cases, links, notices, outbox, work
from feedback_gateway.lib import clock
from feedback_gateway.outbox import Task
from feedback_gateway.outgoing import queue_notice
from feedback_gateway.partners import mail
from feedback_gateway.partners.mail import Letter
from flows.gsm7 import fold_for_sms, parts
from models import Case, Message, Notice, User
from models.words import Direction, Means, NoticeKind, Sensitivity

Waiting = Sequence[tuple[Notice, Case | None]]

MOST_LINKS = 20
NO_CHANNEL = "simulator"


class _Words(NamedTuple):
    one: str
    many: str


_WORDS: dict[str, dict[NoticeKind, _Words]] = {
    "fr": {
        NoticeKind.NEW: _Words("un dossier à prendre", "{n} dossiers à prendre"),
        NoticeKind.ASSIGNED: _Words("un dossier qui vous est attribué", "{n} dossiers qui vous sont attribués"),
        NoticeKind.MESSAGE: _Words("une personne a réécrit", "{n} personnes ont réécrit"),
        NoticeKind.REMINDER: _Words("une échéance approche", "{n} échéances approchent"),
        NoticeKind.LATE: _Words("un dossier en retard", "{n} dossiers en retard"),
        NoticeKind.RETURNED: _Words("un dossier revenu", "{n} dossiers revenus"),
        NoticeKind.REOPENING: _Words("une réouverture demandée", "{n} réouvertures demandées"),
        NoticeKind.ABOVE: _Words("un dossier à décider au-dessus de l'agence", "{n} dossiers à décider au-dessus"),
        NoticeKind.UNDELIVERED: _Words("une réponse non remise", "{n} réponses non remises"),
        NoticeKind.NO_OWNER: _Words("un dossier sans responsable", "{n} dossiers sans responsable"),
        NoticeKind.STALE_ROUTE: _Words("une règle à confirmer", "{n} règles à confirmer"),
        NoticeKind.WRONG_PINS: _Words("des codes PIN faux par SMS", "{n} fois des codes PIN faux par SMS"),
        NoticeKind.CONFIRM_ROUTES: _Words("des règles à confirmer bientôt", "des règles à confirmer bientôt"),
        NoticeKind.GAP: _Words("un manque à combler", "{n} manques à combler"),
    },
    "en": {
        NoticeKind.NEW: _Words("a case to take", "{n} cases to take"),
        NoticeKind.ASSIGNED: _Words("a case given to you", "{n} cases given to you"),
        NoticeKind.MESSAGE: _Words("a person has written again", "{n} people have written again"),
        NoticeKind.REMINDER: _Words("a case is due soon", "{n} cases are due soon"),
        NoticeKind.LATE: _Words("a case is late", "{n} cases are late"),
        NoticeKind.RETURNED: _Words("a case has come back", "{n} cases have come back"),
        NoticeKind.REOPENING: _Words("somebody asks for a reopening", "{n} ask for a reopening"),
        NoticeKind.ABOVE: _Words("a case to decide above its agency", "{n} cases to decide above their agency"),
        NoticeKind.UNDELIVERED: _Words("an answer was not delivered", "{n} answers were not delivered"),
        NoticeKind.NO_OWNER: _Words("a case without owner", "{n} cases without owner"),
        NoticeKind.STALE_ROUTE: _Words("a rule to confirm", "{n} rules to confirm"),
        NoticeKind.WRONG_PINS: _Words("wrong PINs by SMS", "wrong PINs by SMS, {n} times"),
        NoticeKind.CONFIRM_ROUTES: _Words("rules to confirm soon", "rules to confirm soon"),
        NoticeKind.GAP: _Words("a gap to close", "{n} gaps to close"),
    },
}


_ABOUT_RULES = frozenset({NoticeKind.STALE_ROUTE, NoticeKind.CONFIRM_ROUTES})


def send_digest(db: Session, task: Task) -> Callable[[], None] | None:
    """The duty SEND_DIGEST."""
    user = db.get(User, task.user_id)
    waiting = notices.gather(db, user) if user else []
    if user is None or not waiting:
        outbox.finish(db, task)
        return None
    user.digest_at = clock.now()
    by_mail = [each for each in waiting if _means(each[0], user) == Means.EMAIL]
    by_sms = [each for each in waiting if _means(each[0], user) == Means.SMS]
    nowhere = [each for each in waiting if _means(each[0], user) is None]
    if by_sms:
        queue_notice(db, _short(db, user, by_sms), user=user, channel=_channel(db, by_sms))
        _log(db, by_sms, Means.SMS)
    for notice, _ in nowhere:  # they look for themselves: the console shows it
        notice.dropped_at = clock.now()
    if not by_mail:
        outbox.finish(db, task)
        return None
    letter = _letter(db, user, by_mail)
    ids = [notice.id for notice, _ in by_mail]
    return lambda: _post(task, letter, ids)


def _post(task: Task, letter: Letter, ids: list[int]) -> None:
    try:
        mail.post(work.settings().mail, [letter])
    except (OSError, smtplib.SMTPException) as error:
        with work.unit_of_work() as db:
            outbox.postpone(db, task, type(error).__name__)
        return
    with work.unit_of_work() as db:
        sent = db.execute(
            select(Notice, Case)
            .outerjoin(Case, Case.id == Notice.case_id)
            .where(Notice.id.in_(ids))
            .order_by(Notice.id)
        )
        _log(db, [(notice, case) for notice, case in sent], Means.EMAIL)
        outbox.finish(db, task)


def _log(db: Session, sent: Waiting, means: Means) -> None:
    now = clock.now()
    for notice, case in sent:
        notice.sent_at = now
        if case is not None:
            cases.record(db, case, "noticed", kind_of=notice.kind, user=notice.user_id, means=means, step=notice.step)


def _means(notice: Notice, user: User) -> Means | None:
    """How this notice reaches this user; None when they want none, or cannot be reached."""
    wished = {"email": Means.EMAIL, "sms": Means.SMS}.get(user.notify_by)
    asked = wished if notice.means == Means.AS_WISHED else notice.means
    ways = {Means.EMAIL: user.email, Means.SMS: user.phone}
    if asked is None and user.may_log_in:
        return None
    order = [asked, Means.EMAIL, Means.SMS]
    return next((way for way in order if way is not None and ways.get(way)), None)


def summarise(user: User, waiting: Waiting) -> str:
    """How much of what waits, in words."""
    words = _WORDS["en" if user.language == "en" else "fr"]
    counts = Counter(kind for kind, _ in {(n.kind, case.id if case else n.id): None for n, case in waiting})
    return ", ".join(words[kind].one if n == 1 else words[kind].many.format(n=n) for kind, n in counts.items())


def _letter(db: Session, user: User, waiting: Waiting) -> Letter:
    english = user.language == "en"
    what = summarise(user, waiting)
    subject = f"{'Complaints line' if english else 'Ligne de plaintes'} : {what}"
    lines = [f"{what[:1].upper()}{what[1:]}.", ""]
    found = {case.id: case for _, case in waiting if case is not None}
    for case in list(found.values())[:MOST_LINKS]:
        due = case.next_due_at.strftime("%d/%m/%Y %H:%M UTC") if case.next_due_at else ""
        address = _address(db, user, case)
        if address:
            when = f" ({'due' if english else 'avant le'} {due})" if due else ""
            lines.append(f"{address}{when}")
    if user.may_log_in and any(notice.kind in _ABOUT_RULES for notice, _ in waiting):
        lines.append(f"{work.settings().public_base_url}/console/responsibilities/rules?show=due")
    if user.may_log_in:
        lines += ["", f"{work.settings().public_base_url}/console/?tab=mine"]
    return Letter(to=user.email or "", subject=subject, body="\n".join(lines) + "\n")


def _short(db: Session, user: User, waiting: Waiting) -> str:
    """The SMS: what waits, and how to get at it. Who cannot log in gets the references that a command by SMS needs."""
    what = summarise(user, waiting)
    text = f"{what[:1].upper()}{what[1:]}."
    found = list({case.id: case for _, case in waiting if case is not None}.values())
    if user.may_log_in:
        return f"{text} {work.settings().public_base_url}/console/"
    open_ones = [case for case in found if case.sensitivity != Sensitivity.SEALED]
    commands = ("SMS: OK, NO, HELP." if user.language == "en" else "SMS : OK, NON, AIDE.") if user.sms_pin_hash else ""
    if len(open_ones) == 1 and (address := links.make_link(db, user, open_ones[0])):
        return _in_one_part(f"{text} {open_ones[0].reference}", commands, address)
    references = " ".join(case.reference for case in open_ones[:5])
    return _in_one_part(f"{text} {references}".strip(), commands if references else "", "")


def _in_one_part(first: str, middle: str, last: str) -> str:
    """All three, without the middle one where one SMS does not hold them: an address must not be cut."""
    whole = " ".join(filter(None, (first, middle, last)))
    return whole if parts(fold_for_sms(whole)) == 1 else " ".join(filter(None, (first, last)))


def _address(db: Session, user: User, case: Case) -> str | None:
    if user.may_log_in:
        return f"{work.settings().public_base_url}/console/cases/{case.id}"
    return links.make_link(db, user, case)


def _channel(db: Session, waiting: Waiting) -> str:
    """The channel by which the newest SMS came in: it is known to work."""
    case = next((case for _, case in waiting if case is not None), None)
    if case is not None and case.contact_id is not None:
        return case.channel
    newest = select(Message.channel).where(Message.direction == Direction.IN).order_by(Message.id.desc()).limit(1)
    return db.scalar(newest) or NO_CHANNEL

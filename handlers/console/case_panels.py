"""What the page of a case tells of its road: clocks, referrals, why it came back, what waits for a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing, work
from handlers.console import moments, words
from handlers.console.timeline import Names
from models import Agency, Case, Clock, Concern, Event, Message, Referral, User
from models.words import CaseState, Delivery, Purpose, ReferralState, Rejection, Sensitivity, Step

NOT_ARRIVED = frozenset({Delivery.UNDELIVERED, Delivery.FAILED})
TO_BE_TOLD = (Purpose.ANSWER, Purpose.QUESTION)
"""The messages that somebody waits for: the person for one, or we for what they say to it."""


@dataclass(frozen=True)
class ClockLine:
    """One round of one step. `tone`: done, late, paused or running; `due` is None while it stands still."""

    name: str
    round: int
    tone: str
    says: str
    due: datetime | None


@dataclass(frozen=True)
class ReferralLine:
    """One referral in words; `note` is None where it is not for the reader."""

    sender: str
    receiver: str
    state: str
    tone: str
    service: str
    note: str | None
    since: datetime
    ended: str


@dataclass(frozen=True)
class CameBack:
    """A case that an agency gave back, or never answered: `why` in a sentence, and who might have it now."""

    why: str
    note: str | None
    at: datetime
    suggested: Sequence[Agency]


@dataclass(frozen=True)
class Reopening:
    """A request that is to be decided on: since when, until when, and what the person has said."""

    at: datetime
    due: datetime | None
    why: str
    above: bool


@dataclass(frozen=True)
class Waiting:
    """A question to the person without an answer: until when it is waited for, and how it left."""

    since: datetime
    until: datetime
    question: str
    by_sms: bool


def clock_lines(clocks: Sequence[Clock]) -> list[ClockLine]:
    """The clocks of a case, what is still owed first, by when it is due; then the rest in the order of the road.

    All but the acknowledgement, which is given at once.
    """
    steps = list(Step)
    shown = [clock for clock in clocks if clock.step != Step.ACKNOWLEDGE]
    owed = sorted(
        (row for row in shown if not row.stopped_at), key=lambda row: (row.due_at is None, row.due_at or row.started_at)
    )
    done = sorted((row for row in shown if row.stopped_at), key=lambda row: (steps.index(row.step), row.round))
    return [_clock_line(clock) for clock in (*owed, *done)]


def _clock_line(row: Clock) -> ClockLine:
    def line(tone: str, says: object) -> ClockLine:
        return ClockLine(str(words.STEPS[row.step]), row.round + 1, tone, str(says), row.due_at)

    if row.stopped_at is not None:
        if row.breached_at is None:
            return line("done", _("à temps"))
        return line("overdue", moments.late_by(row.stopped_at, row.breached_at))
    if row.breached_at is not None:
        return line("late", moments.due_in(row.breached_at))
    if row.due_at is None:
        return line("paused", _("en pause, à %(share)s du délai", share=words.percent(row.share)))
    return line("late" if moments.is_past(row.due_at) else "running", moments.due_in(row.due_at))


def referral_lines(db: Session, user: User, case: Case, names: Names) -> list[ReferralLine]:
    """The referrals of a case, the latest first. A note is for its two agencies and coordination."""
    rows = db.scalars(select(Referral).where(Referral.case_id == case.id).order_by(Referral.id.desc()))
    return [_referral_line(user, row, names) for row in rows]


def _referral_line(user: User, row: Referral, names: Names) -> ReferralLine:
    by_hand = _("Coordination") if row.from_user_id else _("Règle")
    theirs = user.agency_id is not None and user.agency_id in (row.from_agency_id, row.to_agency_id)
    ended = ""
    if row.silent:
        ended = _("revenu : aucune réponse dans le délai")
    elif row.rejection is not None:
        ended = words.say(row.rejection).lower()
    return ReferralLine(
        sender=names.agency(row.from_agency_id) if row.from_agency_id else str(by_hand),
        receiver=names.agency(row.to_agency_id),
        state=words.say(row.state),
        tone=row.state.value,
        service=words.say(row.service) if row.service else "",
        note=row.note if theirs or access.coordinates(user) else None,
        since=(row.ended_at or row.accepted_at or row.at) if row.state != ReferralState.IN_PROGRESS else row.at,
        ended=ended,
    )


def came_back(db: Session, user: User, case: Case, events: Sequence[Event], names: Names) -> CameBack | None:
    """Why a case that nobody has taken up again came back; None for any other case."""
    back = next((event for event in reversed(events) if event.kind in ("rejected", "returned")), None)
    if case.state != CaseState.REJECTED or back is None:
        return None
    agency = names.agency(back.data.get("agency"))
    if back.kind == "rejected":
        reason = words.say(Rejection(back.data["reason"])).lower()
        why = _("%(agency)s a rendu ce dossier : %(reason)s.", agency=agency, reason=reason)
    elif back.data.get("concerned"):
        why = _("La plainte porte sur l'agence qui l'avait : il lui a été retiré.")
    elif case.agency_id is None:
        why = _("Personne n'a répondu : il revient à la coordination.")
    else:
        why = _("%(agency)s n'a pas répondu dans le délai : le dossier vous revient.", agency=agency)
    note = back.text if back.text and access.reads_words(user, back) else None
    return CameBack(str(why), note, back.at, suggested_owners(db, case, names.agencies))


def suggested_owners(db: Session, case: Case, agencies: Mapping[int, Agency]) -> list[Agency]:
    """Who might answer for the case, the likeliest first."""
    return [agencies[agency] for agency in routing.next_owners(db, case) if agency in agencies]


def reopening(case: Case, clocks: Sequence[Clock], events: Sequence[Event]) -> Reopening | None:
    """The request of the person's that waits for a decision, if there is one."""
    if case.reopening_asked_at is None:
        return None
    due = next((row.due_at for row in reversed(clocks) if row.step == Step.REOPEN and not row.stopped_at), None)
    said_no = case.helped is False and any(event.kind == "satisfaction" for event in events)
    why = words.say(case.why_not) if said_no and case.why_not else ""
    return Reopening(case.reopening_asked_at, due, why, case.above_agency)


def waiting(case: Case, events: Sequence[Event]) -> Waiting | None:
    """The question that the person has not answered, if they are waited for."""
    asked = next((event for event in reversed(events) if event.kind == "waiting_began"), None)
    if case.waiting_since is None or asked is None:
        return None
    until = case.waiting_since + timedelta(days=work.settings().wait_days)
    return Waiting(case.waiting_since, until, asked.text or "", asked.data.get("message") is not None)


def is_undelivered(case: Case, messages: Sequence[Message]) -> bool:
    """Whether the last that was to reach the person has not, and they do not know otherwise."""
    sent = [message for message in messages if message.purpose in TO_BE_TOLD]
    return case.told_at is None and case.state != CaseState.CLOSED and bool(sent) and sent[-1].delivery in NOT_ARRIVED


@dataclass(frozen=True)
class Concerned:
    """Whom a case is about, as the form shows it. `losing`: who would not see it any more, after a look ahead."""

    agencies: frozenset[int]
    users: frozenset[int]
    choices: Sequence[tuple[str, Sequence[User]]]
    losing: Sequence[User] | None = None


def concerned(
    db: Session, case: Case, names: Names, ticked: tuple[set[int], set[int]] | None, *, look_ahead: bool
) -> Concerned:
    """What stands in the form: what was ticked there, else what is known."""
    rows = db.scalars(select(Concern).where(Concern.case_id == case.id)).all()
    known = {row.agency_id for row in rows if row.agency_id}, {row.user_id for row in rows if row.user_id}
    agencies, users = ticked if ticked is not None else known
    everybody = db.scalars(select(User).where(User.active).order_by(User.name)).all()
    by_agency: dict[str, list[User]] = {}
    for user in sorted(everybody, key=lambda user: (user.agency_id is None, names.agency(user.agency_id))):
        title = names.agency(user.agency_id) if user.agency_id else str(_("Sans agence"))
        by_agency.setdefault(title, []).append(user)
    losing = None
    if look_ahead:
        named = [user for user in everybody if user.id in users or user.agency_id in agencies]
        losing = access.who_may_see(db, named, case)
    return Concerned(frozenset(agencies), frozenset(users), list(by_agency.items()), losing)


def needs_consent(case: Case) -> bool:
    """Whether the person must have agreed before another agency may have the case (see cases.refer)."""
    return case.agency_id is not None and case.sensitivity != Sensitivity.NORMAL and not case.consent_to_share

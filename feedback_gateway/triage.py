"""What a case is about: what the machine made of it, and what people say of that.

Every word of a person is an example to learn from (feedback_gateway/learning.py). A machine may raise the sensitivity
of a case and never lowers it; only a person ends what a machine holds back.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, learning
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.classify import Reading
from feedback_gateway.lib import clock
from feedback_gateway.responsibility.watch import tell_of_stale
from feedback_gateway.routing import NO_OWNER, Decision, Objection, PassedOver, route_case
from models import Case, Category, Event, Prediction, User
from models.words import CaseState, CategorySource, Hold, LabelSource, Noise, Priority, Sensitivity

_UNREAD = frozenset({Hold.LANGUAGE, Hold.UNSORTED})
"""Reasons that end as soon as a person has said what a case is about. A sign of something sensitive needs more."""

URGENT = 0.6
"""From this urgency on, what nobody could sort does not wait for days, nor to be found in a list."""

_OLD = timedelta(days=1)

_STRENGTH = {hold: rank for rank, hold in enumerate((Hold.UNSORTED, Hold.LANGUAGE, Hold.SCORE, Hold.WORDS))}


def store_reading(db: Session, case: Case, reading: Reading) -> None:
    """Stores what a machine has read. The menu's choice stands above the guess, a person's word above both.

    Sensitivity is the highest of the category's, the text's and what it was: never lowered by a machine. What a
    person has released stays released until the person writes again.
    """
    guessing = case.category_source in (None, CategorySource.MACHINE)
    harmless = learning.said_harmless(db, case)
    if guessing:
        case.category_code = _choose_guess(db, case, reading.category, harmless=harmless)
        case.category_source = CategorySource.MACHINE
    category = db.get(Category, case.category_code) if case.category_code else None
    case.type = category.type if category and not guessing else reading.type
    _raise_sensitivity(db, case, reading, category, harmless=harmless)
    case.urgency = max(case.urgency, reading.urgency)
    case.noise = reading.noise if case.classified_at is None else case.noise and reading.noise
    case.language = reading.language.code if reading.language.sure else case.language or reading.language.code
    unsorted = Priority.P1 if case.urgency >= URGENT else Priority.P2
    cases.prioritise(db, case, category.priority if category else unsorted)
    case.classified_at = clock.now()
    db.add(_prediction(case, reading))
    cases.record(
        db,
        case,
        "classified",
        category=case.category_code,
        type=case.type,
        sensitivity=case.sensitivity,
        hold=case.hold,
        noise=case.noise,
        language=case.language,
        model=reading.model,
        guess=reading.guess,
        confidence=round(reading.confidence, 3),
        urgency=round(reading.urgency, 3),
        matched=list(reading.matched),
    )
    cases.keep_apart(db, case)


def count_same(db: Session, case: Case, category: str | None) -> int:
    """How many other phones have said the same at the same place within the hour before.

    None for what comes out of a register or a box days later: often only its day is known, and it makes no hurry.
    """
    if category is None or case.place_code is None or clock.now() - case.opened_at > _OLD:
        return 0
    return (
        db.scalar(
            select(func.count(func.distinct(Case.contact_id))).where(
                Case.place_code == case.place_code,
                Case.category_code == category,
                Case.opened_at > case.opened_at - timedelta(hours=1),
                Case.opened_at <= case.opened_at,
                Case.contact_id != case.contact_id,
            )
        )
        or 0
    )


def _choose_guess(db: Session, case: Case, guess: str | None, *, harmless: bool) -> str | None:
    """The guess, unless it would take a sealed case from the readers who are named for its category, or seal one that
    a person has just found harmless."""
    if harmless and _is_sealed(db, guess):
        return None
    if case.sensitivity is Sensitivity.SEALED and _is_sealed(db, case.category_code) and not _is_sealed(db, guess):
        return case.category_code
    return guess


def _is_sealed(db: Session, code: str | None) -> bool:
    category = db.get(Category, code) if code else None
    return category is not None and category.sensitivity is Sensitivity.SEALED


def _raise_sensitivity(db: Session, case: Case, reading: Reading, category: Category | None, *, harmless: bool) -> None:
    """A hold is kept where nothing else asks for as much: not the person, nor a category that somebody has chosen."""
    before, of_category = case.sensitivity, category.sensitivity if category else Sensitivity.NORMAL
    guessed = case.category_source == CategorySource.MACHINE
    asked, hold = reading.sensitivity, reading.hold
    if harmless or (hold in _UNREAD and learning.was_read(db, case)):
        asked, hold = Sensitivity.NORMAL, None
    elif of_category is Sensitivity.SEALED and guessed:
        asked, hold = Sensitivity.SEALED, max(hold or Hold.SCORE, Hold.SCORE, key=_STRENGTH.__getitem__)
    by_itself = Sensitivity.highest(
        before if case.hold is None and before is Sensitivity.SEALED else None, None if guessed else of_category
    )
    stronger = hold is not None and (case.hold is None or _STRENGTH[hold] > _STRENGTH[case.hold])
    if stronger and asked.rank > by_itself.rank:
        case.hold = hold
    case.sensitivity = Sensitivity.highest(before, of_category, asked)


def _prediction(case: Case, reading: Reading) -> Prediction:
    first, second = (*reading.best, (None, 0.0), (None, 0.0))[:2]
    return Prediction(
        case_id=case.id,
        model=reading.model,
        guess=reading.guess,
        category_code=first[0],
        probability=round(first[1], 4),
        second_code=second[0],
        second_probability=round(second[1], 4),
        sensitive=round(reading.score, 4),
        language=reading.language.code,
        language_probability=reading.language.confidence,
        at=clock.now(),
    )


def assign_by_rule(db: Session, case: Case) -> None:
    """Routes a case that nobody has taken yet; called again when its place or category becomes known.

    What a person has referred stays where that person sent it, and what came back waits for a person. What is no
    complaint goes to nobody.
    """
    by_rule = case.state == CaseState.REFERRED and case.routed_because is not None
    if case.noise is not None or (not by_rule and case.state not in {CaseState.ACKNOWLEDGED, CaseState.TRIAGED}):
        return
    decision = route_case(db, case)
    tell_of_stale(db, decision)
    if decision.agency_id is None:
        if case.agency_id is None and decision != _last_without_owner(db, case):
            cases.note_no_owner(db, case, decision)
        return
    if decision.agency_id == case.agency_id:
        return
    if case.state == CaseState.ACKNOWLEDGED:
        cases.mark_triaged(db, case, by=None)
    cases.hand_over(db, case, decision.agency_id, because=decision.because, by=None, decision=decision)


def _last_without_owner(db: Session, case: Case) -> Decision | None:
    """The decision that stands in the log already, so that a case read twice says it once."""
    noted = select(Event.data).where(Event.case_id == case.id, Event.kind == "no_owner").order_by(Event.id.desc())
    data = db.scalar(noted.limit(1))
    if data is None:
        return NO_OWNER if case.category_code is None else None
    passed = tuple(PassedOver(agency, because, Objection(why)) for agency, because, why in data["passed"])
    return Decision(None, "", passed)


def set_concerns(
    db: Session, case: Case, *, agencies: Collection[int] = (), users: Collection[int] = (), by: User | None
) -> None:
    """Whom a case complains about (cases.set_concerns); if its agency is among them, the rules are asked again."""
    before = case.agency_id
    cases.set_concerns(db, case, agencies=agencies, users=users, by=by)
    if before is not None and case.agency_id is None:
        decision = route_case(db, case)
        if decision.agency_id is None:
            cases.note_no_owner(db, case, decision)
        else:
            cases.hand_over(db, case, decision.agency_id, because=decision.because, by=None, decision=decision)


def recategorise(db: Session, case: Case, category: Category, *, by: User) -> None:
    """A person says what the case is about, be it what the machine proposed: an example to learn from.

    Sensitivity can only rise by it, except that a case which was held back for want of a reader has now had one.
    """
    before = case.category_code
    guessed = learning.newest_guess(db, case)
    proposed = guessed is not None and category.code in (guessed.category_code, guessed.second_code)
    if case.hold in _UNREAD or _is_only_guessed(case):
        case.hold = None
        case.sensitivity = Sensitivity.NORMAL
    case.category_code = category.code
    case.category_source = CategorySource.PERSON
    case.type = category.type
    case.noise = None
    case.sensitivity = Sensitivity.highest(case.sensitivity, category.sensitivity)
    cases.prioritise(db, case, category.priority, by=by)
    learning.write_label(
        db, case, category.code, LabelSource.CONFIRMATION if proposed else LabelSource.CORRECTION, by=by
    )
    kind = "confirmed" if category.code == before else "recategorised"
    cases.record(db, case, kind, by=by, category=category.code, before=before)
    cases.keep_apart(db, case)
    if case.state == CaseState.ACKNOWLEDGED:
        cases.mark_triaged(db, case, by=by)
    if case.agency_id is None or (case.routed_because is not None and case.accepted_at is None):
        assign_by_rule(db, case)


def _is_only_guessed(case: Case) -> bool:
    """Whether a case is restricted by nothing but the category that a machine took it for."""
    by_machine = case.category_source in (None, CategorySource.MACHINE)
    return case.hold is None and by_machine and case.sensitivity is Sensitivity.RESTRICTED


def release(db: Session, case: Case, *, by: User) -> None:
    """A person has read a case that a machine held back, and finds nothing in it that only some may read.

    Raises NotAllowedError("no_hold") when no machine holds it: what a person or a category has asked for stays.
    """
    if case.hold is None:
        raise NotAllowedError("no_hold")
    before, hold = case.sensitivity, case.hold
    case.hold = None
    category = db.get(Category, case.category_code) if case.category_code else None
    if _is_sealed(db, case.category_code) and case.category_source == CategorySource.MACHINE:
        case.category_code = category = None  # that it is none of this is what was just said
    case.sensitivity = category.sensitivity if category else Sensitivity.NORMAL
    learning.write_label(db, case, case.category_code, LabelSource.READ, by=by, sensitive=False)
    cases.record(db, case, "released", by=by, before=before, hold=hold, sensitivity=case.sensitivity)


def mark_noise(db: Session, case: Case, noise: Noise | None, *, by: User) -> None:
    """A person says that a case is no complaint (or that it is one after all: None). Nothing is deleted."""
    before = case.noise
    if noise == before:
        raise NotAllowedError("same_noise")
    case.noise = noise
    if case.hold in _UNREAD:
        case.hold = None
        case.sensitivity = Sensitivity.NORMAL
    if noise is not None:
        learning.write_label(db, case, learning.NOISE_CODE, LabelSource.CORRECTION, by=by)
    else:
        learning.withdraw_noise(db, case)
        if case.category_code == learning.NOISE_CODE and case.category_source == CategorySource.MACHINE:
            case.category_code = None
    cases.record(db, case, "noise_marked", by=by, noise=noise, before=before)
    cases.keep_apart(db, case)
    if noise is None:
        assign_by_rule(db, case)

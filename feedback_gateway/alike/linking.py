"""What a person says of two cases: that they belong together, or do not; and closing one as a duplicate of the other.

Both keep their histories, and both people are told, in words that say nothing of what it is about: once a phone, never
about a case that is not open to all, and only who still waits for an answer.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, cases
from feedback_gateway.alike.finding import may_meet, same_phone
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import write_message
from flows import reference as references
from models import Case, Likeness, Message, User
from models.words import LikenessKind, Outcome, Purpose, Sensitivity, Verdict

MOST_STEPS = 20
"""So many duplicates of duplicates are followed to the case that goes on."""


def decide(db: Session, likeness: Likeness, verdict: Verdict, *, by: User) -> None:
    """A person says whether two cases belong together; both cases' timelines say so. The last word counts.

    To part two that were linked takes up again the one that was closed as the other's duplicate. Raises
    NotAllowedError("not_yours") unless they may see both, and NotAllowedError("sealed") when one of the two has become
    too sensitive to be named in the other.
    """
    db.refresh(likeness, with_for_update=True)
    case, other = _pair(db, likeness, by)
    before = likeness.verdict
    if before == verdict:
        return
    likeness.verdict = verdict
    likeness.user_id = by.id
    parted = before == Verdict.LINKED
    kind = "linked" if verdict == Verdict.LINKED else "unlinked" if parted else "link_dismissed"
    for one, another in ((case, other), (other, case)):
        cases.record(db, one, kind, by=by, other=str(another.id))
        if parted and one.duplicate_of_id == another.id:
            cases.reopen(db, one, by=by)
    db.flush()
    for one, another in ((case, other), (other, case)):
        if verdict == Verdict.LINKED:
            _tell_joined(db, one, another)
        elif parted:
            _tell_parted(db, one, another)


def _pair(db: Session, likeness: Likeness, by: User) -> tuple[Case, Case]:
    case, other = (access.find_case(db, by, case_id) for case_id in (likeness.case_id, likeness.other_id))
    if case is None or other is None:
        raise NotAllowedError("not_yours")
    if not may_meet(case, other):
        raise NotAllowedError("sealed")
    return case, other


def close_as_duplicate(db: Session, case: Case, of: Case, *, by: User, note: str = "") -> None:
    """Closes a case because another one goes on about the same, and links the two.

    What its person writes from then on reaches whoever works on the other (pass_message). Raises NotAllowedError:
    "not_yours" (they may not see the other), "itself" (the other is this one, or leads back to it), "sealed".
    """
    if not access.may_see(db, by, of):
        raise NotAllowedError("not_yours")
    goes_on = follow_duplicates(db, of)
    if goes_on is None or case.id in (of.id, goes_on.id):
        raise NotAllowedError("itself")
    if not may_meet(case, of):
        raise NotAllowedError("sealed")
    decide(db, _likeness(db, case, of), Verdict.LINKED, by=by)
    if same_phone(case, of):
        _tell_followed_with(db, case, of)
    cases.close(db, case, Outcome.DUPLICATE, by=by, note=note)
    case.duplicate_of_id = of.id


def _likeness(db: Session, case: Case, of: Case) -> Likeness:
    """What is stored of this pair; a person may link two that no machine has found alike."""
    newer, older = sorted((case, of), key=lambda side: (side.opened_at, side.id), reverse=True)
    pairs = {(newer.id, older.id), (older.id, newer.id)}
    for one, another in pairs:
        known = db.scalar(select(Likeness).where(Likeness.case_id == one, Likeness.other_id == another))
        if known is not None:
            return known
    kind = LikenessKind.SAME_PERSON if same_phone(case, of) else LikenessKind.SAME_PROBLEM
    likeness = Likeness(case_id=newer.id, other_id=older.id, kind=kind, score=0.0, at=clock.now())
    db.add(likeness)
    db.flush()
    return likeness


def follow_duplicates(db: Session, case: Case) -> Case | None:
    """The case that goes on: this one, or the last that it is a duplicate of. None when they form a circle."""
    for _ in range(MOST_STEPS):
        if case.duplicate_of_id is None:
            return case
        case = db.get_one(Case, case.duplicate_of_id)
    return None


def duplicates_of(db: Session, user: User, case: Case) -> list[Case]:
    """The cases that were closed as duplicates of this one, as far as this user may see them."""
    closed = select(Case).where(access.accessible_to(user), Case.duplicate_of_id == case.id)
    return [each for each in db.scalars(closed.order_by(Case.opened_at)) if may_meet(each, case)]


def find_by_reference(db: Session, user: User, typed: str) -> Case | None:
    """The case that a reference names, however it is written, if this user may know of it."""
    reference = references.read(typed)
    if reference is None:
        return None
    return db.scalar(access.cases_for(user).where(Case.reference == reference))


def _waits(case: Case) -> bool:
    """Whether the person of a case may be told of it, and still waits for its answer."""
    told = case.responded_at is not None or case.state not in OPEN
    return not told and case.sensitivity == Sensitivity.NORMAL and case.hold is None and case.noise is None


def _tell_joined(db: Session, case: Case, other: Case) -> None:
    """Others say the same: said once, and not to who wrote both cases."""
    if same_phone(case, other) or not _waits(case) or _last_told(db, case) == Purpose.JOINED:
        return
    write_message(db, case, Purpose.JOINED)


def _tell_followed_with(db: Session, case: Case, of: Case) -> None:
    """Two cases of one phone: which of their references the answer will come by."""
    if _waits(case) and _waits(of):
        write_message(db, case, Purpose.JOINED, references.show(of.reference), key="sms.joined_own")


def _tell_parted(db: Session, case: Case, other: Case) -> None:
    """Followed by itself again: only who was told of others, and not while there still are some."""
    if same_phone(case, other) or not _waits(case) or _last_told(db, case) != Purpose.JOINED:
        return
    if not _has_others(db, case):
        write_message(db, case, Purpose.PARTED)


def _last_told(db: Session, case: Case) -> Purpose | None:
    """What this phone was last told of cases that belong together: of this one, or of another one of its own."""
    told = select(Message.purpose).where(
        Message.contact_id == case.contact_id, Message.purpose.in_([Purpose.JOINED, Purpose.PARTED])
    )
    return db.scalar(told.order_by(Message.id.desc()).limit(1))


def _has_others(db: Session, case: Case) -> bool:
    """Whether the case is still linked with one of another phone."""
    for mine, theirs in ((Likeness.case_id, Likeness.other_id), (Likeness.other_id, Likeness.case_id)):
        linked = (
            select(Likeness.id)
            .join(Case, Case.id == theirs)
            .where(
                mine == case.id,
                Likeness.verdict == Verdict.LINKED,
                Case.contact_id.is_distinct_from(case.contact_id),
            )
        )
        if db.scalar(linked.limit(1)) is not None:
            return True
    return False

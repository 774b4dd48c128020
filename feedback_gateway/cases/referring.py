"""Who answers for a case: triage, referral, consent, and the road back of what was rejected or met with silence."""

from collections.abc import Collection

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing, work
from feedback_gateway.case_states import ALLOWED, NotAllowedError
from feedback_gateway.cases.record import move, record
from feedback_gateway.cases.waiting import end_waiting
from feedback_gateway.lib import clock
from feedback_gateway.routing import Decision
from models import Agency, Case, CaseLink, Concern, Referral, RouteLesson, SealedReader, User
from models.words import CaseState, Duty, Needed, ReferralState, Rejection, Sensitivity

CONSENT_BY = ("call", "visit", "sms", "in_person")
"""How a person may have said whether their case may be shared."""

_UNDER_WAY = (ReferralState.IN_PROGRESS, ReferralState.ACCEPTED)


def mark_triaged(db: Session, case: Case, by: User | None) -> None:
    """It is known what the case is about; by the system when a rule or a model was sure enough."""
    move(case, CaseState.TRIAGED)
    case.triaged_at = clock.now()
    record(db, case, "triaged", by=by, category=case.category_code)


def hand_over(
    db: Session,
    case: Case,
    agency_id: int,
    *,
    because: str | None,
    by: User | None,
    decision: Decision | None = None,
    service: Needed | None = None,
    note: str = "",
) -> Referral:
    """An agency is responsible from now on: by the rule `because`, or by a person's decision (None).

    The one of its focal points who is there and has the fewest open cases is to take it. `decision` tells which rules
    were passed over. A referral that was under way is revoked by it.
    """
    move(case, CaseState.REFERRED)
    now = clock.now()
    before = case.agency_id
    end_waiting(db, case, by=by)
    mark_referral(db, case, ReferralState.REVOKED)
    case.agency_id = agency_id
    case.routed_because = because
    case.referred_at = now
    case.accepted_at = None
    case.focal_point_id = None
    standings = routing.weigh(db, case)
    case.focal_point_id = standings[0].user.id if standings else None
    referral = Referral(
        case_id=case.id,
        from_agency_id=by.agency_id if by else None,
        from_user_id=by.id if by else None,
        to_agency_id=agency_id,
        service=service,
        note=note.strip() or None,
        at=now,
    )
    db.add(referral)
    db.flush()
    record(
        db,
        case,
        "referred",
        by=by,
        agency=agency_id,
        before=before,
        because=because,
        referral=referral.id,
        service=service,
        focal_point=case.focal_point_id,
        weighed=[[each.user.id, each.open_cases, each.instead_of and each.instead_of.id] for each in standings[:5]],
        passed=[[each.agency_id, each.because, each.objection] for each in decision.passed_over] if decision else [],
    )
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)
    work.enqueue(db, Duty.INFORM_PERSON, case_id=case.id)
    return referral


def note_no_owner(db: Session, case: Case, decision: Decision) -> None:
    """No rule has given the case an agency: it stands in a queue of its own, and says which rules were passed over."""
    passed = [[each.agency_id, each.because, each.objection] for each in decision.passed_over]
    record(db, case, "no_owner", passed=passed)
    if passed:  # somebody has to look at the rules, and not only at the case
        work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def refer(
    db: Session, case: Case, agency: Agency, *, by: User, note: str = "", service: Needed | None = None
) -> Referral:
    """Hands a case to another agency by a person's decision, asking for a service.

    A case that is not open to all needs the person's consent first (as Primero's referrals do), and a sealed one
    somebody there who is named to read it. Raises NotAllowedError: "same_agency", "concerned" (the case complains about
    it), "consent", "no_sealed_reader".
    """
    if agency.id == case.agency_id and case.state != CaseState.REJECTED:
        raise NotAllowedError("same_agency")
    if agency.id in routing.concerned_agencies(db, case):
        raise NotAllowedError("concerned")
    between = case.agency_id is not None
    if between and case.sensitivity != Sensitivity.NORMAL and not case.consent_to_share:
        raise NotAllowedError("consent")
    if case.sensitivity == Sensitivity.SEALED and not _has_sealed_reader(db, case, agency):
        raise NotAllowedError("no_sealed_reader")
    if case.state == CaseState.ACKNOWLEDGED:
        mark_triaged(db, case, by=by)
    referral = hand_over(db, case, agency.id, because=None, by=by, service=service, note=note)
    _learn_owner(db, case, agency)
    return referral


def _has_sealed_reader(db: Session, case: Case, agency: Agency) -> bool:
    named = exists().where(
        SealedReader.user_id == User.id,
        or_(SealedReader.category_code == "*", SealedReader.category_code == case.category_code),
    )
    return db.scalar(select(User.id).where(User.agency_id == agency.id, User.active, named).limit(1)) is not None


def _learn_owner(db: Session, case: Case, agency: Agency) -> None:
    """Who gave this case back did not know whose it is; somebody now does."""
    for lesson in db.scalars(
        select(RouteLesson).where(RouteLesson.case_id == case.id, RouteLesson.but_agency_id.is_(None))
    ):
        lesson.but_agency_id = agency.id


def record_consent(db: Session, case: Case, *, given: bool, how: str, by: User) -> None:
    """What the person said when asked whether their case may be shared with another agency. `how`: of CONSENT_BY."""
    if how not in CONSENT_BY:
        raise NotAllowedError("choose")
    case.consent_to_share = given
    record(db, case, "consent_recorded", by=by, given=given, how=how)


def set_concerns(
    db: Session, case: Case, *, agencies: Collection[int] = (), users: Collection[int] = (), by: User | None
) -> None:
    """Whom the case complains about, in place of what was said before. None of them sees it from now on.

    By a machine (`by` None) names are only added: what a person has said stands.
    """
    known = {(each.agency_id, each.user_id): each for each in _concerns(db, case)}
    wanted: set[tuple[int | None, int | None]] = {(agency, None) for agency in agencies}
    wanted |= {(None, user) for user in users}
    if by is not None:
        gone = [each.id for pair, each in known.items() if pair not in wanted]
        db.execute(delete(Concern).where(Concern.id.in_(gone)))
    elif known:
        wanted -= set(known)
    now = clock.now()
    new = [pair for pair in sorted(wanted, key=str) if pair not in known]
    for agency, user in new:
        db.add(Concern(case_id=case.id, agency_id=agency, user_id=user, by_machine=by is None, at=now))
    if by is not None or new:
        record(db, case, "concerns_set", by=by, agencies=sorted(agencies), users=sorted(users))
    db.flush()
    _take_from_the_concerned(db, case)


def _take_from_the_concerned(db: Session, case: Case) -> None:
    concerned = {each.agency_id for each in _concerns(db, case)} - {None}
    if case.agency_id in concerned and CaseState.REJECTED in ALLOWED[case.state]:
        before = case.agency_id
        move(case, CaseState.REJECTED)
        end_waiting(db, case)
        mark_referral(db, case, ReferralState.REVOKED)
        case.agency_id = case.focal_point_id = case.accepted_at = case.routed_because = None
        record(db, case, "returned", agency=before, to=None, concerned=True)
    elif case.focal_point_id in {each.user_id for each in _concerns(db, case)} - {None}:
        chosen = routing.choose_focal_point(db, case)
        case.focal_point_id = chosen.id if chosen else None


def _concerns(db: Session, case: Case) -> list[Concern]:
    return list(db.scalars(select(Concern).where(Concern.case_id == case.id)))


def reject(db: Session, case: Case, reason: Rejection, *, by: User, note: str = "", but: Agency | None = None) -> None:
    """The agency gives a case back with a coded reason, to whoever sent it: another agency's queue, or coordination's.

    "Not responsible" teaches the rules: `but` is who is, as far as this agency knows.
    """
    move(case, CaseState.REJECTED)
    before = case.agency_id
    end_waiting(db, case, by=by)
    referral = mark_referral(db, case, ReferralState.REJECTED, reason)
    _send_back(db, case, referral)
    if reason == Rejection.NOT_RESPONSIBLE and before is not None and case.category_code is not None:
        db.add(
            RouteLesson(
                case_id=case.id,
                category_code=case.category_code,
                place_code=case.place_code,
                not_agency_id=before,
                but_agency_id=but.id if but and but.id != before else None,
                user_id=by.id,
                at=clock.now(),
            )
        )
    record(db, case, "rejected", by=by, reason=reason, agency=before, to=case.agency_id, text=note.strip() or None)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def bring_back(db: Session, case: Case) -> None:
    """Nobody answered a referral: it goes back to whoever sent it, by itself."""
    move(case, CaseState.REJECTED)
    before = case.agency_id
    referral = find_referral(db, case)
    if referral is not None:
        referral.silent = True
    _send_back(db, case, mark_referral(db, case, ReferralState.REVOKED))
    record(db, case, "returned", agency=before, to=case.agency_id)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def pass_up(db: Session, case: Case) -> None:
    """What came back to its sender was not taken up there either: from now on it is coordination's."""
    before = case.agency_id
    _send_back(db, case, None)
    record(db, case, "returned", agency=before, to=None)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def _send_back(db: Session, case: Case, referral: Referral | None) -> None:
    """To the agency that sent it, there to who sent it, if they are there; without one to nobody: to coordination."""
    sender = referral.from_agency_id if referral else None
    if sender == case.agency_id or sender in routing.concerned_agencies(db, case):
        sender = None
    case.agency_id = sender
    case.focal_point_id = None
    case.accepted_at = None
    case.routed_because = None
    if referral is not None and sender is not None:
        by = db.get(User, referral.from_user_id) if referral.from_user_id else None
        there = routing.present(db, access.who_may_see(db, [by], case), clock.now().date(), case) if by else []
        chosen = there[0] if there else routing.choose_focal_point(db, case)
        case.focal_point_id = chosen.id if chosen else None


def find_referral(db: Session, case: Case) -> Referral | None:
    """The referral of a case that is under way, if there is one."""
    under_way = select(Referral).where(Referral.case_id == case.id, Referral.state.in_(_UNDER_WAY))
    return db.scalar(under_way.order_by(Referral.id.desc()).limit(1))


def mark_referral(db: Session, case: Case, state: ReferralState, rejection: Rejection | None = None) -> Referral | None:
    """Moves the referral that is under way to this state; its links open nothing any more once it has ended."""
    referral = find_referral(db, case)
    if referral is None:
        return None
    now = clock.now()
    referral.state, referral.rejection = state, rejection
    if state == ReferralState.ACCEPTED:
        referral.accepted_at = now
        return referral
    referral.ended_at = now
    if state != ReferralState.DONE:
        for link in db.scalars(select(CaseLink).where(CaseLink.referral_id == referral.id)):
            link.revoked_at = link.revoked_at or now
    return referral

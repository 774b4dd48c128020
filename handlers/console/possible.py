"""Which verbs the case page offers: what the table of allowed changes lets a case do from where it stands, and what is
this user's to do."""

from feedback_gateway import access, cases
from feedback_gateway.case_states import ALLOWED, OPEN
from models import Case, User
from models.words import CaseState, CategorySource, Role, Sensitivity

_WAITING = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})
"""From here an answer or an action takes the case first (see cases.respond, cases.start_action)."""

_IN_HAND = frozenset({CaseState.ACCEPTED, CaseState.IN_ACTION, CaseState.REOPENED})
"""From here the person may be asked something (see cases.wait_for_person)."""


_OF_CALLERS = frozenset({"note", "reveal", "told", "consent", "wishes"})
"""What the operator of a hotline does: calls, and writes down what was said."""


def possible_verbs(case: Case, user: User) -> frozenset[str]:
    """The verbs that this user can do to this case now, by the last part of their addresses."""
    after = ALLOWED[case.state]
    sealed = case.sensitivity == Sensitivity.SEALED
    has_owner = case.agency_id is not None or sealed
    waits = has_owner and case.state in _WAITING
    is_open = case.state in OPEN
    refers = CaseState.REFERRED in after or case.state == CaseState.ACKNOWLEDGED
    decides = cases.may_decide(case, user)
    theirs = case.focal_point_id == user.id
    found = {"note"}
    offers = {
        "accept": has_owner and CaseState.ACCEPTED in after,
        "take": has_owner and is_open and CaseState.ACCEPTED not in after and not theirs and may_take_over(case, user),
        "assign": has_owner and is_open and cases.assigns(user, case),
        "answer": CaseState.AGENCY_RESPONDED in after or waits,
        "ask": case.state in _IN_HAND and case.waiting_since is None,
        "resume": case.waiting_since is not None,
        "start": CaseState.IN_ACTION in after or waits,
        "told": CaseState.PERSON_INFORMED in after,
        "close": CaseState.CLOSED in after,
        "reject": CaseState.REJECTED in after,
        "consent": refers,
        "refer": refers,
        "concerns": may_name_concerned(case, user),
        "confirm": is_open and case.category_source in (None, CategorySource.MACHINE),
        "recategorise": is_open,
        "release": case.hold is not None,
        "noise": is_open,
        "reopen": CaseState.REOPENED in after and decides,
        "decline": case.reopening_asked_at is not None and decides,
        "wishes": case.contact_id is not None,
        "callback": is_open and case.contact_id is not None and case.may_contact,
        "reveal": case.contact_id is not None and access.sees_the_person(user, case),
    }
    possible = frozenset(found | {verb for verb, offered in offers.items() if offered})
    return possible & _OF_CALLERS if user.role == Role.OPERATOR else possible


def may_take_over(case: Case, user: User) -> bool:
    """Whether a colleague may take a case over that somebody has in hand; of a sealed one each of its readers."""
    if case.sensitivity == Sensitivity.SEALED:
        return True
    return user.role == Role.FOCAL_POINT and user.agency_id is not None and user.agency_id == case.agency_id


def may_name_concerned(case: Case, user: User) -> bool:
    """Whether this user says whom a complaint is about: who sorts cases that are not open to all, and coordination; of
    a sealed one its readers."""
    return access.coordinates(user) or user.may_read_restricted or case.sensitivity == Sensitivity.SEALED

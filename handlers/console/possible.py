"""Which verbs the case page offers: what the table of allowed changes lets a case do from where it stands."""

from feedback_gateway.case_states import ALLOWED
from models import Case
from models.words import CaseState, CategorySource, Sensitivity

_WAITING = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})
"""From here an answer or an action takes the case first (see cases.respond, cases.start_action)."""


def possible_verbs(case: Case) -> frozenset[str]:
    """The verbs that this case can take now, by the last part of their addresses."""
    after = ALLOWED[case.state]
    has_owner = case.agency_id is not None or case.sensitivity == Sensitivity.SEALED
    waits = has_owner and case.state in _WAITING
    found = {"note"}
    offers = {
        "accept": has_owner and CaseState.ACCEPTED in after,
        "answer": CaseState.AGENCY_RESPONDED in after or waits,
        "start": CaseState.IN_ACTION in after or waits,
        "told": CaseState.PERSON_INFORMED in after,
        "close": CaseState.CLOSED in after,
        "reject": CaseState.REJECTED in after,
        "refer": CaseState.REFERRED in after or case.state == CaseState.ACKNOWLEDGED,
        "confirm": case.state != CaseState.CLOSED and case.category_source in (None, CategorySource.MACHINE),
        "recategorise": case.state != CaseState.CLOSED,
        "release": case.hold is not None,
        "noise": case.state != CaseState.CLOSED,
        "reopen": CaseState.REOPENED in after,
        "reveal": case.contact_id is not None,
    }
    return frozenset(found | {verb for verb, offered in offers.items() if offered})

"""One case as plain data, for the command line of the operator: codes and times, nothing of what a person said."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Clock, Event
from models.words import Sensitivity


def describe_case(db: Session, reference: str) -> dict[str, Any] | None:
    """State, category, sensitivity, language, agency, due times and events of a case; None when there is none."""
    case = db.scalar(select(Case).where(Case.reference == reference))
    if case is None:
        return None
    return {
        "reference": case.reference,
        "state": case.state,
        "outcome": case.outcome,
        "category": case.category_code,
        "category_source": case.category_source,
        "type": case.type,
        "sensitivity": case.sensitivity if case.classified_at else Sensitivity.RESTRICTED,
        "priority": case.priority,
        "urgency": case.urgency,
        "language": case.language,
        "place": case.place_code,
        "agency": case.agency.code if case.agency else None,
        "routed_because": case.routed_because,
        "channel": case.channel,
        "medium": case.medium,
        "may_contact": case.may_contact,
        "contact_by": case.contact_by,
        "safe_time": case.safe_time,
        "incomplete": case.incomplete,
        "helped": case.helped,
        "opened_at": case.opened_at,
        "told_at": case.told_at,
        "closed_at": case.closed_at,
        "next_step": case.next_step,
        "clocks": [
            {
                "step": row.step,
                "round": row.round,
                "started": row.started_at,
                "due": row.due_at,
                "stopped": row.stopped_at,
                "breached": row.breached_at,
            }
            for row in db.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.started_at, Clock.id))
        ],
        "events": [
            {"at": event.at, "kind": event.kind, "actor": event.actor, **event.data}
            for event in db.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.id))
        ],
    }

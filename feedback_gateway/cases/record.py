"""Writing an event, and moving a case from state to state."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from feedback_gateway.case_states import check_change
from feedback_gateway.clockwork import ask_winding
from feedback_gateway.lib import clock
from feedback_gateway.lib.clocks import KINDS
from models import Base, Case, Event, User
from models.words import Actor, CaseState, Priority


def event_values(
    case: Case,
    kind: str,
    *,
    by: User | None = None,
    actor: Actor | None = None,
    text: str | None = None,
    **data: Any,
) -> dict[str, Any]:
    """The columns of one event."""
    return {
        "case_id": case.id,
        "kind": kind,
        "actor": actor or (Actor.USER if by else Actor.SYSTEM),
        "user_id": by.id if by else None,
        "data": data,
        "text": text,
        "at": clock.now(),
    }


def record(
    db: Session,
    case: Case,
    kind: str,
    *,
    by: User | None = None,
    actor: Actor | None = None,
    text: str | None = None,
    **data: Any,
) -> None:
    """Writes one event. `data` holds codes and ids only; what somebody wrote goes into `text`, which is encrypted.

    If a clock looks at such events, the clocks are wound at the end of this unit of work; after what the person does,
    a moment later by a worker, since a webhook has a budget of statements.
    """
    db.add(Event(**event_values(case, kind, by=by, actor=actor, text=text, **data)))
    if kind not in KINDS:
        return
    if actor == Actor.PERSON:
        case.follow_at = clock.now()
    else:
        ask_winding(db, case)


def record_together(db: Session, case: Case, *events: dict[str, Any]) -> None:
    """Writes events of the person's (event_values) in one statement: a webhook has a budget."""
    if not events:
        return
    if any(event["kind"] in KINDS for event in events):
        case.follow_at = clock.now()
    db.execute(insert(Base.metadata.tables["events"]), list(events))


def move(case: Case, state: CaseState) -> None:
    """Puts a case into another state. Raises NotAllowedError when the table does not allow it."""
    check_change(case.state, state)
    case.state = state


def prioritise(db: Session, case: Case, priority: Priority, *, by: User | None = None) -> None:
    """From now on the clocks run by this priority. Nothing happens when it is the same."""
    if priority == case.priority:
        return
    before, case.priority = case.priority, priority
    record(db, case, "prioritised", by=by, priority=priority, before=before)

"""The page of one case: what the person said, what was done, and what can be done now."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import alike, cases, learning, pins, work
from feedback_gateway.access import accessible_to
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import dress
from feedback_gateway.places import place_tree
from feedback_gateway.worklist import next_due
from flows import gsm7
from handlers.console.alike import how_alike
from handlers.console.blueprint import bp
from handlers.console.list_address import next_in_list, read_address
from handlers.console.possible import possible_verbs
from handlers.console.sms import counting, preview_answer, write_answer
from handlers.console.suggestion import suggest
from handlers.console.timeline import Names, explain_route, tell
from handlers.console.visitor import me
from models import Agency, Case, Category, Clock, Contact, Event, Message, User
from models.words import Actor, ContactBy, Direction, FeedbackType, Noise, Outcome, Rejection, Sensitivity, Step


@bp.get("/cases/<uuid:case_id>")
def show_case(case_id: UUID) -> ResponseReturnValue:
    """The case; 404 for one that this user may not know of, exactly as for one that does not exist.

    `?verb=` shows the form of that verb open.
    """
    return render_case(case_id, me(), verb=request.args.get("verb", ""))


def render_case(
    case_id: UUID,
    user: User,
    *,
    status: int = 200,
    verb: str = "",
    typed: Mapping[str, str] | None = None,
    error: str = "",
    preview: bool = False,
    revealed: bool = False,
) -> ResponseReturnValue:
    """The page, after logging the reading of a case that is not open to all. `typed` refills the form of `verb`."""
    with work.reading() as db:
        case = db.scalar(
            select(Case)
            .where(accessible_to(user), Case.id == case_id)
            .options(*(joinedload(part) for part in (Case.category, Case.agency, Case.focal_point)))
        )
    if case is None:
        abort(404)
    if case.sensitivity != Sensitivity.NORMAL:
        with work.unit_of_work() as db:
            cases.record_reading(db, case, by=user)
    with work.reading() as db:
        facts = gather(db, user, case)
    answer = (typed or {}).get("text", "")
    sms = preview_answer(facts["contact"], case, answer) if preview and facts["can_write"] else None
    page = render_template(
        "console/case.html",
        case=case,
        verb=verb,
        typed=typed or {},
        error=error,
        preview=sms,
        revealed=facts["contact"].phone if revealed and facts["contact"] else None,
        **facts,
    )
    return page, status


def gather(db: Session, user: User, case: Case) -> dict[str, Any]:
    """Everything that the page shows besides the case itself."""
    events = db.scalars(
        select(Event).where(Event.case_id == case.id).options(joinedload(Event.user)).order_by(Event.id)
    ).all()
    messages = db.scalars(
        select(Message).where(Message.case_id == case.id, Message.direction == Direction.OUT).order_by(Message.id)
    ).all()
    agencies = db.scalars(select(Agency).order_by(Agency.name)).all()
    categories = db.scalars(select(Category).order_by(Category.code)).all()
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    names = Names(
        {agency.id: agency for agency in agencies}, {category.code: category for category in categories}, place_tree(db)
    )
    address, at = read_address(request.args), request.args.get("at", 0, int)
    now = clock.now()
    following, place = next_in_list(db, user, address, case, max(at, 0), now)
    wants_call = case.contact_by == ContactBy.CALL and case.may_contact
    can_write = contact is not None and contact.opted_out_at is None and case.may_contact and not wants_call
    return {
        "address": address,
        "how_alike": how_alike,
        "resembling": alike.suggestions(db, user, case),
        "at": at,
        "agencies": [agency for agency in agencies if agency.id != case.agency_id],
        "can_write": can_write,
        "categories": categories,
        "contact": contact,
        "clocks": _clocks(db, case),
        "due": next_due(case),
        "following": following,
        "following_at": place,
        "frame_size": gsm7.size(dress(write_answer(contact, case, ""), contact.channel)) if contact else 0,
        "counting": counting(contact, case) if contact else {},
        "needs_telling": cases.NEEDS_TELLING,
        "noises": list(Noise),
        "may_say_solved": case.told_at is not None or case.type == FeedbackType.PRAISE,
        "names": names,
        "outcomes": list(Outcome),
        "pin_locked_until": case.pin_locked_until if pins.is_locked(case) else None,
        "rejections": list(Rejection),
        "readings": [event for event in events if event.kind == "read"],
        "route": explain_route(case, names),
        "suggestion": suggest(case, learning.newest_guess(db, case), names.categories),
        "said": [event for event in events if event.actor == Actor.PERSON and event.text],
        "timeline": tell(events, messages, names),
        "verbs": possible_verbs(case),
        "wants_call": wants_call,
    }


def _clocks(db: Session, case: Case) -> Sequence[Clock]:
    """The clocks of the case that say something: all but the acknowledgement, which is given at once."""
    rows = select(Clock).where(Clock.case_id == case.id, Clock.step != Step.ACKNOWLEDGE)
    return db.scalars(rows.order_by(Clock.started_at, Clock.id)).all()

"""The page of one case: what the person said, what was done, and what can be done now."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import alike, cases, learning, pins, routing, work
from feedback_gateway.access import accessible_to, sees_the_person
from feedback_gateway.desk import mask_numbers
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import dress
from feedback_gateway.places import place_tree
from feedback_gateway.worklist import next_due
from flows import gsm7
from handlers.console import case_panels as panels
from handlers.console.alike import how_alike
from handlers.console.belonging import belonging
from handlers.console.blueprint import bp
from handlers.console.case_forms import chosen
from handlers.console.contacting import choices_of_reach, contacting, insert_answer, offer_answers
from handlers.console.list_address import next_in_list, read_address
from handlers.console.possible import possible_verbs
from handlers.console.route_story import tell_route
from handlers.console.sms import counting, preview_answer, write_answer
from handlers.console.suggestion import suggest
from handlers.console.timeline import Names, tell
from handlers.console.visitor import me
from models import Agency, Case, Category, Clock, Contact, Event, Likeness, Message, User
from models.words import (
    Actor,
    ContactBy,
    Direction,
    FeedbackType,
    LikenessKind,
    Needed,
    Noise,
    Outcome,
    Rejection,
    Sensitivity,
)


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
    insert: bool = False,
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
    filled = typed or {}
    with work.reading() as db:
        facts = gather(db, user, case)
        if "concerns" in facts["verbs"]:
            ticked = (
                (chosen(filled, "about_agency"), chosen(filled, "about_user")) if verb == "concerns" and typed else None
            )
            look_ahead = preview and verb == "concerns"
            facts["concerned"] = panels.concerned(db, case, facts["names"], ticked, look_ahead=look_ahead)
    if insert:
        filled = insert_answer(facts["offers"], filled)
    shows_sms = preview and facts["can_write"] and verb in FRAMES
    page = render_template(
        "console/case.html",
        case=case,
        verb=verb,
        typed=filled,
        error=error,
        preview=preview_answer(facts["contact"], case, filled.get("text", ""), FRAMES[verb]) if shows_sms else None,
        revealed=facts["contact"].phone if revealed and facts["contact"] and facts["sees_phone"] else None,
        **facts,
    )
    return page, status


FRAMES: Mapping[str, str] = {"answer": "sms.answer", "ask": "sms.question"}
"""The frame of the SMS that a verb sends."""


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
    clocks = db.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.started_at, Clock.id)).all()
    names = Names(
        {agency.id: agency for agency in agencies},
        {category.code: category for category in categories},
        place_tree(db),
        _users_named(db, events),
    )
    address, at = read_address(request.args, user), request.args.get("at", 0, int)
    now = clock.now()
    following, place = next_in_list(db, user, address, case, max(at, 0), now)
    wants_call = case.contact_by == ContactBy.CALL and case.may_contact
    can_write = contact is not None and contact.opted_out_at is None and case.may_contact and not wants_call
    verbs = possible_verbs(case, user)
    shown = words_shown(user, case)
    barred = routing.concerned_agencies(db, case)
    return {
        "address": address,
        "how_alike": how_alike,
        "resembling": _resembling(db, user, case),
        "belonging": belonging(db, user, case),
        "asked": {verb: counting(contact, case, key) if contact else {} for verb, key in FRAMES.items()},
        "assignable": cases.assignable(db, case) if "assign" in verbs else [],
        "at": at,
        "agencies": [agency for agency in agencies if agency.id != case.agency_id and agency.id not in barred],
        "came_back": panels.came_back(db, user, case, events, names),
        "can_write": can_write,
        "offers": offer_answers(db, case, contact) if "answer" in verbs else [],
        "reach": contacting(db, case, contact, messages),
        **choices_of_reach(db, messages),
        "categories": categories,
        "contact": contact,
        "clocks": panels.clock_lines(clocks),
        "due": next_due(case),
        "following": following,
        "following_at": place,
        "frame_size": {
            verb: gsm7.size(dress(write_answer(contact, case, "", key), contact.channel)) if contact else 0
            for verb, key in FRAMES.items()
        },
        "everybody_else": [agency for agency in agencies if agency.id != case.agency_id],
        "needs_consent": panels.needs_consent(case),
        "needs_telling": cases.NEEDS_TELLING,
        "needed": list(Needed),
        "noises": list(Noise),
        "may_say_solved": case.told_at is not None or case.type == FeedbackType.PRAISE,
        "names": names,
        "outcomes": list(Outcome),
        "pin_locked_until": case.pin_locked_until if pins.is_locked(case) else None,
        "referrals": panels.referral_lines(db, user, case, names),
        "rejections": list(Rejection),
        "reopening": panels.reopening(case, clocks, events),
        "readings": [event for event in events if event.kind == "read"],
        "route": tell_route(db, case, events, names),
        "sees_phone": sees_the_person(user, case),
        "suggested": panels.suggested_owners(db, case, names.agencies) if "refer" in verbs else [],
        "suggestion": suggest(case, learning.newest_guess(db, case), names.categories),
        "said": [(event, shown(event.text)) for event in events if event.actor == Actor.PERSON and event.text],
        "said_no": routing.agencies_that_said_no(db, case),
        "today": now.date(),
        "timeline": tell(events, messages, names, user, shown),
        "undelivered": panels.is_undelivered(case, messages),
        "verbs": verbs,
        "waiting": panels.waiting(case, events),
        "wants_call": wants_call,
    }


def words_shown(user: User, case: Case) -> Callable[[str], str]:
    """How this user reads what the person wrote: without the numbers in it where they may not have the person's."""
    return str if sees_the_person(user, case) else mask_numbers


def _users_named(db: Session, events: Sequence[Event]) -> dict[int, str]:
    named = {event.data["user"] for event in events if event.kind == "assigned"}
    return {user.id: user.name for user in db.scalars(select(User).where(User.id.in_(named)))} if named else {}


def _resembling(db: Session, user: User, case: Case) -> list[tuple[Likeness, Case]]:
    """What resembles the case. That it is the same person's is not said where that would give the number away of
    somebody who has said whether they were helped."""
    found = alike.suggestions(db, user, case)
    seen = sees_the_person(user, case)
    return [
        (likeness, other)
        for likeness, other in found
        if likeness.kind != LikenessKind.SAME_PERSON or (seen and sees_the_person(user, other))
    ]

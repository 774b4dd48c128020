"""Trying a route: a case that never was, taken through the very code that routes cases, and what that code said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import routing
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.places import place_tree
from feedback_gateway.responsibility.times import StepTime, times_for
from feedback_gateway.routing import Decision, PassedOver, Standing
from models import Agency, Case, Category, Concern, Route, User
from models.words import CaseState, Medium, Priority, Sensitivity


@dataclass(frozen=True)
class Trial:
    """Who would get such a case now, and why.

    `passed_over` comes with the rules themselves; `standings` is who could take it, the first would; `absent` are those
    of the agency who are away (with or without somebody in their stead).
    """

    category: Category
    place: str | None
    sensitivity: Sensitivity
    priority: Priority
    decision: Decision
    rule: Route | None
    passed_over: Sequence[tuple[PassedOver, Route]]
    standings: Sequence[Standing]
    absent: Sequence[User]
    clocks: Sequence[StepTime]


def try_route(
    db: Session,
    category_code: str,
    place: str | None = None,
    sensitivity: Sensitivity | None = None,
    concerned: Collection[int] = (),
) -> Trial:
    """What would happen to a case about this, in this place, that complains about these agencies. Leaves no trace.

    A category raises the sensitivity to its own, as it does for every case. Raises RefusedError: "category", "place",
    "agency".
    """
    category = db.get(Category, category_code)
    if category is None:
        raise RefusedError("category")
    if place is not None and place not in place_tree(db).by_code:
        raise RefusedError("place")
    if any(db.get(Agency, agency) is None for agency in concerned):
        raise RefusedError("agency")
    now = clock.now()
    case = Case(
        id=uuid4(),
        reference=f"?{uuid4().hex[:8]}",
        channel="trial",
        medium=Medium.SMS,
        state=CaseState.TRIAGED,
        category_code=category_code,
        sensitivity=Sensitivity.highest(sensitivity, category.sensitivity),
        priority=category.priority,
        place_code=place,
        opened_at=now,
        last_message_at=now,
        classified_at=now,
    )
    nested = db.begin_nested()
    try:
        db.add(case)
        db.add_all(Concern(case_id=case.id, agency_id=agency, at=now) for agency in concerned)
        db.flush()
        decision = routing.route_case(db, case)
        case.agency_id = decision.agency_id
        db.flush()
        standings = routing.weigh(db, case)
        could = routing.candidates(db, case)
    finally:
        nested.rollback()
    return Trial(
        category=category,
        place=place,
        sensitivity=Sensitivity.highest(sensitivity, category.sensitivity),
        priority=category.priority,
        decision=decision,
        rule=db.get(Route, decision.route_id) if decision.route_id else None,
        passed_over=[(each, db.get_one(Route, each.route_id)) for each in decision.passed_over],
        standings=standings,
        absent=[user for user in could if user.is_absent(now.date())],
        clocks=times_for(db, category.priority, category_code, decision.agency_id, now),
    )


def describe_trial(db: Session, trial: Trial) -> list[str]:
    """What a trial has found, for a terminal: codes and log-ins, in English."""
    codes = {agency.id: agency.code for agency in db.scalars(select(Agency))}
    where = trial.place or "no place"
    lines = [f"{trial.category.code}, {where}, {trial.sensitivity.value}, {trial.priority.value}"]
    agency = trial.decision.agency_id
    if agency is None:
        lines.append("no owner: no rule that counts names an agency")
    else:
        lines.append(f"goes to {codes[agency]} by the rule {trial.decision.because}")
    for each, rule in trial.passed_over:
        confirmed = f"{rule.confirmed_at:%Y-%m-%d}" if rule.confirmed_at else "never"
        days = f"valid {rule.valid_from or '...'} to {rule.valid_to or '...'}, confirmed {confirmed}"
        lines.append(f"passed over {codes[each.agency_id]} by {each.because}: {each.objection.value} ({days})")
    for place, standing in enumerate(trial.standings):
        instead = f", instead of {standing.instead_of.login}" if standing.instead_of else ""
        mark = "taken by" if place == 0 else "     then"
        lines.append(f"{mark} {standing.user.login}: {standing.open_cases} open cases{instead}")
    if agency is not None and not trial.standings:
        lines.append("taken by nobody: no one there may read it")
    lines += [f"away     {user.login}" for user in trial.absent]
    for time in trial.clocks:
        how = "of work" if time.rule.time.hours else "around the clock"
        lines.append(f"{time.step.value:12}{time.rule.allowed} {how}, now until {time.due:%Y-%m-%d %H:%M}")
    return lines

"""The clocks of a case in the database: wound from its events once a unit of work, by whoever has written one.

A case's `next_step`, `next_due_at`, `answer_due_at` and `follow_at` are what lists and the dispatcher read; the rows of
`clocks` are what is shown and counted. Everything comes from the events by one function (lib/clocks.py), so winding
again changes nothing. Whoever winds holds the case's row, so a breach is recorded once; the version of the case stays,
so that a form which somebody is filling in does not become void because a clock has moved.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.lib.clocks import KINDS, ClockState, Happening, run_clocks
from feedback_gateway.timetable import timetable
from models import Base, Case, Clock, Event, ReminderRule
from models.words import Actor, Step

RETURN_AT = Fraction(3, 2)
"""How much of its clock may run until a referral that nobody answers comes back to its sender, and what came back to a
sender who does nothing either goes to coordination."""


_TO_WIND = "cases to wind"
_AT_WORK = (Step.TRIAGE, Step.REFER, Step.ACCEPT, Step.ANSWER, Step.REOPEN)


def _again(over: Fraction) -> int:
    """How much more than the last share of the rules had run when those who are reminded last heard of it again.

    1, 2, 4, 8, ...: what is late is never forgotten, and a desk that has given up is not flooded. 0: not yet.
    """
    return 0 if over < 1 else 1 << (int(over).bit_length() - 1)


def ask_winding(db: Session, case: Case) -> None:
    """Has the clocks of this case wound at the end of the unit of work."""
    db.info.setdefault(_TO_WIND, {})[case.id] = case


@work.before_commit
def _wind_all(db: Session) -> None:
    asked: dict[UUID, Case] = db.info.pop(_TO_WIND, {})
    for case in asked.values():
        if case.classified_at is not None:
            wind(db, case, clock.now())


def wind(db: Session, case: Case, now: datetime) -> list[ClockState]:
    """Stores the clocks of a case as they stand now, and what is due next. A breach is recorded once."""
    db.flush()
    before = dict(db.execute(_STORED.where(Case.id == case.id)).one()._mapping)
    states = read_clocks(db, case, now)
    known = {(row.step, row.round): row for row in db.scalars(select(Clock).where(Clock.case_id == case.id))}
    for state in states:
        row = known.get((Step(state.step), state.round))
        if row is None:
            row = Clock(case_id=case.id, step=Step(state.step), round=state.round, started_at=state.started_at)
            db.add(row)
        if row.stopped_at is not None:
            continue  # it has been counted to its end
        _store(db, row, state, now)
    running = [state for state in states if state.is_running]
    owed = [state for state in running if state.step in _AT_WORK] or running
    first = min(owed, key=lambda state: state.due_at or now, default=None)
    answers = [state for state in states if state.step == Step.ANSWER]
    found = {
        "next_step": Step(first.step) if first else None,
        "next_due_at": first.due_at if first else None,
        "answer_due_at": answers[-1].due_at if answers else case.answer_due_at,
        "follow_at": _when_to_follow(db, case, running, now),
    }
    _write(db, case, before, found)
    return states


_STORED = select(Case.next_step, Case.next_due_at, Case.answer_due_at, Case.follow_at).with_for_update(key_share=True)


def _write(db: Session, case: Case, before: dict[str, Any], found: dict[str, Any]) -> None:
    table = Base.metadata.tables["cases"]
    if changed := {name: value for name, value in found.items() if before[name] != value}:
        db.execute(update(table).where(table.c.id == case.id).values(changed))
    for name, value in found.items():
        set_committed_value(case, name, value)


def read_clocks(db: Session, case: Case, now: datetime) -> list[ClockState]:
    """The clocks of a case, from its events. Writes nothing."""
    events = db.execute(
        select(Event.at, Event.kind, Event.data)
        .where(Event.case_id == case.id, Event.kind.in_(KINDS))
        .order_by(Event.at, Event.id)
    )
    table = timetable(db)
    happenings = [Happening(*event) for event in events]
    return run_clocks(happenings, table.pace, now, table.changes(), case.priority)


def _store(db: Session, row: Clock, state: ClockState, now: datetime) -> None:
    row.due_at, row.stopped_at = state.due_at, state.stopped_at
    row.share, row.agency_id, row.wound_at = float(state.share), state.agency, now
    if state.breached_at is not None and row.breached_at is None:
        row.breached_at = state.breached_at
        data = {"step": state.step, "round": state.round, "due": state.breached_at.isoformat()}
        db.add(Event(case_id=row.case_id, kind="breached", actor=Actor.SYSTEM, data=data, at=now))


def _when_to_follow(db: Session, case: Case, running: Sequence[ClockState], now: datetime) -> datetime | None:
    """The next moment at which a clock asks for something: a reminder, its end, a referral that comes back.

    While anything is owed there is one.
    """
    marks = [
        moment
        for state in running
        for share in _shares(db, case, state)
        if share > state.share and (moment := state.reaches(share)) is not None
    ]
    if case.waiting_since is not None:
        marks.append(case.waiting_since + timedelta(days=work.settings().wait_days))
    return min((max(mark, now) for mark in marks), default=None)


def _shares(db: Session, case: Case, state: ClockState) -> set[Fraction]:
    found = {Fraction(1)} | ({RETURN_AT} if state.step in (Step.ACCEPT, Step.REFER) else set())
    found |= {share_of(rule) for rule in rules_for(db, case, Step(state.step))}
    last = max(found)
    return found | {last + (2 * _again(state.share - last) or 1)}


def share_of(rule: ReminderRule) -> Fraction:
    """The share of a rule, exactly as it was written."""
    return Fraction(str(rule.share))


def reminders_due(db: Session, case: Case, state: ClockState) -> list[tuple[Fraction, ReminderRule]]:
    """The rules whose share has run, the latest first; of those that come again, the last time that they did."""
    rules = rules_for(db, case, Step(state.step))
    last = max(map(share_of, rules), default=Fraction(0))
    again = last + _again(state.share - last)
    found = [(again, rule) for rule in rules if share_of(rule) == last < again]
    return found + [(share_of(rule), rule) for rule in reversed(rules) if share_of(rule) <= state.share]


def rules_for(db: Session, case: Case, step: Step) -> list[ReminderRule]:
    """Who is reminded of this step of this case, the earliest first."""
    rules = _rules(db)
    return [rule for rule in rules if rule.step == step and rule.priority in (None, case.priority)]


def _rules(db: Session) -> list[ReminderRule]:
    kept: list[ReminderRule] | None = db.info.get("reminder rules")
    if kept is None:
        kept = list(db.scalars(select(ReminderRule).order_by(ReminderRule.share, ReminderRule.id)))
        db.info["reminder rules"] = kept
    return kept

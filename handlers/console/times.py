"""The times: how long each step may take, working hours, holidays, and who is reminded when."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility import times as keeping_time
from feedback_gateway.timetable import USUAL, timetable
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.keeping import (
    demand_coordination,
    keep,
    read_day,
    read_id,
    read_labels,
    read_word,
    say_span,
)
from handlers.console.visitor import demand_administrator
from models import ClockPolicy, ReminderRule, User
from models.words import Means, Priority, Recipient, Step

_UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}


@bp.get("/times")
def times() -> ResponseReturnValue:
    """All that the clocks run by, and what a case would get (a broken water point, unless the address says another)."""
    demand_coordination()
    return _show()


def _show(error: str = "", failed: str = "") -> ResponseReturnValue:
    now, args = clock.now(), request.args
    with work.reading() as db:
        labels, table = read_labels(db), timetable(db)
        priority = read_word(Priority, args.get("priority", "P1")) or Priority.P1
        category = args.get("category", "EHA.EAU")
        category = category if category in labels.categories else ""
        agency = read_id(args.get("agency", ""))
        page = render_template(
            "console/times.html",
            labels=labels,
            error=error,
            failed=failed,
            typed=request.form if error else {},
            priority=priority,
            category=category,
            agency=agency,
            example=keeping_time.times_for(db, priority, category or None, agency, now),
            usual=USUAL,
            policies=db.scalars(select(ClockPolicy).order_by(ClockPolicy.step, ClockPolicy.id.desc())).all(),
            hours=table.hours_of(None, now),
            holidays=keeping_time.holidays_ahead(db, language="en_US" if words.in_english() else "fr"),
            reminders=_reminders(db),
            say_span=say_span,
            say_hours=say_hours,
            steps=list(Step),
            priorities=list(Priority),
            recipients=list(Recipient),
            means=list(Means),
            today=now.date(),
        )
    return page, 422 if error else 200


def say_hours(minute: int) -> str:
    """A minute of the day as `07:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _reminders(db: Session) -> list[ReminderRule]:
    order = list(Step)
    return sorted(db.scalars(select(ReminderRule)), key=lambda rule: (order.index(rule.step), rule.share, rule.id))


def _back(part: str) -> dict[str, Any]:
    """Where a verb leads to: its part of the page, with what was wrong if anything was."""
    return {"to": url_for("console.times", _anchor=part), "again": lambda error: _show(error, part)}


@bp.post("/times/policies")
def add_policy() -> ResponseReturnValue:
    """A time allowed, from now on."""
    demand_administrator()
    form = request.form

    def verb(db: Session, by: User) -> None:
        step, amount = read_word(Step, form.get("step", "")), read_id(form.get("amount", ""))
        if step is None:
            raise RefusedError("step")
        keeping_time.add_policy(
            db,
            step=step,
            minutes=(amount or 0) * _UNITS.get(form.get("unit", ""), 0),
            working=form.get("working") == "1",
            priority=read_word(Priority, form.get("priority", "")),
            category=form.get("category") or None,
            agency_id=read_id(form.get("agency", "")),
            by=by,
        )

    return keep(verb, _("Délai enregistré, à partir de maintenant."), **_back("policies"))


@bp.post("/times/policies/<int:policy_id>/end")
def end_policy(policy_id: int) -> ResponseReturnValue:
    """A time allowed ends now."""
    demand_administrator()
    return keep(lambda db, by: keeping_time.end_policy(db, policy_id, by=by), _("Délai terminé."), **_back("policies"))


@bp.post("/times/hours")
def set_house_hours() -> ResponseReturnValue:
    """The working hours of agencies that have none of their own, from now on."""
    demand_administrator()
    form = request.form

    def verb(db: Session, by: User) -> None:
        days = "".join(sorted(set(form.getlist("day"))))
        hours = keeping_time.read_hours(days, form.get("opens", ""), form.get("closes", ""))
        keeping_time.set_hours(db, None, hours, by=by)

    return keep(verb, _("Horaires enregistrés, à partir de maintenant."), **_back("hours"))


@bp.post("/times/days")
def set_day() -> ResponseReturnValue:
    """A holiday more, a holiday that is none, or the calendar's word again."""
    demand_administrator()
    form = request.form

    def verb(db: Session, by: User) -> None:
        day = read_day(form.get("day", ""))
        if day is None:
            raise RefusedError("date")
        if form.get("what") == "forget":
            keeping_time.forget_day(db, day, by=by)
        else:
            keeping_time.set_day_off(db, day, off=form.get("what") != "on", name=form.get("name", ""), by=by)

    return keep(verb, _("Jour enregistré."), **_back("days"))


@bp.post("/times/reminders")
def add_reminder() -> ResponseReturnValue:
    """Somebody is reminded at a share of a clock."""
    demand_administrator()
    form = request.form

    def verb(db: Session, by: User) -> None:
        step = read_word(Step, form.get("step", ""))
        recipient = read_word(Recipient, form.get("recipient", ""))
        if step is None or recipient is None:
            raise RefusedError("step")
        keeping_time.add_reminder(
            db,
            step=step,
            share=(read_id(form.get("percent", "")) or 0) / 100,
            recipient=recipient,
            means=read_word(Means, form.get("means", "")) or Means.AS_WISHED,
            priority=read_word(Priority, form.get("priority", "")),
            by=by,
        )

    return keep(verb, _("Rappel ajouté."), **_back("reminders"))


@bp.post("/times/reminders/<int:rule_id>/remove")
def remove_reminder(rule_id: int) -> ResponseReturnValue:
    """Nobody is reminded by this rule any more."""
    demand_administrator()
    return keep(
        lambda db, by: keeping_time.remove_reminder(db, rule_id, by=by), _("Rappel retiré."), **_back("reminders")
    )

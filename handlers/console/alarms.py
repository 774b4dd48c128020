"""The alarms over the queue: more of a kind at a place today than is usual there, with the list behind each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import alarms, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.list_address import read_address
from handlers.console.visitor import me
from models import Alarm, Category, User

MOST_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """An alarm in words; `address` leads to its cases in the queue."""

    id: int
    what: str
    how_many: str
    address: dict[str, Any]


def alarm_lines(db: Session, user: User, now: datetime) -> Sequence[Line]:
    """The alarms that this user is to see, newest first, at most MOST_SHOWN."""
    found = alarms.visible_alarms(db, user, now)[:MOST_SHOWN]
    if not found:
        return ()
    tree = place_tree(db)
    codes = {alarm.category for alarm in found}
    names = {category.code: category for category in db.scalars(select(Category).where(Category.code.in_(codes)))}
    return [
        Line(
            id=alarm.id,
            what=str(
                _(
                    "%(what)s à %(place)s",
                    what=words.category_name(names.get(alarm.category)),
                    place=tree.by_code[alarm.place_code].name if alarm.place_code in tree.by_code else alarm.place_code,
                )
            ),
            how_many=_count(alarm, now.date()),
            address={
                "tab": "all",
                "category": alarm.category,
                "region": alarm.place_code,
                "days": (now.date() - alarm.day).days + 1,
            },
        )
        for alarm in found
    ]


def _count(alarm: Alarm, today: date) -> str:
    usual = str(round(alarm.usual)) if alarm.usual >= 1 else str(_("moins d'un"))
    if alarm.day == today:
        return str(_("%(count)s aujourd'hui, d'habitude %(usual)s", count=alarm.count, usual=usual))
    day = format_date(alarm.day, "d MMMM")
    return str(_("%(count)s le %(day)s, d'habitude %(usual)s", count=alarm.count, day=day, usual=usual))


@bp.post("/alarms/<int:alarm_id>/seen")
def see_alarm(alarm_id: int) -> ResponseReturnValue:
    """Takes an alarm off everybody's queue; 404 for one that this user may not see, 403 if only coordination may."""
    user = me()
    with work.unit_of_work() as db:
        shown = {alarm.id: alarm for alarm in alarms.visible_alarms(db, user, clock.now())}
        if alarm_id not in shown:
            abort(404)
        try:
            alarms.mark_seen(db, shown[alarm_id], by=user)
        except NotAllowedError:
            abort(403)
    return redirect(url_for("console.queue", **read_address(request.args, me()).args()))

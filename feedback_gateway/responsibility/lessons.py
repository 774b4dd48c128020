"""What "not responsible" has taught: agencies that gave cases back, by category and place, and whom they named."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility.rules import Subject, set_rule
from models import Route, RouteLesson, User


@dataclass(frozen=True)
class Lesson:
    """An agency said no so often at this place; `but` are the agencies that were named, the most often named first."""

    category: str
    place: str | None
    agency_id: int
    times: int
    but: tuple[tuple[int, int], ...]
    last_at: datetime


def open_lessons(db: Session) -> list[Lesson]:
    """What nobody has drawn a conclusion from yet, the most frequent first."""
    groups: dict[tuple[str, str | None, int], list[RouteLesson]] = {}
    for row in db.scalars(select(RouteLesson).where(RouteLesson.handled_at.is_(None)).order_by(RouteLesson.id)):
        groups.setdefault((row.category_code, row.place_code, row.not_agency_id), []).append(row)
    found = [
        Lesson(
            category,
            place,
            agency,
            len(rows),
            tuple(Counter(row.but_agency_id for row in rows if row.but_agency_id is not None).most_common()),
            rows[-1].at,
        )
        for (category, place, agency), rows in groups.items()
    ]
    return sorted(found, key=lambda lesson: (-lesson.times, lesson.category, lesson.place or ""))


def make_rule(db: Session, category: str, place: str | None, not_agency: int, agency_id: int, *, by: User) -> Route:
    """From today on the agency that was named answers, and the lesson is learnt. Raises RefusedError."""
    _handle(db, category, place, not_agency, by)
    return set_rule(db, Subject(category, place), agency_id, by=by)


def dismiss(db: Session, category: str, place: str | None, not_agency: int, *, by: User) -> None:
    """The rules stay as they are. Raises RefusedError("gone") when somebody was quicker."""
    _handle(db, category, place, not_agency, by)


def _handle(db: Session, category: str, place: str | None, not_agency: int, by: User) -> None:
    rows = db.scalars(
        select(RouteLesson)
        .where(
            RouteLesson.category_code == category,
            RouteLesson.place_code.is_not_distinct_from(place),
            RouteLesson.not_agency_id == not_agency,
            RouteLesson.handled_at.is_(None),
        )
        .with_for_update()
    ).all()
    if not rows:
        raise RefusedError("gone")
    now = clock.now()
    for row in rows:
        row.handled_at, row.handled_by_id = now, by.id

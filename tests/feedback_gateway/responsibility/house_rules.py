"""Rules for tests: set as an administrator sets them, and read back as (agency, first day, last day)."""

from datetime import date, datetime

from sqlalchemy import delete, select

from feedback_gateway import work
from feedback_gateway.responsibility import rules
from feedback_gateway.responsibility.rules import Subject
from models import Agency, Route
from tests import actors
from tests.factories import agency_id

NOW = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
"""A Tuesday on which people work."""

WATER = Subject("EHA.EAU", "BF490304")


def day(text: str) -> date:
    return date.fromisoformat(text)


def clear() -> None:
    with work.unit_of_work() as db:
        db.execute(delete(Route))


def set_rule(agency: str, subject: Subject = WATER, since: str | None = None, until: str | None = None) -> int:
    """The id of a rule that Ada sets."""
    with work.unit_of_work() as db:
        return rules.set_rule(
            db,
            subject,
            agency_id(agency),
            since=day(since) if since else None,
            until=day(until) if until else None,
            by=actors.make("ada"),
        ).id


def history(subject: Subject = WATER) -> list[tuple[str, str, str]]:
    """The rules of a subject in the order of their days; `..` where there is no limit."""
    with work.reading() as db:
        found = db.execute(
            select(Agency.code, Route.valid_from, Route.valid_to)
            .join(Route, Route.agency_id == Agency.id)
            .where(Route.category == subject.category, Route.place_code.is_not_distinct_from(subject.place))
        )
        rows = [(code, str(first or ".."), str(last or "..")) for code, first, last in found]
    return sorted(rows, key=lambda row: (row[1], row[2].replace("..", "9999"), row[0]))

"""The manager's page: how the line does. All numbers come from feedback_gateway/metrics.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback_gateway import metrics, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.spreadsheet import Cell, write_csv
from feedback_gateway.metrics import By, Row, Table, Tallies
from feedback_gateway.places import PlaceTree, place_tree
from feedback_gateway.worklist import NONE
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.visitor import me

_FIRST_PERIOD = 30
_BREAKDOWNS = (By.CATEGORY, By.REGION, By.AGENCY)


@dataclass(frozen=True)
class Number:
    """One number as the page shows it. `share` is its part of the largest in its column, 0 to 100, for the bar."""

    shown: str
    link: str | None
    share: float
    fraction: str = ""


@dataclass(frozen=True)
class Group:
    """One line of a table by category or region."""

    key: str
    name: str
    numbers: Sequence[Number]


@bp.get("/indicators")
def indicators() -> ResponseReturnValue:
    """The numbers of a period: in all, by category and by region."""
    days = read_period(request.args.get("days"))
    now = clock.now()
    with work.reading() as db:
        tallies, tree = _count(db, days, now), place_tree(db)
    totals = [(table, _number(table, table.rows[0], By.TOTAL, days)) for table in _tables(tallies, By.TOTAL)]
    return render_template(
        "console/indicators.html",
        days=days,
        periods=metrics.PERIODS,
        now=now,
        totals=totals,
        english=words.in_english(),
        tables={
            by: (_tables(tallies, by), _groups(tallies, by, tree, days)) for by in (By.CATEGORY, By.REGION, By.AGENCY)
        },
    )


@bp.get("/indicators/<by>.csv")
def indicators_csv(by: str) -> ResponseReturnValue:
    """The same numbers as a file: one line a group, one column a number."""
    if by not in list(By):
        abort(404)
    dimension, days = By(by), read_period(request.args.get("days"))
    with work.reading() as db:
        tallies, tree = _count(db, days, clock.now()), place_tree(db)
    file = write_csv(csv_rows(tallies, dimension, tree))
    name = f"indicators-{by}-{days or 'all'}.csv"
    return Response(file, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def read_period(word: str | None) -> int | None:
    """The days of a period named in the address: one of metrics.PERIODS (`all` for all), else thirty."""
    if word == "all":
        return None
    return next((days for days in metrics.PERIODS if days and str(days) == word), _FIRST_PERIOD)


def _count(db: Session, days: int | None, now: datetime) -> Tallies:
    return metrics.count_cases(db, me(), days, now)


def _tables(tallies: Tallies, by: By) -> list[Table]:
    return [metric(tallies, by) for metric in metrics.METRICS]


def _groups(tallies: Tallies, by: By, tree: PlaceTree, days: int | None) -> list[Group]:
    """The rows of all metrics side by side, one line a group."""
    tables = _tables(tallies, by)
    most = [max((row.value or 0 for row in table.rows), default=0) for table in tables]
    return [
        Group(
            rows[0].key,
            group_name(by, rows[0].key, tree),
            [_number(table, row, by, days, top) for table, row, top in zip(tables, rows, most, strict=True)],
        )
        for rows in zip(*(table.rows for table in tables), strict=True)
    ]


def group_name(by: By, key: str, tree: PlaceTree) -> str:
    """What a group is called in the language of the page."""
    if by == By.TOTAL:
        return str(_("Total"))
    if by == By.CATEGORY:
        return words.group_name(key)
    if by == By.AGENCY:
        return str(_("Sans responsable")) if key == NONE else key
    place = tree.by_code.get(key)
    return place.name if place else str(_("Lieu inconnu"))


def _number(table: Table, row: Row, by: By, days: int | None, top: float = 0) -> Number:
    return Number(
        shown=_shown(table.unit, row.value),
        link=_link(table, row, by, days) if row.count else None,
        share=100 * (row.value or 0) / top if top else 0,
        fraction=_("%(count)s sur %(of)s", count=row.count, of=row.of) if row.of else "",
    )


def _shown(unit: str, value: float | None) -> str:
    if value is None:
        return "–"
    if unit == "percent":
        return str(_("%(number)s %%", number=format_decimal(round(value))))
    return str(format_decimal(round(value, 1) if unit == "days" else round(value)))


def _link(table: Table, row: Row, by: By, days: int | None) -> str:
    """The list that makes up the number: the same conditions, by the same names."""
    narrowed: dict[str, Any] = {} if by == By.TOTAL else {by.value: row.key}
    return url_for("console.queue", tab=table.list_name, days=days, **narrowed)


def csv_rows(tallies: Tallies, by: By, tree: PlaceTree) -> list[list[Cell]]:
    """A line of titles, then one line a group; shares come with what they were counted from."""
    tables = _tables(tallies, by)
    titles: list[Cell] = [_("Code"), _("Groupe")]
    for table in tables:
        title = table.title_en if words.in_english() else table.title_fr
        titles += [title, _("%(title)s, sur", title=title)] if table.unit == "percent" else [title]
    lines = [titles]
    for rows in zip(*(table.rows for table in tables), strict=True):
        line: list[Cell] = [rows[0].key, group_name(by, rows[0].key, tree)]
        for table, row in zip(tables, rows, strict=True):
            line += [row.count, row.of] if table.unit == "percent" else [_round(row.value)]
        lines.append(line)
    return lines


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

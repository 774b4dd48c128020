"""The metrics: one function each, returning a labelled table that the page, the CSV and reports read alike.

All of them are counted over the cases that were opened in a period and that the reader may see, in two statements
whatever the number of metrics and groups. Each share names the list behind it (feedback_gateway/worklist.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway.access import accessible_to
from feedback_gateway.places import place_tree
from feedback_gateway.worklist import LISTS, NONE, Filter
from models import Agency, Case, User

PERIODS: tuple[int | None, ...] = (7, 30, 90, None)
"""Days back from now; None is all that there is."""

TOTAL = "total"


class By(StrEnum):
    """What a table has one row for."""

    TOTAL = "total"
    CATEGORY = "category"  # the first part of the code
    REGION = "region"
    AGENCY = "agency"


@dataclass(frozen=True)
class Row:
    """One line: `count` cases, of which a share of `of` when there is one. None: hidden, or nothing to divide by."""

    key: str
    count: int | None
    of: int | None = None
    value: float | None = None


@dataclass(frozen=True)
class Table:
    """One metric by one dimension. `unit`: `cases`, `percent` or `days`; `list_name`: the cases that `count` counts."""

    name: str
    title_fr: str
    title_en: str
    definition_fr: str
    definition_en: str
    unit: str
    list_name: str
    rows: Sequence[Row]
    columns: tuple[str, ...] = ("key", "count", "of", "value")


@dataclass
class Tally:
    """How many cases of one group stand in each list, and the days that each of its answers took."""

    lists: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LISTS, 0))
    days: list[float] = field(default_factory=list)


Tallies = Mapping[By, Mapping[str, Tally]]
Metric = Callable[[Tallies, By], Table]


def count_cases(db: Session, user: User, days: int | None, now: datetime) -> Tallies:
    """Counts once, for all metrics and dimensions, what this user may see of the last `days`."""
    tree = place_tree(db)
    seen = [accessible_to(user), *Filter(days=days).conditions(tree, now)]
    codes = {agency.id: agency.code for agency in db.scalars(select(Agency))}
    tallies: dict[By, dict[str, Tally]] = {By.TOTAL: {TOTAL: Tally()}, By.CATEGORY: {}, By.REGION: {}, By.AGENCY: {}}

    def groups(category: str | None, place: str | None, agency: int | None) -> Iterable[Tally]:
        region = tree.region(place)
        yield tallies[By.TOTAL][TOTAL]
        yield tallies[By.CATEGORY].setdefault(category.split(".")[0] if category else NONE, Tally())
        yield tallies[By.REGION].setdefault(region.code if region else NONE, Tally())
        yield tallies[By.AGENCY].setdefault(codes[agency] if agency else NONE, Tally())

    counts = [func.count().filter(condition(now, user)).label(name) for name, condition in LISTS.items()]
    of = (Case.category_code, Case.place_code, Case.agency_id)
    for row in db.execute(select(*of, *counts).where(*seen).group_by(*of)):
        for tally in groups(row.category_code, row.place_code, row.agency_id):
            for name in LISTS:
                tally.lists[name] += row._mapping[name]
    answered = select(*of, Case.opened_at, Case.responded_at)
    for category, place, agency, opened, responded in db.execute(answered.where(*seen, LISTS["answered"](now, user))):
        assert responded is not None
        for tally in groups(category, place, agency):
            tally.days.append((responded - opened) / timedelta(days=1))
    return {by: dict(sorted(found.items(), key=_largest_first)) for by, found in tallies.items()}


def _largest_first(item: tuple[str, Tally]) -> tuple[bool, int, str]:
    return item[0] == NONE, -item[1].lists["all"], item[0]


def _count(tallies: Tallies, by: By, name: str) -> list[Row]:
    return [Row(key, tally.lists[name], value=tally.lists[name]) for key, tally in tallies[by].items()]


def _share(tallies: Tallies, by: By, name: str, of: str) -> list[Row]:
    return [
        Row(key, tally.lists[name], tally.lists[of], _percent(tally.lists[name], tally.lists[of]))
        for key, tally in tallies[by].items()
    ]


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def received(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Cases opened in the period."""
    return Table(
        "received",
        "Reçus",
        "Received",
        "Dossiers ouverts pendant la période.",
        "Cases opened in the period.",
        "cases",
        "all",
        _count(tallies, by, "all"),
    )


def acknowledged(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases received whose person was told at once that the message has arrived."""
    return Table(
        "acknowledged",
        "Accusés de réception",
        "Acknowledged",
        "Part des dossiers reçus dont la personne a eu un accusé de réception avec sa référence.",
        "Share of the cases received whose person got an acknowledgement with a reference.",
        "percent",
        "acknowledged",
        _share(tallies, by, "acknowledged", "all"),
    )


def answered_in_time(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases answered, or due for an answer, that were answered before the due time."""
    return Table(
        "answered_in_time",
        "Répondus à temps",
        "Answered in time",
        "Part des dossiers répondus ou à répondre à ce jour qui ont eu une réponse de l'agence avant l'échéance.",
        "Share of the cases answered or due by now that the agency answered before the due time.",
        "percent",
        "answered_in_time",
        _share(tallies, by, "answered_in_time", "answer_counted"),
    )


def told(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases received whose person has been told the answer: the loop is closed."""
    return Table(
        "told",
        "Personnes informées",
        "Persons told",
        "Part des dossiers reçus dont la personne connaît la réponse : SMS remis, appel, visite ou comité.",
        "Share of the cases received whose person knows the answer: SMS delivered, call, visit or committee.",
        "percent",
        "told",
        _share(tallies, by, "told", "all"),
    )


def closed(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Cases of the period that are closed now."""
    return Table(
        "closed",
        "Clos",
        "Closed",
        "Dossiers de la période qui sont clos à ce jour.",
        "Cases of the period that are closed now.",
        "cases",
        "closed",
        _count(tallies, by, "closed"),
    )


def satisfied(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of those who answered the question that said yes."""
    return Table(
        "satisfied",
        "Satisfaits",
        "Satisfied",
        "Part de oui parmi les personnes qui ont répondu à la question « Cela vous a-t-il aidé ? ».",
        "Share of yes among those who answered the question “Did this help?”.",
        "percent",
        "helped",
        _share(tallies, by, "helped", "said"),
    )


def response_rate(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of those asked whether it helped who answered."""
    return Table(
        "response_rate",
        "Taux de réponse",
        "Response rate",
        "Part des personnes interrogées sur leur satisfaction qui ont répondu.",
        "Share of the persons asked about their satisfaction who answered.",
        "percent",
        "said",
        _share(tallies, by, "said", "asked"),
    )


def still_open(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Cases of the period that are not closed yet."""
    return Table(
        "open",
        "Ouverts",
        "Open",
        "Dossiers de la période qui ne sont pas encore clos.",
        "Cases of the period that are not closed yet.",
        "cases",
        "open",
        _count(tallies, by, "open"),
    )


def overdue(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Open cases whose next step (triage, referral, acceptance, answer) was due before now."""
    return Table(
        "overdue",
        "En retard",
        "Overdue",
        "Dossiers ouverts dont la prochaine étape (tri, orientation, prise en charge, réponse) a dépassé son échéance.",
        "Open cases whose next step (triage, referral, acceptance, answer) is past its due time.",
        "cases",
        "late",
        _count(tallies, by, "late"),
    )


def reopened(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Cases that were taken up again at least once after closing."""
    return Table(
        "reopened",
        "Rouverts",
        "Reopened",
        "Dossiers repris au moins une fois après leur clôture.",
        "Cases taken up again at least once after closing.",
        "cases",
        "reopened",
        _count(tallies, by, "reopened"),
    )


def days_to_answer(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Median days from the opening to the agency's answer, over the cases that have one."""
    rows = [
        Row(key, tally.lists["answered"], value=median(tally.days) if tally.days else None)
        for key, tally in tallies[by].items()
    ]
    return Table(
        "days_to_answer",
        "Jours avant réponse",
        "Days to answer",
        "Médiane des jours entre l'ouverture du dossier et la réponse de l'agence, parmi les dossiers répondus.",
        "Median days from opening to the agency's answer, over the cases answered.",
        "days",
        "answered",
        rows,
    )


def accepted_in_time(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases referred whose agency reacted, or should have, that were always taken before the due time."""
    return Table(
        "accepted_in_time",
        "Pris à temps",
        "Taken in time",
        "Part des dossiers confiés que chaque agence a pris, ou rendus, avant l'échéance.",
        "Share of the cases referred that each agency took, or gave back, before the due time.",
        "percent",
        "accept_in_time",
        _share(tallies, by, "accept_in_time", "accept_counted"),
    )


def closed_in_time(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases closed, or due to be, that were closed before the due time."""
    return Table(
        "closed_in_time",
        "Clos à temps",
        "Closed in time",
        "Part des dossiers clos ou à clore à ce jour qui ont été clos avant l'échéance.",
        "Share of the cases closed or due to be closed by now that were closed before the due time.",
        "percent",
        "close_in_time",
        _share(tallies, by, "close_in_time", "close_counted"),
    )


def came_back(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases referred that an agency gave back, or never answered, at least once."""
    return Table(
        "came_back",
        "Rendus ou sans réaction",
        "Rejected or unanswered",
        "Part des dossiers confiés qu'une agence a rendus, ou laissés sans réaction, au moins une fois.",
        "Share of the cases referred that an agency gave back, or never answered, at least once.",
        "percent",
        "came_back",
        _share(tallies, by, "came_back", "referred"),
    )


def unreachable(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Cases closed because the person could not be reached."""
    return Table(
        "unreachable",
        "Injoignables",
        "Unreachable",
        "Dossiers clos parce que la personne n'a pas pu être jointe.",
        "Cases closed because the person could not be reached.",
        "cases",
        "unreachable",
        _count(tallies, by, "unreachable"),
    )


def anonymous(tallies: Tallies, by: By = By.TOTAL) -> Table:
    """Share of the cases whose person cannot, or does not want to, be contacted."""
    return Table(
        "anonymous",
        "Sans contact",
        "No contact",
        "Part des dossiers dont la personne n'a pas laissé de téléphone ou ne veut pas être contactée.",
        "Share of the cases whose person left no telephone or does not want to be contacted.",
        "percent",
        "anonymous",
        _share(tallies, by, "anonymous", "all"),
    )


METRICS: tuple[Metric, ...] = (
    received,
    still_open,
    overdue,
    acknowledged,
    accepted_in_time,
    came_back,
    answered_in_time,
    days_to_answer,
    told,
    closed,
    closed_in_time,
    satisfied,
    response_rate,
    reopened,
    unreachable,
    anonymous,
)
"""Every metric, in the order in which pages show them. A new one is a function above and a line here."""


def hide_small(table: Table, least: int = 5) -> Table:
    """The table for publication: a row that stands on fewer than `least` cases shows no number."""
    return replace(table, rows=[row if _enough(row, least) else Row(row.key, None) for row in table.rows])


def _enough(row: Row, least: int) -> bool:
    return row.count is not None and row.count >= least and (row.of is None or row.of >= least)

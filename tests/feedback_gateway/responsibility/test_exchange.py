"""The rules as a table: out, in again after a plan, all of it or nothing."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_gateway import work
from feedback_gateway.lib import sheet
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.places import build_tree
from feedback_gateway.responsibility import exchange, rules
from feedback_gateway.responsibility.exchange import Change, Known, Plan, make_plan
from feedback_gateway.responsibility.rules import Subject, subject_of
from models import Agency, Category, Place, Route
from models.words import Level, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id
from tests.feedback_gateway.responsibility.house_rules import NOW, WATER, clear, history, set_rule


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def exported() -> list[list[sheet.Cell]]:
    with work.reading() as db:
        return exchange.export_rules(db, str)


def plan(content: bytes) -> Plan:
    with work.reading() as db:
        return exchange.plan_import(db, exchange.name_columns(*sheet.read_table(content)))


def apply(planned: Plan) -> int:
    with work.unit_of_work() as db:
        return exchange.apply_plan(db, planned, by=actors.make("ada"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_taken_out_changes_nothing_when_it_comes_back(house: House, form: str) -> None:
    set_rule("GSAT", since="2026-12-05", until="2026-12-20")
    set_rule("EHA")
    set_rule("ACTION")
    rows = exported()
    content = sheet.write_csv(rows) if form == "csv" else sheet.write_xlsx(rows, "x")
    planned = plan(content)
    assert {row.change for row in planned.rows} == {Change.UNCHANGED}
    assert len(planned.rows) == len(rows) - 1
    assert not planned.fits


def test_an_empty_house_takes_all_of_it_with_its_days(house: House) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF49", Sensitivity.NORMAL), until="2027-01-31")
    before = exported()
    clear()
    planned = plan(sheet.write_csv(before))
    assert planned.count(Change.NEW) == len(before) - 1
    assert apply(planned) == len(before) - 1
    kept = slice(0, 9)  # all but who has confirmed it, and that it was a sample
    assert [row[kept] for row in exported()] == [row[kept] for row in before]


def row_of(*cells: str) -> bytes:
    head = "category,place,sensitivity,agency,valid_from,valid_to"
    return f"{head}\n{','.join(cells)}\n".encode()


@pytest.mark.parametrize(
    ("cells", "change", "why"),
    [
        (("EHA.EAU", "BF49", "", "GSAT", "", ""), Change.NEW, ""),
        (("Point d'eau en panne", "Kaya", "", "gsat", "", ""), Change.CHANGED, ""),
        (("EHA.EAU", "Kaya (BF490304)", "*", "EHA", "", ""), Change.UNCHANGED, ""),
        (("EHA.EAU", "BF490304", "", "EHA", "", "31/12/2026"), Change.CHANGED, ""),
        (("XXX", "", "", "EHA", "", ""), Change.ERROR, "category"),
        (("EHA", "Tombouctou", "", "EHA", "", ""), Change.ERROR, "place"),
        (("EHA", "Sourou", "", "EHA", "", ""), Change.ERROR, "places"),
        (("EHA", "", "secret", "EHA", "", ""), Change.ERROR, "sensitivity"),
        (("EHA", "", "", "", "", ""), Change.ERROR, "agency"),
        (("EHA", "", "", "EHA", "12/31/2026", ""), Change.ERROR, "date"),
        (("EHA", "", "", "EHA", "2027-02-01", "2027-01-01"), Change.ERROR, "period"),
        (("EHA.EAU", "BF490304", "", "GSAT", "2026-12-01", "2026-11-30"), Change.ERROR, "period"),
        (("REG", "", "", "GSAT", "", "2026-11-01"), Change.ERROR, "past"),
    ],
)
def test_each_row_says_what_it_would_do_or_why_it_is_wrong(
    house: House, cells: tuple[str, ...], change: Change, why: str
) -> None:
    set_rule("EHA")
    (row,) = plan(row_of(*cells)).rows
    assert (row.number, row.change, row.why) == (2, change, why)


def test_a_changed_row_keeps_the_past_and_begins_today(house: House, today: time_machine.Traveller) -> None:
    set_rule("EHA")
    today.shift(timedelta(days=10))
    planned = plan(row_of("EHA.EAU", "BF490304", "", "GSAT", "2026-12-01", ""))
    assert planned.rows[0].before == agency_id("EHA")
    apply(planned)
    assert history() == [("EHA", "2026-12-01", "2026-12-10"), ("GSAT", "2026-12-11", "..")]


def test_nothing_is_applied_while_a_row_is_wrong(house: House) -> None:
    planned = plan(row_of("EHA.EAU", "BF49", "", "GSAT", "", "") + b"EHA.LAT,BF49,,NOBODY,,\n")
    assert [row.change for row in planned.rows] == [Change.NEW, Change.ERROR]
    before = exported()
    with pytest.raises(RefusedError, match="errors"):
        apply(planned)
    assert exported() == before


def test_a_plan_that_no_longer_fits_changes_nothing(house: House) -> None:
    planned = plan(row_of("EHA.LAT", "BF49", "", "GSAT", "", "") + b"EHA.EAU,BF49,,GSAT,,\n")
    set_rule("ACTION", Subject("EHA.EAU", "BF49"))
    before = exported()
    with pytest.raises(RefusedError, match="past"):
        apply(planned)
    assert exported() == before
    with work.reading() as db:
        rows = [(row.number, row.cells) for row in planned.rows]
        assert exchange.plan_import(db, rows).stamp != planned.stamp, "the console asks to read it again"


def test_two_rows_for_the_same_days_are_a_contradiction(house: House) -> None:
    planned = plan(
        row_of("EHA.EAU", "BF49", "", "GSAT", "", "2026-12-31")
        + b"EHA.EAU,BF49,,EHA,2026-12-31,\nEHA.EAU,BF49,,EHA,2027-01-01,\n"
    )
    assert [row.why for row in planned.rows] == ["", "twice", ""]


def test_french_columns_are_understood_and_missing_ones_are_named(house: House) -> None:
    found = "Catégorie;Lieu;Agence;Valable jusqu'au\nEHA;partout;GSAT;\n".encode("cp1252")
    assert plan(found).rows[0].change == Change.CHANGED
    with pytest.raises(RefusedError, match="columns"):
        plan(b"category,place\nEHA,\n")


TREE = build_tree(
    [Place(code=f"P{n}", level=Level.REGION, name=f"Lieu {n}", aliases=[], languages=[]) for n in range(3)]
)
CATEGORIES = [Category(code=code, name_fr=f"fr {code}", name_en=f"en {code}") for code in ("EHA.EAU", "EHA.LAT")]
AGENCIES = [Agency(id=n, code=f"A{n}", name=f"=Agence {n}", aliases=[f"l'agence {n}"]) for n in range(1, 4)]
KNOWN = Known(CATEGORIES, TREE, AGENCIES)
DAY = st.none() | st.dates(date(2026, 11, 1), date(2027, 2, 1))
RULES = st.lists(
    st.builds(
        Route,
        category=st.sampled_from([None, "EHA", "EHA.EAU", "EHA.LAT"]),
        place_code=st.sampled_from([None, "P0", "P1"]),
        sensitivity=st.sampled_from([None, *Sensitivity]),
        agency_id=st.integers(1, 3),
        valid_from=DAY,
        valid_to=DAY,
    ),
    max_size=8,
)


def as_rows(found: list[Route]) -> list[list[sheet.Cell]]:
    names = ["category", "place", "sensitivity", "agency", "valid_from", "valid_to"]
    return [
        list[sheet.Cell](names),
        *(
            [r.category, r.place_code, r.sensitivity, f"A{r.agency_id}", str(r.valid_from or ""), str(r.valid_to or "")]
            for r in found
        ),
    ]


def apart(found: list[Route]) -> list[Route]:
    """Of these rules those that could stand together: none for the same subject on the same day."""
    kept: list[Route] = []
    for rule in found:
        if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
            continue
        if not any(
            subject_of(other) == subject_of(rule) and rules.overlaps(other, rule.valid_from, rule.valid_to)
            for other in kept
        ):
            kept.append(rule)
    return kept


@given(RULES, st.booleans())
def test_any_rules_come_back_as_they_were(found: list[Route], as_csv: bool) -> None:
    found = apart(found)
    rows = as_rows(found)
    read = exchange.name_columns(*sheet.read_table(sheet.write_csv(rows) if as_csv else sheet.write_xlsx(rows, "x")))
    same = make_plan(read, KNOWN, found, NOW.date())
    assert [row.change for row in same.rows] == [Change.UNCHANGED] * len(found)
    new = make_plan(read, KNOWN, [], NOW.date())
    assert [row.change for row in new.rows] == [Change.NEW] * len(found)
    assert [(w.subject, w.agency_id, w.since, w.until) for row in new.rows if (w := row.wanted)] == [
        (subject_of(rule), rule.agency_id, rule.valid_from, rule.valid_to) for rule in found
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["EHA", "GSAT", "ACTION"]), DAY, DAY), max_size=5),
    st.lists(st.tuples(st.sampled_from(["EHA", "GSAT", "ACTION"]), DAY, DAY), max_size=5),
)
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_whatever_a_file_says_the_past_stays_and_what_was_planned_is_so_afterwards(
    house: House,
    known: list[tuple[str, date | None, date | None]],
    wanted: list[tuple[str, date | None, date | None]],
) -> None:
    clear()
    head = b"category,place,agency,valid_from,valid_to\n"

    def lines(rows: list[tuple[str, date | None, date | None]]) -> bytes:
        return head + "".join(f"EHA.EAU,BF49,{a},{f or ''},{t or ''}\n" for a, f, t in rows).encode()

    def who(then: date) -> list[int]:
        with work.reading() as db:
            return [rule.agency_id for rule in rules.all_rules(db) if rules.overlaps(rule, then, then)]

    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(0, 120, 3)]
    for row in known:
        if (first := plan(lines([row])) if row else None) and first.fits:
            apply(first)
    before = {then: who(then) for then in days}
    planned = plan(lines(wanted)) if wanted else None
    if planned is None or not planned.fits:
        return
    apply(planned)
    for then in days:
        after, said = who(then), {agency_id(a) for a, f, t in wanted if (f or then) <= then <= (t or then)}
        assert len(after) <= 1
        if then < NOW.date() and before[then]:
            assert after == before[then]
        elif said and then >= NOW.date():
            assert set(after) == said
    again = plan(lines(wanted))
    assert {row.change for row in again.rows} <= {Change.UNCHANGED, Change.ERROR}


def test_water_is_named_in_the_export(house: House) -> None:
    set_rule("GSAT", WATER)
    line = next(row for row in exported() if row[0] == "EHA.EAU")
    assert line[:7] == [
        "EHA.EAU",
        "Point d'eau en panne",
        "BF490304",
        "Kaya",
        "",
        "GSAT",
        "[Exemple] Gestion des sites (GSAT)",
    ]

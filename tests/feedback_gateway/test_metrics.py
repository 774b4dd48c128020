from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from feedback_gateway import cases, clockwork, metrics, work
from feedback_gateway.access import accessible_to
from feedback_gateway.lib import clock
from feedback_gateway.metrics import METRICS, By, Row, Table, Tallies, count_cases, hide_small
from feedback_gateway.worklist import LISTS
from models import Case
from models.words import Outcome, Rejection
from tests import actors
from tests.conftest import House
from tests.factories import make_case

DAY = timedelta(days=1)


def tallies(name: str = "marc", days: int | None = None) -> Tallies:
    user = actors.make(name)
    with work.reading() as db:
        return count_cases(db, user, days, clock.now())


def total(table: Table) -> Row:
    assert len(table.rows) == 1
    return table.rows[0]


def answer(case: Case, after: timedelta) -> None:
    alice = actors.make("alice")
    with time_machine.travel(case.opened_at + after, tick=False), work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), "Bonjour", by=alice)


def test_answers_before_their_due_time_are_a_share_of_those_answered_or_due(house: House) -> None:
    with time_machine.travel(clock.now() - 30 * DAY, tick=False):
        in_time, too_late, never = make_case(), make_case(), make_case()
    fresh = make_case()
    answer(in_time, 2 * DAY)
    answer(too_late, 9 * DAY)
    assert never.answer_due_at < fresh.answer_due_at
    assert total(metrics.answered_in_time(tallies())) == Row("total", 1, 3, pytest.approx(100 / 3))


def test_days_to_answer_is_the_median(house: House) -> None:
    with time_machine.travel(clock.now() - 30 * DAY, tick=False):
        made = [make_case() for _ in range(3)]
    for case, days in zip(made, (1, 2, 12), strict=True):
        answer(case, days * DAY)
    assert total(metrics.days_to_answer(tallies())).value == pytest.approx(2)


def test_what_was_taken_before_its_due_time_is_a_share_of_what_was_taken_or_due(house: House) -> None:
    alice = actors.make("alice")
    with time_machine.travel(clock.now() - 30 * DAY, tick=False):
        in_time, too_late, never = make_case(), make_case(), make_case()
    make_case()
    for case, days in ((in_time, 1), (too_late, 5)):
        with time_machine.travel(case.opened_at + days * DAY, tick=False), work.unit_of_work() as db:
            cases.accept(db, db.get_one(Case, case.id), by=alice)
    with work.unit_of_work() as db:
        clockwork.wind(db, db.get_one(Case, never.id), clock.now())
    assert total(metrics.accepted_in_time(tallies())) == Row("total", 1, 3, pytest.approx(100 / 3))
    assert total(metrics.closed_in_time(tallies())).of == 1, "the one whose clock was wound after its end"


def test_what_came_back_is_a_share_of_what_was_referred_and_stands_with_its_agency(house: House) -> None:
    alice, back = actors.make("alice"), make_case()
    make_case()
    make_case(None, text="xyzzy")
    with work.unit_of_work() as db:
        cases.reject(db, db.get_one(Case, back.id), Rejection.NOT_RESPONSIBLE, by=alice)
    counted = tallies()
    assert total(metrics.came_back(counted)) == Row("total", 1, 2, 50)
    assert [(row.key, row.count) for row in metrics.received(counted, By.AGENCY).rows] == [("EHA", 1), ("none", 1)]


def test_nothing_to_divide_by_gives_no_share(house: House) -> None:
    nothing = tallies()
    assert total(metrics.told(nothing)) == Row("total", 0, 0, None)
    assert total(metrics.days_to_answer(nothing)).value is None


def test_satisfaction_counts_those_who_answered_and_the_rate_those_who_were_asked(house: House) -> None:
    for helped in (True, True, False, None):
        case = make_case()
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            stored.satisfaction_asked_at = clock.now()
            if helped is not None:
                cases.record_satisfaction(db, stored, helped=helped)
    counted = tallies()
    assert total(metrics.satisfied(counted)) == Row("total", 2, 3, pytest.approx(200 / 3))
    assert total(metrics.response_rate(counted)) == Row("total", 3, 4, 75.0)


def test_reopened_cases_are_counted_once_however_often(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        for _ in range(2):
            cases.close(db, stored, Outcome.DUPLICATE, by=alice)
            cases.reopen(db, stored, by=alice)
    assert total(metrics.reopened(tallies())).value == 1


def test_a_period_counts_cases_opened_in_it(house: House) -> None:
    with time_machine.travel(clock.now() - 10 * DAY, tick=False):
        make_case()
    make_case()
    assert [total(metrics.received(tallies(days=days))).value for days in (7, 30, None)] == [1, 2, 2]


@pytest.mark.parametrize("name", sorted(actors.ACTORS))
def test_every_number_goes_through_what_the_reader_may_see(house: House, name: str) -> None:
    make_case("EHA.EAU")
    make_case("FSL.MIS", text="vivres non recus")
    make_case("PRO.VIE", text="on nous menace")
    make_case(classify=False)
    user = actors.make(name)
    with work.reading() as db:
        visible = db.scalar(select(func.count()).select_from(Case).where(accessible_to(user)))
    counted = tallies(name)
    for by in By:
        assert sum(row.count or 0 for row in metrics.received(counted, by).rows) == visible


def test_groups_add_up_to_the_total_for_every_list(house: House) -> None:
    make_case("EHA.EAU", place="BF490304")
    make_case("EHA.LAT", text="latrines", place=None)
    make_case("FSL.MIS", text="vivres", place="BF5601")
    counted = tallies()
    assert list(counted[By.CATEGORY]) == ["EHA", "FSL"]
    assert list(counted[By.REGION])[-1] == "none"
    for name in LISTS:
        whole = counted[By.TOTAL]["total"].lists[name]
        for by in (By.CATEGORY, By.REGION):
            assert sum(tally.lists[name] for tally in counted[by].values()) == whole


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_labelled_in_both_languages_and_names_its_list(house: House, metric: metrics.Metric) -> None:
    table = metric(tallies(), By.TOTAL)
    assert all((table.title_fr, table.title_en, table.definition_fr, table.definition_en))
    assert table.title_fr != table.title_en
    assert table.list_name in LISTS
    assert table.unit in {"cases", "percent", "days"}


def test_metrics_have_different_names(house: House) -> None:
    counted = tallies()
    names = [metric(counted, By.TOTAL).name for metric in METRICS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        (Row("a", 4, value=4), True),
        (Row("a", 5, value=5), False),
        (Row("a", 0, value=0), True),
        (Row("a", 5, 9, 55.6), False),
        (Row("a", 4, 9, 44.4), True),
        (Row("a", None), True),
    ],
)
def test_small_numbers_can_be_hidden_for_publication(row: Row, hidden: bool) -> None:
    table = Table("x", "x", "y", "x", "y", "cases", "all", [row])
    shown = hide_small(table).rows[0]
    assert shown == (Row("a", None) if hidden else row)
    assert hide_small(table, least=0).rows[0] == row or row.count is None

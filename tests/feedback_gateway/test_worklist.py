from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.places import build_tree, place_tree
from feedback_gateway.worklist import LISTS, NONE, TABS, Filter, is_late, next_due
from models import Case, Place
from models.words import CaseState, Level, Noise
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case


def test_late_is_the_same_in_sql_and_for_a_loaded_case(house: House) -> None:
    now = clock.now()
    past, future = now - timedelta(hours=1), now + timedelta(hours=1)
    ids = []
    for state, due in product(CaseState, (past, future, None)):
        ids.append(make_case(classify=False).id)
        with work.unit_of_work() as db:
            case = db.get_one(Case, ids[-1])
            case.state, case.next_due_at = state, due
    with work.unit_of_work() as db:
        db.get_one(Case, ids[0]).noise = Noise.SPAM
    with work.reading() as db:
        in_sql = set(db.scalars(select(Case.id).where(is_late(now))))
        loaded = {case.id for case in db.scalars(select(Case)) if (due := next_due(case)) is not None and due < now}
    assert in_sql == loaded
    assert 0 < len(in_sql) < len(ids)


def test_every_list_can_be_counted_on_both_databases(house: House) -> None:
    make_case()
    with work.reading() as db:
        for name, condition in LISTS.items():
            count = db.scalar(
                select(func.count()).select_from(Case).where(condition(clock.now(), actors.make("alice")))
            )
            assert count in (0, 1), name


def test_every_open_case_of_an_agency_stands_in_exactly_one_tab_of_work(house: House) -> None:
    now, owner, alice = clock.now(), agency_id("EHA"), actors.make("alice")
    # Nobody answers for a case before it is referred.
    unowned = {CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.TRIAGED}
    for state in CaseState:
        case_id = make_case(classify=False).id
        with work.unit_of_work() as db:
            case = db.get_one(Case, case_id)
            case.state = state
            case.agency_id = None if state in unowned else owner
        with work.reading() as db:
            tabs = [
                tab
                for tab in ("take", "active", "unowned", "closed")
                if db.scalar(select(Case.id).where(Case.id == case_id, TABS[tab](now, alice)))
            ]
        assert len(tabs) == 1, (state, tabs)


REGION = Place(code="R1", parent_code=None, level=Level.REGION, name="Région", aliases=[])
PROVINCE = Place(code="P1", parent_code="R1", level=Level.PROVINCE, name="Province", aliases=[])
SITE = Place(code="S1", parent_code="P1", level=Level.SITE, name="Site", aliases=[])
TREE = build_tree([REGION, PROVINCE, SITE])


@pytest.mark.parametrize(
    ("narrowed", "place", "category", "found"),
    [
        (Filter(), "BF490304", "EHA.EAU", True),
        (Filter(category="EHA"), None, "EHA.EAU", True),
        (Filter(category="EHA.EAU"), None, "EHA.EAU", True),
        (Filter(category="EH"), None, "EHA.EAU", False),
        (Filter(category="EHA_EAU"), None, "EHA.EAU", False),
        (Filter(category="%"), None, "EHA.EAU", False),
        (Filter(category=NONE), None, None, True),
        (Filter(category=NONE), None, "EHA.EAU", False),
        (Filter(region="BF49"), "BF490304", "EHA.EAU", True),
        (Filter(region="BF49"), "BF4903", "EHA.EAU", True),
        (Filter(region="BF49"), "BF56", "EHA.EAU", False),
        (Filter(region="BF49"), None, "EHA.EAU", False),
        (Filter(region=NONE), None, "EHA.EAU", True),
        (Filter(region=NONE), "BF56", "EHA.EAU", False),
        (Filter(days=7), None, "EHA.EAU", True),
        (Filter(reference="0000000000"), None, "EHA.EAU", False),
    ],
)
def test_a_filter_narrows(house: House, narrowed: Filter, place: str | None, category: str | None, found: bool) -> None:
    case = make_case(category, place=place, classify=False)
    with work.reading() as db:
        conditions = narrowed.conditions(place_tree(db), clock.now())
        assert (db.scalar(select(Case.id).where(*conditions)) == case.id) is found


def test_a_place_that_is_no_longer_valid_counts_as_unknown(house: House) -> None:
    case = make_case(place="BF490304", classify=False)
    with work.reading() as db:
        conditions = Filter(region=NONE).conditions(TREE, clock.now())
        assert db.scalar(select(Case.id).where(*conditions)) == case.id

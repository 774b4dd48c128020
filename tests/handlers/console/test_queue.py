import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import event, select

from feedback_gateway import cases, work
from feedback_gateway.lib import clock
from feedback_gateway.worklist import LISTS, TABS
from models import Agency, Case, Message
from models.words import CaseState, Delivery, Direction, Outcome, Priority, Rejection, Sensitivity
from tests import actors
from tests.conftest import House
from tests.databases import ON_SQLITE
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of

SignIn = Callable[[str], Browser]


def shown(page: object) -> list[str]:
    """The ids of the cases in the list, in order."""
    return re.findall(r'class="case-link" href="/console/cases/([0-9a-f-]{36})', page.text)  # type: ignore[attr-defined]


def change(case_id: UUID, **values: object) -> None:
    with work.unit_of_work() as db:
        case = db.get_one(Case, case_id)
        for name, value in values.items():
            setattr(case, name, value)


def test_a_focal_point_sees_the_cases_of_their_agency_and_no_others(sign_in: SignIn) -> None:
    water, food = make_case("EHA.EAU"), make_case("FSL.MIS", text="vivres non recus")
    assert shown(sign_in("alice").get("/console/", tab="take")) == [str(water.id)]
    assert shown(sign_in("bob").get("/console/", tab="take")) == [str(water.id)]
    assert shown(sign_in("charlie").get("/console/", tab="take")) == [str(food.id)]
    assert shown(sign_in("dora").get("/console/", tab="take")) == []
    assert set(shown(sign_in("marc").get("/console/"))) == {str(water.id), str(food.id)}
    assert shown(sign_in("ada").get("/console/", tab="all")) == []


def test_a_case_that_nobody_has_read_yet_is_shown_to_nobody(sign_in: SignIn) -> None:
    make_case(classify=False)
    for name in ("alice", "dora", "marc", "ada"):
        assert shown(sign_in(name).get("/console/", tab="all")) == []


def test_sealed_and_restricted_cases_are_in_no_list_and_no_count_of_others(sign_in: SignIn) -> None:
    sealed = make_case("EHA.EAU", text="ils nous menacent", sealed=True)
    restricted = make_case("EHA.EAU", text="autre")
    change(restricted.id, sensitivity=Sensitivity.RESTRICTED)
    alice = sign_in("alice").get("/console/", tab="all")
    assert shown(alice) == []
    assert re.findall(r'class="count">(\d+)', alice.text) == ["0"] * 7
    assert shown(sign_in("dora").get("/console/", tab="all")) == [str(sealed.id)]


@ON_SQLITE
def test_the_list_shows_words_of_open_cases_only_and_never_a_phone(sign_in: SignIn) -> None:
    make_case("EHA.EAU", text="la pompe du secteur quatre est en panne", phone="+22670998877")
    make_case("EHA.EAU", text="quelqu'un est venu la nuit", sealed=True)
    page = text_of(sign_in("alice").get("/console/", tab="all"))
    assert "la pompe du secteur quatre" in page
    assert "998877" not in page.replace(" ", "")
    sealed = text_of(sign_in("dora").get("/console/", tab="all"))
    assert "Scellé" in sealed
    assert "venu la nuit" not in sealed


def test_each_tab_counts_what_its_list_shows(sign_in: SignIn) -> None:
    alice, made = actors.make("alice"), [make_case() for _ in range(6)]
    with work.unit_of_work() as db:
        taken = [db.get_one(Case, case.id) for case in made[:4]]
        for case in taken:
            cases.accept(db, case, by=alice)
        cases.close(db, taken[0], Outcome.DUPLICATE, by=alice)
        cases.close(db, taken[1], Outcome.UNREACHABLE, by=alice)
        cases.ask_reopening(db, taken[1])
    with work.unit_of_work() as db:
        db.get_one(Case, taken[2].id).next_due_at = clock.now() - timedelta(hours=1)
    browser = sign_in("alice")
    counted = {}
    for tab in TABS:
        page = browser.get("/console/", tab=tab)
        count = re.search(r'aria-current="page"\s+class="[^"]*">[^<]+<span class="count">(\d+)', page.text)
        counted[tab] = len(shown(page))
        assert tab in ("unowned", "noise") or (count and int(count[1]) == counted[tab])
    mine = counted.pop("mine")
    with work.reading() as db:
        ours = db.scalars(select(Case.focal_point_id).where(Case.state != CaseState.CLOSED)).all()
    assert mine == ours.count(alice.id) + 1  # the last: its reopening is asked for
    assert counted == {
        "take": 2,
        "active": 2,
        "late": 1,
        "reopening": 1,
        "unowned": 0,
        "noise": 0,
        "closed": 2,
        "all": 6,
    }


def test_cases_without_an_agency_are_a_tab_of_managers_and_administrators(sign_in: SignIn) -> None:
    lost, apart = make_case(), make_case(None, text="bonjour", phone="+22670999999")
    change(lost.id, agency_id=None, state=CaseState.ACKNOWLEDGED)
    for name in ("marc", "ada"):
        assert shown(sign_in(name).get("/console/", tab="unowned")) == [str(lost.id)], name
        assert shown(sign_in(name).get("/console/", tab="noise")) == [str(apart.id)], name
    page = text_of(sign_in("alice").get("/console/"))
    assert "Sans responsable" not in page
    assert "À part" not in page


@ON_SQLITE
@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_list_has_an_address_and_a_name(sign_in: SignIn, name: str) -> None:
    make_case()
    page = sign_in("marc").get("/console/", tab=name)
    assert page.status_code == 200
    assert page.request.args["tab"] == name


def test_filters_stand_in_the_address_and_narrow_the_counts_too(sign_in: SignIn) -> None:
    north = make_case("EHA.EAU", place="BF490304", language="mos")
    change(north.id, language="mos")
    sahel = make_case("EHA.LAT", text="latrines pleines", place="BF5601")
    nowhere = make_case("EHA.EAU", place=None)
    browser = sign_in("alice")
    assert shown(browser.get("/console/", tab="take", category="EHA.LAT")) == [str(sahel.id)]
    assert len(shown(browser.get("/console/", tab="take", category="EHA"))) == 3
    assert shown(browser.get("/console/", tab="take", region="BF49")) == [str(north.id)]
    assert shown(browser.get("/console/", tab="take", region="none")) == [str(nowhere.id)]
    assert shown(browser.get("/console/", tab="take", language="mos")) == [str(north.id)]
    assert shown(browser.get("/console/", tab="take", priority="P2")) == [str(sahel.id)]
    narrowed = browser.get("/console/", region="BF56", tab="all")
    assert 'aria-current="page"' in narrowed.text
    assert "region=BF56" in narrowed.text.split('class="tabs"')[1].split("</nav>")[0]
    assert "1 dossier dans cette liste" in text_of(narrowed)


@pytest.mark.parametrize(
    "query",
    [
        {"tab": "nothing"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"page": "٣"},
        {"priority": "P9"},
        {"category": "%"},
        {"category": "' OR 1=1"},
        {"region": "nowhere"},
        {"language": "zzzz"},
        {"days": "ten"},
        {"ref": "123"},
        {"ref": "<script>"},
    ],
)
def test_an_address_that_makes_no_sense_is_still_a_list(sign_in: SignIn, query: dict[str, str]) -> None:
    make_case()
    assert sign_in("alice").get("/console/", **query).status_code == 200


def test_what_is_late_comes_first_then_priority_then_age(sign_in: SignIn) -> None:
    with time_machine.travel(clock.now() - timedelta(days=5)):
        old = make_case("EHA.LAT", text="les latrines sont pleines")
        late = make_case("EHA.EAU")
    urgent, young = make_case("EHA.EAU"), make_case("EHA.LAT", text="les latrines sont pleines")
    for case in (old, late, urgent, young):
        change(case.id, urgency=0.0)
    assert shown(sign_in("alice").get("/console/", tab="take")) == [str(case.id) for case in (late, urgent, old, young)]


def test_twenty_five_stand_on_a_page(sign_in: SignIn) -> None:
    for _ in range(27):
        make_case()
    browser = sign_in("alice")
    first, second = browser.get("/console/", tab="take"), browser.get("/console/", tab="take", page=2)
    assert (len(shown(first)), len(shown(second))) == (25, 2)
    assert not set(shown(first)) & set(shown(second))
    assert "Page 1 sur 2" in text_of(first)
    assert shown(browser.get("/console/", tab="take", page=9)) == shown(second)


def test_a_reference_leads_to_its_case_however_it_is_typed(sign_in: SignIn) -> None:
    case = make_case()
    ref = case.reference
    for typed in (ref, f"{ref[:3]} {ref[3:6]} {ref[6:]}", f" {ref[:3]}-{ref[3:6]}-{ref[6:]} "):
        assert sign_in("alice").get("/console/", ref=typed).request.path == f"/console/cases/{case.id}"


def test_the_reference_of_a_hidden_case_is_as_unknown_as_one_that_does_not_exist(sign_in: SignIn) -> None:
    hidden = make_case("FSL.MIS", text="vivres non recus")
    browser = sign_in("alice")
    pages = [text_of(browser.get("/console/", ref=ref)) for ref in (hidden.reference, "4821937054")]
    assert "Aucun dossier de cette référence" in pages[0]
    assert pages[0] == pages[1]


@ON_SQLITE
def test_an_empty_tab_teaches(sign_in: SignIn) -> None:
    page = sign_in("alice").get("/console/", tab="take")
    assert "arrivent ici" in text_of(page)
    assert "Rien ne vous attend" in text_of(sign_in("alice").get("/console/"))
    assert 'href="/console/simulator"' in page.text


def test_a_longer_list_takes_no_more_statements(house: House, sign_in: SignIn) -> None:
    browser = sign_in("alice")

    def statements() -> int:
        seen: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(house.engine, "before_cursor_execute", note)
        browser.get("/console/", tab="take")
        event.remove(house.engine, "before_cursor_execute", note)
        return len(seen)

    make_case()
    browser.get("/console/", tab="take")
    one = statements()
    for _ in range(8):
        make_case()
    assert statements() == one <= 9


@ON_SQLITE
def test_a_call_that_is_wanted_is_marked_until_the_case_is_closed(sign_in: SignIn) -> None:
    alice, case = actors.make("alice"), make_case(contact_by="call", safe_time="evening")
    make_case(contact_by="call", safe_time="any")
    make_case(contact_by="sms")
    browser = sign_in("alice")
    page = text_of(browser.get("/console/", tab="all"))
    assert (page.count("Appeler le soir"), page.count("À appeler")) == (1, 1)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.UNREACHABLE, by=alice)
    assert "Appeler le soir" not in text_of(browser.get("/console/", tab="all"))


def my_cases(name: str, *, due: dict[str, timedelta | None]) -> dict[str, Case]:
    """Cases in the hands of this user, with what is left until the next step of each is due."""
    user, made = actors.make(name), {label: make_case() for label in due}
    with work.unit_of_work() as db:
        for case in made.values():
            cases.accept(db, db.get_one(Case, case.id), by=user)
    for label, left in due.items():
        change(made[label].id, next_due_at=clock.now() + left if left is not None else None, urgency=0.0)
    return made


def test_a_focal_points_console_opens_with_their_own_cases(sign_in: SignIn) -> None:
    mine = my_cases("alice", due={"one": timedelta(days=3)})["one"]
    theirs = my_cases("bob", due={"one": timedelta(days=3)})["one"]
    page = sign_in("alice").get("/console/")
    assert shown(page) == [str(mine.id)]
    assert page.text.index("Pour moi") < page.text.index("À prendre")
    assert shown(sign_in("bob").get("/console/")) == [str(theirs.id)]
    assert "Pour moi" not in text_of(sign_in("marc").get("/console/"))


@time_machine.travel("2026-11-18 08:00:00+00:00", tick=False)
def test_of_sixty_cases_those_due_today_stand_first(sign_in: SignIn) -> None:
    later = my_cases("alice", due={f"later {number}": timedelta(days=2 + number) for number in range(56)})
    change(next(iter(later.values())).id, priority=Priority.P0)  # more pressing, but not today's
    today = my_cases(
        "alice",
        due={"tonight": timedelta(hours=15), "late": -timedelta(hours=1), "soon": timedelta(hours=1), "waiting": None},
    )
    page = sign_in("alice").get("/console/")
    assert set(shown(page)[:3]) == {str(today[label].id) for label in ("tonight", "late", "soon")}
    assert shown(page)[0] == str(today["late"].id)
    assert shown(page)[3] == str(next(iter(later.values())).id)
    assert text_of(page).index("À faire aujourd'hui") < text_of(page).index("Ensuite")
    assert "Ensuite" not in text_of(sign_in("alice").get("/console/", tab="active"))


def test_the_row_of_a_case_says_what_it_waits_for(sign_in: SignIn) -> None:
    alice, charlie = actors.make("alice"), actors.make("charlie")
    made = [make_case(phone=f"+2267000000{number}") for number in range(5)]
    with work.unit_of_work() as db:
        asked, back, unhelped, above, answered = (db.get_one(Case, case.id) for case in made)
        cases.accept(db, asked, by=alice)
        cases.wait_for_person(db, asked, "Depuis quand ?", by=alice)
        cases.refer(db, back, db.get_one(Agency, charlie.agency_id), by=alice)
        cases.reject(db, back, Rejection.NO_CAPACITY, by=charlie)
        for case in (unhelped, above):
            cases.close(db, case, Outcome.WITHDRAWN, by=alice)
        above.times_unhelped = 1
        for case in (unhelped, above):
            cases.record_satisfaction(db, case, helped=False)
        cases.respond(db, answered, "Demain.", by=alice)
    with work.unit_of_work() as db:
        sent = select(Message).where(Message.case_id == made[4].id, Message.direction == Direction.OUT)
        db.scalars(sent).one().delivery = Delivery.UNDELIVERED
    page = sign_in("alice").get("/console/", tab="all")
    rows = dict(zip(shown(page), page.text.split('class="case-row')[1:], strict=True))
    expected = ["Attend la personne", "Revenu", "Réouverture demandée", "Au-dessus de l'agence", "SMS non remis"]
    for case, badge in zip(made, expected, strict=True):
        found = [each for each in expected if f">{each}</span>" in rows[str(case.id)]]
        assert found == [badge]

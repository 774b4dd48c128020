"""Issues in the console: offered, made, kept, answered to all, and never across rights."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from feedback_gateway import cases, work
from feedback_gateway.lib import clock
from models import Alarm, Case, Gap, GapRule, Issue, IssueAnswer
from models.words import GapState, IssueState, Outcome, Sensitivity, SiteService
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_contact
from tests.feedback_gateway.issues.pump import (
    FOOD,
    KAYA,
    REPAIRED,
    WATER,
    WEDNESDAY,
    answers_sent,
    complain,
    flood,
    make_issue,
    order,
    phone_of,
    stored,
)
from tests.handlers.console.browser import Browser, text_of
from tests.worker import work_off

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SignIn = Callable[[str], Browser]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SMS_PRICE": "12"}


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def many(count: int) -> list[UUID]:
    return [complain(number).id for number in range(count)]


def path(issue: Issue) -> str:
    return f"/console/issues/{issue.id}"


def known(issue: Issue) -> Issue:
    with work.reading() as db:
        return db.get_one(Issue, issue.id)


def only_issue() -> Issue:
    with work.reading() as db:
        return db.scalars(select(Issue)).one()


def link(page: str, words: str) -> str:
    """The address behind these words."""
    found = re.search(rf'href="([^"]+)"[^>]*>{re.escape(words)}', page)
    assert found, words
    return found[1].replace("&amp;", "&")


def test_the_queue_offers_to_make_one_of_many_and_all_go_in(sign_in: SignIn) -> None:
    ids = many(6)
    alice = sign_in("alice")
    page = alice.get("/console/")
    assert "Point d'eau en panne à Kaya" in text_of(page)
    form = alice.get(link(page.text, "Faire un problème commun (6 dossiers)"))
    assert 'value="Point d&#39;eau en panne à Kaya"' in form.text
    assert form.text.count('type="checkbox" id="case-') == 6
    chosen = [str(each) for each in ids[1:]]
    made = alice.post(
        "/console/issues/new", title="Pompe du marché", category=WATER, place=KAYA, case=chosen, shown=[*map(str, ids)]
    )
    assert "Problème commun ouvert." in text_of(made)
    assert "Ouvert avec 5 dossiers" in text_of(made)
    issue = only_issue()
    assert (issue.title, issue.category_code, issue.place_code) == ("Pompe du marché", WATER, KAYA)
    assert not issue.gathers
    assert stored(ids[0]).issue_id is None
    assert text_of(alice.get("/console/", tab="take")).count(" Problème commun ") == 5


def test_what_does_not_fit_on_the_page_goes_in_with_one_box(sign_in: SignIn) -> None:
    flood(130)
    marc = sign_in("marc")
    form = marc.get("/console/issues/new", category=WATER, place=KAYA)
    assert "et 30 autres, plus anciens" in text_of(form)
    shown = re.findall(r'name="shown" value="([^"]+)"', form.text)
    assert len(shown) == 100
    values = {"title": "Pompe", "category": WATER, "place": KAYA, "shown": shown, "case": shown[:90]}
    marc.post("/console/issues/new", **values, rest="1", agency=str(agency_id("EHA")), gathers="1")
    issue = only_issue()
    assert issue.gathers
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Case.issue_id == issue.id)) == 120


def test_an_alarm_offers_it_too(sign_in: SignIn) -> None:
    many(3)
    now = clock.now()
    with work.unit_of_work() as db:
        db.add(Alarm(category=WATER, place_code=KAYA, day=now.date(), count=3, usual=0.2, at=now))
    page = sign_in("marc").get("/console/")
    assert text_of(page).count("Faire un problème commun (3 dossiers)") == 1
    assert "Beaucoup disent la même chose" not in text_of(page)


def test_cases_are_ticked_in_the_list_and_go_in_a_new_or_an_open_one(sign_in: SignIn) -> None:
    first, second, third = many(3)
    sealed = complain(10, "PRO.VIE")
    alice = sign_in("alice")
    page = alice.get("/console/", tab="take")
    boxes = re.findall(r'name="case" value="([^"]+)" form="pick"', page.text)
    assert set(boxes) == {str(first), str(second), str(third)}
    form = alice.get(f"/console/issues/new?case={first}&case={second}&case={sealed.id}&case=nonsense")
    assert "2 dossiers" in text_of(form)
    both = [str(first), str(second)]
    alice.post("/console/issues/new", title="Pompe", category=WATER, place=KAYA, case=both, chosen="1")
    issue = only_issue()
    form = alice.get(f"/console/issues/new?case={third}")
    assert f'<option value="{issue.id}"' in form.text
    page = alice.post("/console/issues/new", target=str(issue.id), case=str(third), chosen="1")
    assert "1 dossier ajouté." in text_of(page)
    assert {stored(each).issue_id for each in (first, second, third)} == {issue.id}
    assert stored(sealed.id).issue_id is None


def test_a_refusal_shows_the_form_again_with_what_was_typed(sign_in: SignIn) -> None:
    (case_id,) = many(1)
    alice = sign_in("alice")
    values = {"category": WATER, "place": KAYA, "shown": str(case_id)}
    page = alice.post("/console/issues/new", title=" ", case=str(case_id), **values)
    assert (page.status_code, "Écrivez d'abord le texte." in text_of(page)) == (422, True)
    page = alice.post("/console/issues/new", title="Pompe", chosen="1", **values)
    assert "Aucun de ces dossiers ne peut y entrer" in text_of(page)
    assert 'value="Pompe"' in page.text


def test_new_cases_are_added_with_one_key(sign_in: SignIn) -> None:
    issue = make_issue(many(2))
    newer = [complain(10).id, complain(11).id]
    alice = sign_in("alice")
    assert "2 nouveaux dossiers pour Pompe de Kaya" in text_of(alice.get("/console/"))
    page = alice.post(f"{path(issue)}/add", all="1", back="queue")
    assert page.request.path == "/console/"
    assert "2 dossiers ajoutés." in text_of(page)
    assert {stored(each).issue_id for each in newer} == {issue.id}
    assert alice.post(f"{path(issue)}/add", all="1").status_code == 422


def test_the_page_of_a_case_leads_to_its_issue_or_offers_one(sign_in: SignIn) -> None:
    first, second = many(2)
    alice = sign_in("alice")
    page = alice.get(f"/console/cases/{first}")
    assert link(page.text, "Nouveau problème commun avec les 2 dossiers semblables")
    issue = make_issue([first])
    page = alice.get(f"/console/cases/{second}")
    assert "Ajouter au problème commun" in text_of(page)
    page = alice.post(f"{path(issue)}/add", case=str(second), back=str(second))
    assert page.request.path == f"/console/cases/{second}"
    assert "Pompe de Kaya avec 1 autre dossier" in text_of(page)
    assert "Entré dans un problème commun" in text_of(page)
    page = alice.post(f"{path(issue)}/remove", case=str(second), back=str(second))
    assert "Sorti du problème commun" in text_of(page)
    assert stored(second).issue_id is None


def test_the_list_shows_those_that_are_open_first(sign_in: SignIn) -> None:
    issue = make_issue(many(3))
    alice = sign_in("alice")
    page = text_of(alice.get("/console/issues"))
    assert re.search(r"Pompe de Kaya Point d'eau en panne · Kaya 3 dossiers, 3 personnes Alice \[Exemple\] Eau", page)
    alice.post(f"{path(issue)}/solve")
    assert known(issue).state == IssueState.SOLVED
    assert "Pompe de Kaya" not in text_of(alice.get("/console/issues"))
    assert "Pompe de Kaya" in text_of(alice.get("/console/issues", tab="solved"))
    alice.post(f"{path(issue)}/take_up")
    assert known(issue).state == IssueState.OPEN


def test_nobody_learns_of_an_issue_that_is_not_theirs(sign_in: SignIn) -> None:
    issue = make_issue(many(2))
    charlie, ada = sign_in("charlie"), sign_in("ada")
    for browser in (charlie, ada):
        assert "Pompe de Kaya" not in text_of(browser.get("/console/issues"))
        assert browser.get(path(issue)).status_code == 404
        assert browser.get(f"{path(issue)}/answer").status_code == 404
        for verb in ("owner", "change", "solve", "take_up", "add", "remove"):
            assert browser.post(f"{path(issue)}/{verb}", title="x").status_code == 404
        assert browser.post(f"{path(issue)}/answer", confirm="1", key="k", **{"text-fr": "x"}).status_code == 404
    assert known(issue).version == 1
    assert charlie.get("/console/issues/4711").status_code == 404
    assert charlie.post(f"{path(issue)}/nonsense").status_code == 404


def test_who_has_one_case_in_it_sees_that_one_and_changes_nothing(sign_in: SignIn) -> None:
    mine = many(2)
    issue = make_issue(mine)
    theirs = complain(9, FOOD)
    with work.unit_of_work() as db:
        db.get_one(Case, theirs.id).issue_id = issue.id
    charlie = sign_in("charlie")
    page = charlie.get(path(issue))
    assert theirs.reference in re.sub(r"\D", "", text_of(page))
    assert not any(stored(each).reference in re.sub(r"\D", "", text_of(page)) for each in mine)
    assert "Répondre à tous" not in text_of(page)
    assert charlie.post(f"{path(issue)}/solve").status_code == 422
    assert "Rien à répondre ici" in text_of(charlie.get(f"{path(issue)}/answer"))
    page = charlie.post(f"{path(issue)}/answer", confirm="1", key="k", **{"text-fr": "x"})
    assert (page.status_code, answers_sent()) == (422, [])


def test_a_case_that_has_become_sealed_is_not_shown_in_it(sign_in: SignIn) -> None:
    first, second = many(2)
    issue = make_issue([first, second])
    with work.unit_of_work() as db:
        db.get_one(Case, first).sensitivity = Sensitivity.SEALED
    for name in ("alice", "marc", "dora", "tina"):
        page = sign_in(name).get(path(issue))
        assert stored(first).reference not in re.sub(r"\D", "", page.text)


def test_the_owner_is_changed_in_one_list(sign_in: SignIn) -> None:
    issue = make_issue(many(1))
    bob, food = actors.make("bob"), agency_id("VIVRES")
    alice = sign_in("alice")
    assert f'value="{food}"' not in alice.get(path(issue)).text
    assert "Responsable changé." in text_of(alice.post(f"{path(issue)}/owner", owner=f"{issue.agency_id}:{bob.id}"))
    assert known(issue).owner_id == bob.id
    assert alice.post(f"{path(issue)}/owner", owner=f"{food}").status_code == 422
    assert alice.post(f"{path(issue)}/owner", owner="").status_code == 422
    page = sign_in("marc").post(f"{path(issue)}/owner", owner=f"{food}")
    assert "Responsable : Vivres" in text_of(page) or "Responsable changé." in text_of(page)
    assert known(issue).agency_id == food


def test_the_title_is_changed_and_cases_may_come_in_by_themselves(sign_in: SignIn) -> None:
    issue = make_issue(many(1))
    alice = sign_in("alice")
    page = alice.post(f"{path(issue)}/change", title="Pompe <nord>", gathers="1")
    assert "Pompe &lt;nord&gt;" in page.text
    assert (known(issue).title, known(issue).gathers) == ("Pompe <nord>", True)
    assert alice.post(f"{path(issue)}/change", title="").status_code == 422


def test_an_answer_to_all_is_shown_with_its_cost_then_confirmed_once(sign_in: SignIn) -> None:
    ids = [*many(3), complain(0).id]
    make_contact(phone_of(1), language="en")
    make_contact(phone_of(2), opted_out_at=clock.now())
    issue = make_issue(ids)
    alice = sign_in("alice")
    form = alice.get(f"{path(issue)}/answer")
    assert 'name="text-en"' in form.text
    texts = {"text-fr": REPAIRED, "text-en": "The pump is repaired.", "outcome": "resolved"}
    page = alice.post(f"{path(issue)}/answer", **texts)
    seen = text_of(page)
    assert "4 dossiers ouverts" in seen
    assert "Coût : 48 F CFA" in seen  # two SMS, and two that ask
    assert "1 autre dossier vient de téléphones qui la reçoivent déjà" in seen
    assert "1 ne peut recevoir de SMS" in seen
    assert answers_sent() == []
    key = re.search(r'name="key" value="(\w+)"', page.text)
    assert key
    again = alice.post(f"{path(issue)}/answer", **texts, change="1")
    assert REPAIRED in again.text
    for _ in range(2):
        page = alice.post(f"{path(issue)}/answer", **texts, confirm="1", key=key[1])
        assert "0 sur 4 · en cours" in text_of(page)
    work_off()
    assert "4 sur 4 · terminé" in text_of(alice.get(path(issue)))
    assert len(answers_sent()) == 2
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(IssueAnswer)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Écrivez d'abord le texte."), ("x" * 1001, "trop long"), ("Bonjour {nom}", "Un mot entre accolades")],
)
def test_an_answer_that_is_none_is_shown_again(sign_in: SignIn, text: str, says: str) -> None:
    issue = make_issue(many(1))
    alice = sign_in("alice")
    for step in ({}, {"confirm": "1", "key": "k"}):
        page = alice.post(f"{path(issue)}/answer", **{"text-fr": text}, **step)
        assert page.status_code == 422
        assert says in text_of(page)


def test_what_failed_is_listed_to_be_done_by_hand(sign_in: SignIn) -> None:
    first, second = many(2)
    issue = make_issue([first, second])
    order(issue)
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, first), Outcome.OUT_OF_SCOPE, by=alice)
    work_off()
    page = sign_in("alice").get(path(issue))
    assert "1 sur 2, 1 échec · terminé" in text_of(page)
    assert re.search(rf'/console/cases/{first}">[\d\s]+</a> son état ne le permettait plus', page.text)


def test_the_gap_of_the_register_stands_beside_it(sign_in: SignIn) -> None:
    issue = make_issue(many(1))
    now = clock.now()
    with work.unit_of_work() as db:
        if db.scalar(select(GapRule.id).where(GapRule.category.in_([WATER, "EHA"]))) is None:
            db.add(GapRule(category=WATER, service=SiteService.WATER, people=3, days=7))
        common = {"service": SiteService.WATER, "place_code": KAYA, "state": GapState.OPEN, "open_key": f"{KAYA}:water"}
        db.add(Gap(**common, by_rule=False, first_at=now - timedelta(days=3), opened_at=now, last_at=now))
    page = sign_in("marc").get(path(issue))
    assert re.search(r'href="/console/gaps/\d+">Eau, Kaya', page.text)


def test_the_pages_are_there_in_english(sign_in: SignIn, house: House) -> None:
    issue = make_issue(many(2))
    alice = sign_in("alice")
    alice.post("/console/language", language="en")
    assert "Common problems" in text_of(alice.get("/console/issues"))
    assert "Answer to all (2 cases)" in text_of(alice.get(path(issue)))
    page = alice.post(f"{path(issue)}/answer", **{"text-fr": REPAIRED})
    assert "Send to 2 people" in text_of(page)

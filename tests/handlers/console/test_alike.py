"""Cases that resemble each other, on the page of each: linked or not by a person, and never across rights."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Case, Event, Likeness
from models.words import LikenessKind, Verdict
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SignIn = Callable[[str], Browser]


def make_pair(category: str = "EHA.EAU", other: str = "EHA.EAU", **values: Any) -> tuple[Case, Case, Likeness]:
    """Two cases of two phones about the same pump, the newer first."""
    older, newer = make_case(other), make_case(category, phone="+22670999999")
    with work.unit_of_work() as db:
        db.query(Likeness).delete()
        known = {"kind": LikenessKind.SAME_PROBLEM, "score": 0.95, "at": clock.now()}
        likeness = Likeness(case_id=newer.id, other_id=older.id, **{**known, **values})
        db.add(likeness)
    return newer, older, likeness


def verdict(likeness: Likeness) -> Verdict | None:
    with work.reading() as db:
        return db.get_one(Likeness, likeness.id).verdict


def kinds(case: Case) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Event.kind).where(Event.case_id == case.id)))


def path(case: Case) -> str:
    return f"/console/cases/{case.id}"


@pytest.mark.parametrize(
    ("kind", "score", "says"),
    [
        (LikenessKind.SAME_PROBLEM, 0.95, "Peut-être le même problème · presque les mêmes mots"),
        (LikenessKind.SAME_PERSON, 0.6, "Peut-être la même personne · beaucoup de mots en commun"),
        (LikenessKind.SAME_PERSON, 0.3, "Peut-être la même personne · quelques mots en commun"),
    ],
)
def test_both_cases_name_each_other_and_say_how_alike_they_are(
    sign_in: SignIn, kind: LikenessKind, score: float, says: str
) -> None:
    newer, older, _ = make_pair(kind=kind, score=score)
    alice = sign_in("alice")
    for case, other in ((newer, older), (older, newer)):
        page = alice.get(path(case), tab="take", at="1")
        assert says in text_of(page)
        assert f'href="{path(other)}?tab=take"' in page.text


@pytest.mark.parametrize(
    ("word", "kind", "notice"),
    [("linked", "linked", "Dossiers liés."), ("dismissed", "link_dismissed", "C'est noté : ce n'est pas pareil.")],
)
def test_a_person_decides_and_both_cases_say_so(sign_in: SignIn, word: str, kind: str, notice: str) -> None:
    newer, older, likeness = make_pair()
    alice = sign_in("alice")
    action = re.search(r'action="(/console/cases/[^"]+/alike/\d+[^"]*)"', alice.get(path(older), tab="take").text)
    assert action
    page = alice.post(action[1].replace("&amp;", "&"), verdict=word)
    assert page.request.path == path(older)
    assert page.request.args["tab"] == "take"
    assert notice in text_of(page)
    assert ("Lié : le même problème" in text_of(page)) is (word == "linked")
    assert verdict(likeness) == Verdict(word)
    assert kind in kinds(newer)
    assert kind in kinds(older)


def test_a_link_can_be_undone(sign_in: SignIn) -> None:
    newer, older, likeness = make_pair(verdict=Verdict.LINKED)
    alice = sign_in("alice")
    assert "Relier" not in text_of(alice.get(path(newer)))
    page = alice.post(f"{path(newer)}/alike/{likeness.id}", verdict="dismissed")
    assert "Cela ressemble à" not in text_of(page)
    assert older.reference not in re.sub(r"\D", "", text_of(page).split("Ce que dit")[1])


def test_nobody_learns_of_a_case_that_is_not_theirs(sign_in: SignIn) -> None:
    newer, older, likeness = make_pair(other="FSL.MIS")
    for name, own in (("alice", newer), ("charlie", older)):
        browser = sign_in(name)
        assert "Cela ressemble à" not in text_of(browser.get(path(own)))
        for case in (newer, older):
            assert browser.post(f"{path(case)}/alike/{likeness.id}", verdict="linked").status_code == 404
    assert verdict(likeness) is None


def test_what_is_no_verdict_or_no_likeness_changes_nothing(sign_in: SignIn) -> None:
    newer, _, likeness = make_pair()
    lonely = make_case("EHA.LAT", text="les latrines debordent partout", phone="+22671111111")
    alice = sign_in("alice")
    assert alice.post(f"{path(newer)}/alike/{likeness.id}", verdict="perhaps").status_code == 400
    assert alice.post(f"{path(newer)}/alike/{'9' * 25}", verdict="linked").status_code == 404
    assert alice.post(f"{path(lonely)}/alike/{likeness.id}", verdict="linked").status_code == 404
    assert verdict(likeness) is None
    assert "Cela ressemble à" not in text_of(alice.get(path(lonely)))

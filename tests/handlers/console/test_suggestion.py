"""What the machine proposes on the page of a case, and what a person does with it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import Case, Event, Label
from models.words import CategorySource, Guess, Hold, LabelSource, Noise, Sensitivity
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.learnt import change_case, guess_case

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


def stored(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


@pytest.mark.parametrize("guess", [Guess.CONFIRM, Guess.TRIAGE])
def test_the_two_best_are_offered_with_how_likely_they_are(sign_in: SignIn, guess: Guess) -> None:
    page = sign_in("alice").get(f"/console/cases/{guess_case(guess).id}")
    offered = re.findall(r'name="category" value="([^"]+)" data-key="(\d)"', page.text)
    assert offered == [("EHA.EAU", "1"), ("EHA.LAT", "2")]
    said = text_of(page)
    assert re.search(r"1 Point d'eau en panne 62\s%", said)
    assert re.search(r"2 .*21\s%", said)
    assert "3 Autre…" in said


def test_other_leads_to_the_list_of_categories_without_a_script(sign_in: SignIn) -> None:
    alice = sign_in("alice")
    page = alice.get(f"/console/cases/{guess_case().id}")
    link = re.search(r'data-key="3"\s+href="([^"]+)"', page.text)
    assert link
    opened = alice.get(link[1].replace("&amp;", "&").split("#")[0])
    assert re.search(r'<details class="verb" open>\s*<summary>Changer la catégorie', opened.text)


def test_a_category_that_is_gone_is_not_offered(sign_in: SignIn) -> None:
    page = sign_in("alice").get(f"/console/cases/{guess_case(second=('OLD.ONE', 0.2)).id}")
    assert re.findall(r'value="([^"]+)" data-key', page.text) == ["EHA.EAU"]
    assert "2 Autre…" in text_of(page)


@pytest.mark.parametrize("category", ["EHA.EAU", "EHA.LAT"])
def test_one_click_says_which_it_is_and_teaches(sign_in: SignIn, category: str) -> None:
    case = guess_case()
    page = sign_in("alice").act(case.id, "confirm", category=category)
    assert "Catégorie confirmée." in text_of(page)
    assert "La machine propose" not in text_of(page)
    after = stored(case)
    assert (after.category_code, after.category_source) == (category, CategorySource.PERSON)
    with work.reading() as db:
        label = db.scalars(select(Label).where(Label.case_id == case.id)).one()
    assert (label.category_code, label.source) == (category, LabelSource.CONFIRMATION)


def test_a_sure_guess_is_only_told(sign_in: SignIn) -> None:
    said = text_of(sign_in("alice").get(f"/console/cases/{guess_case(Guess.ROUTE, ('EHA.EAU', 0.97)).id}"))
    assert re.search(r"Classé par la machine \(97\s%\)\. Changer", said)
    assert "La machine propose" not in said


@pytest.mark.parametrize("source", [CategorySource.PERSON, CategorySource.MENU])
def test_nothing_is_proposed_against_the_word_of_a_person(sign_in: SignIn, source: CategorySource) -> None:
    case = guess_case()
    change_case(case, category_source=source)
    said = text_of(sign_in("alice").get(f"/console/cases/{case.id}"))
    assert "La machine propose" not in said
    assert sign_in("alice").act(case.id, "confirm", category="EHA.EAU").status_code == 422


def test_a_case_that_no_model_has_read_has_no_proposal(sign_in: SignIn) -> None:
    assert "La machine propose" not in text_of(sign_in("alice").get(f"/console/cases/{make_case().id}"))


@pytest.mark.parametrize("hold", list(Hold))
def test_what_is_held_says_why_and_ends_with_a_reader(sign_in: SignIn, hold: Hold) -> None:
    case = make_case("EHA.EAU", text="koom", phone="+22670000009")
    change_case(case, hold=hold, sensitivity=Sensitivity.SEALED)
    assert sign_in("alice").get(f"/console/cases/{case.id}").status_code == 404
    dora = sign_in("dora")
    said = text_of(dora.get(f"/console/cases/{case.id}"))
    assert "Gardé à part jusqu'à ce qu'une personne l'ait lu" in said
    assert "À lire d'abord" in said
    dora.act(case.id, "release")
    assert (stored(case).hold, stored(case).sensitivity) == (None, Sensitivity.NORMAL)


def test_the_four_reasons_of_a_hold_differ(sign_in: SignIn) -> None:
    case, alice, seen = make_case(), sign_in("alice"), set()
    for hold in Hold:
        change_case(case, hold=hold)
        found = re.search(r'badge-held" title="([^"]+)"', alice.get(f"/console/cases/{case.id}").text)
        assert found
        seen.add(found[1])
    assert len(seen) == len(Hold)


def test_what_nobody_holds_cannot_be_released(sign_in: SignIn) -> None:
    case = make_case()
    assert sign_in("alice").act(case.id, "release").status_code == 422
    assert "rien de sensible" not in text_of(sign_in("alice").get(f"/console/cases/{case.id}"))


def test_noise_is_marked_and_unmarked_by_a_person(sign_in: SignIn) -> None:
    case, alice = make_case(), sign_in("alice")
    page = alice.act(case.id, "noise", noise="spam")
    assert stored(case).noise == Noise.SPAM
    assert "Mis à part : publicité" in text_of(page)
    page = alice.act(case.id, "noise", noise="none")
    assert stored(case).noise is None
    assert "C'est une vraie plainte" not in text_of(page)
    assert "Remis parmi les plaintes" in text_of(page)


@pytest.mark.parametrize("form", [{}, {"noise": "nonsense"}])
def test_noise_needs_a_choice(sign_in: SignIn, form: dict[str, str]) -> None:
    case = make_case()
    assert sign_in("alice").act(case.id, "noise", **form).status_code == 422
    assert stored(case).noise is None


def test_the_timeline_tells_how_sure_which_model_was(sign_in: SignIn) -> None:
    case = make_case()
    with work.unit_of_work() as db:
        event = db.scalars(select(Event).where(Event.case_id == case.id, Event.kind == "classified")).one()
        event.data = {**event.data, "guess": Guess.CONFIRM, "confidence": 0.62, "model": "7"}
    alice = sign_in("alice")
    said = text_of(alice.get(f"/console/cases/{case.id}"))
    assert re.search(r"Lecture automatique : Point d'eau en panne, normal, \w+ · à confirmer \(62\s%, modèle 7\)", said)
    alice.post("/console/language", language="en")
    assert "to be confirmed (62%, model 7)" in text_of(alice.get(f"/console/cases/{case.id}"))

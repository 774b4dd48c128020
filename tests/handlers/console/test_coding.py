"""Reading again: doubtful cases one by one, a blind second reading, and how far two readers agree."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from feedback_gateway import work
from handlers.console.coding import Round, read_round, say_kappa
from models import Case, Event, Label
from models.words import CategorySource, Guess, LabelSource, Sensitivity
from tests import actors
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.learnt import change_case, guess_case, label_case

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


def action(page_text: str, verb: str) -> str:
    found = re.search(rf'action="(/console/coding/[^"]+/{verb}[^"]*)"', page_text)
    assert found, f"the page has no form to {verb}"
    return found[1].replace("&amp;", "&")


def version(page_text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page_text)
    assert found
    return found[1]


def test_the_least_certain_comes_first_and_the_next_follows(sign_in: SignIn) -> None:
    guess_case(best=("EHA.EAU", 0.7), text="le puits est sec")
    guess_case(Guess.TRIAGE, best=("EHA.EAU", 0.3), text="c'est sale ici")
    alice = sign_in("alice")
    page = alice.get("/console/coding")
    assert "c'est sale ici" in text_of(page)
    assert "1 sur 2" in text_of(page)
    page = alice.post(action(page.text, "confirm"), version=version(page.text), category="EHA.LAT")
    assert "le puits est sec" in text_of(page)
    assert "2 sur 2" in text_of(page)
    page = alice.post(action(page.text, "recategorise"), version=version(page.text), category="SIT.GAP")
    assert "2 messages relus." in text_of(page)
    with work.reading() as db:
        given = db.execute(select(Label.category_code, Label.source).order_by(Label.id)).all()
    assert [tuple(row) for row in given] == [
        ("EHA.LAT", LabelSource.CONFIRMATION),
        ("SIT.GAP", LabelSource.CORRECTION),
    ]


def test_what_is_passed_over_stays_for_another_round(sign_in: SignIn) -> None:
    for number in range(3):
        guess_case(best=("EHA.EAU", 0.4 + number / 10), text=f"texte {number}")
    alice = sign_in("alice")
    page, seen = alice.get("/console/coding"), []
    for _ in range(3):
        seen += re.findall(r"texte \d", page.text)
        link = re.search(r'class="pass"><a href="([^"]+)"', page.text)
        assert link
        page = alice.get(link[1].replace("&amp;", "&"))
    assert seen == ["texte 0", "texte 1", "texte 2"]
    assert "Vous les avez tous passés" in text_of(page)
    assert "Encore un tour" in text_of(page)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Label)) == 0


def test_nobody_reads_again_what_they_may_not_see(sign_in: SignIn) -> None:
    case = guess_case(text="la pompe est en panne")
    alice, charlie = sign_in("alice"), sign_in("charlie")
    page = alice.get("/console/coding")
    assert "Rien à relire pour le moment" in text_of(charlie.get("/console/coding"))
    for verb in ("confirm", "recategorise", "second"):
        path = f"/console/coding/{case.id}/{verb}"
        form = {"version": version(page.text), "category": "EHA.LAT", "sensitive": "no"}
        assert charlie.post(path, **form).status_code == 404
    with work.reading() as db:
        assert db.get_one(Case, case.id).category_source == CategorySource.MACHINE
        assert db.scalar(select(func.count()).select_from(Label)) == 0


def test_reading_again_needs_a_sign_in_and_a_token(sign_in: SignIn, stranger: Browser) -> None:
    case = guess_case()
    assert stranger.get("/console/coding").request.path == "/console/login"
    alice = sign_in("alice")
    page = alice.get("/console/coding")
    alice.token = "forged"
    refused = alice.post(action(page.text, "confirm"), version=version(page.text), category="EHA.LAT")
    assert refused.status_code == 400
    with work.reading() as db:
        assert db.get_one(Case, case.id).category_source == CategorySource.MACHINE


@pytest.mark.parametrize(
    ("verb", "form", "says"),
    [
        ("confirm", {"category": "EHA.EAU", "version": "99"}, "a changé entre-temps"),
        ("recategorise", {"category": "XXX"}, "Faites d'abord un choix"),
        ("confirm", {}, "Faites d'abord un choix"),
    ],
)
def test_a_refusal_says_why_and_stays_at_the_case(sign_in: SignIn, verb: str, form: dict[str, str], says: str) -> None:
    guess_case(text="la pompe est en panne")
    alice = sign_in("alice")
    page = alice.get("/console/coding")
    page = alice.post(action(page.text, verb), **{"version": version(page.text), **form})
    assert says in text_of(page)
    assert "1 sur 1" in text_of(page)
    assert "la pompe est en panne" in text_of(page)


def test_the_second_reader_sees_neither_the_first_word_nor_the_guess(sign_in: SignIn) -> None:
    case = guess_case(text="texte à relire")
    label_case(case, "alice", "EHA.LAT")
    bob = sign_in("bob")
    page = bob.get("/console/coding", part="second")
    assert "texte à relire" in text_of(page)
    assert str(case.id) in page.text
    assert case.reference not in page.text.replace("\u202f", "").replace(" ", "")
    assert not re.search(r"selected|62\s%|21\s%|Alice", page.text)
    assert "Rien à relire" in text_of(sign_in("alice").get("/console/coding", part="second"))
    for told in ("EHA.LAT", "EHA.EAU"):
        assert page.text.count(told) == 1  # in the list of all categories, like every other


@pytest.mark.parametrize(
    ("category", "sensitive", "kept"),
    [
        ("EHA.EAU", "no", ("EHA.EAU", False)),
        ("PRO.VIE", "yes", ("PRO.VIE", True)),
        ("NONE", "unsure", (None, None)),
    ],
)
def test_the_second_word_is_kept_as_it_was_said(
    sign_in: SignIn, category: str, sensitive: str, kept: tuple[str | None, bool | None]
) -> None:
    case = guess_case()
    label_case(case, "alice")
    bob = sign_in("bob")
    page = bob.get("/console/coding", part="second")
    page = bob.post(action(page.text, "second"), category=category, sensitive=sensitive)
    assert "1 message relu." in text_of(page)
    with work.reading() as db:
        label = db.scalars(select(Label).where(Label.user_id == actors.make("bob").id)).one()
    assert (label.category_code, label.sensitive) == kept
    assert label.source == LabelSource.SECOND


@pytest.mark.parametrize("form", [{}, {"category": "EHA.EAU"}, {"category": "XXX", "sensitive": "no"}])
def test_half_a_word_is_not_kept(sign_in: SignIn, form: dict[str, str]) -> None:
    case = guess_case()
    label_case(case, "alice")
    bob = sign_in("bob")
    page = bob.post(action(bob.get("/console/coding", part="second").text, "second"), **form)
    assert "Faites d'abord un choix" in text_of(page)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Label)) == 1


def test_showing_a_case_that_is_not_open_to_all_is_logged(sign_in: SignIn) -> None:
    case = guess_case(text="ils nous menacent", sealed=True)
    change_case(case, sensitivity=Sensitivity.SEALED)
    assert "ils nous menacent" in text_of(sign_in("dora").get("/console/coding"))
    assert "ils nous menacent" not in text_of(sign_in("alice").get("/console/coding"))
    with work.reading() as db:
        readings = db.scalars(select(Event).where(Event.kind == "read")).all()
    assert [(reading.case_id, reading.user_id) for reading in readings] == [(case.id, actors.make("dora").id)]


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("charlie", 403), ("dora", 403), ("marc", 200), ("ada", 200)]
)
def test_the_agreement_is_for_those_who_look_after_all_agencies(sign_in: SignIn, name: str, status: int) -> None:
    browser = sign_in(name)
    assert browser.get("/console/coding/agreement").status_code == status
    assert ("Accord entre lecteurs" in browser.get("/console/coding").text) == (status == 200)


def test_the_agreement_is_shown_beside_its_picture(sign_in: SignIn) -> None:
    assert "Aucun dossier n'a encore été lu deux fois" in text_of(sign_in("ada").get("/console/coding/agreement"))
    case = make_case()
    label_case(case, "alice")
    bob = sign_in("bob")
    page = bob.get("/console/coding", part="second")
    bob.post(action(page.text, "second"), category="EHA.EAU", sensitive="no")
    page = sign_in("ada").get("/console/coding/agreement")
    assert "Ensemble" in text_of(page)
    assert page.text.count('<rect class="bar') == page.text.count('<th scope="row">') >= 1


@pytest.mark.parametrize(
    ("kappa", "says"),
    [
        (None, "trop peu"),
        (-0.1, "à revoir"),
        (0.39, "fusionner ou mieux définir"),
        (0.4, "moyen"),
        (0.6, "bon"),
        (0.8, "très bon"),
    ],
)
def test_agreement_beyond_chance_is_said_in_plain_words(house: object, kappa: float | None, says: str) -> None:
    assert says in say_kappa(kappa)


@pytest.mark.parametrize(
    ("args", "waiting", "over", "place", "of"),
    [
        ({}, 0, True, 1, 0),
        ({}, 3, False, 1, 3),
        ({}, 50, False, 1, 20),
        ({"done": "2", "of": "20"}, 20, False, 3, 20),
        ({"done": "2", "passed": "1", "of": "4"}, 2, False, 4, 4),
        ({"done": "2", "passed": "1", "of": "20"}, 1, True, 4, 3),  # others have read the rest
        ({"done": "9999999999", "of": "-1"}, 5, False, 1, 5),
        ({"done": "20", "of": "20"}, 20, True, 21, 20),
    ],
)
def test_a_round_ends_where_it_began_to_count(
    house: object, args: dict[str, str], waiting: int, over: bool, place: int, of: int
) -> None:
    turn = read_round(args, "doubtful", waiting)
    assert (turn.is_over, turn.place, turn.of) == (over, place, of)
    assert turn.args(done=1) == Round("doubtful", turn.done + 1, turn.passed, turn.of).args()

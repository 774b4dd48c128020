"""The model's page: who may open it, what it says, and choosing another model."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from feedback_gateway import learning, work
from handlers.console.model import draw_curve
from models import ModelChoice
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.learnt import REPORT, make_version

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
VERBS = ("rollback", "use", "train")


def in_use() -> str:
    with work.reading() as db:
        return learning.status(db).model


def take(version_id: int, browser: Browser) -> None:
    browser.get("/console/model")
    browser.post("/console/model/use", version=str(version_id))


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("charlie", 403), ("dora", 403), ("marc", 200), ("ada", 200)]
)
def test_the_page_is_for_those_who_look_after_all_agencies(sign_in: SignIn, name: str, status: int) -> None:
    assert sign_in(name).get("/console/model").status_code == status


@pytest.mark.parametrize("name", ["alice", "marc"])
@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_chooses_a_model(sign_in: SignIn, name: str, verb: str) -> None:
    version, browser = make_version(), sign_in(name)
    browser.get("/console/")
    assert browser.post(f"/console/model/{verb}", version=str(version.id)).status_code == 403
    page = sign_in("marc").get("/console/model")
    assert "/console/model/use" not in page.text
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(ModelChoice)) == 0


@pytest.mark.parametrize("verb", VERBS)
def test_choosing_needs_a_token(sign_in: SignIn, verb: str) -> None:
    ada = sign_in("ada")
    ada.token = "forged"
    assert ada.post(f"/console/model/{verb}").status_code == 400


def test_the_model_that_is_shipped_says_that_it_has_learnt_nothing_here(sign_in: SignIn) -> None:
    said = text_of(sign_in("ada").get("/console/model"))
    assert "modèle de départ" in said
    assert "sans aucun message de cette ligne" in said


def test_a_model_is_taken_and_left_again(sign_in: SignIn) -> None:
    version, ada = make_version(), sign_in("ada")
    take(version.id, ada)
    assert in_use() == str(version.id)
    page = ada.get("/console/model")
    assert f"modèle {version.id}" in text_of(page)
    assert "480 choix faits par des personnes" in text_of(page)
    assert "À partir de 0,83, un message part seul" in text_of(page)
    assert re.search(r"Mesuré sur 300 messages relus\. Parmi ceux qui partent seuls, 95\s% vont", text_of(page))
    page = ada.post("/console/model/rollback")
    assert "Dès maintenant lit : modèle de départ." in text_of(page)
    assert in_use() == "starter"
    take(version.id, ada)
    ada.post("/console/model/use", version="")
    assert in_use() == "starter"


def test_there_is_nothing_before_the_model_that_is_shipped(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    ada.get("/console/model")
    assert "Il n'y a pas de modèle plus ancien." in text_of(ada.post("/console/model/rollback"))


def test_a_number_that_is_none_is_refused(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    ada.get("/console/model")
    assert ada.post("/console/model/use", version="seven").status_code == 400


def test_learning_is_asked_for(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    ada.get("/console/model")
    page = ada.post("/console/model/train")
    assert "L'apprentissage commence." in text_of(page)
    assert "Un apprentissage est demandé" in text_of(page)


def test_every_picture_stands_beside_its_table(sign_in: SignIn) -> None:
    version, ada = make_version(), sign_in("ada")
    take(version.id, ada)
    page = ada.get("/console/model")
    said = text_of(page)
    figures = REPORT["sets"][0]
    bars, dots = re.findall(r'<rect class="bar[ "]', page.text), re.findall(r"<circle", page.text)
    assert len(bars) == len(figures["categories"])
    assert len(dots) == sum(part["count"] > 0 for part in figures["reliability"])
    for words in (
        "Messages lus par deux personnes · 210 textes",
        "Aucun modèle n'en est fait.",
        "n'ont pas servi à faire le modèle",
        "Point d'eau en panne 80 0,94 0,91 0,92",
        "mooré 60",
        "pris pour Point d'eau en panne × 9",
        "200 textes sensibles",
    ):
        assert words in said, words
    ada.post("/console/language", language="en")
    english = text_of(ada.get("/console/model"))
    for words in ("Messages read by two people · 210 texts", "0.94 0.91 0.92", "taken for", "200 sensitive texts"):
        assert words in english, words


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("loses_frozen", "moins juste sur les messages lus par deux personnes"),
        ("loses_sensitive", "laisse passer plus de messages sensibles"),
        ("loses_check", "moins juste sur les textes d'essai"),
        ("a_new_code", "a_new_code"),
    ],
)
def test_a_model_that_was_not_taken_says_why(sign_in: SignIn, reason: str, says: str) -> None:
    make_version(taken=False, reason=reason)
    assert re.search(rf"{says} 87\s%", text_of(sign_in("ada").get("/console/model")))


def test_a_curve_goes_from_corner_to_corner_and_leaves_out_what_is_empty(house: object) -> None:
    parts = [
        {"count": 4, "confidence": 0.0, "right": 0.0},
        {"count": 0, "confidence": 0.0, "right": 0.0},
        {"count": 16, "confidence": 1.0, "right": 1.0},
    ]
    assert [(dot.x, dot.y) for dot in draw_curve(parts)] == [(12, 88), (96, 4)]
    assert draw_curve(parts)[0].radius < draw_curve(parts)[1].radius
    assert draw_curve([]) == []

"""The pages on who answers: the matrix, its fields, the rules, lessons and a route that is tried."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from feedback_gateway import cases, work
from feedback_gateway.responsibility.rules import Subject
from models import Agency, Case, Route, RouteLesson, User
from models.words import Rejection
from tests import actors
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import NOW, WATER, clear, history, set_rule
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]
ROOT = "/console/responsibilities"


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


READ = [
    ROOT,
    f"{ROOT}/cell",
    f"{ROOT}/rules",
    f"{ROOT}/lessons",
    f"{ROOT}/exchange",
    f"{ROOT}/try",
    f"{ROOT}/rules.csv",
]


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("marc", 200), ("mona", 200), ("alice", 403)])
def test_who_reads(sign_in: SignIn, name: str, status: int) -> None:
    browser = sign_in(name)
    for path in READ[1:]:
        answer = browser.get(path)
        own = answer.request.path == f"{ROOT}/own"
        assert own or answer.status_code == status, path
        assert own == (name == "alice" and path == f"{ROOT}/rules")


@pytest.mark.parametrize("name", ["alice", "marc", "mona"])
def test_only_administrators_change(app: Flask, sign_in: SignIn, name: str) -> None:
    set_rule("EHA")
    before = history()
    browser = sign_in(name)
    paths = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(ROOT) and "POST" in rule.methods]
    assert len(paths) == 6
    for path in paths:
        if not path.endswith("/confirm"):
            form = {"category": "EHA.EAU", "place_typed": "Kaya", "agency": str(agency_id("GSAT"))}
            assert browser.post(re.sub(r"<[^>]+>", "1", path), **form).status_code == 403, path
    assert history() == before


def test_a_focal_point_comes_to_the_rules_of_their_own_agency_and_confirms_them(
    sign_in: SignIn, today: time_machine.Traveller
) -> None:
    clear()
    rule, other = set_rule("EHA", Subject("EHA", None)), set_rule("VIVRES", Subject("FSL", None))
    today.shift(timedelta(days=170))
    alice = sign_in("alice")
    page = alice.get(ROOT)
    assert page.request.path == f"{ROOT}/own"
    assert "Eau, hygiène, assainissement" in text_of(page)
    assert "À confirmer avant le" in text_of(page)
    assert "Vivres" not in text_of(page)
    assert "Confirmé aujourd'hui." in text_of(alice.post(f"{ROOT}/confirm", only=str(rule), own="1"))
    assert alice.post(f"{ROOT}/confirm", only=str(other), own="1").status_code == 403
    with work.reading() as db:
        confirmed = {route.id: route.confirmed_at for route in db.scalars(select(Route))}
    assert confirmed == {rule: NOW + timedelta(days=170), other: NOW}


def test_the_matrix_shows_who_answers_gaps_and_what_is_stale(sign_in: SignIn, today: time_machine.Traveller) -> None:
    ada = sign_in("ada")
    assert "Chaque catégorie a un responsable dans chaque région." in text_of(ada.get(ROOT))
    clear()
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    page = text_of(ada.get(ROOT, group="EHA"))
    assert "catégories n'ont pas de responsable partout" in page
    assert "Latrines, hygiène, déchets : nulle part" in page
    assert ada.get(ROOT, place="BF49").status_code == 200
    assert ada.get(ROOT, place="nowhere", group="nothing").status_code == 200
    today.shift(timedelta(days=181))
    assert "une règle périmée ne compte plus" in sign_in("ada").get(ROOT, group="EHA").text


def test_a_field_changes_hands_from_a_day_on_and_the_past_is_shown(
    sign_in: SignIn, today: time_machine.Traveller
) -> None:
    ada = sign_in("ada")
    form = {"category": "EHA.EAU", "place_typed": "Kaya (BF490304)", "agency": str(agency_id("GSAT"))}
    page = ada.post(f"{ROOT}/cell", **form, since="2026-12-01")
    assert "Règle enregistrée." in text_of(page)
    assert page.request.args["place"] == "BF490304"
    today.shift(timedelta(days=5))
    ada = sign_in("ada")  # sessions end after hours
    ada.post(f"{ROOT}/cell", **{**form, "agency": str(agency_id("ACTION"))}, since="2026-12-24")
    page = text_of(ada.get(f"{ROOT}/cell", category="EHA.EAU", place="BF490304"))
    assert "du 1 déc. 2026 au 23 déc. 2026" in page
    assert "Pas encore" in page
    assert "[Exemple] Eau hygiène assainissement" in page, "what is said more generally"
    assert history(WATER) == [("GSAT", "2026-12-01", "2026-12-23"), ("ACTION", "2026-12-24", "..")]
    today.move_to(NOW + timedelta(days=40))
    page = text_of(sign_in("ada").get(f"{ROOT}/cell", category="EHA.EAU", place="BF490304"))
    assert "Terminée" in page[page.index("Historique") :]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"place_typed": "Tombouctou"}, "Ce lieu n'existe pas"),
        ({"agency": ""}, "Choisissez une agence"),
        ({"since": "2026-11-01"}, "On ne change pas le passé"),
        ({"since": "demain"}, "Une date s'écrit"),
        ({"until": "2026-12-01", "since": "2026-12-02"}, "La fin vient avant le début"),
    ],
)
def test_a_refused_rule_is_explained_and_what_was_typed_stays(
    sign_in: SignIn, change: dict[str, str], says: str
) -> None:
    good = {"category": "EHA.EAU", "place_typed": "Kaya", "agency": str(agency_id("GSAT")), "since": "2026-12-01"}
    page = sign_in("ada").post(f"{ROOT}/cell", **{**good, **change})
    assert page.status_code == 422
    assert says in text_of(page)
    assert f'value="{ {**good, **change}["place_typed"] }"' in page.text
    assert history(WATER) == []


def test_a_rule_is_ended_and_confirmed_from_its_field(sign_in: SignIn) -> None:
    rule, ada = set_rule("GSAT"), sign_in("ada")
    with work.unit_of_work() as db:
        db.execute(update(Route).values(confirmed_by_id=None))
    where = {"category": "EHA.EAU", "place": "BF490304"}
    page = ada.post(f"{ROOT}/confirm", only=str(rule), cell="1", **where)
    assert page.request.path == f"{ROOT}/cell"
    assert "confirmée le 1 déc. 2026 par Ada" in text_of(page)
    page = ada.post(f"{ROOT}/rules/{rule}/end", last_day="2026-12-31", **where)
    assert "au 31 déc. 2026" in text_of(page)
    assert "n'existe plus" in text_of(ada.post(f"{ROOT}/rules/999999/end", **where))


def test_all_rules_of_an_agency_are_confirmed_at_once(sign_in: SignIn, today: time_machine.Traveller) -> None:
    today.shift(timedelta(days=400))
    marc = sign_in("marc")
    page = marc.get(f"{ROOT}/rules", agency=agency_id("INFO"), show="stale")
    ids = re.findall(r'name="rule" value="(\d+)"', page.text)
    assert len(ids) == 6
    marc.post(f"{ROOT}/confirm", rule=ids, back=f"{agency_id('INFO')}:stale")
    with work.reading() as db:
        fresh = db.scalars(select(Route).where(Route.confirmed_at == NOW + timedelta(days=400))).all()
    assert {rule.agency_id for rule in fresh} == {agency_id("INFO")}
    assert len(fresh) == 6
    assert "Aucune règle ici" in text_of(marc.get(f"{ROOT}/rules", agency=agency_id("INFO"), show="stale"))


def test_a_lesson_becomes_a_rule_by_one_click_or_is_dismissed(sign_in: SignIn) -> None:
    alice = actors.make("alice")
    for number, place in enumerate(["BF490304", "BF490304", "BF560304"]):
        case = make_case("EHA.EAU", place=place, phone=f"+2267000000{number}")
        with work.unit_of_work() as db:
            gsat = db.scalars(select(Agency).where(Agency.code == "GSAT")).one()
            cases.reject(db, db.get_one(Case, case.id), Rejection.NOT_RESPONSIBLE, by=alice, but=gsat)
    ada = sign_in("ada")
    page = text_of(ada.get(f"{ROOT}/lessons"))
    assert "a dit 2 fois que ce n'est pas à elle. 2 fois, [Exemple] Gestion des sites (GSAT) a été nommée." in page
    form = {"category": "EHA.EAU", "not_agency": str(agency_id("EHA"))}
    ada.post(f"{ROOT}/lessons", **form, place="BF490304", agency=str(agency_id("GSAT")))
    assert history(WATER) == [("GSAT", "2026-12-01", "..")]
    page = text_of(ada.post(f"{ROOT}/lessons", **form, place="BF560304"))
    assert "Rien à apprendre pour le moment" in page
    assert history(Subject("EHA.EAU", "BF560304")) == []
    with work.reading() as db:
        assert set(db.scalars(select(RouteLesson.handled_by_id))) == {actors.make("ada").id}


def test_a_route_is_tried_in_plain_sentences(sign_in: SignIn) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    bob = actors.make("bob")
    with work.unit_of_work() as db:
        eau = db.scalars(select(User).where(User.login == "eau")).one()
        eau.absent_from, eau.deputy_id = NOW.date(), bob.id
    marc = sign_in("marc")
    page = text_of(marc.get(f"{ROOT}/try", category="EHA.EAU", place="Kaya", about=agency_id("GSAT")))
    for sentence in (
        "Le dossier irait à : [Exemple] Eau hygiène assainissement.",
        "Par la règle : Eau, hygiène, assainissement, Partout.",
        "[Exemple] Gestion des sites (GSAT) (Point d'eau en panne, Centre-Nord) : la plainte porte sur cette agence.",
        "Bob : aucun dossier ouvert",
        "Absents : [Exemple] eau.",
        "7 jours sans interruption",
    ):
        assert sentence in page
    clear()
    assert "Personne n'en répond." in text_of(marc.get(f"{ROOT}/try", category="EHA.EAU"))
    assert marc.get(f"{ROOT}/try", category="XXX").status_code == 422
    assert marc.get(f"{ROOT}/try", category="EHA.EAU", place="Tombouctou").status_code == 422


def test_an_agencys_manager_is_not_told_who_answers_elsewhere_nor_who_reads_what_is_sealed(sign_in: SignIn) -> None:
    mona, marc = sign_in("mona"), sign_in("marc")
    assert "[Exemple] eau" in text_of(mona.get(f"{ROOT}/try", category="EHA.EAU"))
    for category, sensitivity, name in (
        ("FSL.MIS", "", "[Exemple] vivres"),
        ("PRO.VBG", "", "[Exemple] protection"),
        ("EHA.EAU", "sealed", "[Exemple] protection"),
    ):
        asked = {"category": category, "sensitivity": sensitivity}
        assert f"{name} :" in text_of(marc.get(f"{ROOT}/try", **asked))
        page = mona.get(f"{ROOT}/try", **asked)
        assert f"{name} :" not in text_of(page)
        assert "Le dossier irait à" in text_of(page)


def test_the_case_says_why_it_was_routed_so(sign_in: SignIn) -> None:
    actors.make("alice")
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    with work.unit_of_work() as db:
        rule = db.scalars(select(Route).where(Route.place_code == "BF49")).one()
        rule.confirmed_at = NOW - timedelta(days=181)
    case = make_case("EHA.EAU")
    page = text_of(sign_in("alice").get(f"/console/cases/{case.id}"))
    assert (
        "Laissée de côté : [Exemple] Gestion des sites (GSAT) (Point d'eau en panne, Centre-Nord), "
        "la règle n'avait pas été confirmée depuis longtemps." in page
    )
    assert "Proposé à [Exemple] eau, qui n'avait aucun dossier ouvert." in page

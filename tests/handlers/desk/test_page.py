"""What the light page shows, what it never shows, how much it weighs, and that looking does nothing."""

import re

import pytest
from sqlalchemy import func, select

from feedback_gateway import cases, desk, work
from models import Agency, Case, Event, Message, Referral
from models.words import Needed, Sensitivity
from tests import actors
from tests.conftest import House
from tests.desk import open_desk
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import text_of
from tests.handlers.desk.conftest import Reader, path_of

MOST_BYTES = 10_000


def sent_by_vivres(case: Case, note: str) -> None:
    """Another agency has referred it: for its water, with a note."""
    charlie = actors.make("charlie")
    with work.unit_of_work() as db:
        referral = db.scalars(select(Referral).where(Referral.case_id == case.id)).one()
        referral.service, referral.note = Needed.WATER, note
        referral.from_agency_id, referral.from_user_id = charlie.agency_id, charlie.id


def test_it_shows_the_minimum(house: House, reader: Reader) -> None:
    case = make_case(text="la pompe du secteur 4 est en panne")
    sent_by_vivres(case, "voir le comité")
    said = text_of(reader.get(path_of(open_desk().user, case)))
    for shown in (
        "Point d'eau en panne",
        "Kaya",
        "P1",
        "la pompe du secteur 4 est en panne",
        "voir le comité",
        "Eau et assainissement",
        "Sécurité alimentaire",
        "attend votre réponse",
    ):
        assert shown in said, shown
    assert re.search(r"À accepter avant \d\d/\d\d/\d{4} \d\d:\d\d UTC", said)


@pytest.mark.parametrize(
    "written",
    [
        "70123456",
        "70 12 34 56",
        "+226 70-12-34-56",
        "0022670123456",
        "7O l2 34 56",
        "٧٠١٢٣٤٥٦",
        "70.12\n34.56",
        "(70)123456",
    ],
)
def test_no_number_is_ever_shown(house: House, reader: Reader, written: str) -> None:
    alice, case = open_desk(), make_case(text=f"appelez {written} vite, 3 familles")
    sent_by_vivres(case, f"son numéro est {written}.")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.add_note(db, stored, "notesecrete", by=alice.user)
        cases.add_message(db, stored, f"ou au {written}")
    page = reader.get(path_of(alice.user, case))
    assert page.text.count("•••") == 3
    assert written not in page.text
    assert "vite, 3 familles" in page.text
    for hidden in ("70123456", "notesecrete", "alice", "Alice"):
        assert hidden not in page.text


@pytest.mark.parametrize("kept", ["le 12/05/2026 à 8h30", "150000 francs", "5 jours et 12 familles", "l'eau à 2,5 km"])
def test_dates_and_quantities_stay(kept: str) -> None:
    assert desk.mask_numbers(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "la pompe est en panne",
        "Bonjour, la pompe du secteur quatre est en panne depuis trois jours et tout le monde attend. " * 12,
        "<b>&\"'" * 300,
        "ቋንቋ የውሃ ፓምፕ " * 150,
    ],
)
@pytest.mark.parametrize("messages", [0, 9])
def test_the_page_with_its_style_weighs_less_than_ten_kilobytes(
    house: House, reader: Reader, text: str, messages: int
) -> None:
    alice, case = open_desk(), make_case(text=text)
    sent_by_vivres(case, text)
    with work.unit_of_work() as db:
        for number in range(60):
            db.add(Agency(code=f"A{number}", name=f"Organisation de secours numéro {number} du Sahel"))
        for _ in range(messages):
            cases.add_message(db, db.get_one(Case, case.id), text)
        db.get_one(Case, case.id).sensitivity = Sensitivity.NORMAL  # the words above say nothing to a machine
    for path in (path_of(alice.user, case), f"{path_of(alice.user, case)}?lang=en"):
        page = reader.get(path)
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
        weight = len(page.data) + len(reader.get(style).data)
        assert weight < MOST_BYTES
        assert page.text.count("<form") == 5


def test_it_needs_one_style_sheet_and_nothing_else(house: House, reader: Reader) -> None:
    page = reader.get(path_of(open_desk().user, make_case()))
    assert re.findall(r"<(?:script|img|iframe|object|video|audio)", page.text) == []
    assert re.findall(r'(?:href|src)="([^"]+)"', page.text)[0] == "data:,"
    style = reader.get(re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)[0])
    assert style.status_code == 200
    assert "max-age=31536000" in style.headers["Cache-Control"]
    assert "url(" not in style.text


def test_it_is_kept_nowhere_and_told_to_nobody(house: House, reader: Reader) -> None:
    alice, case = open_desk(), make_case()
    path = path_of(alice.user, case)
    for page in (reader.get(path), reader.do(path, "accept"), reader.get("/dossier/forged")):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"].startswith("noindex")
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        assert "<title>Ligne de plaintes</title>" in page.text
    assert reader.cookies == []


def test_english_is_one_link_away_and_the_user_s_own_language_comes_first(house: House, reader: Reader) -> None:
    case = make_case()
    path = path_of(open_desk().user, case)
    assert '<html lang="fr">' in reader.get(path).text
    assert f'href="{path}?lang=en"' in reader.get(path).text
    english = reader.get(f"{path}?lang=en")
    assert '<html lang="en">' in english.text
    assert "Water point broken" in english.text
    assert "What happens next" in reader.send(path, "accept", reader.form(path), lang="en").text
    assert '<html lang="en">' in reader.get(path_of(open_desk("bob", "+22676333444", language="en").user, case)).text


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}, {"X-Purpose": "preview"}]
)
def test_what_is_fetched_ahead_of_time_is_given_nothing(house: House, reader: Reader, headers: dict[str, str]) -> None:
    answer = reader.get(path_of(open_desk().user, make_case()), headers=headers)
    assert (answer.status_code, answer.text) == (204, "")


def events() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Event)) or 0


def test_looking_changes_nothing(house: House, reader: Reader) -> None:
    case = make_case()
    path = path_of(open_desk().user, case)
    before = events()
    assert reader.get(path).status_code == 200
    head = reader.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for deed in ("accept", "done", "reject"):
        reader.get(f"{path}/{deed}")
        reader.client.head(f"{path}/{deed}")
    assert events() == before


def test_the_reading_of_a_restricted_case_is_logged_but_not_its_head(house: House, reader: Reader) -> None:
    dora, case = open_desk("dora"), make_case("PRO.HAN", text="il ne peut pas marcher")
    path = path_of(dora.user, case)
    reader.client.head(path)
    reader.get(path, headers={"Purpose": "prefetch"})
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Event.kind == "read")) == 0
    reader.get(path)
    with work.reading() as db:
        assert db.scalars(select(Event.user_id).where(Event.kind == "read")).all() == [dora.user.id]


def test_the_address_of_a_deed_leads_to_the_page_of_the_case(house: House, reader: Reader) -> None:
    path = path_of(open_desk().user, make_case())
    assert reader.get(f"{path}/accept").headers["Location"] == path


def test_it_offers_only_what_can_be_done(house: House, reader: Reader) -> None:
    alice, case = open_desk(), make_case()
    path = path_of(alice.user, case)
    offered = lambda: set(re.findall(rf'action="{path}/(\w+)"', reader.get(path).text))  # noqa: E731
    assert offered() == {"accept", "start", "done", "ask", "reject"}
    reader.do(path, "accept")
    assert offered() == {"start", "done", "ask", "reject"}
    reader.do(path, "ask", text="quel village ?")
    assert offered() == {"start", "done", "reject"}
    reader.do(path, "done", text="pompe réparée")
    assert offered() == {"start", "done"}


def test_the_agencies_to_choose_from_begin_with_who_is_likely(house: House) -> None:
    case = make_case()
    with work.unit_of_work() as db:
        db.get_one(Case, case.id).category_code = "FSL.MIS"
        db.flush()
        owners = desk.likely_owners(db, db.get_one(Case, case.id))
    assert owners[0].id == agency_id("VIVRES")
    assert agency_id("EHA") not in {owner.id for owner in owners}


def test_nothing_of_a_case_is_sent_by_opening_it(house: House, reader: Reader) -> None:
    path = path_of(open_desk().user, make_case())
    with work.reading() as db:
        before = db.scalar(select(func.count()).select_from(Message))
    reader.get(path)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == before

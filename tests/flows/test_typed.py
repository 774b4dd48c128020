"""SMS typed the way people type, each taken for what was meant."""

import pytest

from flows import engine
from flows.book import open_book
from flows.events import AddMessage, Event, OpenCase, OptOut, SetLanguage
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn
from flows.world import KnownCase

BOOK, REF = open_book(), "4821937058"
KNOWN = KnownCase(REF, "referred", None, False, None)


def hear(text: str, state: State | None = None) -> Turn:
    return engine.hear(BOOK, state or State("fr"), text, DictWorld(sample_tree(), {REF: KNOWN}))


@pytest.mark.parametrize(
    "text",
    [
        "suivi 482 193 7058",
        "SUIVI 4821937058",
        "suivi4821937058",
        "suivi n° 482 193 7058",
        "Statut: 482-193-7058",
        "482.193.7058 svp",
        "où en est ma demande 4821937058",
        "ou en est ma plainte 4821937058 merci",
        "mon numero est 4821937058",
        "Suivi de ma demande 482 193 7058 s'il vous plaît",
        "where is my request 482 193 7058 please",
        "suivi 48219370S8 4821937058",
    ],
)
def test_asking_after_a_case(text: str) -> None:
    turn = hear(text)
    if "S8" in text:  # a slip and then the right one: still more than asking, so it goes to the case
        assert isinstance(turn.events[0], AddMessage)
        return
    assert turn.text == "482 193 7058 : votre demande est transmise au service responsable."
    assert turn.events == ()


@pytest.mark.parametrize("text", ["482 193 7058 toujours pas d'eau", "ma demande 4821937058 c'est pour la pompe"])
def test_more_words_go_to_the_case(text: str) -> None:
    assert hear(text).events == (AddMessage(REF, text),)


@pytest.mark.parametrize("text", ["482193705", "48219370588", "suivi 482 193 7059", "4821937059"])
def test_a_mistyped_reference_is_said_to_be_unknown(text: str) -> None:
    turn = hear(text)
    assert turn.text.startswith("Numéro non trouvé.")
    assert turn.events == ()


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("stop svp", (OptOut(),)),
        ("STOP SMS", (OptOut(),)),
        ("arrêt sms s'il vous plaît", (OptOut(),)),
        ("mooré svp", (SetLanguage("mos"),)),
        ("AIDE SVP", ()),
        ("Bonjour svp", ()),
        ("bjr", ()),
        ("merci", ()),
        ("Merci beaucoup", ()),
        ("OK", ()),
        ("barka", ()),
        ("?", ()),
        ("...", ()),
        ("😭", ()),
        ("1", ()),
        ("22", ()),
    ],
)
def test_what_is_no_complaint_opens_no_case(text: str, events: tuple[Event, ...]) -> None:
    turn = hear(text)
    assert turn.events == events
    assert turn.text


@pytest.mark.parametrize("text", ["stop la violence", "merci d'envoyer de l'eau", "ok mais pas de riz", "aide moi"])
def test_words_around_a_keyword_are_a_complaint(text: str) -> None:
    (event,) = hear(text).events
    assert isinstance(event, OpenCase)
    assert event.text == text


@pytest.mark.parametrize("text", ["KY12", "ky 12", "Kaya"])
def test_a_place_alone_is_asked_what_happens_there(text: str) -> None:
    asked = hear(text)
    assert asked.events == ()
    assert asked.text == "Dites en quelques mots ce qui se passe."
    (event,) = hear("plus d'eau depuis lundi", asked.state).events
    assert isinstance(event, OpenCase)
    assert event.place == asked.state.answers["place"]


def test_of_what_is_private_nothing_is_asked_and_nothing_told() -> None:
    turn = hear("on m'a violée")
    (event,) = turn.events
    assert isinstance(event, OpenCase)
    assert turn.ends
    assert turn.text == f"Message reçu. Réf. {event.reference[:3]} {event.reference[3:6]} {event.reference[6:]}."

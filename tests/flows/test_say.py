"""Texts on the way and long texts: pages by USSD, in front of what follows by SMS; lines that may fall away."""

from flows import engine
from flows.events import OpenCase
from flows.gsm7 import fold
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from flows.world import KnownCase
from tests.flows.own import Dialled, make_book

LONG = " ".join(f"mot{number}" for number in range(60))
TEXTS = {"x.hello": "Bon à savoir.", "x.long": LONG, "x.ask": "Et vous ?", "x.end": "Merci."}


def test_a_text_on_the_way_is_a_screen_with_a_key() -> None:
    book = make_book(
        TEXTS,
        x="hello: {say: x.hello, then: ask}\nask: {ask: text, text: x.ask, save: heard, then: end}\nend: {say: x.end}",
    )
    phone = Dialled(book, "x")
    assert phone.screen == "Bon à savoir.\n9 Suite"
    assert phone.press("9").startswith("Et vous ?")
    assert phone.press("0") == "Bon à savoir.\n9 Suite"
    assert phone.press("9", "bien bien") == "Merci."


def test_by_sms_it_stands_before_what_follows() -> None:
    book = make_book(TEXTS, x="hello: {say: x.hello, then: end}\nend: {say: x.end}")
    turn = engine.ask(book, State("fr"), "x", {}, DictWorld())
    assert turn.text == "Bon à savoir.\nMerci."
    assert turn.ends


def test_a_long_text_has_pages_there_and_back() -> None:
    phone = Dialled(make_book(TEXTS, x="long: {say: x.long}"), "x")
    seen = [phone.screen]
    while not phone.turn.ends:
        seen.append(phone.press("9"))
    words = " ".join(screen.partition("\n9 Suite")[0] for screen in seen).split()
    assert words == LONG.split()
    assert len(seen) > 2
    again = Dialled(make_book(TEXTS, x="long: {say: x.long}"), "x")
    again.press("9")
    assert again.press("0") == seen[0]


def test_an_agencys_long_answer_is_read_whole() -> None:
    answer = "Le point d'eau sera réparé avant vendredi par l'équipe du forage. " * 5
    world = DictWorld(sample_tree(), {"4821937058": KnownCase("4821937058", "agency_responded", None, False, answer)})
    phone = Dialled(make_book({}), "follow", world)
    pages = [phone.press("4821937058")]
    while not phone.turn.ends:
        pages.append(phone.press("9"))
    shown = " ".join(page.partition("\n9 Suite")[0] for page in pages)
    assert shown == f"482 193 7058 : {fold(answer.strip())}"


def test_a_session_dropped_between_the_pages_opens_no_second_case() -> None:
    book = make_book({"tell.done": f"Noté {{reference|ref}}. {LONG}\nSMS {{sms_number?}}"})
    phone = Dialled(book, "tell")
    phone.press("8", "pas d'eau", "3")
    assert not phone.turn.ends
    world = phone.world
    turn = engine.abandon(book, phone.turn.state, world, engine.Limits(resume_seconds=0))
    assert turn.events == ()
    assert [type(event) for event in phone.events] == [OpenCase]


def test_a_line_falls_away_with_its_variable() -> None:
    book = make_book({})
    without, with_number = (
        Dialled(book, "callback"),
        Dialled(book, "callback", DictWorld(hotlines={None: "80 00 11 22"})),
    )
    assert "Aide" not in without.screen
    assert with_number.screen.startswith("Aide tout de suite : 80 00 11 22\nUne personne")


def test_what_a_person_typed_cannot_push_the_rest_off_the_screen() -> None:
    book = make_book(
        {"x.ask": "Nom ?", "x.end": "Merci {heard}.\nFin"},
        x="ask: {ask: text, text: x.ask, save: heard, then: end}\nend: {say: x.end}",
    )
    phone = Dialled(book, "x")
    assert phone.press("a\n1 Oui " + "b" * 500) == f"Merci a 1 Oui {'b' * 29}....\nFin"

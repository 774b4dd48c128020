"""SMS, whatever is written: always an answer, and never a word lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import engine
from flows.book import open_book
from flows.events import AddMessage, OpenCase, OptOut, SetLanguage, SetPlace
from flows.gsm7 import fold_for_sms, parts
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from flows.world import KnownCase, Place

BOOK = open_book()
PIECES = st.sampled_from(
    ["stop", "1", "oui", "Kaya", "pas d'eau", "4821937058", "suivi", "langue", "6", "end", "aide", ""]
)
TEXTS = (
    PIECES | st.text(max_size=40) | st.sampled_from(["a" * 10_000, "\x00", "😭", "482 193 7058 " * 50, "{", "1 " * 500])
)


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=12), st.sampled_from([None, *BOOK.languages]))
def test_any_messages_are_answered_in_one_paid_part(texts: list[str], language: str | None) -> None:
    world, state = DictWorld(sample_tree()), State(language)
    for text in texts:
        turn = engine.hear(BOOK, state, text, world)
        world.apply(turn.events, by_sms=True)
        assert turn.text
        assert parts(fold_for_sms(turn.text)) == 1
        assert (turn.state.node is None) == turn.ends
        state = State.from_json(turn.state.to_json())


@given(st.text(max_size=60))
def test_what_is_no_keyword_is_kept_to_the_letter(text: str) -> None:
    words = f"il manque {text} depuis hier"
    turn = engine.hear(BOOK, State("fr"), words, DictWorld(sample_tree()))
    (event,) = turn.events
    assert isinstance(event, OpenCase)
    assert event.text == words


@given(TEXTS)
def test_an_open_question_loses_no_words(text: str) -> None:
    world = DictWorld(sample_tree())
    asked = engine.ask(BOOK, State("fr"), "satisfaction", {"reference": "4821937058"}, world)
    turn = engine.hear(BOOK, asked.state, text, world)
    kept = [event.text for event in turn.events if isinstance(event, OpenCase | AddMessage)]
    assert kept in ([], [text.strip()])


def test_stop_is_one_confirmation_and_closes_what_was_open() -> None:
    world = DictWorld(sample_tree())
    asked = engine.ask(BOOK, State("en"), "satisfaction", {"reference": "4821937058"}, world)
    turn = engine.hear(BOOK, asked.state, "Stop", world)
    assert turn.events == (OptOut(),)
    assert turn.state == State("en")
    assert "START" in turn.text


def test_a_flow_that_does_not_exist_cannot_be_begun() -> None:
    with pytest.raises(KeyError):
        engine.ask(BOOK, State(), "survey", {}, DictWorld())


@pytest.mark.parametrize(
    ("medium", "state", "text", "kept", "consent"),
    [
        ("sms", State("fr"), " plus d'eau ", "plus d'eau", True),
        ("sms", State("fr"), "  ", None, False),
        ("ussd", State("fr"), "1", None, False),
        ("ussd", State("fr", answers={"words": "plus d'eau"}), "9", "plus d'eau", False),
        ("ussd", State("fr", answers={"words": "plus d'eau", "may_contact": "yes"}), "9", "plus d'eau", True),
    ],
)
def test_when_a_flow_fails_what_was_written_becomes_a_case(
    medium: str, state: State, text: str, kept: str | None, consent: bool
) -> None:
    turn = engine.rescue(BOOK, state, text, DictWorld(), medium)
    assert turn.ends
    assert turn.text
    opened = [event for event in turn.events if isinstance(event, OpenCase)]
    assert [(event.text, event.may_contact) for event in opened] == ([] if kept is None else [(kept, consent)])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("KY12 pas d'eau", "KY12"),
        ("ky 12, pas d'eau", "KY12"),
        ("KY-12: pas d'eau à Kaya ni à Barsalogho", "KY12"),
        ("BF4903 pas d'eau", "BF4903"),
        ("Kaya 12 jours sans eau", "BF490304"),
        ("KY99 pas d'eau", None),
        ("12 jours sans eau", None),
    ],
)
def test_a_code_in_front_says_where_and_is_cut_from_nothing(text: str, place: str | None) -> None:
    turn = engine.hear(BOOK, State("fr"), text, DictWorld(sample_tree()))
    (event,) = turn.events
    assert isinstance(event, OpenCase)
    assert (event.place, event.text) == (place, text)


def test_a_code_in_front_answers_where() -> None:
    world = DictWorld(sample_tree())
    asked = engine.hear(BOOK, State("fr"), "plus d'eau", world)
    turn = engine.hear(BOOK, asked.state, "KY07 depuis hier, et à Barsalogho", world)
    (place, more) = turn.events
    assert isinstance(place, SetPlace)
    assert isinstance(more, AddMessage)
    assert (place.place, more.text) == ("KY07", "KY07 depuis hier, et à Barsalogho")


def test_one_wrong_letter_does_not_hide_a_keyword() -> None:
    world = DictWorld(sample_tree(), {"4821937058": KnownCase("4821937058", "closed", None, False, None)})
    assert "482 193 7058" in engine.hear(BOOK, State("fr"), "suvi 482 193 7058", world).text
    assert engine.hear(BOOK, State("fr"), "arrett", world).events == (OptOut(),)
    assert engine.hear(BOOK, State("fr"), "aidee", world).text == BOOK.say("fr", "help")
    assert engine.hear(BOOK, State("fr"), "Englsh", world).events == (SetLanguage("en"),)


def test_the_name_of_a_place_is_no_keyword_typed_wrongly() -> None:
    world = DictWorld({None: [Place("BF99", "Stope", "region")]})
    turn = engine.hear(BOOK, State("fr"), "Stope", world)
    assert turn.events == ()
    assert turn.state.answers["place"] == "BF99"


@given(st.sampled_from(sorted(BOOK.keywords.tolerant)), st.text("abcdeé ", min_size=5, max_size=20))
def test_a_keyword_with_more_words_never_stops_anything(word: str, more: str) -> None:
    turn = engine.hear(BOOK, State("fr"), f"{word} x {more}", DictWorld())
    assert OptOut() not in turn.events

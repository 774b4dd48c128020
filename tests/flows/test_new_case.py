"""A second complaint while the first is open, and the language of an answer nobody has chosen a language for."""

import pytest

from flows import engine
from flows.book import open_book
from flows.events import AddMessage, OpenCase
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn

BOOK = open_book()


def hear(world: DictWorld, state: State, text: str) -> Turn:
    turn = engine.hear(BOOK, state, text, world)
    world.apply(turn.events, by_sms=True)
    return turn


@pytest.mark.parametrize("text", ["NOUVEAU pas de vivres à Kaya", "Nouvelle plainte, pas de vivres", "new no food"])
def test_new_in_front_opens_another_case(text: str) -> None:
    world = DictWorld(sample_tree())
    first = hear(world, State("fr"), "pas d'eau à Barsalogho")
    turn = hear(world, first.state, text)
    (event,) = turn.events
    assert isinstance(event, OpenCase)
    assert event.text == text


def test_new_alone_asks_for_it_and_the_next_message_is_a_case_of_its_own() -> None:
    world = DictWorld(sample_tree())
    first = hear(world, State("fr"), "pas d'eau à Barsalogho")
    asked = hear(world, first.state, "Nouveau")
    assert asked.text == "Écrivez votre nouvelle demande, et le lieu."
    assert asked.events == ()
    (event,) = hear(world, asked.state, "KY03 on nous a oubliés").events
    assert isinstance(event, OpenCase)
    assert (event.place, event.may_contact) == ("KY03", True)


def test_without_it_what_follows_soon_belongs_to_the_first() -> None:
    world = DictWorld(sample_tree())
    first = hear(world, State("fr"), "pas d'eau à Barsalogho")
    (event,) = hear(world, first.state, "depuis trois jours").events
    assert isinstance(event, AddMessage)


def test_new_is_an_ordinary_word_to_a_phone_without_a_case() -> None:
    (event,) = hear(DictWorld(sample_tree()), State("fr"), "nouveau forage en panne").events
    assert isinstance(event, OpenCase)


def test_an_unchosen_language_is_that_of_the_words_where_it_is_sure() -> None:
    world = DictWorld(sample_tree(), languages={"there is no water in Kaya": "en"})
    turn = hear(world, State("fr", guessed=True), "there is no water in Kaya")
    assert turn.text.startswith("Message received")
    assert (turn.state.language, turn.state.guessed) == ("en", True)
    assert hear(world, State("fr", guessed=True), "plus rien à Kaya").state.language == "fr"


def test_a_chosen_language_stays() -> None:
    world = DictWorld(sample_tree(), languages={"there is no water in Kaya": "en"})
    assert hear(world, State("mos"), "there is no water in Kaya").state.language == "mos"
    chosen = hear(world, State("fr", guessed=True), "Mooré").state
    assert (chosen.language, chosen.guessed) == ("mos", False)

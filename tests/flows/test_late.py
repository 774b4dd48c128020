"""Near the end of a USSD session nobody is asked for words: the case is opened, and the rest may come by SMS."""

import pytest

from flows import engine
from flows.book import open_book
from flows.events import AddMessage, OpenCase
from flows.simulation import DictWorld, sample_tree
from flows.state import State

BOOK = open_book()


@pytest.mark.parametrize(
    ("left", "late"), [(None, False), (180, False), (40, False), (39, True), (0, True), (-5, True)]
)
def test_with_less_than_forty_seconds_no_words_are_asked_for(left: int | None, late: bool) -> None:
    world = DictWorld(sample_tree())
    asked = engine.dial(BOOK, State("fr"), ["3", "1"], world, engine.Limits())
    turn = engine.press(BOOK, asked.state, "8", world, engine.Limits(seconds_left=left))
    assert turn.ends is late
    assert ("par SMS" in turn.text) is late
    assert ("quelques mots" in turn.text) is not late


def test_what_is_known_opens_a_case_that_the_sms_goes_to() -> None:
    world = DictWorld(sample_tree())
    asked = engine.dial(BOOK, State("fr"), ["3", "1", "5"], world, engine.Limits())
    turn = engine.press(BOOK, asked.state, "8", world, engine.Limits(seconds_left=10))
    assert turn.events == (OpenCase("0000000013", "complaint", "EHA.EAU", "", "BF49", may_contact=False, sealed=False),)
    assert "000 000 0013" in turn.text
    world.apply(turn.events, by_sms=False)
    rest = engine.hear(BOOK, State("fr"), "000 000 0013 la pompe est cassée", world)
    assert rest.events == (AddMessage("0000000013", "000 000 0013 la pompe est cassée"),)


def test_keys_are_still_asked_for() -> None:
    world, limits = DictWorld(sample_tree()), engine.Limits(seconds_left=10)
    assert not engine.dial(BOOK, State("fr"), ["3", "1"], world, limits).ends
    assert not engine.dial(BOOK, State("fr"), ["5"], world, limits).ends
    assert not engine.dial(BOOK, State("fr"), ["6"], world, limits).ends


def test_thanks_open_no_empty_case() -> None:
    turn = engine.dial(BOOK, State("en"), ["7", "1"], DictWorld(), engine.Limits(seconds_left=10))
    assert turn.ends
    assert turn.events == ()
    assert "by SMS" in turn.text

"""Who has chosen no language is answered in that of the first SMS where it is sure, and may choose at any time."""

from sqlalchemy import select

from feedback_gateway import work
from models import Contact
from tests.conftest import House
from tests.phone import Phone


def chosen() -> str | None:
    with work.reading() as db:
        return db.scalars(select(Contact.language)).one()


def test_a_sure_language_is_answered_in_and_not_taken_for_a_choice(house: House) -> None:
    phone = Phone()
    phone.sms("The water point in Kaya has been broken for three days and nobody came to repair it")
    assert phone.inbox()[-1].startswith("Message received")
    assert chosen() is None
    phone.dial()
    assert phone.screen.startswith("Langue / Language")


def test_a_place_or_a_keyword_decides_no_language(house: House) -> None:
    phone = Phone()
    phone.sms("The water point has been broken for three days and nobody came to repair it")
    phone.sms("Kaya")
    assert phone.inbox()[-1].startswith("Thank you")


def test_a_choice_wins_over_what_is_written(house: House) -> None:
    phone = Phone()
    phone.sms("français")
    phone.sms("The water point in Kaya has been broken for three days and nobody came to repair it")
    assert phone.inbox()[-1].startswith("Message recu")
    assert chosen() == "fr"


def test_too_little_to_tell_is_answered_in_the_lines_own_language(house: House) -> None:
    phone = Phone()
    phone.sms("kaya ok")
    assert phone.inbox()[-1].startswith("Message recu")

"""A publication reaches the next dial; who is in the middle of a session goes on as they began."""

from sqlalchemy import select

from feedback_gateway import editions, work
from feedback_gateway.lib import clock
from flows.book import read_sources
from flows.overlay import Overlay, Wording
from models import Case, Edition
from tests.conftest import House
from tests.phone import Phone


def publish(number: int, **texts: str) -> None:
    words = {key.replace("__", "."): Wording(text) for key, text in texts.items()}
    with work.unit_of_work() as db:
        content = Overlay(texts={"fr": words}).to_json()
        db.add(Edition(number=number, content=content, published_at=clock.now(), changed_at=clock.now()))
    editions.forget_books()  # a phone never heard of before is a few seconds behind


def test_a_session_goes_on_in_its_edition_and_the_next_has_the_new_one(house: House) -> None:
    phone, other = Phone(), Phone("+22670999999")
    phone.dial()
    phone.press("1", "3", "1")
    publish(1, tell__what="Racontez.")
    assert phone.press("8").startswith("Dites en quelques mots")
    other.dial()
    assert other.press("1", "3", "1", "8").startswith("Racontez.")


def test_a_dropped_session_is_taken_up_in_its_edition(house: House) -> None:
    publish(1, tell__what="Racontez.")
    phone = Phone()
    phone.dial()
    phone.press("1", "3", "1", "8")
    publish(2, tell__what="Expliquez.")
    assert phone.dial().startswith("Votre demande n'est pas finie")
    assert phone.press("1").startswith("Racontez.")
    phone.press("00", "3", "1")
    assert phone.press("8").startswith("Expliquez.")


def test_a_category_that_this_house_does_not_have_loses_no_message(house: House) -> None:
    source = read_sources()["thanks"].replace("category: MER.REM", "category: XXX.YYY")
    with work.unit_of_work() as db:
        content = Overlay({"thanks": source}).to_json()
        db.add(Edition(number=1, content=content, published_at=clock.now(), changed_at=clock.now()))
    editions.forget_books()
    phone = Phone()
    phone.dial()
    assert phone.press("1", "7", "1", "bravo à tous").startswith("Merci")
    with work.reading() as db:
        assert db.scalars(select(Case.category_code)).one() is None


def test_an_edition_that_cannot_be_read_leaves_the_line_as_shipped(house: House) -> None:
    publish(1, home="Sans lignes")
    assert Phone().dial().startswith("Langue / Language")


def test_a_step_can_be_taken_out_though_its_shipped_text_is_left_over(house: House) -> None:
    source = read_sources()["tell"].replace("otherwise: what", "otherwise: ask")
    assert "tell.what" not in [problem.node for problem in editions.check_overlay(Overlay({"tell": source})).problems]

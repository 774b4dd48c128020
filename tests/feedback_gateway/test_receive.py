"""receive(): one transaction, one case, the stored reply on a retry, and never a lost message."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from feedback_gateway import places, receive, work, world
from feedback_gateway.channels.contract import Inbound
from feedback_gateway.editions import books as edition_books
from feedback_gateway.lib import clock
from flows import engine
from models import Case, Contact, Conversation, Event, Message, OutboxRow
from models.words import Delivery, Direction, Duty, Medium, Sensitivity
from tests.conftest import House
from tests.phone import Phone
from tests.worker import work_off

USSD_BUDGET = 6
SMS_BUDGET = 10


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements that are executed meanwhile; beginning and committing a transaction are none."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(" ".join(statement.split())[:90])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def count(table: type[Case] | type[Message] | type[Contact] | type[Event] | type[OutboxRow]) -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def only_case() -> Case:
    with work.reading() as db:
        return db.scalars(select(Case)).one()


def to_reference(phone: Phone, *first: str) -> None:
    phone.dial()
    phone.press(*first)


WATER = ("1", "3", "1", "8", "La pompe est en panne", "1")
"""French; water, health, shelter; water; no place; what happens; may be called."""


def test_a_ussd_complaint_becomes_one_case(house: House) -> None:
    phone = Phone()
    to_reference(phone, *WATER)
    assert phone.ended
    case = only_case()
    assert case.category_code == "EHA.EAU"
    assert case.may_contact
    assert case.reference[:3] in phone.screen


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered for a few seconds is still remembered when a busy machine has taken longer."""
    monkeypatch.setattr(edition_books, "FRESH_SECONDS", 3600)
    monkeypatch.setattr(places, "KEEP_SECONDS", 3600)
    monkeypatch.setattr(world, "KEEP_SECONDS", 3600)


def test_every_ussd_turn_stays_within_its_statements(house: House, quick: None) -> None:
    to_reference(Phone(), *WATER)  # fills what is remembered for a minute: places, categories, flows
    for round_number in range(2):
        phone = Phone(f"+2267000000{round_number}")
        turns = [lambda p=phone: p.dial(), *[lambda p=phone, k=key: p.press(k) for key in WATER]]
        for turn in turns:
            with statements(house.engine) as seen:
                turn()
            assert len(seen) <= USSD_BUDGET, "\n".join(seen)


def test_an_sms_that_opens_a_case_stays_within_its_statements(house: House, quick: None) -> None:
    Phone().sms("la pompe est en panne a Kaya")
    for phone in (Phone("+22676000001"), Phone("+22676000001")):
        with statements(house.engine) as seen:
            phone.sms("pas d'eau au forage depuis trois jours")
        assert len(seen) <= SMS_BUDGET, "\n".join(seen)


def test_whoever_comes_when_the_edition_is_asked_anew_stays_within_the_statements(house: House, quick: None) -> None:
    Phone().sms("la pompe est en panne a Kaya")
    edition_books._Memory.newest = None
    with statements(house.engine) as seen:
        Phone("+22676000001").sms("pas d'eau au forage depuis trois jours")
    assert any("max(editions.number)" in statement for statement in seen)
    assert len(seen) <= SMS_BUDGET, "\n".join(seen)


def test_the_statements_do_not_grow_with_the_cases(house: House) -> None:
    with statements(house.engine) as first:
        Phone("+22676000001").sms("pas d'eau")
    for number in range(30):
        Phone(f"+2267600{number:04d}").sms("pas d'eau")
    with statements(house.engine) as later:
        Phone("+22676999999").sms("pas d'eau")
    assert len(later) <= len(first)


def test_a_retry_of_a_ussd_turn_shows_the_same_screen_and_does_nothing(house: House) -> None:
    phone = Phone()
    to_reference(phone, *WATER)
    before = (count(Case), count(Message), count(Event), count(OutboxRow))
    assert phone.again() == phone.screen
    assert (count(Case), count(Message), count(Event), count(OutboxRow)) == before


def test_a_retry_of_an_sms_does_nothing(house: House) -> None:
    phone = Phone()
    phone.sms("pas d'eau", "ATX1")
    before = (count(Case), count(Message), count(OutboxRow))
    phone.sms("pas d'eau", "ATX1")
    assert (count(Case), count(Message), count(OutboxRow)) == before


@pytest.mark.parametrize("text", ["La pompe * est * en panne", "*eau*", "a*b*", "eau**", "cassé ✗ 🚱"])
def test_a_star_in_what_is_typed_stays_in_it(house: House, text: str) -> None:
    phone = Phone()
    to_reference(phone, "1", "3", "1", "8", text, "1")
    with work.reading() as db:
        opened = db.scalars(select(Event.text).where(Event.kind == "opened")).all()
    assert opened == [text]


def test_the_same_message_at_the_same_moment_twice_is_one_case(house: House) -> None:
    inbound = Inbound("africastalking", Medium.SMS, "ATX1", "+22670123456", "pas d'eau", clock.now())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: receive.take(inbound), range(16)))
    assert (count(Case), count(Contact)) == (1, 1)
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Message.direction == Direction.IN)) == 1


def test_many_phones_at_the_same_moment_lose_nothing(house: House) -> None:
    def write(number: int) -> None:
        receive.take(
            Inbound("africastalking", Medium.SMS, f"ATX{number}", f"+226701{number:05d}", "pas d'eau", clock.now())
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    assert count(Case) == count(Contact) == 60


def test_an_sms_in_free_words_is_a_complaint_answered_with_its_reference(house: House) -> None:
    phone = Phone()
    phone.sms("on a oublié ma famille sur la liste a Kaya")
    work_off()
    case = only_case()
    assert case.place_code == "BF490304"
    assert case.reference[:3] in phone.inbox()[0]
    assert len(phone.inbox()) == 1


def test_the_place_is_asked_at_most_once_and_routes_the_case(house: House) -> None:
    phone = Phone()
    phone.sms("le forage est gaté")
    phone.sms("Djibo")
    work_off()
    assert only_case().place_code == "BF560304"
    phone.sms("ca fait trois jours")
    assert count(Case) == 1
    assert sum("Où" in text or "Ou est" in text for text in phone.inbox()) == 1


def test_what_follows_within_the_window_belongs_to_the_same_case(house: House) -> None:
    phone = Phone()
    phone.sms("pas d'eau a Kaya")
    phone.sms("les enfants tombent malades")
    assert count(Case) == 1
    with work.reading() as db:
        texts = db.scalars(select(Event.text).where(Event.text.is_not(None)).order_by(Event.id)).all()
    assert texts == ["pas d'eau a Kaya", "les enfants tombent malades"]


def test_a_word_that_holds_stop_is_a_complaint(house: House) -> None:
    phone = Phone()
    phone.sms("ils veulent arreter la distribution, stop a la corruption")
    assert count(Case) == 1
    with work.reading() as db:
        assert db.scalars(select(Contact.opted_out_at)).one() is None


def test_asking_for_a_person_is_sealed_and_takes_no_text(house: House) -> None:
    phone = Phone()
    to_reference(phone, "1", "5", "1")
    case = only_case()  # before the safe time and the digits are asked
    phone.press("3", "7788")
    assert phone.ended
    assert case.sensitivity == Sensitivity.SEALED
    work_off()
    assert all("PAR" not in text for text in phone.inbox())


def test_following_a_case_by_its_reference(house: House) -> None:
    phone = Phone()
    phone.sms("pas d'eau a Kaya")
    work_off()
    ref = only_case().reference
    other = Phone("+22676555555")
    to_reference(other, "1", "6", f"{ref[:3]} {ref[3:6]}-{ref[6:]}")
    assert other.ended
    assert ref[:3] in other.screen


def test_nothing_of_a_sealed_case_is_told_to_who_holds_the_reference(house: House) -> None:
    phone = Phone()
    phone.sms("lagent du projet veut coucher avec moi pour me mettre sur la liste a Kaya")
    work_off()
    case = only_case()
    assert case.sensitivity == Sensitivity.SEALED
    phone.sms(case.reference)
    assert not any(word in phone.inbox()[-1].lower() for word in ("coucher", "eas", "liste", "agent"))


def test_a_flow_that_fails_costs_the_answer_never_the_message(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault in a flow")

    monkeypatch.setattr(engine, "hear", broken)
    phone = Phone()
    phone.sms("pas d'eau")
    assert count(Case) == 1
    assert len(phone.inbox()) == 1


def test_the_conversation_is_not_readable_in_the_database(house: House) -> None:
    phone = Phone()
    to_reference(phone, "1", "3", "1", "8", "motsecret")
    with house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT state, transcript FROM conversations").all()
    stored = b"".join(bytes(value) for row in rows for value in row if value)
    assert b"motsecret" not in stored
    with work.reading() as db:
        assert "motsecret" in str(db.scalars(select(Conversation.transcript)).one())


def test_the_queue_holds_ids_only(house: House) -> None:
    Phone().sms("pas d'eau a Kaya")
    with work.reading() as db:
        duties = {row.duty for row in db.scalars(select(OutboxRow))}
        message = db.scalars(select(Message).where(Message.direction == Direction.OUT)).one()
    assert duties == {Duty.CLASSIFY_CASE, Duty.SEND_MESSAGE}
    assert message.delivery == Delivery.QUEUED


def test_an_sms_soon_after_a_complaint_over_the_code_belongs_to_it(house: House) -> None:
    phone = Phone()
    to_reference(phone, *WATER)
    phone.sms("la pompe est encore en panne")
    assert count(Case) == 1
    other = Phone("+22676111111")
    other.dial()
    other.press("1", "5", "2")
    other.sms("il manque des vivres")
    assert count(Case) == 3  # a sealed one is never joined

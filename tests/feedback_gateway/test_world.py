"""What a conversation may ask of the database: cases and their PINs, numbers, languages."""

import pytest

from feedback_gateway import directory, pins, work
from feedback_gateway.directory import Entry
from feedback_gateway.world import DatabaseWorld
from flows.world import World
from models import Case, Contact
from models.words import ServiceKind
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact

AT = {"AT_SHORT_CODE": "3434", "AT_SENDER": "PLAINTE"}


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


def make_world(contact: Contact | None = None) -> World:
    """The world of a phone; its questions are asked in a session of their own."""
    with work.reading() as db:
        return DatabaseWorld(db, contact or make_contact())


def test_a_case_with_a_pin_is_opened_by_it_and_remembered_as_opened(house: House) -> None:
    case, bare = make_case(sealed=True), make_case(sealed=True)
    with work.unit_of_work() as db:
        pins.set_pin(db, db.get_one(Case, case.id), "4321", contact_id=case.contact_id)
    with work.reading() as db:
        world = DatabaseWorld(db, make_contact("+22676000000"))
        known = {c.reference: world.case(c.reference) for c in (case, bare)}
        assert [found and found.has_pin for found in known.values()] == [True, False]
        assert not world.opens(case.reference, "1234")
        assert not world.opens(bare.reference, "4321")
        assert not world.opens("0000000017", "4321")
        assert world.opened == []
        assert world.opens(case.reference, "4321")
        assert [opened.id for opened in world.opened] == [case.id]


def test_the_hotline_is_that_of_the_place_or_of_where_the_phone_was_last(house: House) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        for phone, place in (("116", None), ("222", "BF49"), ("333", "BF56")):
            directory.add_service(
                db, Entry(ServiceKind.HOTLINE, "Ligne", phone, place_code=place), verified=True, by=alice
            )
    with work.reading() as db:
        nowhere = DatabaseWorld(db, make_contact("+22676000000"))
        kaya = DatabaseWorld(db, make_contact("+22676000001", last_place_code="BF490304"))
        assert [nowhere.hotline(None), kaya.hotline(None), kaya.hotline("BF56")] == ["116", "222", "333"]


@pytest.mark.parametrize(
    ("environment", "channel", "number"),
    [
        (AT, "africastalking", "3434"),
        (AT, "twilio", None),
        (AT, "simulator", "3434"),
        ({"AT_SENDER": "+22670000000"}, "africastalking", "+22670000000"),
        ({"AT_SENDER": "PLAINTE"}, "africastalking", None),
        ({"TWILIO_SENDER": "+15005550006"}, "twilio", "+15005550006"),
        ({"TWILIO_SENDER": "+15005550006"}, "simulator", "+15005550006"),
        ({"TWILIO_SENDER": "MG0123456789abcdef0123456789abcdef"}, "twilio", None),
        ({}, "simulator", None),
    ],
    indirect=["environment"],
)
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_the_number_for_sms_is_that_of_the_channel(house: House, channel: str, number: str | None) -> None:
    assert make_world(make_contact(channel=channel)).sms_number() == number


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("70 12 34 56", "+22670123456"),
        ("+226 70-12-34-56", "+22670123456"),
        ("mon mari", None),
        ("12", None),
        ("", None),
    ],
)
def test_a_telephone_number_is_read(house: House, text: str, number: str | None) -> None:
    assert make_world().read_phone(text) == number


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, la pompe de notre quartier est en panne depuis trois jours", "fr"),
        ("Hello, the water pump in our area has been broken for three days", "en"),
        ("السلام عليكم ليس لدينا ماء", None),
        ("ok", None),
        ("", None),
    ],
)
def test_only_a_sure_language_that_we_can_answer_in_is_named(house: House, text: str, language: str | None) -> None:
    assert make_world().sure_language(text) == language

"""What is personal is unreadable in the database, and only with the ring does it come back."""

from datetime import datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from feedback_gateway import work
from feedback_gateway.key_rotation import rotate_all
from models import Contact, Event, Message, vault
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.settings import KEY

PHONE = "+22670998877"
WORDS = "la pompe du quartier est en panne"


def _dump(house: House) -> str:
    """All that stands in the database, as one text."""
    dumped = []
    with house.engine.connect() as connection:
        for table in ("contacts", "messages", "events", "conversations", "cases", "outbox"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                dumped += [
                    bytes(v).decode("utf8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(dumped)


def test_neither_number_nor_words_stand_in_the_database(house: House) -> None:
    make_case(text=WORDS, phone=PHONE)
    dumped = _dump(house)
    assert PHONE[4:] not in dumped
    assert "pompe" not in dumped


def test_a_phone_is_found_by_its_keyed_hash(house: House) -> None:
    contact = make_contact(PHONE)
    with work.reading() as db:
        found = db.scalars(select(Contact).where(Contact.phone_hash == vault.lookup("phone", PHONE))).one()
    assert (found.id, found.phone) == (contact.id, PHONE)


def test_rotation_rewrites_everything_for_the_new_key(house: House) -> None:
    make_case(text=WORDS, phone=PHONE)
    new = Fernet.generate_key().decode()
    try:
        vault.use(vault.KeyRing((new, KEY), "lookup"))
        counts = rotate_all()
        assert counts["contacts"] == 1
        assert counts["events"] >= 1
        vault.use(vault.KeyRing((new,), "lookup"))
        with work.reading() as db:
            assert db.scalars(select(Contact.phone)).one() == PHONE
            assert WORDS in db.scalars(select(Event.text).where(Event.text.is_not(None))).all()
            assert db.scalars(select(Message.text)).all() is not None
    finally:
        vault.use(vault.KeyRing((KEY,), "lookup"))


def test_a_wrong_key_opens_nothing(house: House) -> None:
    make_contact(PHONE)
    try:
        vault.use(vault.KeyRing((Fernet.generate_key().decode(),), "lookup"))
        with work.reading() as db, pytest.raises(vault.VaultLockedError, match="no key of the ring"):
            db.scalars(select(Contact.phone)).one()
    finally:
        vault.use(vault.KeyRing((KEY,), "lookup"))


def test_a_naive_time_is_refused(house: House) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive"), work.unit_of_work() as db:
        db.add(Contact(phone="1", phone_hash="1", channel="x", created_at=naive))

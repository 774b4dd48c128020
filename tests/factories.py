"""Ready-made cases, opened by the same road as real ones."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from feedback_gateway import cases, follow_up, work
from feedback_gateway.lib import clock
from flows import reference as references
from models import Agency, Case, Contact, vault
from models.words import Medium

_drawn = iter(range(10**6))


def make_contact(phone: str = "+22670123456", **values: Any) -> Contact:
    """The contact of this phone, made if it is not there yet."""
    with work.unit_of_work() as db:
        hashed = vault.lookup("phone", phone)
        contact = db.scalar(select(Contact).where(Contact.phone_hash == hashed))
        if contact is None:
            now = clock.now()
            contact = Contact(phone=phone, phone_hash=hashed, channel="simulator", created_at=now)
            db.add(contact)
        for name, value in values.items():
            setattr(contact, name, value)
        return contact


def make_case(
    category: str | None = "EHA.EAU",
    *,
    text: str = "la pompe est en panne",
    place: str | None = "BF490304",
    phone: str = "+22670123456",
    classify: bool = True,
    **values: Any,
) -> Case:
    """A case as a person opens it, read and routed at once unless `classify` is False."""
    contact = make_contact(phone)
    with work.unit_of_work() as db:
        opened: dict[str, Any] = {
            "case_id": _outside_the_sample(),
            "reference": references.make(f"{next(_drawn) * 7919 % 10**9:09d}"),
            "contact_id": contact.id,
            "channel": "simulator",
            "medium": Medium.SMS,
            "category": category,
            "text": text,
            "place": place,
            "may_contact": True,
            "sealed": False,
            "language": "fr",
            "purpose": "complaint",
        }
        case = cases.open_case(db, **{**opened, **values})
        if classify:
            follow_up.classify_case(db, case)
        return case


def _outside_the_sample() -> UUID:
    """One case in ten is put before a second reader, by its random id: a test that wants that says so itself."""
    drawn = uuid4()
    return drawn if drawn.int % 10 else _outside_the_sample()


def agency_id(code: str) -> int:
    """The id of a sample agency."""
    with work.reading() as db:
        return db.scalars(select(Agency.id).where(Agency.code == code)).one()

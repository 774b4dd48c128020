"""What is kept of a phone, and where the person stands in a conversation."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import Medium, Pace


class Contact(Base):
    """One phone. The number is encrypted; `phone_hash` (keyed) finds it again."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(Encrypted)
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(30))  # the one last heard on: answers go back by it
    language: Mapped[str | None] = mapped_column(String(3))  # chosen by the person
    last_place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    opted_out_at: Mapped[datetime | None] = mapped_column(Moment)
    stop_answered_at: Mapped[datetime | None] = mapped_column(Moment)  # wrote again after STOP and was answered once
    pace: Mapped[Pace | None] = mapped_column()
    asked_reference: Mapped[str | None] = mapped_column(String(10))  # of the last case closed
    noise_answered_at: Mapped[datetime | None] = mapped_column(Moment)  # told once what the line is for
    created_at: Mapped[datetime] = mapped_column(Moment)


class Conversation(Base):
    """Where a person stands in a flow: one for SMS and one for USSD. `state` is flows.State as JSON."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("contact_id", "medium"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    medium: Mapped[Medium] = mapped_column()
    session_id: Mapped[str | None] = mapped_column(String(120), index=True)
    service_code: Mapped[str | None] = mapped_column(String(40))
    transcript: Mapped[str | None] = mapped_column(Encrypted)  # USSD: all that was keyed so far, joined by `*`
    state: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    session_began_at: Mapped[datetime | None] = mapped_column(Moment)
    abandoned_after: Mapped[datetime | None] = mapped_column(Moment, index=True)  # USSD: until then it may be resumed
    updated_at: Mapped[datetime] = mapped_column(Moment)

"""One SMS or one USSD turn, in or out, and what providers report about those that went out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import Delivery, Direction, Medium, Purpose


class Message(Base):
    """A message. The unique constraint is what makes a provider's retry harmless, whatever becomes of Redis.

    `provider_id` is the provider's id (for a USSD turn: session id and a keyed hash of all keyed so far);
    an outgoing message gets its own once the provider has accepted it. `reply` is the stored answer of an
    incoming one, replayed on a retry.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "direction", "provider_id"),
        Index(None, "case_id"),
        Index(None, "contact_id", "delivery"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(30))
    direction: Mapped[Direction] = mapped_column()
    medium: Mapped[Medium] = mapped_column()
    provider_id: Mapped[str | None] = mapped_column(String(200))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # a notice to a focal point
    # Deferred, so that a webhook stores its message first and the case after it, in one transaction.
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", deferrable=True, initially="DEFERRED"))
    text: Mapped[str] = mapped_column(Encrypted)
    reply: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    purpose: Mapped[Purpose | None] = mapped_column()
    language: Mapped[str | None] = mapped_column(String(3))
    delivery: Mapped[Delivery | None] = mapped_column()
    failure: Mapped[str | None] = mapped_column(String(200))
    lost_sends: Mapped[int] = mapped_column(default=0)  # how often the provider's answer was lost
    parts: Mapped[int | None] = mapped_column()
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # sent again by another channel
    at: Mapped[datetime] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)


class DeliveryReport(Base):
    """The furthest a provider has reported about one message: it may come before our own record of the send."""

    __tablename__ = "delivery_reports"
    __table_args__ = (UniqueConstraint("channel", "provider_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(30))
    provider_id: Mapped[str] = mapped_column(String(200))
    recipient_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    status: Mapped[Delivery | None] = mapped_column()  # None: a word that we do not know
    raw_status: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)

"""What must still be done outside the transaction, and the signs of life of those who do it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Moment
from models.words import Duty, OutboxState


class OutboxRow(Base):
    """One duty. Its arguments are ids only: nothing personal ever reaches Redis.

    pending -> queued (the dispatcher rang) -> running (a worker claimed it) -> done | failed | pending again.
    A queued or running row whose lease ran out is due again: whoever held it is gone.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[Duty] = mapped_column()
    queue: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    alarm_id: Mapped[int | None] = mapped_column()
    user_id: Mapped[int | None] = mapped_column()
    issue_answer_id: Mapped[int | None] = mapped_column()
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(200))  # class and code, never a person's words
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Heartbeat(Base):
    """When a process that must be alive last said so."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class PausedChannel(Base):
    """A channel that stopped sending (bad key, no credit, risk hold) until an operator resumes it."""

    __tablename__ = "paused_channels"

    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)

"""The call-back list: who is to be called, and how each call went."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import User
from models.base import Base
from models.case import Case
from models.types import Encrypted, Moment
from models.words import CallOutcome, CallReason


class Callback(Base):
    """Somebody is to be called about a case, until `ended_at`. `after`: not before (call again later)."""

    __tablename__ = "callbacks"
    __table_args__ = (Index(None, "case_id"), Index(None, "ended_at", "after"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[CallReason] = mapped_column()
    after: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[CallOutcome | None] = mapped_column()
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who is calling now
    calling_since: Mapped[datetime | None] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    case: Mapped[Case] = relationship()
    caller: Mapped[User | None] = relationship()


class CallAttempt(Base):
    """One call."""

    __tablename__ = "call_attempts"
    __table_args__ = (Index(None, "callback_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[CallOutcome] = mapped_column()
    note: Mapped[str | None] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()

"""Agencies, the people who answer for them, and the named lists that open sealed cases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import Role


class Agency(Base):
    """Who is responsible. `sample` marks what the seed made up, so that nobody takes it for a real desk.

    `aliases`: other names under which people speak of it, so that a complaint about it is not given to it.
    """

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    sample: Mapped[bool] = mapped_column(default=False)


class WorkingHours(Base):
    """When an agency works, from `since` on; without an agency: the house. The newest row of each counts.

    Earlier rows stay: a clock that ran then ran by them. `workdays` holds ISO numbers ("12345"), `opens` and `closes`
    are minutes after midnight.
    """

    __tablename__ = "working_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    workdays: Mapped[str] = mapped_column(String(7))
    opens: Mapped[int] = mapped_column()
    closes: Mapped[int] = mapped_column()
    since: Mapped[datetime] = mapped_column(Moment)


class User(Base):
    """A focal point, a manager, an administrator or the operator of a hotline.

    Who `may_log_in` has a password; others (agencies without accounts) are reached by `phone` and `email`, and act by
    a link to one case or by SMS from their phone with a PIN. `deputy` acts for somebody who is absent.
    A manager without an agency sees every agency's cases; one with an agency, only that agency's.
    `may_read_restricted` is the protection role; sealed cases need a line in `sealed_readers` besides.
    """

    __tablename__ = "users"
    __table_args__ = (Index(None, "phone_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    notify_by: Mapped[str] = mapped_column(String(10), default="email")  # email | sms | none
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column()
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    may_read_restricted: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(5), default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    may_log_in: Mapped[bool] = mapped_column(default=True, server_default=true())
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    absent_from: Mapped[date | None] = mapped_column(Date)
    absent_until: Mapped[date | None] = mapped_column(Date)  # the last day away
    workdays: Mapped[str | None] = mapped_column(String(7))  # as in WorkingHours; None: as the agency
    opens: Mapped[int | None] = mapped_column()
    closes: Mapped[int | None] = mapped_column()
    sms_pin_hash: Mapped[str | None] = mapped_column(String(64))  # keyed
    wrong_sms_pins: Mapped[int] = mapped_column(default=0, server_default="0")
    sms_locked_until: Mapped[datetime | None] = mapped_column(Moment)
    sms_waiting: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)  # a command that waits for its PIN
    digest_at: Mapped[datetime | None] = mapped_column(Moment)  # when the last one left
    sample: Mapped[bool] = mapped_column(default=False)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    agency: Mapped[Agency | None] = relationship()
    deputy: Mapped["User | None"] = relationship(remote_side="User.id")

    def is_absent(self, day: date) -> bool:
        """Whether they are away on this day."""
        if self.absent_from is None and self.absent_until is None:
            return False
        return (self.absent_from or day) <= day <= (self.absent_until or day)


class SealedReader(Base):
    """One line of a named list: this user may read sealed cases of this category (`*`: of any)."""

    __tablename__ = "sealed_readers"
    __table_args__ = (UniqueConstraint("user_id", "category_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    category_code: Mapped[str] = mapped_column(String(10))

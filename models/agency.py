"""Agencies, the people who answer for them, and the named lists that open sealed cases."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import Encrypted, Moment
from models.words import Role


class Agency(Base):
    """Who is responsible. `sample` marks what the seed made up, so that nobody takes it for a real desk."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    sample: Mapped[bool] = mapped_column(default=False)


class User(Base):
    """Somebody who may log in: a focal point, a manager or an administrator.

    A manager without an agency sees every agency's cases; one with an agency, only that agency's.
    `may_read_restricted` is the protection role; sealed cases need a line in `sealed_readers` besides.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    notify_by: Mapped[str] = mapped_column(String(10), default="email")  # email | sms | none
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column()
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    may_read_restricted: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(5), default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    agency: Mapped[Agency | None] = relationship()


class SealedReader(Base):
    """One line of a named list: this user may read sealed cases of this category (`*`: of any)."""

    __tablename__ = "sealed_readers"
    __table_args__ = (UniqueConstraint("user_id", "category_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    category_code: Mapped[str] = mapped_column(String(10))

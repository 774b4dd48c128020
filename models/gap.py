"""The gap register: services that a site lacks, made from cases by rule."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Agency, User
from models.base import Base
from models.reference import Place
from models.types import Moment
from models.words import GapState, SiteService


class GapRule(Base):
    """From how many phones within how many days on, cases of a category at one site are a gap in a service."""

    __tablename__ = "gap_rules"
    __table_args__ = (UniqueConstraint("category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(10))  # a code or the first part of one
    service: Mapped[SiteService] = mapped_column()
    people: Mapped[int] = mapped_column()
    days: Mapped[int] = mapped_column()


class Gap(Base):
    """A service that a site lacks. `open_key` is unique while it is not closed, so that there is one at a time."""

    __tablename__ = "gaps"
    __table_args__ = (Index(None, "place_code"), Index(None, "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("places.code"))
    service: Mapped[SiteService] = mapped_column()
    state: Mapped[GapState] = mapped_column(default=GapState.OPEN)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    by_rule: Mapped[bool] = mapped_column(default=True)
    # Of a kind of complaint that not all may read: only who may sees it, until one of them puts it on the register.
    shown: Mapped[bool] = mapped_column(default=True)
    people: Mapped[int] = mapped_column(default=0)  # who have spoken of it since `first_at`, none of them sealed
    cases: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Moment)  # the newest case that speaks of it
    first_at: Mapped[datetime] = mapped_column(Moment)  # the first case that speaks of it
    opened_at: Mapped[datetime] = mapped_column(Moment)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    referred_at: Mapped[datetime | None] = mapped_column(Moment)
    missing: Mapped[str] = mapped_column(Text, default="")  # what is still missing, for the meeting; no names
    due_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    place: Mapped[Place] = relationship()
    agency: Mapped[Agency | None] = relationship()
    closed_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class GapChange(Base):
    """What was done about a gap, by whom."""

    __tablename__ = "gap_changes"
    __table_args__ = (Index(None, "gap_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gap_id: Mapped[int] = mapped_column(ForeignKey("gaps.id"))
    state: Mapped[GapState] = mapped_column()
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()

"""Clocks of cases, what they run by, and who is reminded of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Moment
from models.words import Means, Priority, Recipient, Step


class Clock(Base):
    """One step of one case, wound from its events; `round` counts how often the step began (from 0).

    `due_at` is empty while the clock stands still. `share` is how much of it has run, 1.0 at its end, as of `wound_at`.
    `breached_at` is the moment at which it ran out: set once, and never moved.
    """

    __tablename__ = "clocks"
    __table_args__ = (UniqueConstraint("case_id", "step", "round"), Index(None, "breached_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    step: Mapped[Step] = mapped_column()
    round: Mapped[int] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    breached_at: Mapped[datetime | None] = mapped_column(Moment)
    share: Mapped[float] = mapped_column()
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))  # whose it was when it last moved
    wound_at: Mapped[datetime] = mapped_column(Moment)


class ClockPolicy(Base):
    """How long a step may take, from `since` until `until`. An empty part means any; the most specific one counts.

    `category` is a code or the first part of one. `working`: counted in working hours of the agency.
    Rows are never changed, only ended: a clock that ran by one ran by it.
    """

    __tablename__ = "clock_policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[Step] = mapped_column()
    priority: Mapped[Priority | None] = mapped_column()
    category: Mapped[str | None] = mapped_column(String(10))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    minutes: Mapped[int] = mapped_column()
    working: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)


class DayOff(Base):
    """A day on which working hours differ from the calendar of the country: a holiday more, or one that is none."""

    __tablename__ = "days_off"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    off: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(String(80), default="")


class ReminderRule(Base):
    """Who hears of a step's clock, at which share of it (0.5: half), and how. `priority` empty: any."""

    __tablename__ = "reminder_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[Step] = mapped_column()
    share: Mapped[float] = mapped_column()
    recipient: Mapped[Recipient] = mapped_column()
    means: Mapped[Means] = mapped_column(default=Means.AS_WISHED)
    priority: Mapped[Priority | None] = mapped_column()

"""Cases and their events: the events are the audit, the timeline and the source of every metric."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Agency, User
from models.base import Base
from models.reference import Category, Place
from models.types import Encrypted, Moment
from models.words import (
    Actor,
    CaseState,
    CategorySource,
    ContactBy,
    FeedbackType,
    Hold,
    Medium,
    Noise,
    Outcome,
    Priority,
    SafeTime,
    Sensitivity,
    Step,
    WhyNot,
)


class Case(Base):
    """One complaint, question, suggestion or thanks.

    The id is random (it stands in the console's addresses); the reference is what the person is told.
    Its clocks stand in `clocks`, wound from its events; `next_step` and `next_due_at` are the one that is due first,
    `answer_due_at` the promise to the person. From `follow_at` on there is something to do about them.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "agency_id", "state"),
        Index(None, "contact_id", "opened_at"),
        Index(None, "opened_at"),
        Index(None, "place_code", "opened_at"),
        Index(None, "follow_at"),
        Index(None, "focal_point_id", "state"),
        Index(None, "issue_id"),
        Index(None, "duplicate_of_id"),
        Index(None, "entry_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(String(10), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str] = mapped_column(String(30))
    medium: Mapped[Medium] = mapped_column()
    state: Mapped[CaseState] = mapped_column()
    outcome: Mapped[Outcome | None] = mapped_column()

    category_code: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    category_source: Mapped[CategorySource | None] = mapped_column()
    type: Mapped[FeedbackType | None] = mapped_column()
    sensitivity: Mapped[Sensitivity] = mapped_column()
    hold: Mapped[Hold | None] = mapped_column()  # set by a machine that raised the sensitivity; a person ends it
    noise: Mapped[Noise | None] = mapped_column()  # no complaint: kept apart, never deleted
    second_coding: Mapped[bool] = mapped_column(default=False, server_default=false())  # one in ten: read by two people
    priority: Mapped[Priority | None] = mapped_column()
    urgency: Mapped[float] = mapped_column(default=0.0)  # 0 to 1; orders a queue, never drops anything
    language: Mapped[str | None] = mapped_column(String(3))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    may_contact: Mapped[bool] = mapped_column(default=True)
    contact_by: Mapped[ContactBy | None] = mapped_column()
    safe_time: Mapped[SafeTime | None] = mapped_column()
    pin_hash: Mapped[str | None] = mapped_column(String(64))  # keyed; opens the status of a case that is not normal
    wrong_pins: Mapped[int] = mapped_column(default=0, server_default="0")
    pin_locked_until: Mapped[datetime | None] = mapped_column(Moment)
    incomplete: Mapped[bool] = mapped_column(default=False)  # from a session that broke off
    consent_to_share: Mapped[bool | None] = mapped_column()  # with another agency; None: not asked
    by_proxy: Mapped[bool] = mapped_column(default=False, server_default=false())  # somebody spoke for the person
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entry_key: Mapped[str | None] = mapped_column(String(64))  # of a form or a row that may come twice
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id"))
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))  # closed as a duplicate of that one

    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    focal_point_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    routed_because: Mapped[str | None] = mapped_column(String(200))

    opened_at: Mapped[datetime] = mapped_column(Moment)
    last_message_at: Mapped[datetime] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    classified_at: Mapped[datetime | None] = mapped_column(Moment)
    triaged_at: Mapped[datetime | None] = mapped_column(Moment)
    referred_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    responded_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_due_at: Mapped[datetime | None] = mapped_column(Moment)
    next_step: Mapped[Step | None] = mapped_column()
    next_due_at: Mapped[datetime | None] = mapped_column(Moment)
    follow_at: Mapped[datetime | None] = mapped_column(Moment)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)  # for the person: the clocks stand still

    satisfaction_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_by_dial: Mapped[int] = mapped_column(default=0, server_default="0")  # how often the code has asked since
    said_at: Mapped[datetime | None] = mapped_column(Moment)  # the last word of this round; the next begins without
    helped: Mapped[bool | None] = mapped_column()
    why_not: Mapped[WhyNot | None] = mapped_column()
    times_unhelped: Mapped[int] = mapped_column(default=0, server_default="0")
    above_agency: Mapped[bool] = mapped_column(default=False, server_default=false())  # a second no: not the agency's
    reopening_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    reopening_declined_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    category: Mapped[Category | None] = relationship()
    place: Mapped[Place | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    focal_point: Mapped[User | None] = relationship(foreign_keys=[focal_point_id])

    # Two focal points who save the same case at once: the second is told, not silently overwritten.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Concern(Base):
    """Whom a case complains about: an agency or a user. It is hidden from them, and never routed to them."""

    __tablename__ = "concerns"
    __table_args__ = (UniqueConstraint("case_id", "agency_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_machine: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Moment)


class Event(Base):
    """Something that happened to a case. `data` holds codes only; what people wrote is in `text`, encrypted."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30))
    actor: Mapped[Actor] = mapped_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    text: Mapped[str | None] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()

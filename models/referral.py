"""Referrals between agencies, what was learnt from those that came back, and links for agencies without accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Agency, User
from models.base import Base
from models.types import Encrypted, Moment
from models.words import Needed, ReferralState, Rejection


class Referral(Base):
    """A case handed to an agency: by a rule (no sender) or by another agency, in the states of Primero.

    `round` is the round of its acceptance clock. `ended_at` is when it left `in_progress` or `accepted` for good.
    """

    __tablename__ = "referrals"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "to_agency_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    from_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    service: Mapped[Needed | None] = mapped_column()
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.IN_PROGRESS)
    rejection: Mapped[Rejection | None] = mapped_column()
    silent: Mapped[bool] = mapped_column(default=False)  # revoked because nobody answered
    note: Mapped[str | None] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    from_agency: Mapped[Agency | None] = relationship(foreign_keys=[from_agency_id])
    to_agency: Mapped[Agency] = relationship(foreign_keys=[to_agency_id])


class RouteLesson(Base):
    """An agency said that it is not responsible; perhaps it said who is, or somebody else took the case later."""

    __tablename__ = "route_lessons"
    __table_args__ = (Index(None, "handled_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category_code: Mapped[str] = mapped_column(String(10))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    not_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    but_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CaseLink(Base):
    """A link that opens one case for one user, without a log-in, until `expires_at` or until the case moves on."""

    __tablename__ = "case_links"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()

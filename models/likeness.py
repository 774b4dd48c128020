"""Cases that resemble each other, and days on which many say the same."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import User
from models.base import Base
from models.types import Moment
from models.words import LikenessKind, Verdict


class Fingerprint(Base):
    """What is needed to find cases with nearly the same words: keyed hashes, from which no word comes back."""

    __tablename__ = "fingerprints"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class Likeness(Base):
    """Two cases that may belong together: suggested by the machine, decided by a person. `other_id` is the older."""

    __tablename__ = "likenesses"
    __table_args__ = (UniqueConstraint("case_id", "other_id"), Index(None, "other_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[LikenessKind] = mapped_column()
    score: Mapped[float] = mapped_column()  # 0 to 1: how much of the words they share
    verdict: Mapped[Verdict | None] = mapped_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()


class Alarm(Base):
    """More cases of a kind at a place in one day than its own past explains. One line a day, kind and place."""

    __tablename__ = "alarms"
    __table_args__ = (UniqueConstraint("category", "place_code", "day"), Index(None, "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(10))
    place_code: Mapped[str] = mapped_column(ForeignKey("places.code"))
    day: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column()
    usual: Mapped[float] = mapped_column()  # cases a day before
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    seen_by: Mapped[User | None] = relationship()

"""Reference data that people edit: categories, places, and the rules that say who is responsible."""

from datetime import UTC, date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Moment
from models.words import FeedbackType, Level, Priority, Sensitivity


class Category(Base):
    """What a case is about. `owner` names the desk that answers for it by default, in plain words."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name_en: Mapped[str] = mapped_column(String(80))
    name_fr: Mapped[str] = mapped_column(String(80))
    sensitivity: Mapped[Sensitivity] = mapped_column()
    priority: Mapped[Priority] = mapped_column()
    type: Mapped[FeedbackType] = mapped_column()
    owner: Mapped[str] = mapped_column(String(80))


class Place(Base):
    """A region, province, commune or site. The code is the p-code (COD-AB 2020) where there is one.

    `aliases` holds other spellings and names, such as those of the 2025 redraw; `valid_to` closes a name.
    `languages`: what is spoken there besides French, the most spoken first; none means as in the place above.
    """

    __tablename__ = "places"
    __table_args__ = (Index(None, "parent_code"),)

    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    level: Mapped[Level] = mapped_column()
    name: Mapped[str] = mapped_column(String(80))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Route(Base):
    """One rule: for this category, place and sensitivity (an empty one means any), this agency is responsible.

    `category` is a code (`EHA.EAU`) or the first part of one (`EHA`); `place_code` covers all places below it.
    It holds from `valid_from` to `valid_to`, both included; `confirmed_at` is when somebody last said that it is true.
    """

    __tablename__ = "routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str | None] = mapped_column(String(10))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    sensitivity: Mapped[Sensitivity | None] = mapped_column()
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    sample: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    # Who writes a rule down says by it that it is true.
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment, default=lambda: datetime.now(UTC))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

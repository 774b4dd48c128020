"""The directory of services: numbers that a person may call at once, by place, kept true by those who answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import User
from models.base import Base
from models.reference import Place
from models.types import Moment
from models.words import ServiceKind


class Service(Base):
    """One service that can be called. `place_code` covers all places below it; None is the whole country.

    `verified_at` is when somebody last called the number and was answered; one that is stale is not given out.
    """

    __tablename__ = "services"
    __table_args__ = (Index(None, "kind", "place_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ServiceKind] = mapped_column()
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(20))  # public: as it is dialled in the country
    hours: Mapped[str] = mapped_column(String(80), default="")
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    place: Mapped[Place | None] = relationship()
    verified_by: Mapped[User | None] = relationship()

"""Notices: what somebody who works on cases is to hear, gathered into digests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Moment
from models.words import Means, NoticeKind, Step


class Notice(Base):
    """One thing that one user is to hear of. It waits from `at` on until a digest takes it along (`sent_at`).

    `urgent` ones do not wait for working hours. `dropped_at`: no longer true when its turn came.
    """

    __tablename__ = "notices"
    __table_args__ = (Index(None, "sent_at", "dropped_at", "at"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[NoticeKind] = mapped_column()
    step: Mapped[Step | None] = mapped_column()
    means: Mapped[Means] = mapped_column(default=Means.AS_WISHED)
    urgent: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)

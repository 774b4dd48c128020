"""Editions: what administrators have changed in the flows and texts that are shipped, and who did it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import User
from models.base import Base
from models.types import Moment
from models.words import FlowChange


class Edition(Base):
    """One state of all changes, laid over the files of flows/ (see flows.overlay). The highest number is in force.

    Without a number it is the draft that is being worked on; there is at most one. Published ones never change: a
    conversation goes on in the edition that it began with.
    """

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200), default="")
    restored_from: Mapped[int | None] = mapped_column()  # the number of the edition that this one went back to
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    published_by: Mapped[User | None] = relationship()

    # Two administrators who save the same draft at once: the second is told, not silently overwritten.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class EditionChange(Base):
    """Who did what to the flows, in the order it was done. `flow` is empty when it is about all of them."""

    __tablename__ = "edition_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id", ondelete="SET NULL"))
    change: Mapped[FlowChange] = mapped_column()
    flow: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()

"""Issues: one problem that many cases speak of, with one owner and one answer to all."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Agency, User
from models.base import Base
from models.reference import Category, Place
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import IssueState, Outcome


class Issue(Base):
    """One problem at one place. Its cases point at it (Case.issue_id). Never of a sealed case."""

    __tablename__ = "issues"
    __table_args__ = (Index(None, "state", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Encrypted)  # people put names in titles
    category_code: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[IssueState] = mapped_column(default=IssueState.OPEN)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    solved_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    category: Mapped[Category] = relationship()
    place: Mapped[Place | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IssueAnswer(Base):
    """One answer to all open cases of an issue. A worker gives it to some at a time; `done` of `total` have it.

    `texts` holds the answer by language code; who speaks none of them gets the one in French.
    """

    __tablename__ = "issue_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    texts: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    outcome: Mapped[Outcome | None] = mapped_column()  # close them as soon as each is told
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    total: Mapped[int] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()

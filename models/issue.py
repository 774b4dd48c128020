"""Issues: one problem that many cases speak of, with one owner and one answer to all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Agency, User
from models.base import Base
from models.reference import Category, Place
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import Given, IssueState, Outcome


class Issue(Base):
    """One problem at one place. Its cases point at it (Case.issue_id). Never of a sealed or restricted case."""

    __tablename__ = "issues"
    __table_args__ = (Index(None, "state", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Encrypted)  # people put names in titles
    category_code: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[IssueState] = mapped_column(default=IssueState.OPEN)
    gathers: Mapped[bool] = mapped_column(default=False)  # new cases of its category and place come in by themselves
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    solved_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    category: Mapped[Category] = relationship()
    place: Mapped[Place | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IssueChange(Base):
    """What was done to an issue, by whom. `data` holds codes, ids and numbers only."""

    __tablename__ = "issue_changes"
    __table_args__ = (Index(None, "issue_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    kind: Mapped[str] = mapped_column(String(30))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()


class IssueAnswer(Base):
    """One answer to all open cases of an issue. A worker gives it to some at a time; `done` of `total` have it.

    `texts` holds the answer by language code; who speaks none of them gets the one in French.
    """

    __tablename__ = "issue_answers"
    __table_args__ = (Index(None, "issue_id"), UniqueConstraint("order_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    order_key: Mapped[str] = mapped_column(String(64))  # of the page that was confirmed: twice is once
    texts: Mapped[dict[str, str]] = mapped_column(EncryptedJSON)
    outcome: Mapped[Outcome | None] = mapped_column()  # close them as soon as each is told
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    total: Mapped[int] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class IssueAnswerCase(Base):
    """One case that an answer to all is for, and what has become of it. `reason`: a code, where it failed.

    `message_id` is the SMS in which the person has it, be it about another of their cases.
    """

    __tablename__ = "issue_answer_cases"
    __table_args__ = (
        UniqueConstraint("answer_id", "case_id"),
        Index(None, "answer_id", "given"),
        Index(None, "case_id"),
        Index(None, "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("issue_answers.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    given: Mapped[Given] = mapped_column(default=Given.WAITING)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    reason: Mapped[str | None] = mapped_column(String(60))

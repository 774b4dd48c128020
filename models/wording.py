"""Words for people: answers that focal points use again, and references that a form without network gives out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Moment
from models.words import Purpose


class AnswerTemplate(Base):
    """A text for people, by purpose, category (a code or the first part of one; empty: any) and language.

    For an ANSWER it is offered to focal points; for REFERRED and CLOSED it takes the place of the text of flows/texts.
    Variables stand in braces; none may be empty when it is sent.
    """

    __tablename__ = "answer_templates"
    __table_args__ = (Index(None, "purpose", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column()
    category: Mapped[str | None] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    used: Mapped[int] = mapped_column(default=0)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class ReservedReference(Base):
    """A reference that a user may give out while there is no network. It becomes a case's once, or nobody's."""

    __tablename__ = "reserved_references"

    reference: Mapped[str] = mapped_column(String(10), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

"""Registers that were kept elsewhere, while they are brought in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import ImportState


class EntryImport(Base):
    """A file of cases: its rows, the choices of whoever brings it, and how far it is. Only they see it.

    `rows` are the cells as text, the headings first. `good` are the numbers of the rows that are to become cases (the
    first row of a file is 1), of which `taken` have been looked at; `left` are those that stay behind, with their
    faults. Everything that people wrote is deleted some days later; the line stays, to be counted.
    """

    __tablename__ = "entry_imports"
    __table_args__ = (Index(None, "user_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Encrypted)
    rows: Mapped[list[list[str]] | None] = mapped_column(EncryptedJSON)
    choices: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    good: Mapped[list[int]] = mapped_column(EncryptedJSON)
    left: Mapped[list[Any]] = mapped_column(EncryptedJSON)
    state: Mapped[ImportState] = mapped_column()
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    made: Mapped[int] = mapped_column(default=0, server_default="0")
    again: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)

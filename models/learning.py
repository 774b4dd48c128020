"""What the machine has guessed, what people have said of it, and the models, words and languages made from that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import User
from models.base import Base
from models.types import Encrypted, EncryptedJSON, Moment
from models.words import Guess, LabelSource


class Prediction(Base):
    """What one model made of one case, at one time. Never changed: the figures of a model rest on these.

    `model` names the version ("starter", or the number of a ModelVersion). Probabilities are calibrated, 0 to 1.
    """

    __tablename__ = "predictions"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    model: Mapped[str] = mapped_column(String(20))
    guess: Mapped[Guess] = mapped_column()
    category_code: Mapped[str | None] = mapped_column(String(10))
    probability: Mapped[float] = mapped_column(default=0.0)
    second_code: Mapped[str | None] = mapped_column(String(10))
    second_probability: Mapped[float] = mapped_column(default=0.0)
    sensitive: Mapped[float] = mapped_column(default=0.0)  # probability that only some may read it
    language: Mapped[str | None] = mapped_column(String(8))
    language_probability: Mapped[float] = mapped_column(default=0.0)
    at: Mapped[datetime] = mapped_column(Moment)


class Label(Base):
    """What a person says that a text is about: an example to learn from and to measure against.

    The text of a case stands in its events; `text` is only filled where there is no case (an agency's own history).
    `frozen`: two people agreed on it, and it is kept for measuring: no model is ever made from it.
    A person who labels a case again replaces the earlier word: the newest of each person counts.
    """

    __tablename__ = "labels"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    text: Mapped[str | None] = mapped_column(Encrypted)
    language: Mapped[str | None] = mapped_column(String(8))
    category_code: Mapped[str | None] = mapped_column(String(10))  # None: about nothing that the line handles
    sensitive: Mapped[bool | None] = mapped_column()  # None: not said
    source: Mapped[LabelSource] = mapped_column()
    frozen: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()


class ModelVersion(Base):
    """One trained model: arrays as an npz without pickles, everything else as JSON. Kept whether it was taken or not.

    `report` holds what it was measured on and what came out, beside the same figures of the model before it.
    """

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    arrays: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, deferred=True)  # among it words of people
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    labels: Mapped[int] = mapped_column()  # how many it was made from
    last_label_id: Mapped[int | None] = mapped_column()
    taken: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(String(200), default="")  # a code: why it was not taken
    made_at: Mapped[datetime] = mapped_column(Moment)


class ModelChoice(Base):
    """Which model reads from now on; the newest line holds. `version_id` None: the starter that is shipped."""

    __tablename__ = "model_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: training took it, or the command line
    at: Mapped[datetime] = mapped_column(Moment)


class LexiconEdition(Base):
    """One language's lexicon as YAML, laid over the shipped file; the highest id of a language is in force."""

    __tablename__ = "lexicon_editions"
    __table_args__ = (Index(None, "language", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    source: Mapped[str | None] = mapped_column(Text)  # None: back to the shipped file
    note: Mapped[str] = mapped_column(String(200), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()


class LearntLanguage(Base):
    """A language that an administrator has added from lines of text. The lines are not kept, only their counts."""

    __tablename__ = "learnt_languages"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    profile: Mapped[dict[str, Any]] = mapped_column(JSON)
    lines: Mapped[int] = mapped_column()
    score: Mapped[dict[str, Any]] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship()

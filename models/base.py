"""The declarative base: one metadata, one naming rule, so that migrations can name what they change."""

from enum import StrEnum

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the house."""

    metadata = MetaData(naming_convention=NAMES)
    # The words of models/words.py are stored as their text: readable in SQL, and a new word needs no migration.
    type_annotation_map = {  # noqa: RUF012
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=40,
            validate_strings=True,
            values_callable=lambda words: [word.value for word in words],
        )
    }

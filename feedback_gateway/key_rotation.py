"""Rotation of the key ring: everything encrypted is written anew with the first key of FEEDBACK_KEYS."""

from collections.abc import Iterator

from sqlalchemy import Column, Table, and_, bindparam, or_, select, type_coerce, update
from sqlalchemy.types import LargeBinary

from feedback_gateway import work
from models import Base, vault
from models.types import Encrypted, EncryptedJSON

BATCH = 500


def rotate_all() -> dict[str, int]:
    """Re-encrypts every encrypted column, a batch a transaction; returns the number of rows by table.

    Put the new key first in FEEDBACK_KEYS and restart everything before; drop the old key after. Safe to repeat.
    """
    return {table.name: _rotate(table) for table in Base.metadata.sorted_tables if list(_sealed(table))}


def _sealed(table: Table) -> Iterator[Column[bytes]]:
    return (column for column in table.columns if isinstance(column.type, Encrypted | EncryptedJSON))


def _rotate(table: Table) -> int:
    columns = list(_sealed(table))
    key = next(iter(table.primary_key.columns))
    after = None
    count = 0
    while True:
        with work.unit_of_work() as db:
            raw = [type_coerce(column, LargeBinary).label(column.name) for column in columns]
            some = or_(*(column.is_not(None) for column in columns))
            rows = db.execute(
                select(key, *raw)
                .where(and_(some, key > after) if after is not None else some)
                .order_by(key)
                .limit(BATCH)
            ).all()
            if not rows:
                return count
            for row in rows:
                renewed = {
                    column.name: vault.rotate(bytes(value))
                    for column, value in zip(columns, row[1:], strict=True)
                    if value is not None
                }
                values = {name: bindparam(None, value, type_=LargeBinary) for name, value in renewed.items()}
                db.execute(update(table).where(key == row[0]).values(values))
            after = rows[-1][0]
            count += len(rows)

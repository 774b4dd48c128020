"""The life of a file: looked at, chosen, confirmed, brought in some rows at a time, forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_gateway import outbox, work
from feedback_gateway.entry import open_entered
from feedback_gateway.entry_import.headings import guess_columns
from feedback_gateway.entry_import.rows import Choices, Fault, Row, check_rows
from feedback_gateway.lib import clock
from feedback_gateway.outbox import Task
from models import EntryImport, User
from models.words import Duty, ImportState

MOST_ROWS = 5_000
BATCH = 50
"""Rows in one transaction: on SQLite nobody else writes meanwhile."""

PAUSE = timedelta(seconds=4)
"""Between two batches, so that cases of people who write now are not read after thousands of old ones."""

KEPT_FOR = timedelta(days=7)
PURPOSE = "import"


class RefusedError(Exception):
    """It cannot be done. `code`: "too_many_rows", "no_rows", "no_text", "faults", "nothing" or "begun"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin(db: Session, name: str, rows: Sequence[Sequence[str]], *, by: User) -> EntryImport:
    """Keeps a file to be looked at, its columns guessed. Raises RefusedError: "no_rows", "too_many_rows"."""
    if len(rows) < 2:
        raise RefusedError("no_rows")
    if len(rows) - 1 > MOST_ROWS:
        raise RefusedError("too_many_rows")
    imported = EntryImport(
        user_id=by.id,
        name=name[:120],
        rows=[list(row) for row in rows],
        choices=Choices(guess_columns(rows[0])).to_json(),
        good=[],
        left=[],
        state=ImportState.DRAFT,
        created_at=clock.now(),
    )
    db.add(imported)
    db.flush()
    return imported


def find_import(db: Session, by: User, id_: int, *, lock: bool = False) -> EntryImport | None:
    """A file that this user has brought; nobody sees another's."""
    found = select(EntryImport).where(EntryImport.id == id_, EntryImport.user_id == by.id)
    return db.scalar(found.with_for_update() if lock else found)


def imports_of(db: Session, by: User, most: int = 10) -> list[EntryImport]:
    """The files that this user has brought, the newest first."""
    mine = select(EntryImport).where(EntryImport.user_id == by.id)
    return list(db.scalars(mine.order_by(EntryImport.id.desc()).limit(most)))


def choose(imported: EntryImport, choices: Choices) -> None:
    """What a file's columns hold, and what goes for all its rows. Raises RefusedError("begun")."""
    _check_draft(imported)
    imported.choices = choices.to_json()


def _check_draft(imported: EntryImport) -> None:
    if imported.state != ImportState.DRAFT or imported.rows is None:
        raise RefusedError("begun")


def confirm(db: Session, imported: EntryImport, *, all_or_none: bool) -> None:
    """Has the good rows brought in by a worker. Raises RefusedError.

    "no_text" without a column of words; "faults" when all rows are wanted and some are wrong; "nothing" without a row
    that is good and new.
    """
    _check_draft(imported)
    assert imported.rows is not None
    choices = Choices.from_json(imported.choices)
    if "text" not in choices.columns:
        raise RefusedError("no_text")
    found = check_rows(db, imported.rows, choices)
    wrong = [row for row in found if row.faults]
    if wrong and all_or_none:
        raise RefusedError("faults")
    imported.good = [row.number for row in found if row.entry is not None and not row.known]
    imported.again = sum(row.known for row in found)
    imported.left = [_keep(row) for row in wrong]
    if not imported.good:
        raise RefusedError("nothing")
    imported.state = ImportState.RUNNING
    work.enqueue(db, Duty.IMPORT_ENTRIES, user_id=imported.user_id)


def _keep(row: Row) -> list[object]:
    return [row.number, [list(fault) for fault in row.faults]]


def take_some(db: Session, task: Task) -> None:
    """The duty IMPORT_ENTRIES: the next rows of a user's oldest file that is under way become cases.

    They stand together with the place up to which the file has been taken: a worker that dies leaves neither.
    """
    under_way = select(EntryImport).where(
        EntryImport.user_id == task.user_id, EntryImport.state == ImportState.RUNNING, EntryImport.rows.is_not(None)
    )
    imported = db.scalar(under_way.order_by(EntryImport.id).limit(1).with_for_update())
    if imported is not None and imported.rows is not None:
        by = db.get_one(User, imported.user_id)
        numbers = imported.good[imported.taken : imported.taken + BATCH] if by.active else []
        for row in check_rows(db, imported.rows, Choices.from_json(imported.choices), numbers):
            if row.entry is None:  # a place or a category has gone since it was looked at
                imported.left = [*imported.left, _keep(row)]
            elif row.known:
                imported.again += 1
            else:
                open_entered(db, row.entry, by=by, key=row.key, purpose=PURPOSE)
                imported.made += 1
        imported.taken += len(numbers)
        if not numbers or imported.taken >= len(imported.good):
            imported.state, imported.done_at = ImportState.DONE, clock.now()
        db.flush()
        if db.scalar(under_way.limit(1)) is not None:
            work.enqueue(db, Duty.IMPORT_ENTRIES, user_id=task.user_id, at=clock.now() + PAUSE)
    outbox.finish(db, task)


def rows_left(imported: EntryImport) -> list[tuple[Sequence[str], list[Fault]]]:
    """The rows that stayed behind, with what is wrong in each."""
    rows = imported.rows or []
    return [(rows[number - 1], [Fault(*fault) for fault in faults]) for number, faults in imported.left if rows]


def discard(db: Session, imported: EntryImport) -> None:
    """Forgets a file that nothing was made of. Raises RefusedError("begun")."""
    _check_draft(imported)
    db.delete(imported)


def forget_old(db: Session, now: datetime) -> None:
    """Deletes what people wrote from files that were brought some time ago; drafts go altogether."""
    old = EntryImport.created_at < now - KEPT_FOR
    db.execute(delete(EntryImport).where(old, EntryImport.state == ImportState.DRAFT))
    over = select(EntryImport).where(old, EntryImport.state == ImportState.DONE, EntryImport.rows.is_not(None))
    for imported in db.scalars(over):
        imported.rows, imported.left = None, []

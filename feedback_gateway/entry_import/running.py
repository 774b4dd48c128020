"""The life of a file: looked at, chosen, confirmed, brought in some rows at a time, forgotten."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, defer

from feedback_gateway import outbox, work
from feedback_gateway.entry import open_entered
from feedback_gateway.entry_import.headings import guess_columns
from feedback_gateway.entry_import.rows import Choices, Fault, Row, check_rows
from feedback_gateway.lib import clock
from feedback_gateway.outbox import Task
from models import EntryImport, User
from models.words import Duty, ImportState

MOST_ROWS = 5_000
BATCH = 25
"""Rows in one transaction: on SQLite nobody else writes meanwhile."""

PAUSE = timedelta(seconds=2)
"""Between two batches, so that cases of people who write now are not read after thousands of old ones."""

KEPT_FOR = timedelta(days=7)
PURPOSE = "import"


class RefusedError(Exception):
    """It cannot be done. `code`: "too_many_rows", "no_rows", "no_text", "faults", "nothing", "changed", "begun"."""

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


class Checked(NamedTuple):
    """What was found in a file by these choices."""

    choices: Choices
    rows: Sequence[Row]


def check(db: Session, imported: EntryImport) -> Checked:
    """Reads the whole file. It takes seconds: not in a transaction that writes."""
    choices = Choices.from_json(imported.choices)
    return Checked(choices, check_rows(db, imported.rows or [[]], choices))


def confirm(db: Session, imported: EntryImport, checked: Checked, *, all_or_none: bool) -> None:
    """Has the good rows brought in by a worker. Raises RefusedError.

    "changed" when the choices are others than those it was `checked` by; "no_text" without a column of words; "faults"
    when all rows are wanted and some are wrong; "nothing" without a row that is good and new.
    """
    _check_draft(imported)
    if Choices.from_json(imported.choices) != checked.choices:
        raise RefusedError("changed")
    if "text" not in checked.choices.columns:
        raise RefusedError("no_text")
    wrong = [row for row in checked.rows if row.faults]
    if wrong and all_or_none:
        raise RefusedError("faults")
    good = [row.number for row in checked.rows if row.entry is not None and not row.known]
    if not good:
        raise RefusedError("nothing")
    imported.good, imported.left = good, [_keep(row) for row in wrong]
    imported.again = sum(row.known for row in checked.rows)
    imported.state = ImportState.RUNNING
    work.enqueue(db, Duty.IMPORT_ENTRIES, user_id=imported.user_id)


def _keep(row: Row) -> list[object]:
    return [row.number, [list(fault) for fault in row.faults]]


def take_some(db: Session, task: Task) -> Callable[[], None] | None:
    """The duty IMPORT_ENTRIES: the next rows of a user's oldest file that is under way become cases."""
    id_ = db.scalar(_under_way(task))
    if id_ is None:
        outbox.finish(db, task)
        return None
    return partial(_take_batch, task, id_)


def _under_way(task: Task) -> Select[int]:
    mine = select(EntryImport.id).where(EntryImport.user_id == task.user_id)
    return mine.where(EntryImport.state == ImportState.RUNNING).order_by(EntryImport.id).limit(1)


def _take_batch(task: Task, id_: int) -> None:
    """The rows are read before the transaction. What they become stands together with how far the file has been taken:
    a worker that dies leaves neither, and one that comes too late does nothing."""
    with work.reading() as db:
        imported = db.get_one(EntryImport, id_)
        taken, all_of_them = imported.taken, len(imported.good)
        numbers = imported.good[taken : taken + BATCH] if db.get_one(User, imported.user_id).active else []
        found = check_rows(db, imported.rows or [[]], Choices.from_json(imported.choices), numbers)
    with work.unit_of_work() as db:
        without_rows = select(EntryImport).options(defer(EntryImport.rows), defer(EntryImport.good))
        imported = db.scalars(without_rows.where(EntryImport.id == id_).with_for_update()).one()
        if (imported.state, imported.taken) == (ImportState.RUNNING, taken):
            _open_cases(db, imported, found)
            imported.taken += len(numbers)
            if not numbers or imported.taken >= all_of_them:
                imported.state, imported.done_at = ImportState.DONE, clock.now()
            db.flush()
        if db.scalar(_under_way(task)) is not None:
            work.enqueue(db, Duty.IMPORT_ENTRIES, user_id=task.user_id, at=clock.now() + PAUSE)
        outbox.finish(db, task)


def _open_cases(db: Session, imported: EntryImport, rows: Sequence[Row]) -> None:
    by = db.get_one(User, imported.user_id)
    for row in rows:
        if row.entry is None:  # a place or a category has gone since it was looked at
            imported.left = [*imported.left, _keep(row)]
        elif row.known:
            imported.again += 1
        else:
            open_entered(db, row.entry, by=by, key=row.key, purpose=PURPOSE)
            imported.made += 1


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

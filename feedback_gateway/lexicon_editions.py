"""Editions of the lexicon: what administrators change in the shipped words, language by language, and who did it.

Nothing is ever overwritten: the newest edition of a language is in force, and going back writes a new one.
Roles are asked for by the pages: administrators only.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.classify.lexicon_text import changed_ids, find_problems, raise_version, read_safely, rows_of
from feedback_gateway.classify.lexicons import (
    Lexicon,
    LexiconError,
    parse_lexicon,
    shipped_lexicons,
    shipped_sources,
    use_lexicons,
)
from feedback_gateway.lib import clock
from models import LexiconEdition, User

log = logging.getLogger(__name__)

MOST_SHOWN = 40
_MOST_NOTE = 200
_MOST_NAMED = 120
AS_SHIPPED = 0
"""The number that stands for the shipped file where an edition's id is asked for."""

Mark = tuple[int, datetime]


@dataclass(frozen=True)
class Edited:
    """The lexicon of a language as it is in force. `version` is the edition's id; None: as shipped, or not begun."""

    source: str
    version: int | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def shipped(self) -> bool:
        """Whether this is the file that comes with the software."""
        return self.version is None

    @property
    def number(self) -> int:
        """For a form to keep, so that save() sees whether somebody else was faster."""
        return self.version or AS_SHIPPED


class _Memory:
    # What the lexicons in use were made from; the moment tells a database that was put back from the one before.
    seen: Mark | None = None
    lock = RLock()


def current(db: Session, language: str) -> Edited:
    """What is in force for a language; an empty source for one that nobody has begun."""
    newest = db.scalar(
        select(LexiconEdition)
        .where(LexiconEdition.language == language)
        .options(joinedload(LexiconEdition.user))
        .order_by(LexiconEdition.id.desc())
        .limit(1)
    )
    if newest is None:
        return Edited(shipped_sources().get(language, ""))
    source = shipped_sources().get(language, "") if newest.source is None else newest.source
    return Edited(source, newest.id, newest.user.name if newest.user else "", newest.at)


def languages(db: Session) -> list[str]:
    """The languages that have words, in the order of their codes."""
    found = {edition.language for edition in _in_force(db) if edition.source is not None}
    return sorted({*found, *shipped_sources()})


def save(
    db: Session, language: str, source: str, note: str, *, by: User, seen: int | None = None
) -> list[LexiconError]:
    """Puts a language's file in force, or returns what is wrong with it and changes nothing.

    `seen` is the `number` of what the writer began with (None: whatever is there); another one by now is a problem
    with the code "changed". What says the same as before is no new edition. `version` in the file is raised.
    """
    before = current(db, language)
    if seen is not None and seen != before.number:
        return [LexiconError(f"{language}: changed meanwhile", "changed", quoted=before.by or "–")]
    source = tidy(source)
    if problems := find_problems(source, language):
        return problems
    if source == before.source:
        return []
    rows = rows_of(before.source) if before.source else []
    if before.source:
        source = raise_version(source, read_safely(before.source)["version"] + 1)
    _add(db, language, source, _write_note(changed_ids(rows, rows_of(source)), note), by)
    return []


def restore(db: Session, language: str, edition_id: int | None, *, by: User) -> list[LexiconError]:
    """Puts an older edition in force again (None: the shipped file), or returns why that cannot be.

    A language without a shipped file has no words any more after going back to it.
    """
    before = current(db, language)
    source: str | None = None
    if edition_id is not None:
        older = db.get(LexiconEdition, edition_id)
        if older is None or older.language != language:
            return [LexiconError(f"{language}: no edition {edition_id}", "gone")]
        source = older.source
    after = shipped_sources().get(language, "") if source is None else source
    if source is not None and (problems := find_problems(source, language)):
        return problems
    if after == before.source:
        return []
    rows = [rows_of(text) if text else [] for text in (before.source, after)]
    _add(db, language, source, _write_note(changed_ids(*rows), ""), by)
    return []


def editions(db: Session, language: str) -> Sequence[LexiconEdition]:
    """The last editions of a language with those who made them, newest first."""
    return db.scalars(
        select(LexiconEdition)
        .where(LexiconEdition.language == language)
        .options(joinedload(LexiconEdition.user))
        .order_by(LexiconEdition.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def before_and_after(db: Session, edition: LexiconEdition) -> tuple[str, str]:
    """The file before an edition and with it."""
    older = db.scalar(
        select(LexiconEdition)
        .where(LexiconEdition.language == edition.language, LexiconEdition.id < edition.id)
        .order_by(LexiconEdition.id.desc())
        .limit(1)
    )
    shipped = shipped_sources().get(edition.language, "")
    texts = [shipped if one is None or one.source is None else one.source for one in (older, edition)]
    return texts[0], texts[1]


def load_in_use(db: Session) -> tuple[Lexicon, ...]:
    """The shipped lexicons with the editions in force laid over them, in the order of their languages.

    An edition that this release cannot read does not stop the line: the log says so, and the shipped file is used.
    """
    found = dict(shipped_lexicons())
    for edition in _in_force(db):
        if edition.source is None:
            continue
        try:
            found[edition.language] = parse_lexicon(read_safely(edition.source))
        except LexiconError as fault:
            log.error("edition %s of the lexicon is NOT in force, the shipped one is: %s", edition.id, fault)
    return tuple(found[language] for language in sorted(found))


def refresh(db: Session) -> bool:
    """Makes this process read with the editions in force; returns whether they are others than before. One statement
    when nothing has changed."""
    newest = db.execute(
        select(LexiconEdition.id, LexiconEdition.at).order_by(LexiconEdition.id.desc()).limit(1)
    ).one_or_none()
    mark: Mark | None = (newest.id, newest.at) if newest else None
    if mark == _Memory.seen:
        return False
    with _Memory.lock:
        use_lexicons(load_in_use(db))
        _Memory.seen = mark
    return True


def tidy(source: str) -> str:
    """As a file holds it: plain line ends, one at the end. Browsers send others."""
    return f"{source.replace(chr(13), '').rstrip()}\n"


def _in_force(db: Session) -> Sequence[LexiconEdition]:
    newest = select(func.max(LexiconEdition.id)).group_by(LexiconEdition.language)
    return db.scalars(select(LexiconEdition).where(LexiconEdition.id.in_(newest))).all()


def _write_note(changed: Sequence[tuple[str, str]], note: str) -> str:
    """What was changed, then why: `~ water-none, + borehole · why`. Names that do not fit are counted."""
    named = ""
    for number, (mark, name) in enumerate(changed):
        if len(named) + len(name) > _MOST_NAMED:
            named += f" … +{len(changed) - number}"
            break
        named += f"{', ' if named else ''}{mark} {name}"
    return " · ".join(part for part in (named, " ".join(note.split())) if part)[:_MOST_NOTE]


def _add(db: Session, language: str, source: str | None, note: str, by: User) -> None:
    db.add(LexiconEdition(language=language, source=source, note=note, user_id=by.id, at=clock.now()))
    db.flush()
    log.info("user %s changed the lexicon of %s", by.id, language)

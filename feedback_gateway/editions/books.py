"""The book of each edition: found by its number, put together once a process. What is published never changes."""

import json
import logging
import time
from dataclasses import replace
from functools import lru_cache
from threading import RLock

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from feedback_gateway import work
from flows.book import HERE, Book, load_book, open_book
from flows.errors import BookError
from flows.overlay import Overlay
from models import Edition

log = logging.getLogger(__name__)

MOST_KEPT = 8
"""Books kept in memory: the one in force, and those in which conversations of the last days go on."""

FRESH_SECONDS = 5
"""How long book_in_force() goes without asking which edition is the newest."""

DRAFT = 0
"""The id of the draft. A primary key stands once: there is one draft, however many begin it at the same moment."""


class _Memory:
    books: dict[int, Book] = {}  # noqa: RUF012
    newest: tuple[float, int] | None = None
    # Held while a book is put together: after a publication every thread wants the same one at once.
    lock = RLock()


def newest_number() -> ScalarSelect[int]:
    """The number of the edition in force (0: as shipped), as a column for a query that is asked anyway."""
    return select(func.coalesce(func.max(Edition.number), 0)).scalar_subquery()


def current(db: Session) -> int:
    """The number of the edition in force; 0 while nothing has been published."""
    return db.scalar(select(newest_number())) or 0


def overlay_of(db: Session, number: int) -> Overlay | None:
    """What an edition lays over the shipped files: nothing for 0; None for an edition that does not exist."""
    if number == 0:
        return Overlay()
    content = db.scalar(select(Edition.content).where(Edition.number == number))
    return None if content is None else Overlay.from_json(content, number)


def book(db: Session, number: int) -> Book:
    """The book of an edition; 0 is the shipped one.

    An edition that cannot be laid over the files of this release gives the shipped book under the edition's number:
    the line does not go down for it. The log says so once, and `feedback doctor` until it is mended.
    """
    if number == 0:
        return open_book()
    with _Memory.lock:
        kept = _Memory.books.pop(number, None) or _read(db, number)
        if kept is None:  # not kept: a database that was put back may give this number to another edition
            log.error("edition %s does not exist; the shipped flows are used", number)
            return open_book()
        _Memory.books[number] = kept
        while len(_Memory.books) > MOST_KEPT:
            del _Memory.books[next(iter(_Memory.books))]
        return kept


def _read(db: Session, number: int) -> Book | None:
    overlay = overlay_of(db, number)
    if overlay is None:
        return None
    try:
        return lay_over(overlay)
    except BookError as fault:
        log.error("edition %s is NOT in force, the shipped flows are used: %s", number, fault)
    return replace(open_book(), edition=number)


def book_in_force() -> Book:
    """The book of the newest edition, for whoever has no transaction at hand; up to FRESH_SECONDS behind."""
    with _Memory.lock:
        kept = _Memory.newest
        if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
            number = kept[1]
            if number == 0 or number in _Memory.books:
                return _Memory.books.get(number) or open_book()
        with work.reading() as db:
            number = current(db)
            _Memory.newest = (time.monotonic(), number)
            return book(db, number)


def draft_book() -> Book | None:
    """The book as the draft has it, to be tried; None when there is no draft or it cannot be put together."""
    with work.reading() as db:
        draft = db.get(Edition, DRAFT)
    if draft is None:
        return None
    try:
        return lay_over(Overlay.from_json(draft.content))
    except BookError:
        return None


def lay_over(overlay: Overlay) -> Book:
    """The shipped files with an overlay on top. Raises BookError with the first fault, and nothing else."""
    laid = _lay_over(json.dumps(overlay.to_json(), sort_keys=True))
    return replace(laid, edition=overlay.number)


@lru_cache(maxsize=MOST_KEPT)
def _lay_over(content: str) -> Book:
    try:
        return load_book(HERE, Overlay.from_json(json.loads(content)))
    except BookError:
        raise
    except Exception as error:  # what a person typed must neither stop the line nor lock them out of their draft
        log.exception("an edition makes the reader of the flows fail")
        raise BookError(f"cannot be read: {type(error).__name__}") from error


def forget_books() -> None:
    """Reads every edition anew. A process that is bound to another database has other editions under the numbers."""
    with _Memory.lock:
        _Memory.books.clear()
        _Memory.newest = None

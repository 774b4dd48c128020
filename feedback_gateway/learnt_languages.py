"""Languages that administrators add from lines of text: tried first, kept with their score, retired.

The lines are stored nowhere, only what was counted in them. Roles are asked for by the pages: administrators only.
"""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from threading import RLock

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.language import read_confidence, read_shipped, use_added_languages
from feedback_gateway.classify.language_learn import LEAST_LETTERS, LEAST_LINES, Learnt, add_to_tables, learn_language
from feedback_gateway.classify.ngrams import spell
from feedback_gateway.lib import clock
from models import LearntLanguage, User

log = logging.getLogger(__name__)

MOST_LETTERS = 200_000
MOST_NAME = 60
_CODE = re.compile("[a-z]{2,3}")
_SCRIPTS_ONLY = frozenset({"ar"})
"""Known by their letters alone, without counts."""

Mark = tuple[int, datetime | None]


class RefusedError(Exception):
    """The language cannot be added. `code` names why: code, known, name, lines, too_long, gone; `quoted` is how many
    lines were found, where it is that."""

    def __init__(self, code: str, quoted: str = "") -> None:
        super().__init__(code)
        self.code, self.quoted = code, quoted


class _Memory:
    seen: Mark = (0, None)
    asked: float = 0.0
    names: Mapping[str, str] = {}
    lock = RLock()


def shipped_codes() -> Sequence[str]:
    """The languages that come with the software."""
    return sorted({*read_shipped().codes, *_SCRIPTS_ONLY})


def added(db: Session) -> Sequence[LearntLanguage]:
    """The languages that administrators have added, with those who did, in the order of their codes."""
    return db.scalars(
        select(LearntLanguage).options(joinedload(LearntLanguage.user)).order_by(LearntLanguage.code)
    ).all()


def try_language(db: Session, code: str, name: str, text: str) -> Learnt:
    """What would be learnt from lines of text, with its score; nothing is kept. Takes seconds. Raises RefusedError."""
    _allow(db, code, name, text)
    lines = {line.strip() for line in text.splitlines() if len(spell(fold(line))) >= LEAST_LETTERS}
    if len(lines) < LEAST_LINES:
        raise RefusedError("lines", str(len(lines)))
    tables = add_to_tables(read_shipped(), [learnt for learnt in map(_read, added(db)) if learnt is not None])
    return learn_language(code, text.splitlines(), tables, read_confidence())


def keep(db: Session, learnt: Learnt, name: str, *, by: User) -> None:
    """Adds a language that was tried. Raises RefusedError when it is known by now."""
    _allow(db, learnt.code, name, "")
    score = {"recognised": learnt.recognised, "wrongly_taken": learnt.wrongly_taken}
    db.add(
        LearntLanguage(
            code=learnt.code,
            name=_tidy(name),
            profile=asdict(learnt),
            lines=learnt.lines,
            score=score,
            user_id=by.id,
            at=clock.now(),
        )
    )
    db.flush()
    log.info("user %s added the language %s", by.id, learnt.code)


def retire(db: Session, code: str, *, by: User) -> None:
    """Takes an added language out; messages that were read with it keep what was read. Raises RefusedError."""
    stored = db.get(LearntLanguage, code)
    if stored is None:
        raise RefusedError("gone")
    db.delete(stored)
    log.info("user %s retired the language %s", by.id, code)


def refresh(db: Session, *, every_seconds: float = 0.0) -> bool:
    """Makes this process know the added languages; returns whether they are others than before.

    One statement when nothing has changed, and none within `every_seconds` of the last time.
    """
    if every_seconds and time.monotonic() - _Memory.asked < every_seconds:
        return False
    _Memory.asked = time.monotonic()
    count, newest = db.execute(select(func.count(), func.max(LearntLanguage.at))).one()
    mark: Mark = (count, newest)
    if mark == _Memory.seen:
        return False
    with _Memory.lock:
        stored = added(db)
        use_added_languages([learnt for learnt in map(_read, stored) if learnt is not None])
        _Memory.names = {language.code: language.name for language in stored}
        _Memory.seen = mark
    return True


def name_of(code: str) -> str | None:
    """The name of an added language that this process knows (see refresh)."""
    return _Memory.names.get(code)


def _allow(db: Session, code: str, name: str, text: str) -> None:
    if not _CODE.fullmatch(code):
        raise RefusedError("code")
    if code in shipped_codes() or db.get(LearntLanguage, code) is not None:
        raise RefusedError("known")
    if not 0 < len(_tidy(name)) <= MOST_NAME:
        raise RefusedError("name")
    if len(text) > MOST_LETTERS:
        raise RefusedError("too_long")


def _tidy(name: str) -> str:
    return " ".join(name.replace("\0", "").split())


def _read(stored: LearntLanguage) -> Learnt | None:
    """What was learnt, as it was kept. What this release knows by itself, or cannot read, is left out."""
    if stored.code in shipped_codes():
        return None
    try:
        profile = stored.profile
        return Learnt(**{**profile, "words": tuple(profile["words"]), "replaces": tuple(profile["replaces"])})
    except (TypeError, KeyError) as fault:
        log.error("the added language %s is NOT in use, add it again: %s", stored.code, fault)
        return None

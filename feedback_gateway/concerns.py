"""Whom a complaint is about, as far as its words say: agencies by name, users by their full name.

A machine only adds, and only where it matters: in a complaint about conduct, or in one that is sealed. Elsewhere an
agency is named because it gives the aid, and has to put it right itself.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import triage
from flows.fold import fold_words
from models import Agency, Case, Event, User
from models.words import Sensitivity

CONDUCT = "CON"
LEAST_LETTERS = 3


def detect(db: Session, case: Case, text: str) -> None:
    """Notes whom the words name. Call it before the case is routed."""
    about_conduct = (case.category_code or "").split(".")[0] == CONDUCT or case.sensitivity == Sensitivity.SEALED
    words = f" {fold_words(text)} "
    agencies = _agencies_named(db, words) if about_conduct else set()
    users = _users_named(db, words)
    if agencies or users:
        said_before, people = _noted_before(db, case)
        triage.set_concerns(db, case, agencies=agencies - said_before, users=users - people, by=None)


def _noted_before(db: Session, case: Case) -> tuple[set[int], set[int]]:
    """Whom the log names already: if one of them is concerned no more, a person has said so, and that stands."""
    agencies: set[int] = set()
    users: set[int] = set()
    for data in db.scalars(select(Event.data).where(Event.case_id == case.id, Event.kind == "concerns_set")):
        agencies |= set(data["agencies"])
        users |= set(data["users"])
    return agencies, users


def _agencies_named(db: Session, words: str) -> set[int]:
    agencies = db.execute(select(Agency.id, Agency.name, Agency.aliases))  # codes are words too often: SANTE, ACTION
    return {id_ for id_, name, aliases in agencies if _any_in([name, *aliases], words)}


def _users_named(db: Session, words: str) -> set[int]:
    """A first name alone is anybody's; both names together, in either order, are one person's."""
    found = set()
    for id_, name in db.execute(select(User.id, User.name).where(User.active)):
        parts = fold_words(name).split()
        if len(parts) >= 2 and _any_in([" ".join(parts), " ".join(reversed(parts))], words):
            found.add(id_)
    return found


def _any_in(names: Iterable[str], words: str) -> bool:
    folded = (fold_words(name) for name in names)
    return any(len(name) >= LEAST_LETTERS and f" {name} " in words for name in folded)

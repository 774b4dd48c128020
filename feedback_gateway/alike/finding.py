"""What may belong together: fingerprints of cases, and which of them resemble each other.

What a machine compares are fingerprints (feedback_gateway/lib/minhash.py), so no
text is decrypted for it. A sealed case is only ever compared with the other sealed ones of the same phone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from feedback_gateway import access
from feedback_gateway.lib.minhash import fingerprint, resemblance
from feedback_gateway.places import place_tree
from flows.fold import fold_words
from models import Case, Fingerprint, Likeness, User, vault
from models.words import Level, LikenessKind, Sensitivity, Verdict

SAME_PERSON_WITHIN = timedelta(days=30)
SAME_PROBLEM_WITHIN = timedelta(days=14)
AGAIN_WITHIN = timedelta(days=3)
"""Within it, one phone's two cases on the same thing at the same place need share less of their words."""

SAME_PERSON_FROM = 0.5
AGAIN_FROM = 0.3
SAME_PROBLEM_FROM = 0.6

MOST_OF_A_PHONE = 50
MOST_OF_A_PLACE = 150
MOST_SUGGESTIONS = 5


class _Side(Protocol):
    """What of a case the comparison looks at."""

    @property
    def id(self) -> UUID: ...
    @property
    def contact_id(self) -> int | None: ...
    @property
    def category_code(self) -> str | None: ...
    @property
    def place_code(self) -> str | None: ...
    @property
    def sensitivity(self) -> Sensitivity: ...
    @property
    def opened_at(self) -> datetime: ...


class _Candidate(NamedTuple):
    id: UUID
    contact_id: int | None
    category_code: str | None
    place_code: str | None
    sensitivity: Sensitivity
    opened_at: datetime
    hashes: bytes
    own_hashes: bytes  # of the case that it is compared with


def remember(db: Session, case: Case, text: str) -> None:
    """Stores the fingerprint of all that the person wrote; call it again when there is more to read.

    The sensitivity must be settled before: a sealed text gets a print that nothing but its own phone's resembles.
    """
    sealed = case.sensitivity == Sensitivity.SEALED
    scope = f"sealed {case.contact_id or case.id}" if sealed else "open"
    hashes = fingerprint(fold_words(text), bytes.fromhex(vault.lookup("fingerprint", scope)))
    known = db.get(Fingerprint, case.id)
    if known is None:
        db.add(Fingerprint(case_id=case.id, hashes=hashes))
    else:
        known.hashes = hashes


def suggest(db: Session, case: Case, now: datetime) -> list[Likeness]:
    """Stores the best suggestions for a case that was remembered, and returns those that are new.

    At most MOST_SUGGESTIONS, the most alike first; a pair that is stored already stays as it is, with its verdict.
    """
    if case.noise is not None:
        return []
    found = []
    for other in _candidates(db, case):
        score = _how_alike(case, other)
        kind = _kind(case, other, score)
        if kind is not None:
            found.append((score, other, kind))
    found.sort(key=lambda match: -match[0])  # stable: of two as alike, the newer
    return _store(db, case, found[:MOST_SUGGESTIONS], now)


def suggestions(db: Session, user: User, case: Case) -> list[tuple[Likeness, Case]]:
    """What a case, which this user may see, may belong to or was linked with, as far as they may see that as well.

    Undecided ones first, then the most alike; the dismissed are left out. A pair is left out too once one of the two
    has become too sensitive for it.
    """
    other = or_(
        and_(Likeness.case_id == case.id, Case.id == Likeness.other_id),
        and_(Likeness.other_id == case.id, Case.id == Likeness.case_id),
    )
    found = (
        select(Likeness, Case)
        .join(Case, other)
        .where(access.accessible_to(user), Likeness.verdict.is_distinct_from(Verdict.DISMISSED))
        .order_by(Likeness.verdict.is_not(None), Likeness.score.desc(), Likeness.id.desc())
    )
    return [(likeness, case_) for likeness, case_ in db.execute(found) if may_meet(case, case_)]


def _candidates(db: Session, case: Case) -> Sequence[_Candidate]:
    """The cases that may be meant, by who and where and when; the newest first, and not too many."""
    # Two narrow looks instead of one OR: each walks an index from its newest row and stops when it has enough.
    looks = []
    if case.contact_id is not None:  # or SQLAlchemy would make it IS NULL: every case without a phone
        same_phone = and_(Case.contact_id == case.contact_id, _around(case, SAME_PERSON_WITHIN))
        looks.append(_newest(case, same_phone, MOST_OF_A_PHONE))
    neighbourhood = _neighbourhood(db, case)
    if neighbourhood and case.sensitivity != Sensitivity.SEALED:
        same_place = and_(Case.place_code.in_(neighbourhood), _around(case, SAME_PROBLEM_WITHIN))
        if case.category_code is not None:
            same_place &= or_(Case.category_code == case.category_code, Case.category_code.is_(None))
        looks.append(_newest(case, same_place, MOST_OF_A_PLACE))
    if not looks:
        return []
    own = aliased(Fingerprint)
    columns = (Case.id, Case.contact_id, Case.category_code, Case.place_code, Case.sensitivity, Case.opened_at)
    rows = db.execute(
        select(*columns, Fingerprint.hashes, own.hashes)
        .join(Fingerprint, Fingerprint.case_id == Case.id)
        .join(own, own.case_id == case.id)
        .where(Case.id.in_(union(*looks)))
        .order_by(Case.opened_at.desc(), Case.id)
    )
    return [_Candidate(*row) for row in rows]


def _newest(case: Case, condition: ColumnElement[bool], most: int) -> Select[UUID]:
    """The ids of the newest cases that may be named beside this one, by how sensitive they are."""
    sealed = Case.sensitivity == Sensitivity.SEALED
    found = select(Case.id).where(
        condition,
        Case.id != case.id,
        Case.noise.is_(None),
        sealed if case.sensitivity == Sensitivity.SEALED else ~sealed,
    )
    return select(found.order_by(Case.opened_at.desc()).limit(most).subquery().c.id)


def _around(case: Case, span: timedelta) -> ColumnElement[bool]:
    # Both ways: the text of an older case may have grown until it resembles a newer one.
    return Case.opened_at.between(case.opened_at - span, case.opened_at + span)


def _neighbourhood(db: Session, case: Case) -> list[str]:
    """The commune of a case with all its sites. Empty where only a province or region is known: that is not a place
    at which two people speak of one pump."""
    tree = place_tree(db)
    commune = next((code for code in tree.ladder(case.place_code) if tree.by_code[code].level == Level.COMMUNE), None)
    return [commune, *(site.code for site in tree.children.get(commune, ()))] if commune else []


def same_phone(a: _Side, b: _Side) -> bool:
    """Whether two cases are of one phone, and so most likely of one person."""
    return a.contact_id is not None and a.contact_id == b.contact_id


def may_meet(a: _Side, b: _Side) -> bool:
    """Whether one of two cases may be named beside the other: no sealed case beside an open one or another phone's."""
    sealed = [side.sensitivity == Sensitivity.SEALED for side in (a, b)]
    return all(sealed) and same_phone(a, b) if any(sealed) else True


def _again(a: _Side, b: _Side) -> bool:
    same_thing = a.category_code is not None and a.category_code == b.category_code and a.place_code == b.place_code
    return same_phone(a, b) and same_thing and abs(a.opened_at - b.opened_at) <= AGAIN_WITHIN


def _how_alike(case: Case, other: _Candidate) -> float:
    if not other.hashes and not other.own_hashes and _again(case, other):
        return 1.0  # neither has written a word: twice the same choices in the menu are all that was said
    return resemblance(other.hashes, other.own_hashes)


def _kind(case: _Side, other: _Side, score: float) -> LikenessKind | None:
    if same_phone(case, other):
        return LikenessKind.SAME_PERSON if score >= (AGAIN_FROM if _again(case, other) else SAME_PERSON_FROM) else None
    return LikenessKind.SAME_PROBLEM if score >= SAME_PROBLEM_FROM else None


def _store(
    db: Session, case: Case, found: Sequence[tuple[float, _Candidate, LikenessKind]], now: datetime
) -> list[Likeness]:
    if not found:
        return []
    rows = []
    for score, other, kind in found:
        pair: list[_Side] = [case, other]
        newer, older = sorted(pair, key=lambda side: (side.opened_at, side.id), reverse=True)
        rows.append({"case_id": newer.id, "other_id": older.id, "kind": kind, "score": score, "at": now})
    # Two workers may come upon the same pair from its two ends at the same moment.
    insert: Any = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    return list(db.scalars(insert(Likeness).values(rows).on_conflict_do_nothing().returning(Likeness)))

"""Who did what to the flows: every verb of this package writes its line, and the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.lib import clock
from models import Edition, EditionChange, User
from models.words import FlowChange

MOST_SHOWN = 60


@dataclass(frozen=True)
class History:
    """The published editions and the last changes, both newest first."""

    editions: Sequence[Edition]
    changes: Sequence[EditionChange]


def history(db: Session) -> History:
    """What was published and what was done, with those who did it."""
    editions = (
        select(Edition)
        .where(Edition.number.is_not(None))
        .options(joinedload(Edition.published_by))
        .order_by(Edition.number.desc())
        .limit(MOST_SHOWN)
    )
    changes = (
        select(EditionChange)
        .options(joinedload(EditionChange.user))
        .order_by(EditionChange.id.desc())
        .limit(MOST_SHOWN)
    )
    return History(db.scalars(editions).all(), db.scalars(changes).all())


def record(db: Session, change: FlowChange, by: User, *, edition_id: int | None, flow: str = "") -> None:
    """Writes one line; the edition must be stored already."""
    db.add(EditionChange(edition_id=edition_id, change=change, flow=flow, user_id=by.id, at=clock.now()))

"""Working on the flows: a draft that is saved as it is, faults and all, then published as an edition or thrown away.

Every verb writes who did it (see record.py). Roles are asked for by the pages: administrators only.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_gateway.editions.books import DRAFT, current, lay_over, overlay_of
from feedback_gateway.editions.checked import check_overlay
from feedback_gateway.editions.content import (
    Difference,
    carry,
    differences,
    fingerprint,
    flow_names,
    raise_versions,
    source_of,
    with_source,
    with_wording,
    wording_of,
)
from feedback_gateway.editions.record import record
from feedback_gateway.editions.refusal import ChangedMeanwhileError, RefusedError
from feedback_gateway.lib import clock
from flows.book import open_book
from flows.errors import BookError
from flows.overlay import Overlay, Wording
from models import Edition, EditionChange, User
from models.words import FlowChange

log = logging.getLogger(__name__)

MOST_SOURCE_BYTES = 64 * 1024
MOST_WORDS = 1000
MOST_NOTE = 200
_FLOW = re.compile(r"[a-z][a-z0-9_]{0,39}")
# NUL, which PostgreSQL does not take, and halves of characters, which a container may hold and no page can show.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_KEY = re.compile(r"[a-z][a-z0-9_.]{0,79}")


@dataclass(frozen=True)
class Draft:
    """What is being worked on. `version` 0: nobody has begun, and `overlay` is the edition in force."""

    overlay: Overlay
    published: Overlay
    version: int = 0
    changed_at: datetime | None = None
    authors: Sequence[str] = ()

    @property
    def differences(self) -> list[Difference]:
        """What publishing it would change."""
        return differences(self.published, self.overlay)


@dataclass(frozen=True)
class TextChange:
    """A text as a form sends it; `seen` is the mark (see mark_of) of what the form had shown."""

    language: str
    key: str
    wording: Wording
    seen: str


def mark_of(wording: Wording) -> str:
    """The mark of a text and of whether it is a draft, for a form to keep."""
    return fingerprint(f"{'~' if wording.draft else ''}{wording.words}")


def draft(db: Session) -> Draft:
    """The draft beside the edition in force."""
    published = _published(db)
    stored = db.get(Edition, DRAFT)
    if stored is None:
        return Draft(published, published)
    names = (
        select(User.name)
        .join(EditionChange, EditionChange.user_id == User.id)
        .where(EditionChange.edition_id == DRAFT)
        .distinct()
        .order_by(User.name)
    )
    overlay = Overlay.from_json(stored.content)
    return Draft(overlay, published, stored.version, stored.changed_at, db.scalars(names).all())


def _published(db: Session) -> Overlay:
    return overlay_of(db, current(db)) or Overlay()


def save_flow(db: Session, flow: str, source: str, *, by: User, seen: str) -> None:
    """Keeps a flow's YAML in the draft, whether it is right or not; empty gives back the shipped one, or removes it.

    `seen` is the fingerprint of the source that the form had shown. Raises RefusedError, ChangedMeanwhileError.
    """
    source = tidy_source(source)
    if not _FLOW.fullmatch(flow):
        raise RefusedError("flow_name")
    if len(source.encode()) > MOST_SOURCE_BYTES:
        raise RefusedError("source_too_long")
    stored, overlay = _open_draft(db)
    before = source_of(overlay, flow)
    if source == before or fingerprint(source) == seen:
        return
    if fingerprint(before) != seen:
        raise ChangedMeanwhileError({("", flow): before})
    _keep(db, stored, with_source(overlay, flow, source), FlowChange.SAVED, by, flow)


def save_texts(db: Session, changes: Sequence[TextChange], *, by: User, flow: str = "") -> None:
    """Keeps texts in the draft, all or none; empty words give the shipped text back.

    What the form had shown and nobody has touched is no change. Raises RefusedError, ChangedMeanwhileError.
    """
    stored, overlay = _open_draft(db)
    theirs: dict[tuple[str, str], str] = {}
    after = overlay
    for change in changes:
        _allow_text(change.language, change.key, change.wording.words)
        before = wording_of(overlay, change.language, change.key)
        if mark_of(change.wording) == change.seen or change.wording == before:
            continue
        if mark_of(before) != change.seen:
            theirs[change.language, change.key] = before.words
        after = with_wording(after, change.language, change.key, change.wording)
    if theirs:
        raise ChangedMeanwhileError(theirs)
    if after != overlay:
        _keep(db, stored, after, FlowChange.SAVED, by, flow)


def import_flows(
    db: Session, flows: Mapping[str, str], texts: Mapping[str, Mapping[str, Wording]], *, by: User
) -> list[str]:
    """Takes flows with their texts into the draft; returns those whose name stood there and that are replaced.

    Raises RefusedError.
    """
    stored, overlay = _open_draft(db)
    replaced = sorted(set(flows) & set(flow_names(overlay)))
    for name, source in flows.items():
        source = tidy_source(source)
        if not _FLOW.fullmatch(name):
            raise RefusedError("flow_name")
        if len(source.encode()) > MOST_SOURCE_BYTES:
            raise RefusedError("source_too_long")
        overlay = with_source(overlay, name, source)
    for language, words in texts.items():
        for key, wording in words.items():
            # However long: the check says what does not fit, and nothing that the container holds is lost.
            _allow_text(language, key)
            overlay = with_wording(overlay, language, key, Wording(tidy_words(wording.words), wording.draft))
    for name in sorted(flows):
        stored = _keep(db, stored, overlay, FlowChange.IMPORTED, by, name)
    return replaced


def discard(db: Session, *, by: User, version: int) -> None:
    """Throws the draft away. Raises RefusedError, also when it is not the version that was looked at."""
    stored = _the_draft(db, version)
    record(db, FlowChange.DISCARDED, by, edition_id=None)
    db.delete(stored)
    log.info("user %s discarded the draft of the flows", by.id)


def publish(db: Session, *, note: str, by: User, version: int) -> Edition:
    """The draft becomes the edition in force. Conversations that have begun go on in theirs.

    Raises RefusedError: "problems" with the check's findings, "nothing_changed", or "changed" when the draft is not
    the version that was looked at.
    """
    stored = _the_draft(db, version)
    published = _published(db)
    overlay = raise_versions(Overlay.from_json(stored.content), published)
    if not differences(published, overlay):
        raise RefusedError("nothing_changed")
    if problems := check_overlay(overlay).problems:
        raise RefusedError("problems", problems)
    edition = _add_edition(db, overlay, note, by)
    db.execute(update(EditionChange).where(EditionChange.edition_id == DRAFT).values(edition_id=edition.id))
    record(db, FlowChange.PUBLISHED, by, edition_id=edition.id)
    db.delete(stored)
    log.info("user %s published edition %s of the flows", by.id, edition.number)
    return edition


def restore(db: Session, number: int, *, by: User) -> Edition:
    """Publishes what an older edition was (0: as shipped) as a new one. What the draft has changed stays in the draft.

    It was good enough to be in force once, so only an edition that this release cannot read is refused.
    Raises RefusedError.
    """
    stored = db.get(Edition, DRAFT, with_for_update=True)
    published = _published(db)
    older = overlay_of(db, number)
    if older is None:
        raise RefusedError("gone")
    if not differences(published, older):
        raise RefusedError("nothing_changed")
    try:
        lay_over(older)
    except BookError as fault:
        raise RefusedError("unreadable") from fault
    edition = _add_edition(db, older, "", by)
    edition.restored_from = number
    if stored is not None:
        mine = Overlay.from_json(stored.content)
        stored.content = carry(mine, older, differences(published, mine)).to_json()
    record(db, FlowChange.RESTORED, by, edition_id=edition.id)
    log.info("user %s went back to edition %s of the flows", by.id, number)
    return edition


def tidy_source(source: str) -> str:
    """As a file holds it: plain line ends, one at the end. Browsers send others."""
    plain = _UNSTORABLE.sub("", source.replace("\r\n", "\n")).rstrip()
    return f"{plain}\n" if plain else ""


def tidy_words(words: str) -> str:
    """As a text is kept: plain line ends, nothing around it."""
    return _UNSTORABLE.sub("", words.replace("\r\n", "\n")).strip()


def _allow_text(language: str, key: str, words: str = "") -> None:
    if language not in open_book().languages:
        raise RefusedError("language")
    if not _KEY.fullmatch(key):
        raise RefusedError("text_key")
    if len(words) > MOST_WORDS:
        raise RefusedError("text_too_long")


def _open_draft(db: Session) -> tuple[Edition | None, Overlay]:
    """The draft, locked against a second one who saves, or what a new one would begin with."""
    stored = db.get(Edition, DRAFT, with_for_update=True)
    return stored, Overlay.from_json(stored.content) if stored else _published(db)


def _keep(db: Session, stored: Edition | None, overlay: Overlay, change: FlowChange, by: User, flow: str) -> Edition:
    now = clock.now()
    if stored is None:
        stored = Edition(id=DRAFT, content=overlay.to_json(), changed_at=now)
        db.add(stored)
    else:
        stored.content, stored.changed_at = overlay.to_json(), now
    db.flush()
    record(db, change, by, edition_id=DRAFT, flow=flow)
    return stored


def _the_draft(db: Session, version: int) -> Edition:
    stored = db.get(Edition, DRAFT, with_for_update=True)
    if stored is None:
        raise RefusedError("nothing_changed")
    if stored.version != version:
        raise RefusedError("changed")
    return stored


def _add_edition(db: Session, overlay: Overlay, note: str, by: User) -> Edition:
    now = clock.now()
    edition = Edition(
        number=current(db) + 1,  # unique: of two who publish at the same moment the second begins again
        content=overlay.to_json(),
        note=tidy_words(note)[:MOST_NOTE],
        published_at=now,
        published_by_id=by.id,
        changed_at=now,
    )
    db.add(edition)
    db.flush()
    return edition

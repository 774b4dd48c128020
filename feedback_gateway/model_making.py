"""Making a model from what people have said, and taking it only if it does not lose against the one that reads.

Imports scikit-learn: only the command `feedback model train` comes here, in a process of its own.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from feedback_gateway import learning, lexicon_editions
from feedback_gateway.classify.categories import is_sensitive
from feedback_gateway.classify.lexicons import fingerprint, load_lexicons
from feedback_gateway.classify.model.evaluation import Report
from feedback_gateway.classify.model.in_use import load_starter, model_in_use
from feedback_gateway.classify.model.linear import NONE, Model, pack
from feedback_gateway.classify.model.making import make
from feedback_gateway.classify.model.measuring import measure
from feedback_gateway.classify.model.seeds import calibration_documents, seed_documents
from feedback_gateway.classify.model.seeing import see_text
from feedback_gateway.classify.model.training import Document
from feedback_gateway.learning import SAID
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from models import Case, Event, Label, ModelChoice, ModelVersion
from models.words import Actor, LabelSource, Sensitivity

log = logging.getLogger(__name__)

KEPT = 5
"""Of the newest versions, refused ones among them."""

KEPT_USED = 20
"""Of the choices of what reads: their versions stay."""

ENOUGH_FROZEN = 20
_SLACK = 0.02  # on the shipped set, whose texts are nobody's: a house may speak otherwise


@dataclass(frozen=True)
class Made:
    """A model that is not stored yet, with its report and that of the model that reads."""

    model: Model
    labels: int
    last_label_id: int | None
    report: Report
    before: Report


@dataclass(frozen=True)
class Outcome:
    """What came of a training: the number of the version, whether it reads now, and if not why (a code)."""

    version: int
    taken: bool
    reason: str
    labels: int
    report: Report


def make_and_measure(db: Session) -> Made:
    """Makes a model from the seeds and all labels, and measures it beside the one that reads. Writes nothing."""
    learning.refresh(db)
    lexicon_editions.refresh(db)
    last = db.scalar(select(func.max(Label.id)))
    documents = list(labelled_documents(db))
    frozen = list(frozen_texts(db))
    db.rollback()  # nothing of the database is needed for the minute that follows
    facts = {"lexicon": fingerprint(load_lexicons())}
    model = make([*seed_documents(), *documents], facts, aside=calibration_documents())
    return Made(model, len(documents), last, measure(model, frozen), measure(model_in_use()[1], frozen))


def store(db: Session, made: Made, began: datetime) -> Outcome:
    """Keeps the model as a version, and takes it if it does not lose. `began`: when its training began."""
    reason = find_loss(made.before, made.report, load_starter().facts.get("report"))
    arrays, content = pack(made.model)
    version = ModelVersion(
        arrays=arrays,
        content=content,
        report={**made.report, "before": made.before},
        labels=made.labels,
        last_label_id=made.last_label_id,
        taken=not reason,
        reason=reason,
        made_at=clock.now(),
    )
    db.add(version)
    db.flush()
    if not reason:
        learning.use(db, version.id, by=None)
    _drop_old(db)
    learning.end_training(db, began)
    return Outcome(version.id, not reason, reason, made.labels, made.report)


def find_loss(before: Report, after: Report, starter: Report | None = None) -> str:
    """Why a new model may not be taken, as a code; empty when it does not lose.

    On a house's own frozen texts, once there are enough, it must be right as often as the old one; its sensitive
    recall may never fall; on the shipped set it may differ by a hair, and not by one more each time: the `starter`
    sets the mark.
    """
    old, new = ({part["name"]: part for part in report["sets"]} for report in (before, after))
    frozen = new.get("frozen")
    if frozen and frozen["size"] >= ENOUGH_FROZEN and frozen["accuracy"] < old["frozen"]["accuracy"]:
        return "loses_frozen"
    if after["sensitive"]["recall"] < before["sensitive"]["recall"]:
        return "loses_sensitive"
    marks = [old["check"]["accuracy"], *(part["accuracy"] for part in (starter or {}).get("sets", []))]
    if new["check"]["accuracy"] < max(marks) - _SLACK:
        return "loses_check"
    return ""


def labelled_documents(db: Session) -> Iterator[Document]:
    """What people have labelled, oldest first: each case by its newest label.

    Left out is what may be measured on: cases on which two people agreed, and those that wait for a second reader.
    """
    tree = place_tree(db)
    frozen = select(Label.case_id).where(Label.frozen, Label.case_id.is_not(None))
    differed = select(Label.case_id).where(Label.source == LabelSource.SECOND, Label.case_id.is_not(None))
    waiting = select(Case.id).where(Case.second_coding, Case.id.not_in(differed))
    newest: dict[UUID, Label] = {}
    harmless: set[UUID] = set()
    history: list[Label] = []
    for label in db.scalars(
        select(Label)
        .where(Label.case_id.is_(None) | (Label.case_id.not_in(frozen) & Label.case_id.not_in(waiting)))
        .order_by(Label.id)
    ):
        if label.source == LabelSource.HISTORY:
            history.append(label)
        elif label.case_id and label.source in SAID:
            newest[label.case_id] = label
        elif label.case_id and label.source == LabelSource.READ:
            harmless.add(label.case_id)
    for label in history:
        if label.text:
            code = label.category_code or NONE
            yield Document(see_text(label.text, label.language), code, is_sensitive(code) or None)
    texts = texts_of(db, list(newest))
    taught = select(Label.case_id).where(Label.source.in_(SAID), Label.case_id.is_not(None))
    for case in db.scalars(select(Case).where(Case.id.in_(taught)).order_by(Case.opened_at)):
        if case.id not in newest:
            continue
        text = texts.get(case.id, "")
        code = newest[case.id].category_code or NONE
        if text.strip():
            yield Document(
                see_text(text, case.language, learning.context_of(case, tree)),
                code,
                _is_sensitive(code, case, known_harmless=case.id in harmless),
            )


def _is_sensitive(code: str, case: Case, *, known_harmless: bool) -> bool | None:
    if is_sensitive(code):
        return True
    # A person asked for privacy, or the machine held it and nobody has said otherwise: it teaches nothing either way.
    return False if known_harmless or (case.sensitivity is Sensitivity.NORMAL and case.noise is None) else None


def texts_of(db: Session, ids: list[UUID]) -> dict[UUID, str]:
    """What the persons of these cases wrote."""
    found: dict[UUID, list[str]] = {}
    for start in range(0, len(ids), 500):  # SQLite takes so many values at once, and not many more
        rows = select(Event.case_id, Event.text).where(
            Event.case_id.in_(ids[start : start + 500]), Event.actor == Actor.PERSON, Event.text.is_not(None)
        )
        for case_id, text in db.execute(rows.order_by(Event.id)):
            found.setdefault(case_id, []).append(text or "")
    return {case_id: "\n".join(parts) for case_id, parts in found.items()}


def frozen_texts(db: Session) -> Iterator[tuple[str, str, str | None]]:
    """(text, category or NONE, language) of all cases on which two people agreed."""
    usable = (
        select(Label)
        .join(Case, Case.id == Label.case_id)
        .where(Label.frozen, Case.sensitivity != Sensitivity.SEALED)  # its count would stand in a report
        .order_by(Label.id)
    )
    labels = {label.case_id: label for label in db.scalars(usable) if label.case_id}
    texts = texts_of(db, list(labels))
    for case_id, label in labels.items():
        if texts.get(case_id, "").strip():
            yield texts[case_id], label.category_code or NONE, label.language


def _drop_old(db: Session) -> None:
    """Old versions go, except the newest and those that read last: somebody may want to go back."""
    newest = set(db.scalars(select(ModelVersion.id).order_by(ModelVersion.id.desc()).limit(KEPT)))
    used = db.scalars(select(ModelChoice.version_id).order_by(ModelChoice.id.desc()).limit(KEPT_USED))
    kept = newest | {version for version in used if version}
    for version in db.scalars(select(ModelVersion.id).where(ModelVersion.id.not_in(kept))).all():
        db.execute(delete(ModelChoice).where(ModelChoice.version_id == version))
        db.execute(delete(ModelVersion).where(ModelVersion.id == version))

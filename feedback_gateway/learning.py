"""What people say of cases, kept to learn from; and which model reads.

A label is written by the verb that a person uses (feedback_gateway/triage.py, coding.py); nothing here decides a case.
Making a model is in feedback_gateway/model_making.py, which a worker never imports.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback_gateway import places
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.classify.model.in_use import STARTER, model_in_use, use_model
from feedback_gateway.classify.model.linear import ModelError, unpack
from feedback_gateway.lib import clock
from models import Case, Heartbeat, Label, LexiconEdition, ModelChoice, ModelVersion, Prediction, User
from models.vault import VaultLockedError
from models.words import LabelSource

log = logging.getLogger(__name__)

NOISE_CODE = "AUT.INC"
SAID = (LabelSource.CORRECTION, LabelSource.CONFIRMATION)
"""The sources of labels by which somebody has sorted a case."""

ENOUGH = 50
"""New labels that a nightly training waits for."""

NIGHT = 2  # the hour, UTC, from which on a training may begin by itself
_ASKED, _BEGAN, _DONE = "training_asked", "training_began", "training_done"
_LONGEST = timedelta(minutes=10)  # a training that began before that is over, one way or another

# The choice in force; its moment tells a database that was put back from the one before.
_known: tuple[int, datetime] | None = None


def write_label(
    db: Session,
    case: Case,
    code: str | None,
    source: LabelSource,
    *,
    by: User,
    sensitive: bool | None = None,
) -> Label:
    """One example: what this person says that the case is about. One case in ten is put before a second reader."""
    label = Label(
        case_id=case.id,
        language=case.language,
        category_code=code,
        sensitive=sensitive,
        source=source,
        user_id=by.id,
        at=clock.now(),
    )
    db.add(label)
    if source in SAID:
        # Two people agreed on another word, or on this one: whoever has second thoughts unsettles it.
        db.execute(update(Label).where(Label.case_id == case.id, Label.frozen).values(frozen=False))
        case.second_coding = case.id.int % 10 == 0  # the id is random
    return label


def newest_guess(db: Session, case: Case) -> Prediction | None:
    """What the machine made of a case when it last read it."""
    return db.scalar(select(Prediction).where(Prediction.case_id == case.id).order_by(Prediction.id.desc()).limit(1))


def withdraw_noise(db: Session, case: Case) -> None:
    """It is a complaint after all: what was said to the contrary teaches nothing any more."""
    db.execute(
        delete(Label).where(
            Label.case_id == case.id, Label.category_code == NOISE_CODE, Label.source == LabelSource.CORRECTION
        )
    )


def was_read(db: Session, case: Case) -> bool:
    """Whether a person has said anything of this case since the person wrote last."""
    said = db.scalar(select(func.max(Label.at)).where(Label.case_id == case.id))
    return said is not None and said >= case.last_message_at


def said_harmless(db: Session, case: Case) -> bool:
    """Whether a person has read this case and found nothing sensitive in it since the person wrote last."""
    said = db.scalar(
        select(Label.at)
        .where(Label.case_id == case.id, Label.source == LabelSource.READ, Label.sensitive.is_(False))
        .order_by(Label.id.desc())
        .limit(1)
    )
    return said is not None and said >= case.last_message_at


def context_of(case: Case, tree: places.PlaceTree) -> list[str]:
    """What a model is told of a case besides its words; where the menu has said the category, nothing is guessed."""
    region = tree.region(case.place_code)
    known = {"medium": case.medium, "channel": case.channel, "language": case.language}
    known["region"] = region.code if region else None
    return [f"{name}={value}" for name, value in known.items() if value]


def refresh(db: Session) -> str:
    """Puts the chosen model in use in this process if another one was chosen meanwhile. Returns its name.

    A version that cannot be read is reported, and the one before goes on reading.
    """
    global _known
    choice = db.execute(
        select(ModelChoice.id, ModelChoice.at, ModelChoice.version_id).order_by(ModelChoice.id.desc()).limit(1)
    ).first()
    mark = (choice.id, choice.at) if choice else None
    if mark == _known:
        return model_in_use()[0]
    version = db.get(ModelVersion, choice.version_id) if choice and choice.version_id else None
    try:
        if version is None:
            use_model(STARTER, None)
        else:
            use_model(str(version.id), unpack(version.arrays, version.content))
    except (ModelError, VaultLockedError) as error:
        log.error("model %s cannot be read and is not used: %s", version and version.id, error)
    _known = mark
    return model_in_use()[0]


def use(db: Session, version_id: int | None, *, by: User | None) -> None:
    """From now on this version reads (None: the starter). Raises NotAllowedError("no_version") when there is none."""
    if version_id is not None and db.get(ModelVersion, version_id) is None:
        raise NotAllowedError("no_version")
    db.add(ModelChoice(version_id=version_id, user_id=by.id if by else None, at=clock.now()))
    db.flush()


def chosen(db: Session) -> int | None:
    """The version that reads; None is the starter."""
    return db.scalar(select(ModelChoice.version_id).order_by(ModelChoice.id.desc()).limit(1))


def roll_back(db: Session, *, by: User | None) -> str:
    """The model that read before the present one reads again; one that was left by a person does not come back.

    Returns its name. Raises NotAllowedError("no_older") when the starter reads already.
    """
    road: list[int | None] = [None]
    for version in db.scalars(select(ModelChoice.version_id).order_by(ModelChoice.id)):
        road = road[: road.index(version) + 1] if version in road else [*road, version]
    kept = set(db.scalars(select(ModelVersion.id))) | {None}
    older = [version for version in road[:-1] if version in kept]
    if not older:
        raise NotAllowedError("no_older")
    use(db, older[-1], by=by)
    return str(older[-1] or STARTER)


def ask_training(db: Session) -> None:
    """Asks for a new model; the dispatcher begins it within a minute."""
    db.merge(Heartbeat(name=_ASKED, at=clock.now()))


def training_due(db: Session, now: datetime) -> bool:
    """Whether a training is to begin: somebody asked, the lexicon has changed, or it is night and enough is new.

    One that was ended before its end leaves its reason standing, and is begun again when it would have been over.
    """
    if is_training(db, now):
        return False
    done, asked = _beat(db, _DONE), _beat(db, _ASKED)
    edited = db.scalar(select(func.max(LexiconEdition.at)))
    if any(wish is not None and (done is None or wish > done) for wish in (asked, edited)):
        return True
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return now >= night and (done is None or done < night) and count_new(db) >= ENOUGH


def begin_training(db: Session, now: datetime) -> None:
    """Notes that a training has begun, so that no other one begins beside it."""
    db.merge(Heartbeat(name=_BEGAN, at=now))


def give_up_training(db: Session, now: datetime) -> None:
    """A training has failed: it is tried again when somebody wishes it anew, or the next night."""
    end_training(db, now)


def end_training(db: Session, began: datetime) -> None:
    """Notes that the training that began then has seen all that was there when it began."""
    db.merge(Heartbeat(name=_DONE, at=began))


def is_training(db: Session, now: datetime) -> bool:
    """Whether a training is under way; one that takes too long counts as gone."""
    began, done = _beat(db, _BEGAN), _beat(db, _DONE)
    return began is not None and (done is None or began > done) and now - began < _LONGEST


def _beat(db: Session, name: str) -> datetime | None:
    return db.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def count_new(db: Session) -> int:
    """Labels written since the newest model was made."""
    last = db.scalar(select(ModelVersion.last_label_id).order_by(ModelVersion.id.desc()).limit(1))
    return db.scalar(select(func.count()).select_from(Label).where(Label.id > (last or 0))) or 0


@dataclass(frozen=True)
class Status:
    """How it stands with the learning. `model`: "starter" or a number. `report` as classify.model.evaluation makes it;
    empty when the model was never measured."""

    model: str
    made_at: datetime | None
    labels: int
    new_labels: int
    due: bool
    training: bool
    frozen: int
    thresholds: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    versions: Sequence[ModelVersion] = ()


def status(db: Session) -> Status:
    """How it stands with the learning, for a page and the command line."""
    name = refresh(db)
    model = model_in_use()[1]
    version = db.get(ModelVersion, int(name)) if name != STARTER else None
    now = clock.now()
    return Status(
        model=name,
        made_at=version.made_at if version else None,
        labels=version.labels if version else 0,
        new_labels=count_new(db),
        due=training_due(db, now),
        training=is_training(db, now),
        frozen=db.scalar(select(func.count(func.distinct(Label.case_id))).where(Label.frozen)) or 0,
        thresholds=vars(model.thresholds),
        report=version.report if version else dict(model.facts.get("report", {})),
        versions=db.scalars(select(ModelVersion).order_by(ModelVersion.id.desc()).limit(20)).all(),
    )

"""Reading again: doubtful cases first, one in ten by a second person, and how far two people agree."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from feedback_gateway import cases
from feedback_gateway.access import accessible_to
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.learning import SAID
from feedback_gateway.lib import clock
from models import Case, Category, Label, Prediction, User
from models.words import CategorySource, Guess, Hold, LabelSource, Sensitivity

_NOTHING = "NONE"


def doubtful(db: Session, user: User, limit: int = 20) -> list[tuple[Case, Prediction]]:
    """Open cases that nobody has sorted and of which the machine was least sure; what a label teaches most."""
    any_of = aliased(Prediction)
    newest = select(func.max(any_of.id)).where(any_of.case_id == Case.id).correlate(Case).scalar_subquery()
    rows = db.execute(
        select(Case, Prediction)
        .join(Prediction, Prediction.id == newest)
        .where(
            accessible_to(user),
            Case.state.in_(OPEN),
            Case.noise.is_(None),
            Case.category_source == CategorySource.MACHINE,
            Prediction.guess.in_([Guess.CONFIRM, Guess.TRIAGE]),
        )
        .order_by(Prediction.probability, Case.opened_at)
        .limit(limit)
    )
    return [(case, prediction) for case, prediction in rows]


def to_second(db: Session, user: User, limit: int = 20) -> list[Case]:
    """Cases that another person has labelled and that wait for a second reader, the oldest first."""
    mine, second, first = aliased(Label), aliased(Label), aliased(Label)
    return list(
        db.scalars(
            select(Case)
            .where(
                accessible_to(user),
                Case.second_coding,
                exists().where(first.case_id == Case.id, first.source.in_(SAID)),
                ~exists().where(mine.case_id == Case.id, mine.user_id == user.id),
                ~exists().where(second.case_id == Case.id, second.source == LabelSource.SECOND),
            )
            .order_by(Case.opened_at)
            .limit(limit)
        )
    )


def code_second(db: Session, case: Case, category: Category | None, sensitive: bool | None, *, by: User) -> bool:
    """A second reader's word. Returns whether both agree: then the text is kept for measuring, never for learning.

    The category of the case does not change: two readers who differ are a question for people. One who finds it
    sensitive holds it back until somebody releases it. Raises
    NotAllowedError("no_second") when the case waits for no second reader, or this one was the first.
    """
    db.refresh(case, with_for_update={"key_share": True})  # two who read at once: the second comes too late
    labels = db.scalars(select(Label).where(Label.case_id == case.id).order_by(Label.id)).all()
    first = next((label for label in reversed(labels) if label.source in SAID), None)
    done = any(label.source == LabelSource.SECOND for label in labels)
    if first is None or done or first.user_id == by.id or not case.second_coding:
        raise NotAllowedError("no_second")
    code = category.code if category else None
    agreed = first.category_code == code
    first.frozen = agreed
    db.add(
        Label(
            case_id=case.id,
            language=case.language,
            category_code=code,
            sensitive=sensitive,
            source=LabelSource.SECOND,
            frozen=agreed,
            user_id=by.id,
            at=clock.now(),
        )
    )
    if sensitive and case.sensitivity is Sensitivity.NORMAL:
        case.sensitivity, case.hold = Sensitivity.RESTRICTED, Hold.WORDS
    cases.record(db, case, "second_coded", by=by, agreed=agreed)
    return agreed


@dataclass(frozen=True)
class Agreement:
    """Of `count` cases that either reader put in this category, `agreed` were put there by both.

    `kappa` (Cohen): agreement beyond chance, this category against all others; None where it says nothing.
    """

    code: str
    count: int
    agreed: int
    kappa: float | None


class _Pair(NamedTuple):
    first: str
    second: str


def agreement(db: Session, user: User) -> list[Agreement]:
    """How far two readers agree: first all categories together (code "total"), then each, the commonest first.

    For those who look after all agencies. No sealed case is counted, and no restricted one for who may not read it.
    """
    pairs = _pairs(db, user)
    codes = Counter(code for pair in pairs for code in set(pair))
    total = Agreement("total", len(pairs), sum(pair.first == pair.second for pair in pairs), _kappa(pairs))
    return [
        total,
        *(
            Agreement(
                code,
                count,
                sum(pair.first == pair.second == code for pair in pairs),
                _kappa([_Pair(str(pair.first == code), str(pair.second == code)) for pair in pairs]),
            )
            for code, count in codes.most_common()
        ),
    ]


def _pairs(db: Session, user: User) -> list[_Pair]:
    shown = [Sensitivity.NORMAL, *([Sensitivity.RESTRICTED] if user.may_read_restricted else [])]
    first, second = aliased(Label), aliased(Label)
    newest = (
        select(func.max(Label.id)).where(Label.case_id == second.case_id, Label.source.in_(SAID), Label.id < second.id)
    ).scalar_subquery()
    rows = db.execute(
        select(first.category_code, second.category_code)
        .select_from(second)
        .join(first, first.id == newest)
        .join(Case, Case.id == second.case_id)
        .where(second.source == LabelSource.SECOND, Case.sensitivity.in_(shown))
    )
    return [_Pair(one or _NOTHING, other or _NOTHING) for one, other in rows]


def _kappa(pairs: list[_Pair]) -> float | None:
    size = len(pairs)
    if not size:
        return None
    seen = sum(pair.first == pair.second for pair in pairs) / size
    firsts, seconds = Counter(pair.first for pair in pairs), Counter(pair.second for pair in pairs)
    chance = sum(firsts[code] * seconds[code] for code in firsts) / size**2
    return round((seen - chance) / (1 - chance), 3) if chance < 1 else None

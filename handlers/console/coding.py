"""Reading again: the cases that the machine doubts about most, and a second opinion on one case in ten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import cases, coding, work
from feedback_gateway.access import coordinates, find_case
from feedback_gateway.case_states import NotAllowedError
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.case_verbs import ChangedMeanwhileError, explain, perform
from handlers.console.suggestion import choices_of
from handlers.console.visitor import me
from models import Case, Category, Prediction, User
from models.words import Sensitivity

ROUND = 20
"""How many cases are read in one go."""

_PARTS: Mapping[str, object] = {"doubtful": _l("À confirmer"), "second": _l("Deuxième lecture")}
_SENSITIVE: Mapping[str, bool | None] = {"yes": True, "no": False, "unsure": None}
_FAIR, _GOOD, _VERY_GOOD = 0.4, 0.6, 0.8  # Landis & Koch 1977


@dataclass(frozen=True)
class Round:
    """How far somebody is in one go through a list: `of` cases, some done, some passed over. An address carries it."""

    part: str
    done: int
    passed: int
    of: int

    @property
    def is_over(self) -> bool:
        return self.done + self.passed >= self.of

    @property
    def place(self) -> int:
        """Which case of the round is shown, from 1."""
        return self.done + self.passed + 1

    def args(self, *, done: int = 0, passed: int = 0) -> dict[str, Any]:
        """The query of this round with so many more done or passed over."""
        return {"part": self.part, "done": self.done + done, "passed": self.passed + passed, "of": self.of}


def read_round(args: Mapping[str, str], part: str, waiting: int) -> Round:
    """The round that an address names, of as many cases as it began with: a new one of those that are waiting."""
    of = _number(args.get("of", "")) or min(ROUND, waiting)
    done, passed = (min(_number(args.get(name, "")), of) for name in ("done", "passed"))
    # Somebody else may have read some of them meanwhile: the round ends with the list.
    return Round(part, done, passed, min(of, done + max(waiting, passed)))


def _number(word: str) -> int:
    return min(int(word), ROUND) if word.isascii() and word.isdigit() and len(word) < 4 else 0


@bp.get("/coding")
def coding_page() -> ResponseReturnValue:
    """The next case of the round. Showing one that is not open to all is logged as a reading of it."""
    user = me()
    part = request.args.get("part", "")
    part = part if part in _PARTS else "doubtful"
    with work.reading() as db:
        doubtful = coding.doubtful(db, user, limit=ROUND)
        lists: dict[str, list[tuple[Case, Prediction | None]]] = {
            "doubtful": [(case, prediction) for case, prediction in doubtful],
            "second": [(case, None) for case in coding.to_second(db, user, limit=ROUND)],
        }
        categories = {category.code: category for category in db.scalars(select(Category).order_by(Category.code))}
    turn = read_round(request.args, part, len(lists[part]))
    case, prediction = (None, None) if turn.is_over else lists[part][turn.passed]
    return render_template(
        "console/coding.html",
        turn=turn,
        tabs={name: (title, len(lists[name])) for name, title in _PARTS.items()},
        most=ROUND,
        case=case,
        written=_read(user, case) if case else "",
        choices=choices_of(prediction, categories) if prediction else [],
        categories=list(categories.values()),
        nothing=words.NOTHING,
        oversees=coordinates(user),
    )


def _read(user: User, case: Case) -> str:
    """What the person wrote, after noting who reads it."""
    if case.sensitivity != Sensitivity.NORMAL:
        with work.unit_of_work() as db:
            cases.record_reading(db, case, by=user)
    with work.reading() as db:
        return "\n".join(cases.words_of(db, case))


@bp.post("/coding/<uuid:case_id>/<any(confirm, recategorise):verb>")
def code_doubtful(case_id: UUID, verb: str) -> ResponseReturnValue:
    """Says what a doubtful case is about; then comes the next one."""
    user = me()
    try:
        with work.unit_of_work() as db:
            perform(db, user, case_id, verb, request.form)
    except NotAllowedError as refusal:
        return _again(explain(refusal))
    except (ChangedMeanwhileError, StaleDataError):
        return _again(_("Le dossier a changé entre-temps : rien n'a été fait. Relisez."))
    return _next()


@bp.post("/coding/<uuid:case_id>/second")
def code_second(case_id: UUID) -> ResponseReturnValue:
    """Keeps the second reader's word. What the first one said is shown neither before nor after."""
    user, form = me(), request.form
    try:
        with work.unit_of_work() as db:
            case = find_case(db, user, case_id)
            if case is None:
                abort(404)
            coding.code_second(db, case, _chosen(db, form), _said_sensitive(form), by=user)
    except NotAllowedError as refusal:
        return _again(explain(refusal))
    except StaleDataError:
        return _again(_("Le dossier a changé entre-temps : rien n'a été fait. Relisez."))
    return _next()


def _chosen(db: Session, form: Mapping[str, str]) -> Category | None:
    code = form.get("category", "")
    category = db.get(Category, code)
    if category is None and code != words.NOTHING:
        raise NotAllowedError("choose")
    return category


def _said_sensitive(form: Mapping[str, str]) -> bool | None:
    if form.get("sensitive", "") not in _SENSITIVE:
        raise NotAllowedError("choose")
    return _SENSITIVE[form["sensitive"]]


def _round_of_form() -> Round:
    part = request.args.get("part", "")
    return read_round(request.args, part if part in _PARTS else "doubtful", ROUND)


def _next() -> ResponseReturnValue:
    return redirect(url_for("console.coding_page", **_round_of_form().args(done=1)))


def _again(why: str) -> ResponseReturnValue:
    flash(why, "error")
    return redirect(url_for("console.coding_page", **_round_of_form().args()))


@bp.get("/coding/agreement")
def agreement() -> ResponseReturnValue:
    """How often two readers said the same, by category; for those who look after all agencies."""
    if not coordinates(me()):
        abort(403)
    with work.reading() as db:
        rows = coding.agreement(db, me())
        categories = {category.code: category for category in db.scalars(select(Category))}
    return render_template(
        "console/agreement.html", rows=rows, name_of=lambda code: _name(code, categories), say_kappa=say_kappa
    )


def _name(code: str, categories: Mapping[str, Category]) -> str:
    if code == "total":
        return str(_("Ensemble"))
    return words.name_class(code, categories)


def say_kappa(kappa: float | None) -> str:
    """What an agreement beyond chance (Cohen's kappa) means for the categories, in plain words."""
    if kappa is None:
        return str(_("trop peu pour le dire"))
    if kappa < _FAIR:
        return str(_("à revoir : fusionner ou mieux définir"))
    if kappa < _GOOD:
        return str(_("moyen"))
    return str(_("bon") if kappa < _VERY_GOOD else _("très bon"))
